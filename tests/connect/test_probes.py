"""Probes of the NOC, against a name server and consoles of our own; their text must parse to the facts."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from turnup.connect import collect
from turnup.connect.dns import look_up
from turnup.connect.probes import run_probe
from turnup.errors import UsageError
from turnup.facts.console_prompt import ConsolePrompt
from turnup.facts.dns_answer import DnsAnswer
from turnup.model.transcript import Ask, Request
from turnup.parse import parse
from turnup.platforms import platform

NOC = platform("noc")
RECORDS = {
    ("gsr1.example.net.", "A"): ["10.255.1.1"],
    ("two.example.net.", "A"): ["10.255.1.2", "10.255.1.1"],
    ("1.1.255.10.in-addr.arpa.", "PTR"): ["gsr1.example.net."],
    ("gsr1.example.net.", "TXT"): ["x" * 200 for _ in range(9)],
}


class NameServer(socketserver.BaseRequestHandler):
    """Answers from RECORDS; `broken.` with SERVFAIL, `silent.` not at all, big answers truncated over UDP."""

    def handle(self) -> None:
        if isinstance(self.request, tuple):
            data, sock = self.request
            if answer := reply(data, tcp=False):
                sock.sendto(answer, self.client_address)
        else:
            size = int.from_bytes(self.request.recv(2), "big")
            answer = reply(self.request.recv(size), tcp=True)
            self.request.sendall(len(answer).to_bytes(2, "big") + answer)


def reply(data: bytes, tcp: bool) -> bytes:
    import dns.flags
    import dns.message
    import dns.rcode
    import dns.rrset

    query = dns.message.from_wire(data)
    question = query.question[0]
    kind = question.to_text().split()[-1]
    answer = dns.message.make_response(query)
    name = str(question.name).lower()
    if name.startswith("silent."):
        return b""
    if name.startswith("broken."):
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif name.startswith("alias."):
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", "gsr1.example.net."))
        answer.answer.append(dns.rrset.from_text("gsr1.example.net.", 60, "IN", "A", "10.255.1.1"))
    elif found := RECORDS.get((name, kind)):
        if kind == "TXT" and not tcp:
            answer.flags |= dns.flags.TC
        else:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
    elif not any(known == name for known, _ in RECORDS):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire(max_size=65535)


@pytest.fixture
def name_server() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), NameServer) as tcp:
        port = tcp.server_address[1]
        with socketserver.ThreadingUDPServer(("127.0.0.1", port), NameServer) as udp:
            for server in (tcp, udp):
                threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
            yield f"127.0.0.1#{port}"
            udp.shutdown()
            tcp.shutdown()


def asked(server: str, name: str, kind: str = "A", seconds: float = 20.0) -> Any:
    ask = Ask.of("dns_answer", server=server, name=name, type=kind)
    request = NOC.request(ask)
    assert request
    assert request.probe == "dns"
    return ask, run_probe(request, seconds=seconds)


@pytest.mark.parametrize(
    ("name", "kind", "status", "values"),
    [
        ("gsr1.example.net", "A", "NOERROR", ["10.255.1.1"]),
        ("GSR1.example.net.", "A", "NOERROR", ["10.255.1.1"]),
        ("two.example.net", "A", "NOERROR", ["10.255.1.1", "10.255.1.2"]),
        ("1.1.255.10.in-addr.arpa", "PTR", "NOERROR", ["gsr1.example.net"]),
        ("10.255.1.1", "PTR", "NOERROR", ["gsr1.example.net"]),
        ("alias.example.net", "A", "NOERROR", ["10.255.1.1"]),
        ("nobody.example.net", "A", "NXDOMAIN", [None]),
        ("gsr1.example.net", "PTR", "NOERROR", [None]),
        ("gsr1.example.net", "TXT", "NOERROR", ['"' + "x" * 200 + '"']),
    ],
)
def test_dns(name_server: str, name: str, kind: str, status: str, values: list[str | None]) -> None:
    ask, answer = asked(name_server, name, kind)
    assert answer.failure == ""
    assert answer.command == f"dns {kind} {name} @{name_server}"
    rows = parse(NOC, ask, answer).rows
    assert rows == tuple(DnsAnswer(name_server, name, kind, status, value) for value in values)


def test_dns_answers_do_not_change_from_one_day_to_the_next(name_server: str) -> None:
    texts = {asked(name_server, "two.example.net")[1].text for _ in range(3)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("name", "failure"), [("broken.example.net", "answered SERVFAIL"), ("silent.example.net", "did not answer within")]
)
def test_dns_that_fails_has_no_rows(name_server: str, name: str, failure: str) -> None:
    seconds = 0.3 if name.startswith("silent.") else 20.0
    assert failure in asked(name_server, name, seconds=seconds)[1].failure


def test_dns_without_a_server() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert asked(f"127.0.0.1#{port}", "gsr1.example.net", seconds=0.3)[1].failure


@pytest.mark.parametrize(
    ("kind", "name", "server"),
    [
        ("A", "a..b", "127.0.0.1"),
        ("NONSENSE", "a", "127.0.0.1"),
        ("A", "a", "127.0.0.1#x"),
        ("A", "x" * 70, "127.0.0.1"),
    ],
)
def test_dns_questions_that_make_no_sense(kind: str, name: str, server: str) -> None:
    with pytest.raises(UsageError):
        look_up(kind, name, server, 0.1)


# --- console ---------------------------------------------------------------------------------------------------


class Console(socketserver.BaseRequestHandler):
    """A console server's line. `script` gives what is said at connection and after each Enter; None hangs up."""

    script: tuple[str | None, ...] = ()
    typed = b""

    def handle(self) -> None:
        said, *rest = self.script
        self.request.sendall(b"\xff\xfb\x01\xff\xfb\x03")
        self.say(said)
        typed = raw = b""
        enters = 0
        while data := self.request.recv(100):
            raw += data
            typed = raw.replace(b"\xff\xfd\x01", b"").replace(b"\xff\xfd\x03", b"")
            while enters < typed.count(b"\r"):
                enters += 1
                if rest and rest[0] is None:
                    return
                if rest:
                    self.say(rest.pop(0))
        type(self).typed = typed

    def say(self, text: str | None) -> None:
        self.request.sendall((text or "").replace("\n", "\r\n").encode())


