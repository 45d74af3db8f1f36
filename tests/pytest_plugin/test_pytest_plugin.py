"""`pytest --turnup-order`: as CI uses it, in a project without a test file; pytest runs as a process of its own.

Not through the fixture `pytester`: at its end it takes modules out of `sys.modules` that other tests go on using.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import planted
import pytest
from lxml import etree
from pop import ORDER, Command
from ruamel.yaml import YAML

from turnup import folder
from turnup.errors import UsageError
from turnup.laboratory import Lab, control
from turnup.pytest_plugin.ports import Asked, ports_under_test

pytestmark = pytest.mark.proof  # each starts a pytest of its own

RECORDING = Path(__file__).parents[1] / "recorded" / "ios" / "ports" / "60-hudson-ds3"
PSO = "PSO-2001-000051"
# A checkout that was not installed again since has no entry point: then the module is named.
_ENTERED = any(entry.name == "turnup" for entry in entry_points(group="pytest11"))
PLUGIN = ("-p", "turnup" if _ENTERED else "turnup.pytest_plugin", "-p", "no:randomly")

Ran = pytest.RunResult
Run = Callable[..., Ran]


@dataclass(frozen=True)
class Project:
    """A folder in which pytest is run."""

    path: Path

    def pytest(self, *words: str) -> pytest.RunResult:
        """Run it there, in a process of its own."""
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *PLUGIN, *words],
            cwd=self.path,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return pytest.RunResult(
            done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), time.monotonic() - started
        )

    def test_file(self, text: str) -> None:
        """A test file of the project itself."""
        (self.path / "test_other.py").write_text(textwrap.dedent(text))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project without a test file: an inventory as it was when the recording was made, an order, the recording."""
    for name in [name for name in os.environ if name.startswith("TURNUP_") and name != "TURNUP_HOME"]:
        monkeypatch.delenv(name)
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    path = tmp_path / "project"
    path.mkdir()
    router = tomllib.loads((RECORDING / "expected.toml").read_text())["router"]
    shutil.copytree(folder("inventory"), path / "inventory")
    yaml, file = YAML(typ="rt", pure=True), path / "inventory" / "hosts.yaml"
    hosts = yaml.load(file.read_text())
    hosts[router["name"]]["data"]["noc_resolvers"] = router["noc_resolvers"]
    hosts[router["name"]]["data"]["console_server"] = router["console_server"]
    with file.open("w") as text:
        yaml.dump(hosts, text)
    shutil.copy(ORDER, path / "order.xml")
    shutil.copytree(RECORDING, path / "recording")
    (path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\naddopts = --strict-markers --strict-config\n")
    return Project(path)


@pytest.fixture
def replay(project: Project) -> Run:
    """Run pytest over the recording."""

    def run(*words: str) -> Ran:
        options = ("--turnup-order=order.xml", "--turnup-inventory=inventory", "--turnup-home=home")
        return project.pytest(*options, "--turnup-replay=recording", *words)

    return run


def junit(project: Project) -> etree._Element:
    return etree.parse(project.path / "junit.xml").getroot()


def edited(project: Project, answer: str, old: str, new: str) -> None:
    file = project.path / "recording" / "healthy" / f"{answer}.txt"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_twenty_items_of_a_recording(project: Project, replay: Run) -> None:
    ran = replay("-v", "--turnup-certificate=certificate.json", "--junitxml=junit.xml", "-o", "junit_family=xunit1")
    ran.assert_outcomes(passed=20)
    assert ran.ret == 0
    ran.stdout.fnmatch_lines(["*collected 20 items*", f"{PSO}::08-bgp_neighbors PASSED*", f"{PSO}: SATISFIED:*"])
    certificate = json.loads((project.path / "certificate.json").read_text())
    assert certificate["outcome"] == "SATISFIED"
    assert "replay" in certificate["account"], "a certificate of a recording looks like one of a router"
    assert not (project.path / "home" / "certificates").exists(), "a recording was entered as an attempt"
    (suite,) = junit(project)
    cases = list(suite)
    assert (len(cases), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (20, "0", "0", "0")
    (bgp,) = [case for case in cases if case.get("name") == "08-bgp_neighbors"]
    assert bgp.get("classname") == PSO
    told = {p.get("name"): p.get("value") for p in bgp.iter("property")}
    assert (told["verdict"], told["router"], told["port"]) == ("PASS", "nyc-hud-gsr1", "Serial5/0")
    assert "show ip bgp summary" in (told["commands"] or "")
    assert "10.10.3.2" in (told["evidence"] or "")
    (rpms,) = [case for case in cases if case.get("name") == "03-rpms"]
    assert {p.get("name"): p.get("value") for p in rpms.iter("property")}["verdict"] == "NOT APPLICABLE"


def test_a_failure_says_why(project: Project, replay: Run) -> None:
    edited(project, "running_config", "ip tftp source-interface Loopback0\n", "")
    ran = replay("--junitxml=junit.xml", "--turnup-certificate=certificate.json")
    ran.assert_outcomes(passed=19, failed=1)
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(
        ["*11. Verify source interface loopback*: FAIL", "*expected  Loopback0*", "*observed  none*"]
    )
    assert "Traceback" not in ran.stdout.str()
    assert "items.py" not in ran.stdout.str()
    assert json.loads((project.path / "certificate.json").read_text())["outcome"] == "NOT SATISFIED"
    (failure,) = junit(project).iter("failure")
    assert "ip tftp source-interface" in (failure.text or "")


def test_what_cannot_be_proved_is_an_error_with_its_own_text(project: Project, replay: Run) -> None:
    edited(project, "bgp_summary", "Neighbor ", "Somebody ")
    ran = replay()
    ran.assert_outcomes(passed=19, errors=1)
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["*8. Verify BGP neighbors: INCONCLUSIVE*", f"ERROR {PSO}::08-bgp_neighbors*"])


def test_nothing_recorded_is_never_green(project: Project, replay: Run) -> None:
    for file in (project.path / "recording" / "healthy").glob("*.txt"):
        if file.stem != "clock":
            file.unlink()
    ran = replay()
    told = ran.parseoutcomes()
    assert told.get("errors", 0) + told.get("failed", 0) == 20, told
    assert ran.ret == 1


def test_only_a_part_gives_no_certificate(project: Project, replay: Run) -> None:
    ran = replay("-k", "bgp", "--turnup-certificate=certificate.json")
    ran.assert_outcomes(passed=2, deselected=18)
    ran.stdout.fnmatch_lines([f"{PSO}: no certificate: 2 of 20 tests ran*"])
    assert not (project.path / "certificate.json").exists()


def test_stopped_at_the_first_failure(project: Project, replay: Run) -> None:
    edited(project, "running_config", "ip tftp source-interface Loopback0\n", "")
    ran = replay("-x")
    ran.assert_outcomes(passed=10, failed=1)
    ran.stdout.fnmatch_lines([f"{PSO}: no certificate: 11 of 20 tests ran*"])


def test_last_failed(project: Project, replay: Run) -> None:
    edited(project, "running_config", "ip tftp source-interface Loopback0\n", "")
    replay()
    again = replay("--lf")
    again.assert_outcomes(failed=1, deselected=19)
    again.stdout.fnmatch_lines([f"FAILED {PSO}::11-ftp_tftp_source*"])


@pytest.mark.parametrize("dist", ["load", "loadgroup", "loadfile", "worksteal"])
def test_distributed_a_port_stays_together(project: Project, replay: Run, dist: str) -> None:
    project.test_file("import pytest\n\n@pytest.mark.parametrize('n', range(6))\ndef test_n(n): pass")
    ran = replay("-n", "2", "--dist", dist, "--turnup-certificate=certificate.json")
    ran.assert_outcomes(passed=26)
    ran.stdout.fnmatch_lines([f"{PSO}: SATISFIED:*certificate.json"])


def test_distributed_each_is_refused(replay: Run) -> None:
    ran = replay("--dist", "each", "--tx", "2*popen")
    assert ran.ret != 0
    assert "ask every router once for each worker" in ran.stdout.str() + ran.stderr.str()


def test_beside_other_tests(project: Project, replay: Run) -> None:
    project.test_file("def test_mine(): pass")
    replay().assert_outcomes(passed=21)
    replay("-m", "turnup").assert_outcomes(passed=20, deselected=1)
    assert len([line for line in replay("--collect-only", "-q").outlines if line.startswith(f"{PSO}::")]) == 20


USAGE = [
    (["--turnup-order=nowhere.xml"], "neither a file nor an order"),
    (["--turnup-order=PSO-2001-999999"], "neither a file nor an order"),
    (["--turnup-order=order.xml", "--turnup-order=order.xml", "--turnup-replay=recording"], "given twice"),
    (["--turnup-order=order.xml"], "has no port"),
    (["--turnup-order=order.xml", "--turnup-inventory=nowhere"], "nowhere"),
    (["--turnup-order=order.xml", "--turnup-replay=nowhere"], "no recording can be read"),
    (["--turnup-order=order.xml", "--turnup-replay=recording", "--turnup-occasion=REPAIRED"], "did you mean 'REPAIR'"),
    (["--turnup-order=order.xml", "--turnup-replay=recording", "--turnup-certificate=no/where"], "there is no folder"),
    (["--turnup-order=order.xml", "--turnup-lab"], "no lab is up"),
    (["--turnup-order=order.xml", "--turnup-lab", "--turnup-replay=recording"], "exclude each other"),
    (["--turnup-lab"], "without --turnup-order"),
    (["--turnup-replay=recording"], "without --turnup-order"),
    (["--turnup-ordr=order.xml"], "unrecognized arguments"),
]


@pytest.mark.parametrize(("words", "said"), USAGE, ids=[said for _, said in USAGE])
def test_missing_or_mistyped_input_is_a_usage_error(project: Project, words: list[str], said: str) -> None:
    project.test_file("def test_mine(): pass")
    ran = project.pytest("--turnup-inventory=inventory", "--turnup-home=home", *words)
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    assert said in ran.stderr.str() + ran.stdout.str()
    assert "passed" not in ran.stdout.str()
    assert "Traceback" not in ran.stderr.str() + ran.stdout.str()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("order.xml", "<Crc>", "<Crcc>", "rcc"),
        ("inventory/policy.yaml", "memory:", "memori:", "did you mean 'memory'"),
        ("inventory/policy.yaml", "loss_percent: 0", "loss_percent: 100", "the test could not fail"),
        ("inventory/policy.yaml", "checks: {}", "checks: {bgp_neighbours: {}}", "did you mean 'bgp_neighbors'"),
        ("recording/recording.toml", "router = ", "ruter = ", "did you mean 'router'"),
        ("recording/recording.toml", 'port = "Serial5/0"', 'port = "Serial5/99"', "is not in inventory"),
        ("recording/recording.toml", 'platform = "ios"', 'platform = "noc"', "inventory says ios"),
    ],
)
def test_a_wrong_file_is_refused_before_anything_is_collected(
    project: Project, file: str, old: str, new: str, said: str
) -> None:
    asked = Asked(
        (str(project.path / "order.xml"),),
        inventory=project.path / "inventory",
        home=project.path / "home",
        replay=project.path / "recording",
    )
    assert len(ports_under_test(asked)) == 1
    path = project.path / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(UsageError, match=re.escape(said)):
        ports_under_test(asked)


