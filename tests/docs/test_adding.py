"""docs/adding.md is true: each example, put into a scratch copy, is picked up without touching another file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout

TOP = Path(__file__).parents[2]
CONTENT = ("acceptance", "tasks", "templates", "inventory", "orders", "lab", "src")
BLOCK = re.compile(r"^```\w+ file=(?P<file>\S+)\n(?P<text>.*?)^```$", re.M | re.S)
EXAMPLES = {m["file"]: m["text"] for m in BLOCK.finditer((TOP / "docs/adding.md").read_text())}

# what shows that the example is there: Python that prints, and what it must print
SEEN = {
    "src/turnup/facts/uptime.py": (
        "from turnup.parse import fact_class; print(fact_class('uptime').__name__)",
        "Uptime",
    ),
    "templates/ios/parse/uptime.textfsm": (
        "from turnup.platforms import platform; print(platform('ios').commands['uptime'])",
        "show version | include uptime is",
    ),
    "templates/frr/parse/uptime.jmespath": (
        "from turnup.platforms import platform; print(platform('frr').commands['uptime'])",
        "vtysh -c 'show isis summary json'",
    ),
    "acceptance/router_uptime.py": (
        "from turnup.checks import all_checks; print([c.title for c in all_checks() if c.number == 21])",
        "['Verify uptime (example)']",
    ),
    "templates/harmless/uptime.toml": (
        "from turnup.sensitivity import all_harmless; print(all_harmless('ios')['uptime'][0].fields)",
        "('uptime',)",
    ),
    "templates/causes/uptime.toml": (
        "from turnup.why import ladder; print('reach' in ladder()['uptime'].rests_on)",
        "True",
    ),
    "templates/ios/linecards/2e3.toml": (
        "from turnup.platforms import platform; print(*platform('ios').linecards['2E3'].interfaces(4))",
        "Serial4/0 Serial4/1",
    ),
    "templates/junos/platform.toml": (
        "from turnup.platforms import all_platforms; print(all_platforms()['junos'].settings.title)",
        "Junos (an example)",
    ),
    "templates/junos/reading.toml": (
        "from turnup.platforms import platform; "
        "print(platform('junos').reading.words([('interface ge0', 'inet 10.0.0.1/30')]))",
        "(('interface ge0', 'ip address 10.0.0.1 255.255.255.252'),)",
    ),
    "templates/report/verdicts.csv.j2": (
        "from turnup.report import formats; print('verdicts.csv' in formats())",
        "True",
    ),
    "lab/faults/no-name-servers.toml": (
        "from turnup.virtual.faults import fault_named as f; n = f('no-name-servers'); print(n.tests, n.cause.side)",
        "(10,) carrier",
    ),
}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("scratch")
    for name in CONTENT:
        shutil.copytree(TOP / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", copy)
    for file, text in EXAMPLES.items():
        target = copy / file
        assert not target.exists(), f"{file} is there already: the example adds nothing"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return copy


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(SEEN)


@pytest.mark.parametrize("file", SEEN)
def test_the_example_is_picked_up(file: str, scratch: Path) -> None:
    program, want = SEEN[file]
    environment = {**os.environ, "PYTHONPATH": str(scratch / "src")}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=scratch, env=environment, capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == want, run.stderr


def test_the_added_report_is_rendered_and_the_added_fact_is_parsed(scratch: Path) -> None:
    program = """
from datetime import UTC, datetime
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse
from turnup.platforms import platform
answer = Answer("show version | include uptime is", " gsr1 uptime is 3 weeks\\n", datetime.now(UTC))
print(parse(platform("ios"), Ask.of("uptime"), answer).rows)
"""
    environment = {**os.environ, "PYTHONPATH": str(scratch / "src")}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=scratch, env=environment, capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "(Uptime(hostname='gsr1', uptime='3 weeks'),)", run.stderr
