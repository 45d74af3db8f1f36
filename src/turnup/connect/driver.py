"""netmiko connections without its fixed sleeps and polls: blocking reads, no wait that carries no answer.

They stay netmiko objects: `send_command`, `enable`, `disconnect` work on them. Ours are the login, the wire and the
host key policy. netmiko and paramiko ship no types; they end at this module's `Wire`s.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from functools import cache
from typing import Any

import paramiko
from netmiko import NetmikoAuthenticationException
from netmiko._telnetlib import telnetlib
from netmiko.channel import SSHChannel, TelnetChannel
from netmiko.ssh_dispatcher import CLASS_MAPPER

from turnup.connect.host_keys import HostKey, KnownHosts
from turnup.connect.prompt import PromptPattern
from turnup.connect.session import Address, Credentials
from turnup.connect.telnet import Telnet, log_in
from turnup.connect.wire import ConnectionLost
from turnup.errors import LoginRefused, Unreachable

# Without a handler Python would print paramiko's own complaints; ours say the same in the product's words.
logging.getLogger("paramiko").addHandler(logging.NullHandler())

CHUNK = 1 << 17


class OurHostKeys(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko has no types
    """Every key comes here, for paramiko is given none: our own file decides."""

    def __init__(self, known: KnownHosts, address: Address, accept_new: bool) -> None:
        self._known, self._address, self._accept_new = known, address, accept_new

    def missing_host_key(self, _client: Any, _hostname: str, key: Any) -> None:
        """Raises HostKeyChanged."""
        self._known.verify(self._address, HostKey(key.get_name(), key.get_base64()), self._accept_new)


class WithoutSleeps:
    """What both kinds of connection leave out of netmiko's: preparation and cleanup are the session's."""

    def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: ARG002  netmiko's signature
        return None

    def session_preparation(self) -> None:
        """Nothing: the terminal settings ride at the head of the first pipeline."""

    def cleanup(self, command: str = "exit") -> None:
        """Nothing to wait for: closing the connection frees the line."""


class PipelinedSsh(WithoutSleeps):
    """The SSH half of a connection. Mixed with the netmiko class of the platform's driver."""

    our_host_keys: OurHostKeys
    known_kinds: tuple[str, ...] = ()

    def establish_connection(self: Any, width: int = 511, height: int = 1000) -> None:
        """Log in and ask for a terminal and a shell without waiting for either: two round trips less."""
        self.remote_conn_pre = client = paramiko.SSHClient()
        client.set_missing_host_key_policy(self.our_host_keys)
        client.connect(**self._connect_params_dict(), transport_factory=self._transport)
        channel = client.get_transport().open_session(timeout=self.conn_timeout)
        channel._wait_for_event = lambda: None  # a refusal closes the channel, which the first read tells
        channel.get_pty(term="vt100", width=width, height=height)
        channel.invoke_shell()
        self.remote_conn = channel
        self.channel = SSHChannel(conn=channel, encoding=self.encoding)

    def _transport(self, sock: Any, **options: Any) -> Any:
        """Ask first for the kind of key that we know of this router, or another kind would look like a changed key."""
        transport = paramiko.Transport(sock, **options)
        choices = transport.get_security_options()
        known = [kind for kind in choices.key_types if _plain(kind) in self.known_kinds]
        choices.key_types = (*known, *(kind for kind in choices.key_types if kind not in known))
        return transport


class PipelinedTelnet(WithoutSleeps):
    """The telnet half of a connection."""

    our_credentials: Credentials
    our_prompts: PromptPattern
    stream: Telnet
    login_rest: bytes = b""

    def is_alive(self: Any) -> bool:
        """As netmiko means it; netmiko itself raises when the router has closed."""
        try:
            return bool(super().is_alive())  # type: ignore[misc]  # netmiko's, by the mixture
        except OSError:
            return False

    def establish_connection(self: Any, width: int = 511, height: int = 1000) -> None:
        """Log in by the router's questions; telnet tells no terminal size, the setup does."""
        del width, height
        self.stream = Telnet(self.sock)
        prompts = self.our_prompts
        self.login_rest = log_in(
            self.stream, self.our_credentials, lambda tail: prompts.read(tail) is not None, self.conn_timeout
        )
        self.remote_conn = telnetlib.Telnet()  # type: ignore[no-untyped-call]
        self.remote_conn.sock = self.sock
        self.channel = TelnetChannel(conn=self.remote_conn, encoding=self.encoding)


