"""The lab as a process: SSH, telnet, console, DNS, control port. A few round trips; dialogues are tested without."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rcode
import dns.reversename
import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoAuthenticationException

from turnup import folder

PASSWORD = "lab-password"
GSR1, GSR2 = "nyc-hud-gsr1", "nyc-hud-gsr2"


@dataclass
class Process:
    """A lab that runs, and its ready line."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    def port(self, router: str, kind: str) -> int:
        return int(self.ready["routers"][router][kind])

    def control(self, **message: object) -> dict[str, Any]:
        with socket.create_connection(("127.0.0.1", self.ready["control"]), 5) as line:
            line.sendall(json.dumps(message).encode() + b"\n")
            answer: dict[str, Any] = json.loads(line.makefile().readline())
            return answer


@contextmanager
def lab(*options: str) -> Iterator[Process]:
    command = [
        sys.executable,
        "-m",
        "turnup.virtual",
        "--inventory",
        str(folder("inventory")),
        "--with-parent",
        *options,
    ]
    environment = {**os.environ, "TURNUP_LAB_PASSWORD": PASSWORD, "TURNUP_SECRET_LAST_RESORT": "last-resort-pw"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        yield Process(process, json.loads(line))
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.fixture(scope="module")
def running() -> Iterator[Process]:
    with lab() as process:
        yield process


def _connect(process: Process, router: str, kind: str = "ssh", **login: str) -> Any:
    return ConnectHandler(
        device_type="cisco_ios" if kind == "ssh" else "cisco_ios_telnet",
        host="127.0.0.1",
        port=process.port(router, kind),
        **{"username": "noc", "password": PASSWORD, **login},
    )


def _read(line: socket.socket, until: bytes) -> bytes:
    seen = b""
    while until not in seen:
        piece = line.recv(4096)
        assert piece, f"closed before {until!r}: {seen!r}"
        seen += piece
    return seen


@pytest.mark.parametrize("kind", ["ssh", "telnet"])
def test_netmiko_shows_configures_and_saves(running: Process, kind: str) -> None:
    router = {"ssh": GSR1, "telnet": GSR2}[kind]
    with _connect(running, router, kind) as session:
        assert session.find_prompt() == f"{router}#"
        assert "IOS (tm) GS Software" in session.send_command("show version")
        said = session.send_config_set(["interface pos 2/3", f"description BY {kind}"], error_pattern="^%")
        assert "(config-if)#" in said
        assert f" description BY {kind}" in session.send_command("show running-config interface POS2/3")
        assert "[OK]" in session.save_config()
    assert f" description BY {kind}" in running.control(do="running", router=router)["startup"]


def test_wrong_password_is_refused(running: Process) -> None:
    with pytest.raises(NetmikoAuthenticationException):
        _connect(running, GSR1, password="wrong")


def test_account_ro_stays_in_user_mode(running: Process) -> None:
    with _connect(running, GSR1, username="ro") as session:
        assert session.find_prompt() == f"{GSR1}>"


def test_telnet_login_gives_up_after_three_tries(running: Process) -> None:
    with socket.create_connection(("127.0.0.1", running.port(GSR1, "telnet")), 5) as line:
        line.settimeout(5)
        for _ in range(3):
            _read(line, b"Username: ")
            line.sendall(b"noc\r\n")
            _read(line, b"Password: ")
            line.sendall(b"wrong\r\n")
        rest = b""
        while piece := line.recv(4096):
            rest += piece
        assert rest.endswith(b"% Authentication failed.\r\n\r\n")


def _console(running: Process, router: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", running.port(router, "console")), 5)
    line.settimeout(5)
    return line


def test_console_asks_for_a_login_after_return(running: Process) -> None:
    with _console(running, GSR1) as line:
        greeting = _read(line, b"Press RETURN to get started.\r\n\r\n")
        assert b"nyc-hud-gsr1 con0 is now available" in greeting
        line.sendall(b"\r")
        assert b"User Access Verification" in _read(line, b"Username: ")
        line.sendall(b"noc\r")
        _read(line, b"Password: ")
        line.sendall(f"{PASSWORD}\r".encode())
        _read(line, b"nyc-hud-gsr1#")
        line.sendall(b"exit\r")
        _read(line, b"Press RETURN to get started.")


def test_dns_knows_the_loopbacks(running: Process) -> None:
    def ask(name: Any, kind: str) -> Any:
        query = dns.message.make_query(name, kind)
        return dns.query.udp(query, "127.0.0.1", timeout=5, port=running.ready["dns"])

    assert "10.255.1.1" in str(ask(f"{GSR1}.example.net.", "A").answer[0])
    assert f"{GSR1}.example.net." in str(ask(dns.reversename.from_address("10.255.1.1"), "PTR").answer[0])
    assert ask("nobody.example.net.", "A").rcode() == dns.rcode.NXDOMAIN
    with lab("--fault", "dns-reverse-missing") as faulty:
        query = dns.message.make_query(dns.reversename.from_address("10.255.1.1"), "PTR")
        answer = dns.query.udp(query, "127.0.0.1", timeout=5, port=faulty.ready["dns"])
        assert answer.rcode() == dns.rcode.NXDOMAIN


def test_control_port_switches_faults(running: Process) -> None:
    def errors() -> str:
        with _connect(running, "chi-cer-gsr1") as session:
            return str(session.send_command("show clock"))

    assert running.control(do="fault", name="authorization-failed-show") == {
        "ok": True,
        "faults": ["authorization-failed-show"],
    }
    with _connect(running, "chi-cer-gsr1") as session:
        assert "Command authorization failed." in session.send_command("show running-config")
    running.control(do="fault", name="authorization-failed-show", on=False)
    with _connect(running, "chi-cer-gsr1") as session:
        assert "hostname chi-cer-gsr1" in session.send_command("show running-config")
    assert errors()


def test_control_port_configures_logs_and_reloads(running: Process) -> None:
    router = "lax-wil-gsr1"
    assert running.control(do="configure", router=router, lines=["interface POS2/1", "description THEIRS", "oops"])[
        "answers"
    ][:2] == ["", ""]
    assert running.control(do="log", router=router, text="%SYS-3-CPUHOG: test") == {"ok": True}
    assert "description THEIRS" in running.control(do="running", router=router)["running"]
    assert "description THEIRS" not in running.control(do="running", router=router)["startup"]
    with _connect(running, router) as session:
        log = session.send_command("show logging")
        assert "%SYS-3-CPUHOG: test" in log
        assert "Configured from console by customer" in log
    running.control(do="reload", router=router)
    assert "description THEIRS" not in running.control(do="running", router=router)["running"]


@pytest.mark.parametrize(
    "message",
    [
        {"do": "fly"},
        {"do": "fault", "name": "nothing-of-the-kind"},
        {"do": "log", "router": "nobody", "text": "x"},
        {"do": "configure", "router": GSR1, "lines": "x"},
        {"do": "log", "router": GSR1},
    ],
)
def test_control_port_says_what_is_wrong(running: Process, message: dict[str, object]) -> None:
    answer = running.control(**message)
    assert answer["ok"] is False
    assert answer["error"]


def test_cut_breaks_the_connections(running: Process) -> None:
    with socket.create_connection(("127.0.0.1", running.port("chi-cer-gsr1", "telnet")), 5) as line:
        line.settimeout(5)
        _read(line, b"Username: ")
        assert running.control(do="cut", router="chi-cer-gsr1")["cut"] >= 1
        with suppress(ConnectionResetError):
            assert line.recv(4096) == b""


def test_last_resort_account_counts_only_when_no_tacacs_server_answers(running: Process) -> None:
    login = {"username": "lastresort", "password": "last-resort-pw"}
    with pytest.raises(NetmikoAuthenticationException):
        _connect(running, GSR1, **login)
    with lab("--fault", "tacacs-all-dead") as faulty:
        with _connect(faulty, GSR1, **login) as session:
            assert session.find_prompt() == f"{GSR1}#"
        with pytest.raises(NetmikoAuthenticationException):
            _connect(faulty, GSR1)


def test_host_key_stays_the_same_when_it_is_kept(tmp_path: Path) -> None:
    key = tmp_path / "host.key"
    keys = []
    for _ in range(2):
        with lab("--only", GSR1, "--host-key", str(key)) as process:
            keys.append(process.ready["host_keys"][GSR1])
    assert keys[0] == keys[1]
    assert len(keys[0].split()) == 2
    assert key.stat().st_mode & 0o77 == 0


@pytest.mark.parametrize(
    "end",
    [lambda one: one.process.send_signal(signal.SIGTERM), lambda one: one.control(do="stop")],
    ids=["SIGTERM", "stop"],
)
def test_it_ends_when_told(end: Callable[[Process], object]) -> None:
    with lab("--only", GSR1) as process, _connect(process, GSR1) as session:
        end(process)
        assert process.process.wait(10) == 0
        assert session


@pytest.mark.parametrize(
    ("options", "environment", "said"),
    [
        ([], {}, "TURNUP_LAB_PASSWORD"),
        (["--fault", "no-such"], {"TURNUP_LAB_PASSWORD": "x"}, "no fault 'no-such'"),
        (["--inventory", "/nowhere"], {"TURNUP_LAB_PASSWORD": "x"}, "nowhere"),
        (["--only", "nobody"], {"TURNUP_LAB_PASSWORD": "x"}, "nobody"),
    ],
)
def test_wrong_start_is_said_in_words(options: list[str], environment: dict[str, str], said: str) -> None:
    rest = {name: value for name, value in os.environ.items() if name != "TURNUP_LAB_PASSWORD"}
    done = subprocess.run(
        [sys.executable, "-m", "turnup.virtual", "--inventory", str(folder("inventory")), *options],
        capture_output=True, text=True, env={**rest, **environment}, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
