"""A TACACS+ client (RFC 8907): ASCII login, exec authorization, accounting. It counts what IOS counts.

One connection a question, as IOS without `single-connection`. Nothing here decides what an answer means for a login.
"""

from __future__ import annotations

import hashlib
import os
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

PORT = 49
_MAJOR = 0xC0
_AUTHENTICATE, _AUTHORIZE, _ACCOUNT = 1, 2, 3
PASS, FAIL, GET_PASSWORD = 1, 2, 5
START_RECORD, STOP_RECORD = 2, 4
_METHOD_TACACS, _LOGIN, _ASCII = 6, 1, 1
_LIMIT = 1 << 16


class NoServer(Exception):
    """The server gave no answer that makes sense: not reachable, silent, or with another key."""


@dataclass
class Counts:
    """As `show tacacs` tells them."""

    opens: int = 0
    closes: int = 0
    aborts: int = 0
    errors: int = 0
    packets_in: int = 0
    packets_out: int = 0


@dataclass
class Client:
    """One server. `open_socket` gives a TCP socket in the right network, not yet connected; `seconds` for an answer."""

    address: str
    key: bytes
    open_socket: Callable[[], socket.socket]
    source: str = ""
    seconds: float = 5.0
    port: int = PORT
    counts: Counts = field(default_factory=Counts)

    def login(self, username: str, password: str, line: str, caller: str) -> bool:
        """Whether the server takes them. Raises NoServer."""
        fields = (username.encode(), line.encode(), caller.encode(), b"")
        start = bytes([_LOGIN, 1, _ASCII, 1]) + bytes(map(len, fields)) + b"".join(fields)
        with self._conversation(_AUTHENTICATE) as talk:
            status = _status(talk.ask(start), 6, PASS, FAIL, GET_PASSWORD)
            if status == GET_PASSWORD:
                typed = password.encode()
                status = _status(talk.ask(struct.pack("!HHB", len(typed), 0, 0) + typed), 6, PASS, FAIL)
        return status == PASS

    def privilege(self, username: str, line: str, caller: str) -> int | None:
        """Level that exec authorization gives; None when it is refused. Raises NoServer."""
        with self._conversation(_AUTHORIZE) as talk:
            reply = talk.ask(bytes([_METHOD_TACACS]) + _who(username, line, caller, ("service=shell", "cmd=")))
        status, count = _status(reply, 6, 1, 2, 0x10), reply[1]
        if status == 0x10:
            return None
        sizes = reply[6 : 6 + count]
        at = 6 + count + struct.unpack("!H", reply[2:4])[0] + struct.unpack("!H", reply[4:6])[0]
        level = 1
        for size in sizes:
            name, _, value = reply[at : at + size].decode("latin-1").replace("*", "=", 1).partition("=")
            level = int(value) if name == "priv-lvl" and value.isdigit() else level
            at += size
        return level

    def account(self, record: int, username: str, line: str, caller: str, *told: str) -> bool:
        """Send one accounting record; whether the server has it. Raises NoServer."""
        with self._conversation(_ACCOUNT) as talk:
            reply = talk.ask(bytes([record, _METHOD_TACACS]) + _who(username, line, caller, told))
        if len(reply) < 5:
            raise NoServer(f"{self.address}: an accounting reply of {len(reply)} bytes")
        return reply[4] == 1

    def _conversation(self, kind: int) -> _Conversation:
        return _Conversation(self, kind)


def _who(username: str, line: str, caller: str, told: Sequence[str]) -> bytes:
    fields, words = (username.encode(), line.encode(), caller.encode()), [one.encode()[:255] for one in told]
    head = bytes([1, _ASCII, 1, *map(len, fields), len(words), *map(len, words)])
    return head + b"".join(fields) + b"".join(words)


def _status(reply: bytes, least: int, *known: int) -> int:
    """First byte of a reply. A reply under another key is noise: it seldom has a known status and the right length."""
    if len(reply) < least or reply[0] not in known:
        raise NoServer(f"a reply that makes no sense ({len(reply)} bytes): is the key the same?")
    return reply[0]


class _Conversation:
    """One connection with one session number."""

    def __init__(self, client: Client, kind: int) -> None:
        self._client, self._kind, self._sequence = client, kind, 1
        self._session = os.urandom(4)

    def __enter__(self) -> _Conversation:
        counts = self._client.counts
        counts.opens += 1
        self._socket = self._client.open_socket()
        try:
            self._socket.settimeout(self._client.seconds)
            if self._client.source:
                self._socket.bind((self._client.source, 0))
            self._socket.connect((self._client.address, self._client.port))
        except OSError as error:
            self._failed()
            raise NoServer(f"{self._client.address}: {error}") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        self._socket.close()
        self._client.counts.closes += 1
        if kind is NoServer:
            self._client.counts.errors += 1

    def _failed(self) -> None:
        self._socket.close()
        self._client.counts.closes += 1
        self._client.counts.aborts += 1
        self._client.counts.errors += 1

    def ask(self, body: bytes) -> bytes:
        """Send a packet, give the body of the one that answers. Raises NoServer."""
        try:
            self._socket.sendall(self._head(len(body)) + self._veiled(body, self._sequence))
            self._client.counts.packets_out += 1
            head = self._exactly(12)
            version, kind, sequence, flags = head[:4]
            size = struct.unpack("!I", head[8:])[0]
            wrong = kind != self._kind or sequence != self._sequence + 1 or head[4:8] != self._session
            if wrong or size > _LIMIT or version & 0xF0 != _MAJOR or flags & 1:
                raise NoServer(f"{self._client.address}: no answer to our question")
            reply = self._veiled(self._exactly(size), sequence)
        except OSError as error:
            raise NoServer(f"{self._client.address}: {error}") from error
        self._client.counts.packets_in += 1
        self._sequence += 2
        return reply

    def _head(self, size: int) -> bytes:
        return bytes([_MAJOR, self._kind, self._sequence, 0]) + self._session + struct.pack("!I", size)

    def _veiled(self, body: bytes, sequence: int) -> bytes:
        """RFC 8907, 4.5: exclusive-or with a pad of MD5 sums, there and back."""
        seed = self._session + self._client.key + bytes([_MAJOR, sequence])
        pad, last = b"", b""
        while len(pad) < len(body):
            last = hashlib.md5(seed + last, usedforsecurity=False).digest()
            pad += last
        return bytes(a ^ b for a, b in zip(body, pad, strict=False))

    def _exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            if not (piece := self._socket.recv(count - len(got))):
                raise OSError("the server closed the connection")
            got += piece
        return got