class SshWire:
    """The wire of an SSH connection."""

    newline = "\n"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        """Send all of it. Raises ConnectionLost."""
        try:
            self._connection.remote_conn.sendall(data)
        except (OSError, EOFError, AttributeError, paramiko.SSHException) as error:
            raise ConnectionLost(f"the connection was lost while sending: {error}") from error

    def read(self, seconds: float) -> bytes:
        """What has come, b"" after so many seconds. Raises ConnectionLost at once when the router closed."""
        channel = self._connection.remote_conn
        if channel is None:
            raise ConnectionLost("the session is closed")
        channel.settimeout(seconds)
        try:
            data = bytes(channel.recv(CHUNK))
        except TimeoutError:
            return b""
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise ConnectionLost(f"the connection was lost: {error}") from error
        if not data:
            raise ConnectionLost("the router closed the connection")
        return data

    def close(self) -> None:
        """End the connection."""
        connection = self._connection
        if connection.remote_conn is not None:
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                connection.remote_conn.close()
            with contextlib.suppress(OSError):  # paramiko's thread looks for the end every 100 ms; this it sees at once
                connection.sock.shutdown(socket.SHUT_RDWR)
        connection.disconnect()


class TelnetWire:
    """The wire of a telnet connection."""

    newline = "\r\n"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        """Send all of it. Raises ConnectionLost."""
        self._connection.stream.write(data)

    def read(self, seconds: float) -> bytes:
        """What has come. Raises ConnectionLost."""
        text: bytes = self._connection.stream.read(seconds)
        return text

    def close(self) -> None:
        """End the connection."""
        self._connection.disconnect()


@cache
def _class(driver: str, half: type) -> Any:
    base = CLASS_MAPPER[driver]
    return type(f"Pipelined{base.__name__}", (half, base), {"__doc__": f"netmiko's {driver}, pipelined."})


def _plain(kind: str) -> str:
    """The stored key type behind an algorithm: an ssh-rsa key signs with rsa-sha2-* as well."""
    return "ssh-rsa" if kind.startswith("rsa-sha2-") else kind


def connected_socket(address: Address, seconds: float) -> socket.socket:
    """A TCP connection that sends at once (without NODELAY a login costs 90 ms more). Raises Unreachable."""
    try:
        sock = socket.create_connection((address.host, address.port), timeout=seconds)
    except OSError as error:
        raise Unreachable(f"{address}: no connection: {error}") from error
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def connect_ssh(
    driver: str, address: Address, credentials: Credentials, known: KnownHosts, accept_new: bool, seconds: float
) -> Any:
    """A netmiko SSH connection that is logged in. Raises Unreachable, LoginRefused, HostKeyChanged."""
    connection = _unconnected(_class(driver, PipelinedSsh), driver, address, credentials, seconds)
    connection.our_host_keys = OurHostKeys(known, address, accept_new)
    connection.known_kinds = tuple(key.kind for key in known.keys(address))
    try:
        connection.establish_connection()
    except BaseException as error:
        connection.disconnect()
        connection.sock.close()
        if isinstance(error, paramiko.AuthenticationException):
            raise LoginRefused(f"{address}: the router refused the login of {credentials.username}: {error}") from error
        if isinstance(error, paramiko.SSHException | OSError | EOFError):
            raise Unreachable(f"{address}: no SSH session: {error or type(error).__name__}") from error
        raise
    return connection


def connect_telnet(
    driver: str, address: Address, credentials: Credentials, prompts: PromptPattern, seconds: float
) -> Any:
    """A netmiko telnet connection that is logged in. Raises Unreachable, LoginRefused."""
    connection = _unconnected(_class(driver, PipelinedTelnet), driver, address, credentials, seconds)
    connection.our_credentials, connection.our_prompts = credentials, prompts
    try:
        connection.establish_connection()
    except BaseException as error:
        connection.disconnect()
        connection.sock.close()
        if isinstance(error, NetmikoAuthenticationException):
            raise LoginRefused(f"{address}: {error}") from error
        if isinstance(error, Unreachable):
            raise type(error)(f"{address}: {error}", advice=error.advice) from error
        raise
    return connection


def _unconnected(cls: Any, driver: str, address: Address, credentials: Credentials, seconds: float) -> Any:
    return cls(
        device_type=driver,
        host=address.host,
        port=address.port,
        username=credentials.username,
        password=credentials.password,
        secret=credentials.enable or "",
        conn_timeout=seconds,
        auth_timeout=seconds,
        banner_timeout=seconds,
        sock=connected_socket(address, seconds),
        auto_connect=False,
    )
