"""Processes of a namespace POP as this machine sees them: which is a node's first, and whether it is still the one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from turnup.errors import CouldNotRun


@dataclass(frozen=True)
class Process:
    """A process by number and start: the number alone may be another's by now."""

    number: int
    began: int  # clock ticks since the machine's start

    @classmethod
    def of(cls, number: int) -> Process:
        """The process that has this number now. Raises ProcessLookupError."""
        state, began = _stat(number)
        if state == "Z":
            raise ProcessLookupError(number)
        return cls(number, began)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        try:
            state, began = _stat(self.number)
        except ProcessLookupError:
            return False
        return began == self.began and state != "Z"

    def told(self) -> Mapping[str, int]:
        """As JSON keeps it."""
        return asdict(self)


def child_of(number: int, depth: int, *, seconds: float = 10.0) -> Process:
    """The only child of the only child ... of a process, once it is there. Raises CouldNotRun."""
    found = number
    for _ in range(depth):
        found = waited(lambda parent=found: _only_child(parent), f"process {found} starts nothing", seconds)  # type: ignore[misc]
    return Process.of(found)


def begin(ground: subprocess.Popen[bytes], *, with_parent: bool) -> None:
    """Give a ground's script the word to begin, and wait until it stands. `with_parent`: it ends with our pipe to it.

    Raises CouldNotRun when it ends instead.
    """
    assert ground.stdin is not None  # noqa: S101 - both are pipes
    assert ground.stdout is not None  # noqa: S101
    with suppress(BrokenPipeError):  # what it said is of more use
        ground.stdin.write(b"begin\n")
        ground.stdin.flush()
        if not with_parent:
            ground.stdin.close()
    with ground.stdout as said:
        if said.readline() != b"standing\n":
            raise CouldNotRun("the ground does not stand")


def waited(look: Callable[[], int], otherwise: str, seconds: float) -> int:
    """What `look` returns once it is not 0. Raises CouldNotRun."""
    until = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > until:
            raise CouldNotRun(otherwise)
        time.sleep(0.01)
    return found


def _only_child(parent: int) -> int:
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return 0
    return int(children[0]) if children else 0


def _stat(number: int) -> tuple[str, int]:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError) as error:
        raise ProcessLookupError(number) from error
    return fields[0], int(fields[19])
