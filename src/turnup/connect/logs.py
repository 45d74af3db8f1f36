"""Log messages that a router wrote into an answer: told apart where that is certain, reported where it is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

# Commands whose very answer is the log.
_THE_LOG = re.compile(r"sh(?:ow?)? +log(?:g(?:i(?:ng?)?)?)?(?= |$)")


@dataclass(frozen=True)
class Sifted:
    """An answer without log messages, the messages, and lines in which a message seems to stand inside other text."""

    lines: tuple[str, ...]
    logs: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


class LogPattern:
    """The platform's log message pattern; an empty one finds nothing."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern) if pattern else None

    def is_message(self, line: str) -> bool:
        """Whether the whole line is one log message."""
        return self._pattern is not None and self._pattern.fullmatch(line) is not None

    def sift(self, command: str, lines: Sequence[str]) -> Sifted:
        """Take out lines that are wholly a message; an answer that is itself the log is left alone."""
        pattern = self._pattern
        if pattern is None or _THE_LOG.match(command):
            return Sifted(tuple(lines))
        suspects: set[str] = set()
        if "%" in "\n".join(lines):
            suspects = {line for line in lines if "%" in line and pattern.search(line)}
        if not suspects:
            return Sifted(tuple(lines))
        messages = {line for line in suspects if pattern.fullmatch(line)}
        return Sifted(
            lines=tuple(line for line in lines if line not in messages),
            logs=tuple(line for line in lines if line in messages),
            doubtful=tuple(line for line in lines if line in suspects - messages),
        )


@cache
def log_pattern(pattern: str) -> LogPattern:
    """The compiled pattern."""
    return LogPattern(pattern)
