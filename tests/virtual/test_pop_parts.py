"""Parts of the virtual POP that need no root: its folder, its door, console and syslog; and how it refuses to run."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from turnup import laboratory
from turnup.cli.app import app
from turnup.errors import CouldNotRun, UsageError
from turnup.home import Home
from turnup.virtual.pop import door, namespaces
from turnup.virtual.pop.__main__ import main
from turnup.virtual.pop.pop import opened, start
from turnup.virtual.pop.processes import Process
from turnup.virtual.pop.stage import Stage, write_stage
from turnup.virtual.services import console, syslog


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return write_stage(tmp_path_factory.mktemp("pop") / "stage", configurations={"cr3": "hostname other\n"})


def test_the_stage_holds_what_nodes_need(stage: Stage) -> None:
    assert stage.topology.name == "turnup-pop"
    assert (stage.path / "pop/console").is_dir()
    assert (stage.path / "pop/cr3/frr.conf").read_text() == "hostname other\n"
    assert "router bgp 64500" in (stage.path / "pop/cr1/frr.conf").read_text()
    assert set(stage.host_keys()) == set(stage.topology.nodes)
    assert not (stage.path / "pop/inventory").exists()


def test_secrets_are_thrown_away_and_private(stage: Stage, tmp_path: Path) -> None:
    for file in (stage.path / "environment.json", *(stage.common / "secrets").glob("*[!b]")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(stage.path.stat().st_mode) == 0o700
    other = write_stage(tmp_path / "stage")
    mine, its = stage.environment, other.environment
    assert all(mine[name] != its[name] for name in mine if name != "TURNUP_USERNAME")
    assert stage.host_keys()["cr1"] != other.host_keys()["cr1"]
    accounts = json.loads((stage.common / "secrets/tacacs.json").read_text())
    assert accounts["users"]["noc"]["password"] == mine["TURNUP_PASSWORD"]
    assert mine["TURNUP_SECRET_LAST_RESORT"] not in (stage.common / "secrets/env").read_text()  # only its hash


def test_the_nodes_programs_need_nothing_of_turnup(stage: Stage) -> None:
    for program in ("tacacs_server", "syslog", "router"):
        done = subprocess.run(
            [sys.executable, "-S", "-c", f"import turnup.virtual.services.{program}"],
            env={"PYTHONPATH": str(stage.common / "python"), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            cwd=stage.path,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(CouldNotRun, match="not empty"):
        write_stage(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


# --- refusing to run ------------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a guard under test is broken, no POP starts either."""

    def begun(_: namespaces.Namespaces) -> None:
        raise AssertionError("it began")

    monkeypatch.setattr(namespaces.Namespaces, "_ground", begun)


@pytest.mark.usefixtures("nothing_begins")
def test_a_missing_package_is_named_and_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(namespaces, "PROGRAMS", (*namespaces.PROGRAMS, "no-such-program"))
    assert main(["up", "--netns", str(tmp_path / "pop")]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "no-such-program" in said.err
    assert "need_packages.sh" in said.err
    assert not (tmp_path / "pop").exists()


@pytest.mark.usefixtures("nothing_begins")
def test_without_root_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "missing_programs", lambda: iter(()))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CouldNotRun, match="need root"):
        start(tmp_path / "pop")


def test_no_pop_runs_from_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no POP runs"):
        opened(tmp_path)


def test_a_number_that_is_another_process_s_by_now_is_not_ours() -> None:
    mine = Process.of(os.getpid())
    assert mine.alive
    assert not Process(mine.number, mine.began + 1).alive
    assert not Process(2**22 + 1, 1).alive
    with pytest.raises(ProcessLookupError):
        Process.of(2**22 + 1)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [(["--netns", "--clab"], "not both"), (["--netns", "--fault", "flash-full"], "faults of virtual GSRs")],
)
def test_what_the_command_refuses(tmp_path: Path, words: list[str], complaint: str) -> None:
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "lab", "up", *words])
    assert isinstance(done.exception, UsageError)
    assert complaint in str(done.exception)
    assert not (tmp_path / "lab" / "state.json").exists()


def test_what_a_killed_start_left_is_stopped_before_the_folder_goes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    folder = home.part("lab")
    (folder / "mine").write_text("")
    state = {"pid": 0, "stop": ["sh", "-c", f"ls {folder} >{tmp_path}/stopped"]}
    (folder / "state.json").write_text(json.dumps(state))
    assert not laboratory.down(home)
    assert (tmp_path / "stopped").read_text().split() == ["mine", "state.json"]
    assert not (tmp_path / "lab").exists()


