"""A router's console line: whoever opens the socket gets a terminal with the login program behind it.

The socket is what the console server's port leads to. One at a time, as on a real line; when the other side goes away
the line is hung up and the next one is asked again who he is.
"""

from __future__ import annotations

import os
import pty
import selectors
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

LOGIN = ("/bin/login",)


def serve(path: Path, login: Sequence[str] = LOGIN) -> None:
    """Serve the line until killed."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(path))
        listening.listen(1)
        while True:
            line, _ = listening.accept()
            with line:
                attend(line, login)


def attend(line: socket.socket, login: Sequence[str] = LOGIN) -> None:
    """One caller: a banner, Enter, then the login program on a terminal of its own, until either side ends."""
    try:
        line.sendall(
            f"\r\n\r\n{socket.gethostname()} con0 is now available\r\n\r\nPress RETURN to get started.\r\n".encode()
        )
        while b"\r" not in (data := line.recv(256)) and b"\n" not in data:
            if not data:
                return
    except OSError:
        return
    child, terminal = pty.fork()
    if child == 0:
        os.execv(login[0], list(login))  # noqa: S606 - the program is ours to choose
    try:
        _joined(line, terminal)
    finally:
        os.close(terminal)  # hangs up
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _joined(line: socket.socket, terminal: int) -> None:
    with selectors.DefaultSelector() as both:
        both.register(line, selectors.EVENT_READ)
        both.register(terminal, selectors.EVENT_READ)
        while True:
            for key, _ in both.select():
                try:
                    data = line.recv(4096) if key.fileobj is line else os.read(terminal, 4096)
                    if not data:
                        return
                    if key.fileobj is line:
                        os.write(terminal, data.replace(b"\r\n", b"\r").replace(b"\r\0", b"\r"))
                    else:
                        line.sendall(data)
                except OSError:
                    return  # the terminal of a program that ended, or a caller who went
