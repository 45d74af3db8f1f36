"""docs/ci.md is true: the files parse, call the one script there is, and that script was run against a lab."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from ruamel.yaml import YAML

pytestmark = pytest.mark.checkout

TOP = Path(__file__).parents[2]
RECIPE = TOP / "docs/ci"
SCRIPT = RECIPE / "accept-in-lab.sh"
CALL = "sh ci/accept-in-lab.sh"


def told(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((RECIPE / name).read_text())


def jobs() -> dict[str, tuple[list[str], dict[str, str]]]:
    """Commands and variables of each job of both files."""
    found: dict[str, tuple[list[str], dict[str, str]]] = {}
    for name, job in told("github-actions.yml")["jobs"].items():
        found[f"github {name}"] = ([step["run"] for step in job["steps"] if "run" in step], job["env"])
    for name, job in told("gitlab-ci.yml").items():
        if not name.startswith("."):
            found[f"gitlab {name}"] = (job["script"], job["variables"])
    return found


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_both_forges_have_both_labs(name: str) -> None:
    forge = name.partition("-")[0]
    assert [job for job in jobs() if job.startswith(forge)] == [f"{forge} virtual-routers", f"{forge} real-protocols"]


@pytest.mark.parametrize("job", jobs())
def test_a_job_calls_the_script_with_variables_that_it_knows(job: str) -> None:
    commands, variables = jobs()[job]
    assert sum(CALL in command for command in commands) == 1
    assert "python -m pip install turnup" in commands
    assert set(variables) <= {"ORDER", "LAB", "TURNUP_INVENTORY"}
    assert variables.get("LAB", "") == ("--clab" if job.endswith("real-protocols") else "")


def test_results_are_published_whatever_comes_out() -> None:
    github = told("github-actions.yml")["jobs"]
    for job in github.values():
        upload = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/upload-artifact@"))
        assert (upload["if"], upload["with"]["path"]) == ("always()", "results/")
    gitlab = told("gitlab-ci.yml")[".acceptance"]["artifacts"]
    assert (gitlab["when"], gitlab["reports"]["junit"]) == ("always", "results/junit.xml")


def test_the_document_names_every_file() -> None:
    text = (TOP / "docs/ci.md").read_text()
    for file in RECIPE.iterdir():
        assert f"ci/{file.name}" in text


def accept(place: Path, *faults: str) -> subprocess.CompletedProcess[str]:
    """The script as CI runs it, in a folder of its own, on virtual routers."""
    programs = place / "bin"
    programs.mkdir()
    for name, module in (("turnup", "turnup"), ("pytest", "pytest")):
        file = programs / name
        more = "".join(f" --fault {fault}" for fault in faults)
        extra = f'[ "$1 $2" = "lab up" ] && set -- "$@"{more}' if faults and name == "turnup" else ":"
        file.write_text(f'#!/bin/sh\n{extra}\nexec {sys.executable} -m {module} "$@"\n')
        file.chmod(0o755)
    shutil.copy(TOP / "orders/60-hudson-ds3-level3.xml", place / "order.xml")
    shutil.copytree(TOP / "inventory", place / "inventory")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TURNUP_", "PYTEST_"))}
    environment = {**kept, "PATH": f"{programs}:{os.environ['PATH']}", "ORDER": "order.xml"}
    environment |= {"TURNUP_INVENTORY": "inventory", "PYTHONPATH": str(TOP / "src")}
    return subprocess.run(
        ["sh", str(SCRIPT)], cwd=place, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.proof
def test_the_script_ends_well_with_a_certificate(tmp_path: Path) -> None:
    done = accept(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(_cases(tmp_path)) == 20
    certificate = json.loads((tmp_path / "results/certificate.json").read_text())
    assert certificate["outcome"] == "SATISFIED"
    assert "PSO-2001-000051" in (tmp_path / "results/certificate.html").read_text()
    assert re.search(r"SATISFIED", (tmp_path / "results/certificate.md").read_text())
    assert "the lab is down" in done.stdout


@pytest.mark.proof
def test_the_script_ends_badly_when_a_test_fails_and_publishes_all_the_same(tmp_path: Path) -> None:
    done = accept(tmp_path, "dns-reverse-missing")
    assert done.returncode == 1, done.stdout + done.stderr
    failed = [case.get("name") for case in _cases(tmp_path) if case.find("failure") is not None]
    assert failed == ["10-dns_loopback"]
    assert (tmp_path / "results/certificate.html").exists()
    assert "the lab is down" in done.stdout


def _cases(place: Path) -> list[etree._Element]:
    return list(etree.parse(str(place / "results/junit.xml")).iter("testcase"))
