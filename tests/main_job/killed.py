"""`turnup ...` that is killed like by a power cut: `python killed.py WHEN turnup-words...`.

WHEN is `line:N` (the Nth configuration line was just answered), `note:STATE` (the journal has just said so) or `read:N`
(before the Nth command that is no configuration).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_line(number: int) -> None:
    from turnup.connect.router import RouterSession

    one, many = RouterSession.config_line, RouterSession.config_lines
    count = 0

    def config_line(self: RouterSession, line: str, mode: str | None) -> str:
        nonlocal count
        said = one(self, line, mode)
        count += 1
        if count == number:
            die()
        return said

    def config_lines(self: RouterSession, lines: Sequence[str], mode: str | None) -> Any:
        nonlocal count
        said = many(self, lines[: number - count] if count < number else lines, mode)
        count += len(said)
        if count == number:
            die()
        return said

    RouterSession.config_line = config_line  # type: ignore[method-assign]
    RouterSession.config_lines = config_lines  # type: ignore[method-assign]


def at_read(number: int) -> None:
    from turnup.connect.router import RouterSession

    read = RouterSession.command
    count = 0

    def command(self: RouterSession, *words: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count == number:
            die()
        return read(self, *words, **options)

    RouterSession.command = command  # type: ignore[method-assign]


def at_note(state: str) -> None:
    from turnup.change.journal import Journal

    write = Journal.write

    def written(self: Journal) -> None:
        write(self)
        if self.record.state == state:
            die()

    Journal.write = written  # type: ignore[method-assign]


if __name__ == "__main__":
    what, _, value = sys.argv[1].partition(":")
    if what == "line":
        at_line(int(value))
    elif what == "read":
        at_read(int(value))
    elif what == "note":
        at_note(value)
    sys.argv = ["turnup", *sys.argv[2:]]
    from turnup.cli import main

    main()
