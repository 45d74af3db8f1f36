"""Telnet side of a virtual router: vty lines and the console port of a terminal server. RFC 854 negotiation only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from turnup.virtual.serving import Connections
from turnup.virtual.terminal import Terminal

_IAC, _SB, _SE, _WILL, _DO, _DONT, _WONT = 255, 250, 240, 251, 253, 254, 252
_ECHO, _SGA, _TTYPE, _NAWS = 1, 3, 24, 31
_HELLO = bytes([_IAC, _WILL, _ECHO, _IAC, _WILL, _SGA, _IAC, _DO, _TTYPE, _IAC, _DO, _NAWS])
Serve = Callable[[Terminal, str], Awaitable[None]]


class Filter:
    """Takes the telnet commands out of a stream; what is left is text. Keeps what is cut between two packets."""

    def __init__(self) -> None:
        self._rest = b""

    def text(self, data: bytes) -> str:
        """The characters in the next packet."""
        data, self._rest = self._rest + data, b""
        out, at = bytearray(), 0
        while (found := data.find(_IAC, at)) >= 0:
            out += data[at:found]
            end = self._end(data, found)
            if end < 0:
                self._rest = data[found:]
                return out.decode("latin-1")
            if data[found + 1] == _IAC:
                out.append(_IAC)
            at = end
        return (out + data[at:]).decode("latin-1")

    @staticmethod
    def _end(data: bytes, start: int) -> int:
        """Where the command at `start` ends; -1 when it is not complete yet."""
        if len(data) < start + 2:
            return -1
        kind = data[start + 1]
        if kind in (_WILL, _WONT, _DO, _DONT):
            return start + 3 if len(data) >= start + 3 else -1
        if kind == _SB:
            end = data.find(bytes([_IAC, _SE]), start)
            return end + 2 if end >= 0 else -1
        return start + 2


class TelnetLine(asyncio.Protocol):
    """One connection."""

    def __init__(self, serve: Serve, connections: Connections, router: str) -> None:
        self._serve, self._connections, self._router = serve, connections, router
        self._filter = Filter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet and start the session."""
        self._transport = cast(asyncio.Transport, transport)
        self._cut = self._transport.abort
        self._connections.cuts[self._cut] = self._router
        self._terminal = Terminal(self._send, self._cut)
        self._transport.write(_HELLO)
        host = str(transport.get_extra_info("peername", ("",))[0])
        self._connections.start(self._run(host))

    def data_received(self, data: bytes) -> None:
        """Pass on what was typed."""
        self._terminal.feed(self._filter.text(data))

    def eof_received(self) -> bool:
        """The other side types no more; what is printed still goes out."""
        self._terminal.close()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The session ends at its next read."""
        del exc
        self._connections.cuts.pop(self._cut, None)
        self._terminal.close()

    def _send(self, text: str) -> None:
        if not self._transport.is_closing():
            self._transport.write(text.encode("latin-1", "replace").replace(b"\xff", b"\xff\xff"))

    async def _run(self, host: str) -> None:
        await self._serve(self._terminal, host)
        self._terminal.flush()
        self._transport.close()


async def listen(serve: Serve, connections: Connections, router: str, host: str) -> asyncio.Server:
    """A telnet server on a free port."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: TelnetLine(serve, connections, router), host, 0)
