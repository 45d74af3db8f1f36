"""SSH side of a virtual router: password login, one shell a connection, no exec requests, as a router of that age."""

from __future__ import annotations

from pathlib import Path

import asyncssh

from turnup.virtual.device import Device
from turnup.virtual.flash import Sink
from turnup.virtual.lab import Lab
from turnup.virtual.serving import Connections, admitted, serve_session
from turnup.virtual.terminal import Terminal


class _Session(asyncssh.SSHServerSession[str]):
    def __init__(self, server: _Server) -> None:
        self._server = server
        self._sink: Sink | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: object, term_modes: object) -> bool:
        del term_type, term_size, term_modes
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        if self._server.device.disk is None or not command.startswith("scp -t "):
            return False
        self._sink = Sink(self._server.device, command, self._send)
        return True

    def session_started(self) -> None:
        if self._sink is not None:
            self._sink.begin()
            return
        server, channel = self._server, self._channel
        self._terminal = Terminal(self._send, server.cut)
        host = str(channel.get_extra_info("peername", ("",))[0])
        server.connections.start(self._run(str(channel.get_extra_info("username")), host))

    def data_received(self, data: str, datatype: object) -> None:
        del datatype
        if self._sink is not None:
            self._sink.feed(data)
        else:
            self._terminal.feed(data)

    def eof_received(self) -> bool:
        if self._sink is not None:
            self._channel.exit(0)
            return False
        self._terminal.close()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if hasattr(self, "_terminal"):
            self._terminal.close()

    def _send(self, text: str) -> None:
        if not self._channel.is_closing():
            self._channel.write(text)

    async def _run(self, username: str, host: str) -> None:
        server = self._server
        await serve_session(server.lab, server.device, self._terminal, username, server.privilege, "vty", host)
        self._terminal.flush()
        if not self._channel.is_closing():
            self._channel.exit(0)
        server.leave()


class _Server(asyncssh.SSHServer):
    def __init__(self, lab: Lab, device: Device, connections: Connections) -> None:
        self.lab, self.device, self.connections = lab, device, connections
        self.privilege = 1

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self.connections.cuts[self.cut] = self.device.router.name

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.connections.cuts.pop(self.cut, None)

    def cut(self) -> None:
        """Break the connection without a word."""
        self._connection.abort()

    def leave(self) -> None:
        """Close it as the router does after `exit`."""
        self._connection.close()

    def begin_auth(self, username: str) -> bool:
        del username
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        host = str(self._connection.get_extra_info("peername", ("",))[0])
        level = await admitted(self.lab, self.device, username, password, host)
        self.privilege = level or 1
        return level is not None

    def session_requested(self) -> _Session:
        return _Session(self)


def host_key(path: Path | None) -> asyncssh.SSHKey:
    """The key of all routers of a lab: from the file, made there on first use; a new one without a file."""
    if path is not None and path.exists():
        return asyncssh.read_private_key(path)
    key = asyncssh.generate_private_key("ssh-ed25519")
    if path is not None:
        path.write_bytes(key.export_private_key())
        path.chmod(0o600)
    return key


def server_options(key: asyncssh.SSHKey) -> asyncssh.SSHServerConnectionOptions:
    """Options shared by the servers of a lab."""
    return asyncssh.SSHServerConnectionOptions(
        server_host_keys=[key],
        line_editor=False,
        encoding="latin-1",
        compression_algs=["none"],
        server_version="Cisco-1.25",
    )


async def listen(
    lab: Lab, device: Device, connections: Connections, options: asyncssh.SSHServerConnectionOptions, host: str
) -> asyncssh.SSHAcceptor:
    """An SSH server of that router on a free port."""
    return await asyncssh.create_server(lambda: _Server(lab, device, connections), host, 0, options=options)
