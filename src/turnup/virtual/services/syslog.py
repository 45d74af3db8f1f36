"""Syslog of the POP: `collect` writes what routers send (UDP 514) to a file; `forward` sends a router's own there."""

from __future__ import annotations

import argparse
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

LONGEST = 8192


def collect(log: Path, port: int, address: str = "") -> None:
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    does = parser.add_subparsers(dest="does", required=True)
    collecting = does.add_parser("collect")
    collecting.add_argument("--log", type=Path, required=True)
    collecting.add_argument("--port", type=int, default=514)
    forwarding = does.add_parser("forward")
    forwarding.add_argument("--to", required=True)
    forwarding.add_argument("--source", default="", help="address of the loopback")
    forwarding.add_argument("--device", type=Path, default=Path("/dev/log"))
    told = parser.parse_args(arguments)
    if told.does == "collect":
        collect(told.log, told.port)
    else:
        forward(told.device, told.source, (told.to, 514))


if __name__ == "__main__":
    main()
