"""Routers to measure against: 25 shows of 147 kB, configuration lines, SSH, added delay; a process of their own.

`python bench/routers.py ROUTERS RTT_MS ...` prints {"ports": {"20": [port, ...], ...}} and serves until its standard
input closes. They answer at once: what is measured is the client and the round trips.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import asyncssh
from delayproxy import start_proxy

USER, PASSWORD, HOST = "noc", "bench-word", "gsr1"
# 31 characters a line, as an order's lines are on average.
CONFIG = ["interface Serial5/0", *(f" description line {n:02d} of the order" for n in range(29))]
# Sizes as of a loaded router: one big answer, some of a few kB, many small ones.
SIZES = [60_900, 24_000, 16_000, 12_000, 8_000, 6_000, 5_000, 4_000, 3_000, 2_000] + [350] * 15


def _text(number: int, size: int) -> str:
    lines, line = [], f"Serial{number}/0 is up, line protocol is up; described as to {HOST}#{number}, 44210 kbit"
    while size > 0:
        lines.append(line[:size])
        size -= len(line) + 2
    return "\n".join(lines)


SHOWS = {f"show interfaces {number}": _text(number, size) for number, size in enumerate(SIZES)}


class Line(asyncssh.SSHServerSession[bytes]):
    """One session: echoes, answers, knows its modes."""

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Keep the channel."""
        self._channel, self._typed, self._mode = chan, b"", ""

    def pty_requested(self, *_: Any) -> bool:
        """Yes."""
        return True

    def shell_requested(self) -> bool:
        """Yes."""
        return True

    def session_started(self) -> None:
        """Greet."""
        self._channel.write(b"\r\nAuthorized access only\r\n\r\n" + self._prompt())

    def data_received(self, data: bytes, _datatype: object) -> None:
        """Answer every line that is complete."""
        out = []
        *lines, self._typed = (self._typed + data.replace(b"\r", b"\n")).split(b"\n")
        for number, line in enumerate(lines):
            echo = line if number or not self._echoed else line[self._echoed :]
            out.append(echo + b"\r\n" + self._answer(line.decode().strip()) + self._prompt())
            self._echoed = 0
        out.append(self._typed[self._echoed :])
        self._echoed = len(self._typed)
        self._channel.write(b"".join(out))

    _echoed = 0

    def _answer(self, line: str) -> bytes:
        if line == "configure terminal":
            self._mode = "(config)"
        elif line == "end":
            self._mode = ""
        elif line.startswith("interface ") and self._mode:
            self._mode = "(config-if)"
        elif text := SHOWS.get(line):
            return text.replace("\n", "\r\n").encode() + b"\r\n"
        return b""

    def _prompt(self) -> bytes:
        return f"{HOST}{self._mode}#".encode()


class Door(asyncssh.SSHServer):
    """Lets our account in."""

    def begin_auth(self, _username: str) -> bool:
        """With a password."""
        return True

    def password_auth_supported(self) -> bool:
        """Yes."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Ours only."""
        return (username, password) == (USER, PASSWORD)

    def session_requested(self) -> Line:
        """A session of its own."""
        return Line()


async def serve(count: int, delays: list[float]) -> dict[str, list[int]]:
    """Ports by delay in ms."""
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    ports: dict[str, list[int]] = {f"{ms:g}": [] for ms in delays}
    for _ in range(count):
        server = await asyncssh.create_server(
            Door, "127.0.0.1", 0, server_host_keys=[key], line_editor=False, encoding=None, backlog=512
        )
        for ms in delays:
            port = server.get_port() if not ms else await start_proxy(server.get_port(), ms / 1000)
            ports[f"{ms:g}"].append(port)
    return ports


async def main() -> None:
    """Serve until standard input closes."""
    ports = await serve(int(sys.argv[1]), [float(ms) for ms in sys.argv[2:]])
    print(json.dumps({"ports": ports}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def running(count: int, *delays: float) -> Iterator[Callable[[float], list[int]]]:
    """Start the routers in a process of their own; gives a function from delay in ms to ports."""
    command = [sys.executable, __file__, str(count), *map(str, delays)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        ports = json.loads(process.stdout.readline())["ports"]
        yield lambda ms: ports[f"{ms:g}"]
        process.stdin.close()


def check(answers: dict[str, str]) -> None:
    """A fast wrong answer is worth nothing. Raises AssertionError."""
    for command, text in SHOWS.items():
        assert answers[command].replace("\r", "").rstrip("\n") == text, f"{command}: wrong answer"


if __name__ == "__main__":
    asyncio.run(main())
