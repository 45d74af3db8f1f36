"""The clients that are measured side by side: ours, a bare paramiko pipeline, plain netmiko, the spike's method.

Each takes a port and does the same work: connect, 25 shows, with `config` also 30 lines of configuration, close.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from routers import CONFIG, HOST, PASSWORD, SHOWS, USER

from turnup.connect import Address, Credentials, open_session
from turnup.model.transcript import Ask, Request
from turnup.platforms import platform

REQUESTS = [Request(Ask.of("show", command=command), command) for command in SHOWS]


def ours(port: int, known_hosts: Path, config: bool = True, window: int | None = None) -> dict[str, str]:
    """turnup's session: strict host keys, verified echoes and prompts, mode proved after each line."""
    session = open_session(
        Address(HOST, "127.0.0.1", port),
        platform("ios"),
        Credentials(USER, PASSWORD),
        str,
        known_hosts=known_hosts,
        accept_new=True,
        window=window,
        expect_hostname=HOST,
    )
    answers = session.ask(REQUESTS)
    if config:
        session.enter_config()
        said = session.config_line(CONFIG[0], "config-if")
        said += "".join(one.text for one in session.config_lines(CONFIG[1:], "config-if"))
        assert said == "", said
        session.leave_config()
    session.close()
    return {answer.command: answer.text for answer in answers.values()}


def nodelay(port: int) -> socket.socket:
    """A connected socket that sends at once."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def pipelined(channel: Any, commands: list[str], window: int) -> dict[str, str]:
    """The bare method: write ahead (`window` bytes, 0 = all), cut at the markers, believe what comes."""
    marks = [f"!bench-{number:03d}".encode() for number in range(len(commands))]
    wire = [f"{c}\n".encode() + m + b"\n" for c, m in zip(commands, marks, strict=True)]
    answers: dict[str, str] = {}
    buffer, sent, scan = bytearray(), 0, 0
    while True:
        flight, ahead = sum(map(len, wire[len(answers) : sent])), sent
        while sent < len(wire) and (not window or not flight or flight + len(wire[sent]) <= window):
            flight += len(wire[sent])
            sent += 1
        if sent > ahead:
            channel.sendall(b"".join(wire[ahead:sent]))
        data = channel.recv(1 << 17)
        if not data:
            raise EOFError("closed")
        buffer += data
        while (at := buffer.find(marks[len(answers)], scan)) >= 0:
            body, command = bytes(buffer[:at]), commands[len(answers)]
            del buffer[: at + len(marks[len(answers)])]
            begin = body.find(command.encode() + b"\r\n") + len(command) + 2
            answers[command] = body[begin : body.rfind(b"\n") + 1].decode()
            scan = 0
            if len(answers) == len(commands):
                return answers
        scan = max(0, len(buffer) - 20)


def bare(port: int, config: bool = True, window: int = 0) -> dict[str, str]:
    """paramiko alone, pipelined, nothing verified."""
    import paramiko

    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507  a router of our own
    client.connect("127.0.0.1", port, USER, PASSWORD, look_for_keys=False, allow_agent=False, sock=nodelay(port))
    channel = client.invoke_shell(width=511)
    answers = pipelined(channel, ["terminal length 0", "terminal width 511", *SHOWS], window)
    if config:
        pipelined(channel, ["configure terminal", *CONFIG, "end"], window)
    client.close()
    return answers


def plain_netmiko(port: int) -> dict[str, str]:
    """What one writes first: send_command for each show, send_config_set for the lines."""
    from netmiko import ConnectHandler

    connection = ConnectHandler(device_type="cisco_ios", host="127.0.0.1", port=port, username=USER, password=PASSWORD)
    answers = {command: str(connection.send_command(command, read_timeout=60)) for command in SHOWS}
    connection.send_config_set(CONFIG)
    connection.disconnect()
    return answers


def spike(port: int) -> dict[str, str]:
    """The spike's method: a netmiko class without sleeps, all commands at once, cut at markers, nothing verified."""
    from netmiko.cisco.cisco_ios import CiscoIosBase

    class Bare(CiscoIosBase):
        """No preparation at all."""

        def session_preparation(self) -> None:
            """Settings ride in the first pipeline."""
            self.base_prompt = "unset"

        def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: ARG002  netmiko's signature
            self.session_preparation()

    connection = Bare(
        device_type="cisco_ios", host="127.0.0.1", port=port, username=USER, password=PASSWORD, sock=nodelay(port)
    )
    answers = pipelined(connection.remote_conn, ["terminal width 511", "terminal length 0", *SHOWS], 0)
    connection.paramiko_cleanup()
    return answers
