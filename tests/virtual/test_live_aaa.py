"""The front's TACACS+ client against the POP's server, which test_tacacs.py holds against a client that is not ours."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtual_estate import device

from turnup.virtual.access import close_session, open_session
from turnup.virtual.device import Device
from turnup.virtual.live.aaa import Aaa
from turnup.virtual.live.node import Node
from turnup.virtual.live.tacacs import STOP_RECORD, Client, NoServer
from turnup.virtual.services.tacacs import Header
from turnup.virtual.services.tacacs_rules import Accounts
from turnup.virtual.services.tacacs_server import Server

KEY = "lab-tacacs-key"
TOLD = {
    "key": KEY,
    "users": {"noc": {"password": "right-1", "privilege": 15}, "reader": {"password": "right-2", "privilege": 1}},
}


class Running:
    """The server on a free port, in a thread of its own."""

    def __init__(self, log: Path) -> None:
        self.log, self.port = log, 0
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,))
        self._thread.start()
        assert started.wait(10)

    def _run(self, started: threading.Event) -> None:
        async def serve() -> None:
            self._stop = asyncio.Event()
            server = Server(Accounts.read(TOLD), self.log)
            listening = await asyncio.start_server(server.connection, "127.0.0.1", 0)
            self.port = listening.sockets[0].getsockname()[1]
            started.set()
            async with listening:
                await self._stop.wait()

        self._loop.run_until_complete(serve())
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    found = Running(tmp_path_factory.mktemp("tacacs") / "log")
    yield found
    found.stop()


def tcp() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def client(port: int, key: str = KEY) -> Client:
    return Client("127.0.0.1", key.encode(), tcp, seconds=2.0, port=port)


@pytest.mark.parametrize(
    ("user", "password", "good"),
    [("noc", "right-1", True), ("noc", "wrong", False), ("nobody", "right-1", False), ("noc", "", False)],
)
def test_a_login_and_what_it_counts(server: Running, user: str, password: str, good: bool) -> None:
    asked = client(server.port)
    assert asked.login(user, password, "tty2", "192.0.2.77") is good
    assert vars(asked.counts) == {
        "opens": 1, "closes": 1, "aborts": 0, "errors": 0, "packets_in": 2, "packets_out": 2
    }  # fmt: skip


def test_privilege_and_accounting(server: Running) -> None:
    asked = client(server.port)
    assert asked.privilege("noc", "tty2", "192.0.2.77") == 15
    assert asked.privilege("reader", "tty2", "192.0.2.77") == 1
    assert asked.privilege("nobody", "tty2", "192.0.2.77") is None
    assert asked.account(STOP_RECORD, "noc", "tty2", "192.0.2.77", "task_id=1", "service=shell", "cmd=show clock")
    assert server.told()[-1]["told"] == ["task_id=1", "service=shell", "cmd=show clock"]


def test_another_key_is_no_answer(server: Running) -> None:
    for _ in range(20):  # noise may look like an answer: it must not
        asked = client(server.port, "another-key")
        with pytest.raises(NoServer):
            asked.login("noc", "right-1", "tty2", "192.0.2.77")
        assert (asked.counts.errors, asked.counts.opens, asked.counts.closes) == (1, 1, 1)


def test_nobody_listens() -> None:
    with tcp() as free:
        free.bind(("127.0.0.1", 0))
        asked = client(free.getsockname()[1])
        with pytest.raises(NoServer):
            asked.login("noc", "right-1", "tty2", "192.0.2.77")
    assert (asked.counts.aborts, asked.counts.errors, asked.counts.packets_out) == (1, 1, 0)


@given(st.binary(max_size=60))
def test_noise_never_passes(noise: bytes) -> None:
    """Whatever comes back instead of an answer, nobody is let in by it."""
    ours, theirs = socket.socketpair()
    asked = Client("127.0.0.1", KEY.encode(), lambda: cast(socket.socket, _Connected(ours)), seconds=1.0)
    theirs.sendall(noise)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(NoServer), theirs:
        asked.login("noc", "right-1", "tty2", "192.0.2.77")


class _Connected:
    """A socket that is connected already."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner

    def connect(self, where: object) -> None:
        del where

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Scripted:
    """A server by hand: it answers every packet with the status given, under the right key, after `spoil` had it."""

    def __init__(self, *statuses: int, spoil: Callable[[bytearray], None] = lambda _: None) -> None:
        self.seen: list[tuple[int, int, int]] = []  # version, kind, sequence of each packet
        self._ours, self._theirs = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, args=(statuses, spoil))
        self._thread.start()

    def client(self) -> Client:
        return Client("127.0.0.1", KEY.encode(), lambda: cast(socket.socket, _Connected(self._ours)), seconds=2.0)

    def _serve(self, statuses: tuple[int, ...], spoil: Callable[[bytearray], None]) -> None:
        with self._theirs:
            for status in statuses:
                head = Header.read(self._theirs.recv(12))
                self._theirs.recv(head.length)
                self.seen.append((head.version, head.kind, head.sequence))
                packet = bytearray(head.reply(0).packet(bytes([status, 0, 0, 0, 0, 0]), KEY.encode()))
                spoil(packet)
                self._theirs.sendall(packet)

    def done(self) -> None:
        self._ours.close()
        self._thread.join(10)


