"""The POP's TACACS+ server, against a client that is not ours, and against bytes that are no TACACS+."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tacacs_plus.client import TACACSClient
from tacacs_plus.flags import (
    TAC_PLUS_ACCT_FLAG_START,
    TAC_PLUS_AUTHEN_TYPE_ASCII,
    TAC_PLUS_AUTHEN_TYPE_CHAP,
    TAC_PLUS_AUTHEN_TYPE_PAP,
)

from turnup.virtual.services.tacacs import (
    Authenticated,
    Authorized,
    Header,
    Kind,
    NotTacacs,
    Request,
    Start,
    authentication_reply,
    authorization_response,
    obfuscated,
)
from turnup.virtual.services.tacacs_rules import Accounts, Session
from turnup.virtual.services.tacacs_server import Server

KEY = "lab-key-1"
TOLD = {
    "key": KEY,
    "users": {
        "noc": {"password": "right-1", "privilege": 15},
        "reader": {"password": "right-2", "denied": ["configure", "clear"]},
    },
}


class Running:
    """The server on a free port, in a thread of its own."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._started.wait(10)

    def _run(self) -> None:
        async def serve() -> None:
            self._stop = asyncio.Event()
            listening = await asyncio.start_server(Server(Accounts.read(TOLD), self.log).connection, "127.0.0.1", 0)
            self.port = listening.sockets[0].getsockname()[1]
            self._started.set()
            async with listening:
                await self._stop.wait()

        self._loop.run_until_complete(serve())
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def client(self, key: str = KEY, version: int = 0) -> Any:
        return TACACSClient("127.0.0.1", self.port, key, timeout=5, version_min=version)

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "log")
    yield running
    running.stop()


@pytest.mark.parametrize("method", [TAC_PLUS_AUTHEN_TYPE_PAP, TAC_PLUS_AUTHEN_TYPE_ASCII])
@pytest.mark.parametrize(
    ("user", "password", "passes"),
    [("noc", "right-1", True), ("noc", "right-2", False), ("noc", "", False), ("nobody", "right-1", False)],
)
def test_a_login(server: Running, method: int, user: str, password: str, passes: bool) -> None:
    version = 1 if method == TAC_PLUS_AUTHEN_TYPE_PAP else 0
    reply = server.client(version=version).authenticate(user, password, authen_type=method)
    assert (reply.valid, reply.invalid, reply.error) == (passes, not passes, False)
    (told,) = server.told()
    assert (told["event"], told["user"], told["passed"]) == ("authentication", user, passes)
    assert password not in json.dumps(told) or not password


def test_a_way_to_log_in_that_is_not_answered(server: Running) -> None:
    reply = server.client(version=1).authenticate(
        "noc", "right-1", authen_type=TAC_PLUS_AUTHEN_TYPE_CHAP, chap_ppp_id="A", chap_challenge="challenge"
    )
    assert reply.error
    assert not reply.valid


@pytest.mark.parametrize(
    ("user", "arguments", "passes", "given_back"),
    [
        ("noc", [b"service=shell", b"cmd="], True, [b"priv-lvl=15"]),
        ("reader", [b"service=shell", b"cmd="], True, [b"priv-lvl=1"]),
        ("nobody", [b"service=shell", b"cmd="], False, []),
        ("noc", [b"service=shell", b"cmd=configure", b"cmd-arg=terminal", b"cmd-arg=<cr>"], True, []),
        ("reader", [b"service=shell", b"cmd=configure", b"cmd-arg=terminal", b"cmd-arg=<cr>"], False, []),
        ("reader", [b"service=shell", b"cmd=show", b"cmd-arg=version"], True, []),
    ],
)
def test_a_command(server: Running, user: str, arguments: list[bytes], passes: bool, given_back: list[bytes]) -> None:
    reply = server.client().authorize(user, arguments=arguments)
    assert reply.valid is passes
    assert reply.arguments == given_back


def test_accounting(server: Running) -> None:
    reply = server.client().account("noc", TAC_PLUS_ACCT_FLAG_START, arguments=[b"task_id=7", b"cmd=show version"])
    assert reply.valid
    (told,) = server.told()
    assert told["told"] == ["task_id=7", "cmd=show version"]


def test_another_key_gets_no_answer(server: Running) -> None:
    with pytest.raises((OSError, ValueError, struct.error)):
        server.client("another-key", 1).authenticate("noc", "right-1", authen_type=TAC_PLUS_AUTHEN_TYPE_PAP)
    assert server.told()[0]["event"] == "refused"
    assert server.client(version=1).authenticate("noc", "right-1", authen_type=TAC_PLUS_AUTHEN_TYPE_PAP).valid


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        bytes([0xC0, 9, 1, 0, 0, 0, 0, 1, 0, 0, 0, 4]) + b"abcd",  # no such type
        bytes([0xC0, 1, 1, 0, 0, 0, 0, 1, 0xFF, 0, 0, 4]),  # 4 GB are said to follow
        bytes([0xC0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 4]) + b"abcd",  # in clear
        bytes([0xC0, 1, 3, 0, 0, 0, 0, 1, 0, 0, 0, 4]) + b"abcd",  # begins in the middle
    ],
)
def test_what_is_no_tacacs_is_hung_up_on(server: Running, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5) as link:
        link.sendall(data)
        assert link.recv(1) == b""
    assert server.told()[0]["event"] == "refused"


PAP = bytes([1, 15, 2, 1, 3, 0, 0, 7]) + b"nocright-1"  # a login that passes


def exchanged(server: Running, header: Header, body: bytes) -> bytes:
    """What comes back to one packet until the server hangs up; b"" when nothing does."""
    heard = b""
    with socket.create_connection(("127.0.0.1", server.port), 5) as link:
        link.sendall(header.packet(body, KEY.encode()))
        while data := link.recv(1000):
            heard += data
    return heard


