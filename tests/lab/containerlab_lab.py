"""The POP through containerlab itself, live: it comes up, it says who runs it, it goes, and nothing of it stays.

What the POP does once it is up is tested by its other live tests, which run on this runner too (`make clab`).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from topology_files import SCHEMA

from turnup import folder
from turnup.errors import CouldNotRun
from turnup.virtual.pop import containerlab, engine
from turnup.virtual.pop.containers import cache
from turnup.virtual.pop.pop import Pop, opened, running, start
from turnup.virtual.pop.processes import Process
from turnup.virtual.pop.runner import Kind
from turnup.virtual.pop.traces import left_of

POP = [sys.executable, "-m", "turnup.virtual.pop"]


def of_this_machine() -> dict[str, object]:
    """What a POP could leave behind or change on this machine."""

    def lines(*words: str) -> list[str]:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()

    return {
        "links": lines("ip", "-o", "-br", "link", "show"),
        "routes": lines("ip", "route", "show", "table", "all"),
        "names": lines("ip", "netns", "list"),
        "rules": lines("sh", "-c", "command -v nft >/dev/null && nft list ruleset || :"),
        "forwarding": Path("/proc/sys/net/ipv4/ip_forward").read_text(),
        "mounts": sorted(line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()),
        "hosts": Path("/etc/hosts").read_text(),
        "ssh": sorted(path.name for path in Path("/etc/ssh/ssh_config.d").glob("*")),
        "engine": (engine.RUN.exists(), engine.left_processes(), engine.left_cgroups()),
        "containers": left_of("turnup-pop", None),
    }


@pytest.fixture(scope="module")
def before() -> dict[str, object]:
    """The machine before any POP of this module."""
    return of_this_machine()


@pytest.fixture
def clean(before: dict[str, object]) -> Iterator[None]:
    """Afterwards the machine is as it was: at once, or when the kernel has taken away what was given back."""
    yield
    for _ in range(100):
        if of_this_machine() == before:
            return
        time.sleep(0.1)
    assert of_this_machine() == before


def spaces_of(pop: Pop) -> set[str]:
    """PID namespaces of the nodes."""
    return {str(Path(f"/proc/{number}/ns/pid").readlink()) for number in pop.runner.described()["nodes"].values()}


def inhabited(spaces: set[str]) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str((entry / "ns/pid").readlink()) in spaces:
                found.append(entry.name)
        except OSError:  # it has ended meanwhile
            continue
    return found


@pytest.mark.usefixtures("clean")
def test_containerlab_runs_it_and_nothing_stays(tmp_path: Path) -> None:
    with running(Kind.CONTAINERS, folder=tmp_path / "pop") as pop:
        told = pop.runner.described()
        assert tuple(int(word) for word in told["containerlab"].partition("+")[0].split(".")) >= containerlab.LEAST
        assert set(told["nodes"]) == set(pop.topology.nodes)
        assert (pop.adjacencies(), pop.sessions()) == (6, 10)
        spaces = spaces_of(pop)
        assert len(inhabited(spaces)) > 30
        assert len(spaces) == 7
        # containerlab's own account of it
        inventory = (tmp_path / "pop/clab-turnup-pop/nornir-simple-inventory.yml").read_text()
        assert "192.0.2.11" in inventory
    assert not inhabited(spaces)
    assert not (tmp_path / "pop").exists()


@pytest.mark.usefixtures("clean")
def test_no_node_is_privileged(tmp_path: Path) -> None:
    with running(Kind.CONTAINERS, folder=tmp_path / "pop", settled=False) as pop:
        runs = engine.own_engine() or engine.Engine()
        asked = '{{.HostConfig.Privileged}} {{join .HostConfig.CapAdd ","}}'
        said = runs.docker("inspect", "--format", asked, *pop.topology.nodes).split("\n")
        assert {line for line in said if line} == {"false CAP_NET_ADMIN,CAP_NET_RAW,CAP_SYS_ADMIN"}


@pytest.mark.usefixtures("clean")
def test_a_second_one_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    pop = start(tmp_path / "one", Kind.CONTAINERS)
    try:
        with pytest.raises(CouldNotRun, match=r"up already: container"):
            start(tmp_path / "other", Kind.CONTAINERS)
        assert pop.runner.running()
        assert opened(tmp_path / "one").inside("cr1", "hostname") == "cr1\n"
    finally:
        pop.down()


@pytest.mark.usefixtures("clean")
def test_a_node_that_does_not_start_takes_the_rest_with_it(tmp_path: Path) -> None:
    source = tmp_path / "source"
    subprocess.run(["cp", "-r", str(folder("lab")), str(source)], check=True)
    (source / "pop/common/start-oob.sh").write_text("#!/bin/sh\necho a reason to stop\nexit 1\n")
    with pytest.raises(CouldNotRun, match=r"oob.*a reason to stop"):
        start(tmp_path / "pop", Kind.CONTAINERS, source=source)
    assert not (tmp_path / "pop").exists()


@pytest.mark.usefixtures("clean")
def test_it_ends_with_the_process_that_wanted_it_so(tmp_path: Path) -> None:
    """Killed, not asked. The next one, or `down`, takes away what a killed one could not: a folder, control groups."""
    program = (
        "import sys, time; from pathlib import Path; from turnup.virtual.pop.pop import start, Kind;"
        "start(Path(sys.argv[1]), Kind.CONTAINERS, with_parent=True); print('up', flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "pop")], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout as said:
        assert said.readline() == b"up\n"
    pop = opened(tmp_path / "pop")
    spaces = spaces_of(pop)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    if engine.Engine(pop_ground(tmp_path / "pop")).ours:
        for _ in range(200):
            if not inhabited(spaces):
                break
            subprocess.run(["sleep", "0.05"], check=True)
        assert not inhabited(spaces)
    pop.down()


def pop_ground(path: Path) -> Process | None:
    told = json.loads((path / "containers.json").read_text())["ground"]
    return Process(**told) if told else None


@pytest.mark.usefixtures("clean")
def test_what_a_killed_engine_leaves_is_taken_away(tmp_path: Path) -> None:
    pop = start(tmp_path / "pop", Kind.CONTAINERS)
    ground = pop_ground(tmp_path / "pop")
    if ground is None:
        pop.down()
        pytest.fail("this machine's own engine carries the POP: it cannot be killed for a test")
    spaces = spaces_of(pop)
    os.kill(ground.number, signal.SIGKILL)
    pop.down()
    assert not inhabited(spaces)
    with running(Kind.CONTAINERS, folder=tmp_path / "next", settled=False) as again:
        assert again.runner.running()


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("seconds", [3, 6, 9])  # an engine that starts; nodes that start; nodes that are there
def test_a_start_that_was_killed_is_cleared_up(tmp_path: Path, seconds: float) -> None:
    place = str(tmp_path / "pop")
    with subprocess.Popen([*POP, "up", "--clab", place], start_new_session=True, stdout=subprocess.DEVNULL) as up:
        time.sleep(seconds)
        os.killpg(up.pid, signal.SIGKILL)
    subprocess.run([*POP, "down", place], check=True, timeout=120)


@pytest.mark.usefixtures("clean")
def test_by_command(tmp_path: Path) -> None:
    place = str(tmp_path / "pop")
    up = subprocess.run([*POP, "up", "--clab", place], capture_output=True, text=True, check=True, timeout=900)
    try:
        assert json.loads(up.stdout)["runner"] == "containers"
        found = subprocess.run([*POP, "exec", place, "cr1", "hostname"], capture_output=True, text=True, check=True)
        assert found.stdout == "cr1\n"
    finally:
        subprocess.run([*POP, "down", place], check=True, timeout=120)
    assert not Path(place).exists()


def test_the_schema_in_the_tests_is_that_of_the_version_that_is_built(tmp_path: Path) -> None:
    if containerlab.find_containerlab(cache()) is None:
        containerlab.build_containerlab(cache())
    assert containerlab.schema_of(tmp_path).read_bytes() == SCHEMA.read_bytes()


@pytest.mark.usefixtures("clean")
def test_the_recipe_for_ci_runs_on_it(tmp_path: Path) -> None:
    """docs/ci/accept-in-lab.sh with LAB=--clab, as a user's CI would run it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("turnup", "pytest"):
        file = programs / name
        file.write_text(f'#!/bin/sh\nexec {sys.executable} -m {name} "$@"\n')
        file.chmod(0o755)
    top = Path(__file__).parents[2]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TURNUP_", "PYTEST_"))}
    environment = {**kept, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(top / "src")}
    environment |= {"LAB": "--clab", "ORDER": str(folder("lab") / "pop/order.yaml")}
    done = subprocess.run(
        ["sh", str(top / "docs/ci/accept-in-lab.sh")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "results/certificate.json").read_text())["outcome"] == "SATISFIED"
    assert "run by containers" in done.stdout
    assert (tmp_path / "results/junit.xml").read_text().count("<testcase ") == 20
