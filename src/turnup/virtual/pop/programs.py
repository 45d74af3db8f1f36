"""Run a program of the machine and say what it said when it fails."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from turnup.errors import CouldNotRun

SHORT, LONG = 60.0, 1800.0  # seconds: a question; a build


def output_of(
    *words: str,
    enter: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    seconds: float = SHORT,
    folder: Path | None = None,
    advice: str | None = None,
) -> str:
    """Standard output of a program that ended well.

    `enter`: words before it that lead to where it is to run. Raises CouldNotRun with its last words when it is not
    there, fails, or takes longer than `seconds`.
    """
    name = " ".join((Path(words[0]).name, *words[1:2]))
    try:
        done = subprocess.run(
            (*enter, *words),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError:
        raise CouldNotRun(f"`{Path(words[0]).name}` is not on this machine", advice=advice) from None
    except subprocess.TimeoutExpired:
        raise CouldNotRun(f"`{name}` did not end in {seconds:g} s", advice=advice) from None
    if done.returncode:
        raise CouldNotRun(f"`{name}` failed: {last_words(done.stderr or done.stdout)}", advice=advice)
    return done.stdout


def answers(*words: str, enter: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> bool:
    """True when the program is there and ends well."""
    try:
        output_of(*words, enter=enter, environment=environment)
    except CouldNotRun:
        return False
    return True


def last_words(text: str, lines: int = 4) -> str:
    """The end of what a program said, in one line."""
    return " / ".join(line.strip() for line in text.strip().splitlines()[-lines:]) or "not a word"