@pytest.mark.parametrize(
    ("header", "body", "answered"),
    [
        (Header(0xC1, Kind.AUTHENTICATION, 1, 0, 7, 0), PAP, True),
        (Header(0xD1, Kind.AUTHENTICATION, 1, 0, 7, 0), PAP, False),  # another major version
        (Header(0xC1, Kind.AUTHENTICATION, 3, 0, 7, 0), PAP, False),  # begins in the middle
        (Header(0xC1, Kind.AUTHENTICATION, 1, 1, 7, 0), PAP, False),  # says that it is in clear
        (Header(0xC1, Kind.AUTHENTICATION, 1, 0, 7, 0), PAP + b"x", False),  # more than it says
        (Header(0xC1, Kind.AUTHENTICATION, 1, 0, 7, 0), PAP[:-1], False),  # less
    ],
)
def test_one_thing_wrong_is_enough(server: Running, header: Header, body: bytes, answered: bool) -> None:
    """And after its answer the server hangs up: nobody asked for a single connection."""
    heard = exchanged(server, header, body)
    assert bool(heard) is answered
    if answered:
        reply = Header.read(heard[:12])
        assert (reply.sequence, reply.session, reply.length) == (2, 7, len(heard) - 12)
        assert obfuscated(reply, heard[12:], KEY.encode())[0] == Authenticated.PASS


def test_one_connection_for_several_sessions(server: Running) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5) as link:
        for session in (1, 2):
            link.sendall(Header(0xC1, Kind.AUTHENTICATION, 1, 4, session, 0).packet(PAP, KEY.encode()))
            reply = Header.read(link.recv(12))
            assert (reply.session, reply.flags) == (session, 4)
            assert obfuscated(reply, link.recv(reply.length), KEY.encode())[0] == Authenticated.PASS


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (("service=shell", "cmd="), ""),
        (("service=shell", "cmd=configure", "cmd-arg=terminal", "cmd-arg=<cr>"), "configure terminal"),
        (("cmd-arg=a=b", "cmd=show"), "show a=b"),
    ],
)
def test_the_command_that_is_asked_about(arguments: tuple[str, ...], command: str) -> None:
    assert Request(0, 6, 15, "noc", "tty1", "", arguments).command == command


@given(body=st.binary(max_size=300), key=st.binary(min_size=1, max_size=20), session=st.integers(0, 2**32 - 1))
def test_obfuscation_is_its_own_inverse(body: bytes, key: bytes, session: int) -> None:
    header = Header(0xC0, Kind.AUTHENTICATION, 1, 0, session, len(body))
    hidden = obfuscated(header, body, key)
    assert obfuscated(header, hidden, key) == body
    if len(body) > 16:
        assert hidden != body


@given(body=st.binary(max_size=80), kind=st.sampled_from(Kind), sequence=st.sampled_from([1, 3]))
def test_any_body_is_answered_or_refused(body: bytes, kind: Kind, sequence: int) -> None:
    """Nothing but NotTacacs, whatever comes; and no body of chance logs anybody in."""
    session = Session(Accounts.read(TOLD))
    try:
        answer = session.answer(Header(0xC0, kind, sequence, 0, 1, len(body)), body)
    except NotTacacs:
        return
    if kind is Kind.AUTHENTICATION:
        assert answer.body[0] != Authenticated.PASS


def test_an_aborted_login_fails() -> None:
    session = Session(Accounts.read(TOLD))
    start = bytes([1, 15, 1, 1, 3, 0, 0, 0]) + b"noc"
    asked = session.answer(Header(0xC0, Kind.AUTHENTICATION, 1, 0, 1, len(start)), start)
    assert asked.body[0] == Authenticated.GET_PASSWORD
    assert asked.body[1] == 1  # what is typed is not shown
    assert not asked.done
    aborted = struct.pack("!HHB", 7, 0, 1) + b"right-1"
    answer = session.answer(Header(0xC0, Kind.AUTHENTICATION, 3, 0, 1, len(aborted)), aborted)
    assert answer.body[0] == Authenticated.FAIL


def test_who_does_not_say_his_name_is_asked() -> None:
    session = Session(Accounts.read(TOLD))
    start = bytes([1, 1, 1, 1, 0, 0, 0, 0])
    header = Header(0xC0, Kind.AUTHENTICATION, 1, 0, 1, len(start))
    assert session.answer(header, start).body[0] == Authenticated.GET_USER
    for said, expected in ((b"noc", Authenticated.GET_PASSWORD), (b"right-1", Authenticated.PASS)):
        body = struct.pack("!HHB", len(said), 0, 0) + said
        assert session.answer(header, body).body[0] == expected


@pytest.mark.parametrize("told", [{**TOLD, "user": {}}, {"key": KEY, "users": {"x": {"password": "y", "deny": []}}}])
def test_a_mistyped_account_is_an_error(told: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Accounts.read(told)


@pytest.mark.parametrize("length", range(8))
def test_a_body_that_ends_too_early(length: int) -> None:
    for read in (Start.read, lambda body: Request.read(body, accounting=False)):
        with pytest.raises(NotTacacs):
            read(bytes(length))


def test_bytes_of_the_replies() -> None:
    """As RFC 8907 draws them (5.2, 6.2)."""
    assert authentication_reply(Authenticated.GET_PASSWORD, "P:", hide=True) == b"\x05\x01\x00\x02\x00\x00P:"
    assert authorization_response(Authorized.PASS_ADD, ("a=b",), "ok") == b"\x01\x01\x00\x02\x00\x00\x03oka=b"
