"""The door of a namespace POP: sockets of this machine's 127.0.0.1, passed on into the POP's management network.

Run as a file, in the POP's network and PID namespaces, with the listening sockets inherited; it needs nothing of
turnup. A connection in comes from the NOC's address there, so the routers' access lists see what they would see.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

_CHUNK = 65536
_DATAGRAM_SECONDS = 10.0
_AT_ONCE = struct.pack("ii", 1, 0)


def spec(doors: list[list[Any]]) -> str:
    """The argument: `[kind, descriptors, [host, port]]` for each door."""
    return json.dumps(doors)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _stream(listening: socket.socket, host: str, port: int) -> None:
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            in_reader, in_writer = await asyncio.open_connection(host, port)
        except OSError:
            # Reset, as the network itself would: an ordinary end looks as if somebody had answered.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            writer.transport.abort()
            return
        await asyncio.gather(_pass(reader, in_writer), _pass(in_reader, writer))

    server = await asyncio.start_server(connection, sock=listening)
    await server.serve_forever()


class _Answers(asyncio.DatagramProtocol):
    """One question's socket inside: its answer goes back to who asked."""

    def __init__(self, outside: asyncio.DatagramTransport, asker: tuple[str, int]) -> None:
        self.outside, self.asker = outside, asker

    def datagram_received(self, data: bytes, _: Any) -> None:
        self.outside.sendto(data, self.asker)


class _Questions(asyncio.DatagramProtocol):
    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.outside: Any = transport

    def datagram_received(self, data: bytes, asker: Any) -> None:
        task = asyncio.ensure_future(self._ask(data, asker))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _ask(self, data: bytes, asker: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        inside, _ = await loop.create_datagram_endpoint(lambda: _Answers(self.outside, asker), remote_addr=self.target)
        inside.sendto(data)
        await asyncio.sleep(_DATAGRAM_SECONDS)
        inside.close()


async def main(doors: list[list[Any]]) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.Event().wait())
        for _, descriptors, (host, port) in doors:
            for one in (socket.socket(fileno=number) for number in descriptors):
                if one.type == socket.SOCK_DGRAM:
                    await loop.create_datagram_endpoint(lambda h=host, p=port: _Questions(h, p), sock=one)  # type: ignore[misc]
                else:
                    one.setblocking(False)
                    group.create_task(_stream(one, host, port))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
