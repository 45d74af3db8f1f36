"""The seam between a POP and what runs it: network namespaces here, containers there. Same file, same nodes."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from turnup.errors import CouldNotRun


class Kind(StrEnum):
    """Which of the two runs; said in every output."""

    NAMESPACES = "namespaces"
    CONTAINERS = "containers"


@dataclass(frozen=True)
class Address:
    """Where something of the POP is reached from this machine."""

    host: str
    port: int


@dataclass(frozen=True)
class Reach:
    """Where the NOC finds the POP: SSH and console of each router that has one, and the name server."""

    ssh: Mapping[str, Address]
    console: Mapping[str, Address]
    dns: Address
    tacacs: Address


class Runner(Protocol):
    """What runs a POP. A runner is made of a Stage; what it must remember between processes it writes there."""

    kind: Kind

    def check(self) -> None:
        """Raise CouldNotRun with advice unless everything is here that `up` needs."""

    def up(self) -> None:
        """Start every node, cable them, wait until each is ready, run its `exec`. Nothing is left when it raises."""

    def down(self) -> None:
        """Stop everything; afterwards nothing of it is left, which is checked. Twice is not an error."""

    def running(self) -> bool:
        """Whether the nodes are there."""

    def command(self, node: str, *words: str) -> list[str]:
        """The words that run a command in a node from this machine, as its root."""

    def reach(self) -> Reach:
        """Where SSH, consoles and name server are found."""

    def described(self) -> Mapping[str, Any]:
        """What a person wants to know of it: process numbers, container names."""


def run_in(
    runner: Runner, node: str, words: Sequence[str], *, given: str = "", check: bool = True, seconds: float = 30.0
) -> str:
    """Standard output of a command in a node; with its complaint when `check` is off.

    Raises CouldNotRun when it fails (with `check`) or takes longer than `seconds`.
    """
    try:
        done = subprocess.run(
            runner.command(node, *words), input=given, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CouldNotRun(f"{node}: {' '.join(words)} took more than {seconds:g} s") from error
    if check and done.returncode:
        said = (done.stderr or done.stdout).strip()[-500:]
        raise CouldNotRun(f"{node}: {' '.join(words)} ended with {done.returncode}: {said}")
    return done.stdout if check else done.stdout + done.stderr
