"""Telnet's own part: option negotiation (pure), and a login that waits for questions instead of for the clock."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import time
from collections.abc import Callable
from typing import Protocol

from turnup.connect.screen import decoded
from turnup.connect.session import Credentials
from turnup.connect.wire import ConnectionLost
from turnup.errors import LoginRefused, Unreachable

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SUPPRESS_GO_AHEAD = 1, 3
# What a router does for us; of ourselves we offer only to suppress go-ahead.
WANTED = {ECHO, SUPPRESS_GO_AHEAD}

_USERNAME = re.compile(r"(?:user ?name|login|user):\s*$", re.IGNORECASE)
_PASSWORD = re.compile(r"pass(?:word|code):\s*$", re.IGNORECASE)
_REFUSAL = re.compile(
    r"^.*(?:login invalid|authentication failed|access denied|bad passwords?|password required, but none set"
    r"|login incorrect).*$",
    re.IGNORECASE | re.MULTILINE,
)


class Negotiation:
    """Takes raw telnet bytes; gives the text in them and what to reply. Keeps a sequence cut in two."""

    def __init__(self) -> None:
        self._held = b""
        self._answered: set[tuple[int, int]] = set()

    def feed(self, raw: bytes) -> tuple[bytes, bytes]:
        """(text, reply)."""
        raw = self._held + raw
        self._held = b""
        if IAC not in raw:
            return raw.replace(b"\0", b""), b""
        text, reply = bytearray(), bytearray()
        at = 0
        while at < len(raw):
            mark = raw.find(IAC, at)
            if mark < 0:
                text += raw[at:]
                break
            text += raw[at:mark]
            size = _length(raw, mark)
            if not size:
                self._held = raw[mark:]
                break
            self._command(raw[mark : mark + size], text, reply)
            at = mark + size
        return bytes(text).replace(b"\0", b""), bytes(reply)

    def _command(self, sequence: bytes, text: bytearray, reply: bytearray) -> None:
        if sequence[1] == IAC:
            text.append(IAC)
        if len(sequence) != 3 or sequence[1] == SB:
            return
        asked, option = sequence[1], sequence[2]
        if (asked, option) in self._answered:  # answering an answer would never end
            return
        self._answered.add((asked, option))
        if asked == WILL:
            reply += bytes((IAC, DO if option in WANTED else DONT, option))
        elif asked == DO:
            reply += bytes((IAC, WILL if option == SUPPRESS_GO_AHEAD else WONT, option))


def _length(raw: bytes, mark: int) -> int:
    """Bytes of the sequence that starts at `mark`; 0 when it is not whole yet."""
    if mark + 1 >= len(raw):
        return 0
    if raw[mark + 1] == SB:
        end = raw.find(bytes((IAC, SE)), mark + 2)
        return 0 if end < 0 else end + 2 - mark
    size = 3 if raw[mark + 1] in (WILL, WONT, DO, DONT) else 2
    return size if mark + size <= len(raw) else 0


class Telnet:
    """A telnet stream on a connected socket; `read` waits for text, not for negotiation."""

    newline = "\r\n"

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._negotiation = Negotiation()

    def write(self, data: bytes) -> None:
        """Send text. Raises ConnectionLost."""
        try:
            self._socket.sendall(data.replace(b"\xff", b"\xff\xff"))
        except OSError as error:
            raise ConnectionLost(f"the connection was lost while sending: {error}") from error

    def read(self, seconds: float) -> bytes:
        """Text that has come, b"" when none came in time. Raises ConnectionLost at the end of the stream."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if (raw := self._received(left)) is None:
                break
            text, reply = self._negotiation.feed(raw)
            if reply:
                with contextlib.suppress(OSError):  # a lost connection is the next read's to tell
                    self._socket.sendall(reply)
            if text:
                return text
        return b""

    def _received(self, seconds: float) -> bytes | None:
        """None when nothing came in time. Raises ConnectionLost."""
        try:
            if not select.select([self._socket], [], [], seconds)[0]:
                return None
            raw = self._socket.recv(1 << 17)
        except (OSError, ValueError) as error:  # ValueError: the socket was closed here
            raise ConnectionLost(f"the connection was lost: {error}") from error
        if not raw:
            raise ConnectionLost("the router closed the connection")
        return raw


class _Stream(Protocol):
    def write(self, data: bytes) -> None: ...

    def read(self, seconds: float) -> bytes: ...


def log_in(stream: _Stream, credentials: Credentials, at_prompt: Callable[[str], bool], seconds: float) -> bytes:
    """Answer Username: and Password: until the prompt stands there; gives the prompt's line.

    Raises LoginRefused, Unreachable. A question that comes back is a refusal: nothing is tried twice.
    """
    heard = bytearray()
    asked: set[str] = set()
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            heard += stream.read(left)
        except ConnectionLost as lost:
            raise _ended(heard, asked) from lost
        tail = decoded(heard[heard.rfind(b"\n") + 1 :]).strip("\r")
        if refusal := _REFUSAL.search(decoded(heard)):
            raise LoginRefused(f"the router refused the login of {credentials.username}: {refusal[0].strip()}")
        if question := _question(tail):
            _answer(stream, credentials, question, asked)
            heard.clear()
        elif at_prompt(tail):
            return tail.encode()
    raise Unreachable(f"no login prompt within {seconds:g} s; last seen: {decoded(heard)[-60:]!r}")


def _question(tail: str) -> str:
    if _USERNAME.search(tail):
        return "username"
    return "password" if _PASSWORD.search(tail) else ""


def _answer(stream: _Stream, credentials: Credentials, question: str, asked: set[str]) -> None:
    if question in asked:
        raise LoginRefused(f"the router refused the login of {credentials.username}: it asks again")
    asked.add(question)
    typed = credentials.username if question == "username" else credentials.password
    stream.write(typed.encode() + b"\r\n")


def _ended(heard: bytearray, asked: set[str]) -> Unreachable:
    said = decoded(heard).strip()[-120:]
    if asked:
        return LoginRefused(f"the router closed the connection during the login; last seen: {said!r}")
    return Unreachable(f"the router closed the connection before the login; last seen: {said!r}")
