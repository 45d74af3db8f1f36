"""Opens the door of a POP that has a network of its own: sockets of 127.0.0.1 here, the management network in there."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

from turnup.errors import CouldNotRun
from turnup.virtual.pop import door
from turnup.virtual.pop.runner import Address


def open_door(
    ground: int, targets: Mapping[str, tuple[str, Address]], console: IO[bytes]
) -> tuple[subprocess.Popen[bytes], dict[str, int]]:
    """Start the door in the network and PID namespaces of process `ground`: it, and its ports out here by name.

    `targets`: kind (`tcp`, `dns`) and address in there, by name. A socket stays in the network it was made in, so that
    listening out here and connecting in there is one process. Raises CouldNotRun.
    """
    listening, ports, spec = [], {}, []
    for name, (kind, target) in targets.items():
        opened = _open(kind)
        listening.append(opened)
        ports[name] = opened[0].getsockname()[1]
        spec.append([kind, [one.fileno() for one in opened], [target.host, target.port]])
    process = subprocess.Popen(
        ["nsenter", "-t", str(ground), "-n", "-p", "--", sys.executable, "-I", door.__file__, door.spec(spec)],
        stdin=subprocess.DEVNULL,
        stdout=console,
        stderr=console,
        start_new_session=True,
        pass_fds=[one.fileno() for opened in listening for one in opened],
    )
    for opened in listening:
        for one in opened:
            one.close()
    return process, ports


def _open(kind: str) -> tuple[socket.socket, ...]:
    """A TCP socket that listens on a free port, and for `dns` a UDP one on the same."""
    for _ in range(20):
        stream = socket.create_server(("127.0.0.1", 0), backlog=200)
        if kind != "dns":
            return (stream,)
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with suppress(OSError):
            datagrams.bind(stream.getsockname())
            return stream, datagrams
        stream.close()
        datagrams.close()
    raise CouldNotRun("no free port of 127.0.0.1 for the POP's name server")
