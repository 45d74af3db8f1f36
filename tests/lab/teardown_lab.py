"""Nothing is left of a POP, however it ends; and any number of them run side by side."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running_pop import namespaces_of, of_this_machine, processes_in, until

from turnup.errors import CouldNotRun
from turnup.virtual.pop.pop import opened, start

POP = [sys.executable, "-m", "turnup.virtual.pop"]


def test_down_leaves_nothing(tmp_path: Path) -> None:
    for _ in range(3):  # others use this machine too: what they did meanwhile they do not do each time
        before = of_this_machine()
        pop = start(tmp_path / "pop")
        spaces = namespaces_of(pop)
        assert len(processes_in(spaces)) > 30
        meanwhile = of_this_machine()
        pop.down()
        assert not processes_in(spaces)
        assert not (tmp_path / "pop").exists()
        after = of_this_machine()
        if after == meanwhile == before:  # while it ran, too, nothing of it was to be seen out here
            return
    assert (before, meanwhile) == (after, after)


def test_a_pop_ends_with_the_process_that_wanted_it_so(tmp_path: Path) -> None:
    """Killed, not asked: nothing of Python's own runs at the end."""
    program = (
        "import sys, time; from pathlib import Path; from turnup.virtual.pop.pop import start;"
        "start(Path(sys.argv[1]), with_parent=True); print('up', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "pop")], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout as said:
        assert said.readline() == b"up\n"
    spaces = namespaces_of(opened(tmp_path / "pop"))
    assert processes_in(spaces)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not processes_in(spaces), "all of it ends")


def test_killing_the_ground_ends_all(tmp_path: Path) -> None:
    pop = start(tmp_path / "pop")
    spaces = namespaces_of(pop)
    os.kill(pop.runner.described()["process"], signal.SIGKILL)
    until(lambda: not processes_in(spaces), "all of it ends")
    assert not pop.runner.running()
    pop.down()  # what is dead can be taken away
    assert not (tmp_path / "pop").exists()


def test_a_node_that_does_not_start_takes_the_rest_with_it(tmp_path: Path) -> None:
    before = set(processes_of_name("turnup-pop"))
    source = tmp_path / "source"
    from turnup import folder

    subprocess.run(["cp", "-r", str(folder("lab")), str(source)], check=True)
    (source / "pop/common/start-oob.sh").write_text("#!/bin/sh\necho a reason to stop\nexit 1\n")
    with pytest.raises(CouldNotRun, match=r"oob.*a reason to stop"):
        start(tmp_path / "pop", source=source)
    assert not (tmp_path / "pop").exists()
    assert set(processes_of_name("turnup-pop")) <= before


def processes_of_name(name: str) -> list[str]:
    """Numbers of processes whose last word is that name: the grounds of all POPs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if name.encode() in words:
            found.append(entry.name)
    return found


def test_two_pops_side_by_side_do_not_see_each_other(tmp_path: Path) -> None:
    one = start(tmp_path / "one")
    try:
        other = start(tmp_path / "other")
        try:
            assert not namespaces_of(one) & namespaces_of(other)
            one.settle()
            other.settle()
            one.cut("cr1", "POS1-0")
            assert "NO-CARRIER" not in other.inside("cr1", "ip", "link", "show", "POS1-0")
            assert one.reach.ssh["cr1"] != other.reach.ssh["cr1"]
        finally:
            other.down()
        assert one.runner.running()
        assert "10.255.0.1" in one.inside("cr1", "ip", "address", "show", "lo")
    finally:
        one.down()


def test_a_node_cannot_write_this_machine_s_files(tmp_path: Path) -> None:
    pop = start(tmp_path / "pop")
    try:
        marks = [
            "/etc/turnup-mark",
            "/tmp/turnup-mark",
            "/run/turnup-mark",
            "/var/log/turnup-mark",
            "/root/turnup-mark",
        ]
        pop.inside("cr1", "sh", "-c", "for file in $*; do : >$file; done", "sh", *marks)
        assert not [mark for mark in marks if Path(mark).exists()]
        for place in ("/usr/turnup-mark", "/turnup-mark", "/var/lib/turnup-mark", "/etc/pop/turnup-mark"):
            assert "Read-only file system" in pop.inside("cr1", "touch", place, check=False)
        assert "cr1" in pop.inside("cr1", "hostname")
        assert os.uname().nodename != "cr1"
    finally:
        pop.down()


def test_by_command(tmp_path: Path) -> None:
    """What another process starts, another one finds and stops."""
    place = str(tmp_path / "pop")

    def said(*words: str) -> str:
        return subprocess.run([*POP, *words], capture_output=True, text=True, check=True, timeout=120).stdout

    told = json.loads(said("up", "--netns", place))
    try:
        assert told["runner"] == "namespaces"
        said("settle", place)
        again = subprocess.run([*POP, "up", "--netns", place], capture_output=True, text=True, check=False)
        assert again.returncode == 3
        assert "not empty" in again.stderr
        assert "cr2" in said("exec", place, "cr1", "vtysh", "-c", "show isis neighbor")
        assert json.loads(said("status", place))["routers"] == told["routers"]
        spaces = namespaces_of(opened(Path(place)))
    finally:
        said("down", place)
    assert not processes_in(spaces)
    assert not Path(place).exists()


@pytest.mark.parametrize("after", [0.5, 1.5, 3.0])
def test_a_start_that_is_killed_is_cleared_up_by_the_next_command(tmp_path: Path, after: float) -> None:
    """The command alone is killed, then its child too: whoever comes next finds how it is stopped."""
    turnup = [sys.executable, "-m", "turnup", "--home", str(tmp_path), "lab"]
    killed = subprocess.Popen([*turnup, "up", "--netns"], stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(after)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    done = subprocess.run([*turnup, "down"], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "lab").exists()
    left = [number for number in processes_of_name("turnup-pop") if _works_in(number, tmp_path)]
    assert not left


_KILLED_WHILE = """\
import os, signal, sys
from pathlib import Path
from turnup.virtual.pop import pop, stage

class Dying(stage.Stage):
    told = 0

    def remember(self, name, told):
        Dying.told += 1
        if Dying.told == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        super().remember(name, told)

pop.Stage = stage.Stage = Dying
pop.start(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("before", [1, 2, 3, 4, 5])
def test_a_start_that_is_killed_before_it_writes_down_what_it_did_leaves_nothing(tmp_path: Path, before: int) -> None:
    """The last moment at which nobody knows of what it has started."""
    folder = tmp_path / "pop"
    words = [sys.executable, "-c", _KILLED_WHILE, str(folder), str(before)]
    killed = subprocess.run(words, cwd=tmp_path, check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL, "it did not come so far"
    if before > 1:  # the first word is that it begins at all
        subprocess.run([*POP, "down", str(folder)], check=True, timeout=120)
        assert not folder.exists()
    everything = [entry.name for entry in Path("/proc").glob("[0-9]*")]
    until(lambda: not [number for number in everything if _works_in(number, tmp_path)], "all that it started ends")


def _works_in(number: str, folder: Path) -> bool:
    try:
        return str(Path(f"/proc/{number}/cwd").readlink()).startswith(str(folder))
    except OSError:
        return False
