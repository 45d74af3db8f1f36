"""The README is true: its first order, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from turnup import folder
from turnup.errors import ExitCode

README = (Path(__file__).parents[2] / "README.md").read_text()


def session() -> list[str]:
    """The commands of "Your first order"."""
    part = README.split("## Your first order")[1].split("\nOn real routers")[0]
    lines = [line.strip() for line in part.splitlines() if line.startswith("    ")]
    return [line.partition("  # ")[0].strip() for line in lines if "activate" not in line]


@pytest.mark.proof
def test_the_first_order(tmp_path: Path) -> None:
    (tmp_path / "orders").symlink_to(folder("orders"))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TURNUP_")}
    environment |= {"TURNUP_HOME": str(tmp_path / "home"), "COLUMNS": "80"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    script = "\n".join(f"echo '$ {line}'; {line}" for line in session())
    try:
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    finally:
        subprocess.run(["turnup", "lab", "down"], env=environment, check=False, capture_output=True)
    told = dict(re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", done.stdout, re.M))
    assert set(told) == set(session()), done.stdout + done.stderr
    for command, out in told.items():
        assert "what to do" not in out, command
    assert "virtual routers are up" in told["turnup lab up"]
    assert "interface Serial5/0" in told["turnup --lab plan mine.yaml"]
    assert "SATISFIED" in told["turnup --lab run mine.yaml --confirm"]
    (red,) = [out for command, out in told.items() if command.startswith("turnup --lab test")]
    assert "NOT SATISFIED" in red
    assert red.splitlines()[-1] == "4", "the exit code the README promises"
    assert "the lab is down" in told["turnup lab down"]


def test_the_exit_codes() -> None:
    rows = re.findall(r"^\| (\d) \| ", README, re.M)
    assert [int(row) for row in rows] == [int(code) for code in ExitCode]


def test_every_file_it_points_to_is_there() -> None:
    top = Path(__file__).parents[2]
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (top / target).exists() or target.startswith("inventory/"), target
