"""A TCP proxy that adds delay: every byte is passed on one way's time after it came, in order.

It models delay and the handshake's round trip; not loss, not TCP's window. Call what it does "added delay".
"""

from __future__ import annotations

import asyncio
from collections import deque


class DelayedDirection:
    """One direction: bytes in by `take`, out to `sink` after `seconds`."""

    def __init__(self, seconds: float, not_before: float = 0.0) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._not_before = not_before
        self._waiting: deque[bytes | None] = deque()
        self.sink: asyncio.Transport | None = None

    def take(self, data: bytes | None) -> None:
        """Pass these bytes on later; None = the end."""
        due = max(self._loop.time(), self._not_before) + self._seconds
        self._loop.call_at(due, self._pass_on, data)

    def join(self, sink: asyncio.Transport) -> None:
        """The other side is connected: what waited goes out."""
        self.sink = sink
        while self._waiting:
            self._pass_on(self._waiting.popleft())

    def _pass_on(self, data: bytes | None) -> None:
        if self.sink is None:
            self._waiting.append(data)
        elif data is None:
            self.sink.close()
        elif not self.sink.is_closing():
            self.sink.write(data)


class Side(asyncio.Protocol):
    """One of a proxy's two connections."""

    def __init__(self, out: DelayedDirection, back: DelayedDirection) -> None:
        self._out, self._back = out, back

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """What comes back may go out here now."""
        assert isinstance(transport, asyncio.Transport)
        self._back.join(transport)

    def data_received(self, data: bytes) -> None:
        """Bytes from this side."""
        self._out.take(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        """This side ended; the other is told in its turn."""
        self._out.take(None)


async def start_proxy(port: int, round_trip: float) -> int:
    """Listen on a free port of 127.0.0.1 for connections to `port`; the port. `round_trip` in seconds is added."""
    loop = asyncio.get_running_loop()

    def accept() -> asyncio.Protocol:
        # The client's own connect() took no time: its first bytes may leave one round trip later, as after a handshake.
        up = DelayedDirection(round_trip / 2, loop.time() + round_trip)
        down = DelayedDirection(round_trip / 2, loop.time() + round_trip)
        task = loop.create_task(connect(up, down))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return Side(up, down)

    async def connect(up: DelayedDirection, down: DelayedDirection) -> None:
        await loop.create_connection(lambda: Side(down, up), "127.0.0.1", port)

    tasks: set[asyncio.Task[None]] = set()
    server = await loop.create_server(accept, "127.0.0.1", 0, backlog=512)
    address: tuple[str, int] = server.sockets[0].getsockname()
    return address[1]
