"""Syslog of the POP: `collect` writes what routers send to a file; `forward` sends a router's own there."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LONGEST = 8192
PORT = 514


def collect(log: Path, port: int = PORT, address: str = "") -> None:
    """One line a message: time, source address, the message as it came."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard, log.open("a", buffering=1) as file:
        heard.bind((address, port))
        while True:
            data, (source, _) = heard.recvfrom(LONGEST)
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {source} {readable(data)}\n")


def forward(device: Path, source: str, target: tuple[str, int], keep_going: Callable[[], bool] = lambda: True) -> None:
    """Pass on what is written to `device` (/dev/log), from the source address when the router has it by then."""
    device.unlink(missing_ok=True)
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        heard.bind(str(device))
        device.chmod(0o666)  # every process of the router may log
        bound = not source
        while keep_going():
            data = heard.recv(LONGEST)
            bound = bound or _bind(out, source)
            with suppress(OSError):  # a log that cannot be sent stops nothing
                out.sendto(data, target)


def readable(data: bytes) -> str:
    """A message as one printable line."""
    text = data.rstrip(b"\0\r\n").decode(errors="replace")
    return "".join(char if char.isprintable() else " " for char in text)


def _bind(out: socket.socket, source: str) -> bool:
    try:
        out.bind((source, 0))
    except OSError:
        return False
    return True


def main() -> None:
    """`syslog LOG [PORT]`: collect until killed."""
    collect(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else PORT)


if __name__ == "__main__":
    main()