def test_what_does_not_stop_keeps_its_folder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    state = {"pid": 0, "stop": ["sh", "-c", "echo a reason >&2; exit 3"]}
    (home.part("lab") / "state.json").write_text(json.dumps(state))
    with pytest.raises(CouldNotRun, match="a reason"):
        laboratory.up(home, tmp_path)
    assert (tmp_path / "lab" / "state.json").exists()


# --- the door -------------------------------------------------------------------------------------------------------


@contextmanager
def through_the_door(kind: int, target: tuple[str, int]) -> Iterator[tuple[str, int]]:
    """A door of its own process, from a free port to the target."""
    with socket.socket(socket.AF_INET, kind) as listening:
        listening.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            listening.listen()
        process = subprocess.Popen(
            [sys.executable, "-I", str(Path(door.__file__)), door.spec([["tcp", [listening.fileno()], list(target)]])],
            pass_fds=[listening.fileno()],
        )
        address = listening.getsockname()
    try:
        yield address
    finally:
        process.kill()
        process.wait()


def test_a_connection_goes_through_both_ways_until_it_ends() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        through_the_door(socket.SOCK_STREAM, server.getsockname()) as address,
        socket.create_connection(address, 10) as outside,
    ):
        outside.sendall(b"question")
        inside, _ = server.accept()
        with inside:
            assert inside.recv(100) == b"question"
            inside.sendall(b"answer")
            assert outside.recv(100) == b"answer"
        assert outside.recv(100) == b""


def test_who_is_refused_inside_is_refused_outside() -> None:
    with (
        socket.socket() as nobody,
        through_the_door(socket.SOCK_STREAM, _bound(nobody)) as address,
        socket.create_connection(address, 10) as outside,
        pytest.raises(ConnectionResetError),
    ):
        outside.recv(100)


def _bound(one: socket.socket) -> tuple[str, int]:
    one.bind(("127.0.0.1", 0))
    host, port = one.getsockname()
    return host, port


def test_answers_to_datagrams_find_back() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        with through_the_door(socket.SOCK_DGRAM, server.getsockname()) as address:
            askers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
            for number, asker in enumerate(askers):
                asker.settimeout(10)
                asker.sendto(f"question {number}".encode(), address)
            for _ in askers:
                data, source = server.recvfrom(100)
                server.sendto(data.replace(b"question", b"answer"), source)
            for number, asker in enumerate(askers):
                assert asker.recv(100) == f"answer {number}".encode()
                asker.close()


# --- console and syslog ---------------------------------------------------------------------------------------------

LOGIN = ("/bin/sh", "-c", "printf 'login: '; read name; echo hello $name; sleep 60")


def reads_until(link: socket.socket, word: bytes) -> bytes:
    link.settimeout(10)
    heard = b""
    while word not in heard:
        data = link.recv(1000)
        assert data, heard
        heard += data
    return heard


def test_a_console_asks_who_is_there_and_asks_the_next_one_again() -> None:
    files = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(2):
        ours, its = socket.socketpair()
        with ours, its:
            line = threading.Thread(target=console.attend, args=(its, LOGIN))
            line.start()
            assert b"con0 is now available" in reads_until(ours, b"Press RETURN")
            ours.sendall(b"\r")
            reads_until(ours, b"login: ")
            ours.sendall(b"noc\r\n")
            assert b"hello noc" in reads_until(ours, b"hello noc")
            ours.shutdown(socket.SHUT_RDWR)
            line.join(10)
            assert not line.is_alive()
    assert len(list(Path("/proc/self/fd").iterdir())) == files


def test_a_caller_who_says_nothing_gets_no_login() -> None:
    ours, its = socket.socketpair()
    with its:
        ours.close()
        console.attend(its, ("/bin/false",))  # ends, and starts nothing


def waits_for(look: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not look():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_what_a_router_logs_arrives_with_its_address(tmp_path: Path) -> None:
    log, device = tmp_path / "log", tmp_path / "device"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = [sys.executable, "-m", "turnup.virtual.services.syslog"]
    collecting = subprocess.Popen([*run, str(log), str(port)])
    try:
        waits_for(log.exists)
        left = iter([True, True, False])
        forwarding = threading.Thread(
            target=syslog.forward, args=(device, "127.0.0.1", ("127.0.0.1", port), lambda: next(left))
        )
        forwarding.start()
        waits_for(device.exists)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as program:
            program.connect(str(device))
            program.send(b"<30>bgpd: first\0")
            program.send(b"<30>bgpd: \x1b[31msecond\nline\0")
        waits_for(lambda: len(log.read_text().splitlines()) == 2)
        forwarding.join(10)
        lines = [line.partition(" ")[2] for line in log.read_text().splitlines()]
        assert lines == ["127.0.0.1 <30>bgpd: first", "127.0.0.1 <30>bgpd:  [31msecond line"]
    finally:
        collecting.kill()
        collecting.wait()
