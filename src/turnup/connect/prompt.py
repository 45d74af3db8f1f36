"""A router's prompt, anchored: it is a prompt only when it is the whole line, and ours only when the host is ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from turnup.errors import InputError
from turnup.platforms import Settings

# IOS cuts the host name in configuration prompts to 20 characters; some images cut earlier.
SHORTEST_CUT = 16


@dataclass(frozen=True)
class Prompt:
    """What a prompt tells. `mode` is "" at exec level, otherwise `config`, `config-if` ..."""

    host: str
    mode: str
    privileged: bool

    def of(self, host: str) -> bool:
        """Whether this is the prompt of that router; configuration prompts may show a long name cut."""
        if self.host == host:
            return True
        return bool(self.mode) and len(self.host) >= SHORTEST_CUT and host.startswith(self.host)


class PromptPattern:
    """The platform's prompt pattern. Raises InputError when it lacks its groups `host` and `mode`."""

    def __init__(self, pattern: str) -> None:
        try:
            self._whole = re.compile(pattern)
        except re.error as error:
            raise InputError(f"prompt {pattern!r} is not a regular expression: {error}") from error
        if not {"host", "mode"} <= set(self._whole.groupindex):
            raise InputError(f"prompt {pattern!r} must name the groups host and mode")

    def read(self, line: str) -> Prompt | None:
        """The prompt when the line is nothing else; None otherwise."""
        return _prompt(self._whole.fullmatch(line))

    def at_start(self, line: str) -> tuple[Prompt, str] | None:
        """The prompt that begins the line, and what follows it."""
        found = self._whole.match(line)
        prompt = _prompt(found)
        return (prompt, line[found.end() :]) if found and prompt else None

    def ends(self, line: str, host: str) -> bool:
        """Whether the line ends with the prompt of that host but has other text before it."""
        at = line.rfind(host[:SHORTEST_CUT])
        return at > 0 and self.read(line[at:]) is not None


def _prompt(found: re.Match[str] | None) -> Prompt | None:
    if found is None:
        return None
    return Prompt(found["host"], found["mode"] or "", found[0].rstrip().endswith("#"))


@cache
def _compiled(pattern: str) -> PromptPattern:
    return PromptPattern(pattern)


def prompt_of(settings: Settings) -> PromptPattern:
    """The compiled prompt pattern of a platform."""
    return _compiled(settings.prompt)