def test_no_secret_of_a_recording_is_told(project: Project, replay: Run) -> None:
    """Somebody's own recording, never redacted: every form of a secret, in the configuration and in the log."""
    plants = planted.in_configuration()
    lines = "".join(" " * (line is not one.lines[0]) + line + "\n" for one in plants for line in one.lines)
    edited(project, "running_config", "\nend\n", f"\n{lines}end\n")
    messages = [one.lines[0] for one in planted.in_the_log()]
    first = (project.path / "recording" / "healthy" / "log_message.txt").read_text().splitlines()[-1]
    stamp = first.partition("%")[0]
    edited(project, "log_message", first, "\n".join([first, *(stamp + message for message in messages)]))
    ran = replay("-rA", "-vv", "--junitxml=junit.xml", "--turnup-certificate=certificate.json")
    assert sum(ran.parseoutcomes().values()) == 20
    secrets = [(one.name, word) for one in (*plants, *planted.in_the_log()) for word in one.words]
    texts = [*planted.written(project.path / "home"), ("screen", ran.stdout.str() + ran.stderr.str())]
    texts += [(name, (project.path / name).read_text()) for name in ("junit.xml", "certificate.json")]
    assert len(texts) > 20
    assert {name: leaks for name, text in texts if (leaks := planted.leaks(text, secrets))} == {}


