"""A node that runs FRR: its processes and its network, reached through the namespaces of one of its processes."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnup.errors import CouldNotRun
from turnup.virtual.live.vty import asked, daemon_of

_CLONE_NEWNET = 0x40000000
_SECONDS = 20.0
_SOCKETS = "/run/frr"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Node:
    """One node. `pid` is a process in its mount, network, host name and PID namespaces (a container's first, say)."""

    name: str
    pid: int

    @property
    def alive(self) -> bool:
        """Whether its process is there; its number is not given away while the front runs a second behind it."""
        return Path(f"/proc/{self.pid}/ns/net").exists()

    def run(self, *command: str, seconds: float = _SECONDS) -> Ran:
        """Run a command in the node. Raises CouldNotRun when it does not end in time."""
        enter = ("nsenter", "-t", str(self.pid), "-m", "-n", "-u", "-p", "--")
        try:
            done = subprocess.run(
                [*enter, *command],
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CouldNotRun(f"{self.name}: {command[0]}: {error}", advice="Look at the node's processes.") from error
        return Ran(done.returncode, done.stdout, done.stderr)

    def json(self, *command: str) -> Any:
        """What a command prints, as JSON. Raises CouldNotRun when it is not JSON."""
        ran = self.run(*command)
        return self._read(" ".join(command), ran.out or ran.err)

    def ask(self, command: str) -> Any:
        """What FRR answers to a show command that ends in `json`; {} for no text. Raises CouldNotRun."""
        return self._read(command, asked(self.file(f"{_SOCKETS}/{daemon_of(command)}.vty"), command) or "{}")

    def _read(self, command: str, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError as error:
            said = text.strip()[:200]
            raise CouldNotRun(f"{self.name}: `{command}` answered {said!r}", advice="Is FRR up?") from error

    def configure(self, lines: Sequence[str]) -> str:
        """Enter these lines in FRR's configuration mode; what FRR complained of, "" when of nothing."""
        words = [word for line in ("configure terminal", *lines) for word in ("-c", line)]
        ran = self.run("vtysh", *words)
        return "" if ran.code == 0 and "%" not in ran.out else (ran.out + ran.err).strip() or f"exit code {ran.code}"

    def file(self, path: str) -> Path:
        """A file of the node, seen from outside."""
        return Path(f"/proc/{self.pid}/root{path}")

    def socket(self) -> socket.socket:
        """A TCP socket in the node's network. Raises CouldNotRun when the node is gone."""
        made: list[socket.socket | OSError] = []

        def make() -> None:  # a thread of its own: the namespace is the thread's
            try:
                with Path(f"/proc/{self.pid}/ns/net").open("rb") as there:
                    if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), _CLONE_NEWNET):
                        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
                made.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            except OSError as error:
                made.append(error)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if isinstance(made[0], OSError):
            raise CouldNotRun(f"{self.name}: no socket: {made[0]}", advice="Is the node running?") from made[0]
        return made[0]
