"""A lab with its sockets: every router on SSH, telnet and console, one DNS responder, one control port; 127.0.0.1 only.

`Server` is for a running event loop; `running(lab)` keeps one in a thread, for tests; `python -m turnup.virtual` is the
process that the product's `turnup lab` starts.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import asyncssh

from turnup.virtual import control, resolver, ssh, telnet
from turnup.virtual.device import Device
from turnup.virtual.lab import Lab
from turnup.virtual.serving import Connections, serve_console, serve_vty
from turnup.virtual.terminal import Terminal

HOST = "127.0.0.1"


@dataclass
class Server:
    """Opens and closes the sockets of a lab. `ready` is the line that a started process prints."""

    lab: Lab
    key_file: Path | None = None
    connections: Connections = field(default_factory=Connections)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    ready: dict[str, object] = field(default_factory=dict)
    _servers: list[asyncio.Server | asyncssh.SSHAcceptor] = field(default_factory=list)
    _dns: asyncio.DatagramTransport | None = None

    async def start(self) -> dict[str, object]:
        """Listen everywhere; the ready line."""
        key = ssh.host_key(self.key_file)
        options = ssh.server_options(key)
        public = " ".join(key.export_public_key().decode().split()[:2])
        routers = {name: await self._open(device, options) for name, device in self.lab.devices.items()}
        self._dns = await resolver.listen(self.lab, HOST)
        port = await control.listen(control.Control(self.lab, self.connections, self.stopped.set), HOST)
        self._servers.append(port)
        self.ready = {
            "routers": routers,
            "dns": self._dns.get_extra_info("sockname")[1],
            "host_keys": dict.fromkeys(routers, public),
            "control": _port(port),
            "pid": os.getpid(),
        }
        return self.ready

    async def _open(self, device: Device, options: asyncssh.SSHServerConnectionOptions) -> dict[str, int]:
        name = device.router.name
        shell = await ssh.listen(self.lab, device, self.connections, options, HOST)
        vty = await telnet.listen(partial(self._vty, device), self.connections, name, HOST)
        console = await telnet.listen(partial(self._console, device), self.connections, name, HOST)
        self._servers += [shell, vty, console]
        return {"ssh": shell.get_port(), "telnet": _port(vty), "console": _port(console)}

    async def _vty(self, device: Device, terminal: Terminal, host: str) -> None:
        await serve_vty(self.lab, device, terminal, host)

    async def _console(self, device: Device, terminal: Terminal, host: str) -> None:
        await serve_console(self.lab, device, terminal, host)

    async def stop(self) -> None:
        """Break off the sessions and close every socket."""
        for server in self._servers:
            server.close()
        await self.connections.stop()
        if self._dns is not None:
            self._dns.close()
        for _ in range(3):  # what was closed above goes in the next turns of the loop
            await asyncio.sleep(0)


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


@contextmanager
def running(lab: Lab, key_file: Path | None = None) -> Iterator[dict[str, object]]:
    """The lab in a thread of this process, for tests; gives the ready line. Under load use a process."""
    started = threading.Event()
    held: list[Server | asyncio.AbstractEventLoop | BaseException] = []

    async def main() -> None:
        server = Server(lab, key_file)
        try:
            await server.start()
        finally:
            held.extend((server, asyncio.get_running_loop()))
            started.set()
        await server.stopped.wait()
        await server.stop()

    thread = threading.Thread(target=lambda: asyncio.run(main()), name="virtual lab", daemon=True)
    thread.start()
    started.wait()
    server, loop = held
    assert isinstance(server, Server)  # noqa: S101 - put in above
    assert isinstance(loop, asyncio.AbstractEventLoop)  # noqa: S101 - put in above
    try:
        yield server.ready
    finally:
        loop.call_soon_threadsafe(server.stopped.set)
        thread.join(10)