def _other(place: int, bits: int) -> Callable[[bytearray], None]:
    def spoil(packet: bytearray) -> None:
        packet[place] ^= bits

    return spoil


def test_a_client_counts_in_odd_numbers() -> None:
    server = Scripted(5, 1)  # GETPASS, PASS
    assert server.client().login("noc", "right-1", "tty2", "192.0.2.77")
    server.done()
    assert server.seen == [(0xC0, 1, 1), (0xC0, 1, 3)]


@pytest.mark.parametrize(
    "spoil",
    [_other(0, 0x10), _other(1, 3), _other(2, 1), _other(3, 1), _other(5, 0xFF), _other(8, 1)],
    ids=["version", "kind", "sequence", "in clear", "session", "length"],
)
def test_a_reply_to_another_question_is_none(spoil: Callable[[bytearray], None]) -> None:
    server = Scripted(1, spoil=spoil)
    with pytest.raises(NoServer):
        server.client().login("noc", "right-1", "tty2", "192.0.2.77")
    server.done()


# --- what the `aaa` lines make of it


class _Node:
    """A node whose every socket leads to one port."""

    def __init__(self, port: int) -> None:
        self.port = port

    def socket(self) -> socket.socket:
        return cast(socket.socket, _Led(self.port))


class _Led(_Connected):
    def __init__(self, port: int) -> None:
        super().__init__(tcp())
        self._port = port

    def bind(self, where: object) -> None:
        """The loopback of a router is not on this machine."""

    def connect(self, where: object) -> None:
        self._inner.connect(("127.0.0.1", self._port))


def aaa(port: int) -> tuple[Aaa, Device]:
    router = device()
    return Aaa(cast(Node, _Node(port)), router), router


LAST = ("lastresort", "last-resort-pw")


def test_the_server_decides_while_it_answers(server: Running) -> None:
    ours, _ = aaa(server.port)
    assert ours.log_in("noc", "right-1", "tty2", "192.0.2.77") == 15
    assert ours.log_in("reader", "right-2", "tty2", "192.0.2.77") == 1
    assert ours.log_in("noc", "wrong", "tty2", "192.0.2.77") is None
    assert ours.log_in(*LAST, "tty2", "192.0.2.77") is None
    (told,) = ours.servers()
    assert (told.address, told.opens, told.packets_in, told.packets_out) == ("192.0.2.20", 6, 10, 10)


@pytest.mark.parametrize("how", ["silent", "another key"])
def test_the_router_decides_when_no_server_answers(server: Running, how: str) -> None:
    with tcp() as free:
        free.bind(("127.0.0.1", 0))
        ours, router = aaa(server.port if how == "another key" else free.getsockname()[1])
        if how == "another key":
            router.config.put_in("", "tacacs-server key not-the-one")
        assert ours.log_in(*LAST, "tty2", "192.0.2.77") == 15
        assert ours.log_in("noc", "right-1", "tty2", "192.0.2.77") is None
        (told,) = ours.servers()
        assert told.errors == 2


@pytest.mark.parametrize(
    ("line", "user", "level"),
    [
        ("aaa authentication login default local", LAST, 15),
        ("aaa authentication login default local", ("noc", "right-1"), None),
        ("aaa authentication login default tacacs+", LAST, None),
        ("aaa authentication login default none", ("anybody", ""), 1),
        ("aaa authentication login default group tacacs+ local", ("noc", "right-1"), 15),
    ],
)
def test_the_methods_go_in_order(server: Running, line: str, user: tuple[str, str], level: int | None) -> None:
    ours, router = aaa(server.port)
    router.config.put_in("", line)
    assert ours.log_in(*user, "tty2", "192.0.2.77") == level


def test_sessions_and_commands_are_accounted(server: Running) -> None:
    ours, router = aaa(server.port)
    session = open_session(router, "noc", 15, "vty", "192.0.2.77")
    assert session is not None
    before = len(server.told())
    ours.opened(session)
    ours.commanded(session, "show clock")
    ours.closed(session)
    ours.commanded(replace(session, privilege=1), "show users")  # no line asks for level 1
    close_session(router, session)
    _until(lambda: len(server.told()) >= before + 3)
    found = [(one["flags"], one["told"][1:]) for one in server.told()[before:]]
    assert found == [
        (2, ["service=shell"]),
        (4, ["service=shell", "priv-lvl=15", "cmd=show clock"]),
        (4, ["service=shell"]),
    ]


def _until(look: Callable[[], bool]) -> None:
    for _ in range(200):
        if look():
            return
        time.sleep(0.02)
    raise AssertionError("never")