def test_without_an_order_nothing_of_turnup_is_loaded(project: Project) -> None:
    """Every pytest run of every project loads the entry point; it must cost nothing."""
    project.test_file(
        """
        import sys
        def test_light():
            heavy = {"turnup.noc", "turnup.checks", "turnup.platforms", "nornir", "netmiko", "jinja2", "ruamel", "lxml"}
            assert not heavy & set(sys.modules)
        """
    )
    ran = project.pytest()
    ran.assert_outcomes(passed=1)
    assert "turnup:" not in ran.stdout.str()


def test_loading_it_alone_is_light() -> None:
    code = "import sys, turnup.pytest_plugin; print([m for m in sys.modules if m.startswith('turnup')])"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['turnup', 'turnup.pytest_plugin']"


def test_the_virtual_routers(turnup: Command, pop: Lab, project: Project) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    lab = pop.home.path.parents[1]
    options = (f"--turnup-order={PSO}", "--turnup-lab", f"--turnup-home={lab}", "--junitxml=junit.xml")
    before = control(pop, {"do": "status"})
    collected = project.pytest(*options, "--collect-only", "-q")
    assert collected.ret == 0
    assert control(pop, {"do": "status"}) == before
    ran = project.pytest(*options)
    ran.assert_outcomes(passed=20)
    kept = sorted((pop.home.path / "certificates").glob("*.json"))
    assert len(kept) == 2
    control(pop, {"do": "fault", "name": "tftp-source-missing", "on": True})
    red = project.pytest(*options, "--turnup-occasion=repair")
    red.assert_outcomes(passed=19, failed=1)
    assert len(list((pop.home.path / "certificates").glob("*.json"))) == 3
    shown = red.stdout.str() + red.stderr.str() + (project.path / "junit.xml").read_text()
    for name, value in pop.environment.items():
        assert name == "TURNUP_USERNAME" or value not in shown


def test_an_unreachable_router_is_twenty_errors(turnup: Command, pop: Lab, project: Project) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    file = pop.inventory / "hosts.yaml"
    text = file.read_text().replace(f"port: {pop.ready['routers']['nyc-hud-gsr1']['ssh']}", "port: 1")
    file.write_text(text)
    lab = pop.home.path.parents[1]
    ran = project.pytest(f"--turnup-order={PSO}", "--turnup-lab", f"--turnup-home={lab}")
    told = ran.parseoutcomes()
    assert told == {"errors": 20}, told
    assert ran.ret == 1
