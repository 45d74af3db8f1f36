"""TACACS+ packets (RFC 8907): bytes to frozen types and back. No input or output here.

A body is obfuscated with MD5 and a shared key; whoever has the wrong key reads lengths that do not add up.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct("!BBBBII")
LONGEST_BODY = 65535
UNENCRYPTED, SINGLE_CONNECT = 0x01, 0x04


class NotTacacs(ValueError):
    """Bytes that no server may act on: another protocol, or another key."""


class Kind(IntEnum):
    """What a packet is about (RFC 8907, 4.1)."""

    AUTHENTICATION = 1
    AUTHORIZATION = 2
    ACCOUNTING = 3


class Action(IntEnum):
    """What a client wants of authentication (RFC 8907, 5.1)."""

    LOGIN = 1
    CHANGE_PASSWORD = 2
    SEND_AUTHENTICATION = 4


class Method(IntEnum):
    """How the password comes: asked for, or with the first packet (RFC 8907, 5.1)."""

    ASCII = 1
    PAP = 2
    CHAP = 3
    MSCHAP = 5
    MSCHAP_V2 = 6


class Authenticated(IntEnum):
    """Status of an authentication's reply (RFC 8907, 5.2)."""

    PASS = 1
    FAIL = 2
    GET_DATA = 3
    GET_USER = 4
    GET_PASSWORD = 5
    RESTART = 6
    ERROR = 7


class Authorized(IntEnum):
    """Status of an authorization's response (RFC 8907, 6.2)."""

    PASS_ADD = 0x01
    PASS_REPLACE = 0x02
    FAIL = 0x10
    ERROR = 0x11


class Accounted(IntEnum):
    """Status of an accounting's reply (RFC 8907, 7.2)."""

    SUCCESS = 1
    ERROR = 2


@dataclass(frozen=True)
class Header:
    """The twelve clear bytes before a body (RFC 8907, 4.1). `length` is the body's, in bytes."""

    version: int
    kind: Kind
    sequence: int
    flags: int
    session: int
    length: int

    @classmethod
    def read(cls, data: bytes) -> Header:
        """From twelve bytes. Raises NotTacacs."""
        version, kind, sequence, flags, session, length = HEADER.unpack(data)
        if version >> 4 != 0xC:
            raise NotTacacs(f"major version {version >> 4:#x}")
        if kind not in set(Kind):
            raise NotTacacs(f"type {kind}")
        if length > LONGEST_BODY:
            raise NotTacacs(f"a body of {length} bytes")
        return cls(version, Kind(kind), sequence, flags, session, length)

    def packet(self, body: bytes, key: bytes) -> bytes:
        """Header and obfuscated body; the length is taken from the body."""
        head = HEADER.pack(self.version, self.kind, self.sequence, self.flags, self.session, len(body))
        return head + obfuscated(self, body, key)

    def reply(self, flags: int = 0) -> Header:
        """The header of the answer: the same session, the next number."""
        return Header(self.version, self.kind, self.sequence + 1, flags, self.session, 0)


def obfuscated(header: Header, body: bytes, key: bytes) -> bytes:
    """The body XORed with the pad of RFC 8907, 4.5; applied twice it is the body again."""
    seed = struct.pack("!I", header.session) + key + bytes([header.version, header.sequence])
    pad, last = b"", b""
    while len(pad) < len(body):
        last = hashlib.md5(seed + last, usedforsecurity=False).digest()
        pad += last
    return bytes(a ^ b for a, b in zip(body, pad, strict=False))


@dataclass(frozen=True)
class Start:
    """Begin of an authentication (RFC 8907, 5.1)."""

    action: int
    privilege: int
    method: int
    service: int
    user: str
    port: str
    remote: str
    data: bytes

    @classmethod
    def read(cls, body: bytes) -> Start:
        """Raises NotTacacs."""
        action, privilege, method, service, *lengths = _head(body, "!8B")
        user, port, remote, data = _parts(body, 8, lengths)
        return cls(action, privilege, method, service, _text(user), _text(port), _text(remote), data)


@dataclass(frozen=True)
class Continue:
    """A client's answer to a question of the server (RFC 8907, 5.3)."""

    message: str
    aborted: bool

    @classmethod
    def read(cls, body: bytes) -> Continue:
        """Raises NotTacacs."""
        message, data, flags = _head(body, "!HHB")
        said, _ = _parts(body, 5, [message, data])
        return cls(_text(said), bool(flags & 1))


@dataclass(frozen=True)
class Request:
    """What an authorization asks and an accounting tells (RFC 8907, 6.1 and 7.1); `flags` only of accounting."""

    flags: int
    method: int
    privilege: int
    user: str
    port: str
    remote: str
    arguments: tuple[str, ...]

    @classmethod
    def read(cls, body: bytes, *, accounting: bool) -> Request:
        """Raises NotTacacs."""
        begin = 1 if accounting else 0
        flags = _head(body, "!B")[0] if accounting else 0
        method, privilege, _, _, user, port, remote, count = _head(body[begin:], "!8B")
        begin += 8
        lengths = body[begin : begin + count]
        if len(lengths) != count:
            raise NotTacacs("fewer arguments than it says")
        name, where, source, *arguments = _parts(body, begin + count, [user, port, remote, *lengths])
        return cls(
            flags, method, privilege, _text(name), _text(where), _text(source), tuple(_text(one) for one in arguments)
        )

    @property
    def command(self) -> str:
        """The command line an authorization is about; "" for the shell itself."""
        said = dict(part.split("=", 1) for part in self.arguments if part.startswith("cmd="))
        words = [part.split("=", 1)[1] for part in self.arguments if part.startswith("cmd-arg=")]
        return " ".join([said.get("cmd", ""), *(word for word in words if word != "<cr>")]).strip()


def authentication_reply(status: Authenticated, message: str = "", *, hide: bool = False) -> bytes:
    """Body of an authentication's reply; `hide`: the client shall not show what is typed."""
    said = message.encode()
    return struct.pack("!BBHH", status, int(hide), len(said), 0) + said


def authorization_response(status: Authorized, arguments: tuple[str, ...] = (), message: str = "") -> bytes:
    """Body of an authorization's response."""
    given, said = [argument.encode() for argument in arguments], message.encode()
    head = struct.pack("!BBHH", status, len(given), len(said), 0)
    return head + bytes(len(one) for one in given) + said + b"".join(given)


def accounting_reply(status: Accounted, message: str = "") -> bytes:
    """Body of an accounting's reply."""
    said = message.encode()
    return struct.pack("!HHB", len(said), 0, status) + said


def _head(body: bytes, form: str) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, body)
    except struct.error as error:
        raise NotTacacs("a body that ends too early") from error


def _parts(body: bytes, begin: int, lengths: list[int]) -> list[bytes]:
    """The pieces of these lengths from `begin`; together they are the rest of the body, or the key was another."""
    if begin + sum(lengths) != len(body):
        raise NotTacacs("lengths that do not add up; is the key the same?")
    found = []
    for length in lengths:
        found.append(body[begin : begin + length])
        begin += length
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise NotTacacs("a text that is no text; is the key the same?") from error