AVAILABLE = "\n\nnyc-hud-gsr1 con0 is now available\n\n\nPress RETURN to get started.\n\n"
VERIFICATION = "\n\nAuthorized access only ?\n\nUser Access Verification\n\nUsername: "


@pytest.mark.parametrize(
    ("script", "kind", "hostname", "shown"),
    [
        (("", VERIFICATION), "username", None, "Username:"),
        ((AVAILABLE, VERIFICATION), "username", "nyc-hud-gsr1", "Username:"),
        ((AVAILABLE, "\n", VERIFICATION), "username", "nyc-hud-gsr1", "Username:"),
        (("", "\n\nUser Access Verification\n\nPassword: "), "password", None, "Password:"),
        (("", "\nnyc-hud-gsr1#"), "exec", "nyc-hud-gsr1", "nyc-hud-gsr1#"),
        (("", "\nnyc-hud-gsr1>"), "exec", "nyc-hud-gsr1", "nyc-hud-gsr1>"),
        (("", "\nnyc-hud-gsr1(config-if)#"), "exec", "nyc-hud-gsr1", "nyc-hud-gsr1(config-if)#"),
        (("", ""), "silent", None, None),
        (("", "\nline busy\n", None), "silent", None, "line busy"),
    ],
)
def test_console(script: tuple[str, ...], kind: str, hostname: str | None, shown: str | None) -> None:
    handler = type("Line", (Console,), {"script": script})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        where = f"127.0.0.1:{server.server_address[1]}"
        ask = Ask.of("console_prompt", server=where)
        request = NOC.request(ask)
        assert request
        answer = run_probe(request, seconds=40.0 if kind != "silent" or None in script else 3.0)
        server.shutdown()
        thread.join()  # closing the server joins what serves its connections
    assert answer.failure == ""
    assert parse(NOC, ask, answer).rows == (ConsolePrompt(where, kind, shown or "", hostname),)
    assert set(handler.typed) <= set(b"\r")  # type: ignore[attr-defined]


def test_console_not_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{free.getsockname()[1]}"
    answer = run_probe(Request(Ask.of("console_prompt", server=where), "console", probe="console"), seconds=0.5)
    assert "was not reached" in answer.failure


@pytest.mark.parametrize("where", ["con1", "con1:", ":2001", "con1:x"])
def test_console_written_wrongly(where: str) -> None:
    with pytest.raises(UsageError, match="host:port"):
        run_probe(Request(Ask.of("console_prompt", server=where), "console", probe="console"))


@pytest.mark.parametrize("request_", [Request(Ask("x"), "x", probe="smell"), Request(Ask("x"), "x", probe="dns")])
def test_probes_that_are_not_there(request_: Request) -> None:
    with pytest.raises(UsageError):
        run_probe(request_)


def test_a_probe_that_cannot_be_run_is_a_failure_of_its_answer() -> None:
    class Nobody:
        router, username = "gsr1", "noc"

        def ask(self, requests: object) -> object:
            raise AssertionError("no request is for the router")

    session: Any = Nobody()
    transcript = collect(session, [Request(Ask("x"), "x", probe="smell")])
    assert "no probe 'smell'" in transcript.answers[Ask("x")].failure
