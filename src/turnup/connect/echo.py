"""Find the echo of a command at the start of its answer, as line editors really show it."""

from __future__ import annotations

from collections.abc import Sequence

from turnup.connect.logs import LogPattern
from turnup.connect.prompt import PromptPattern
from turnup.connect.screen import Overwritten, shown

# What must be left of a line that the editor scrolled sideways (`gsr1#$rest of the command`).
SHORTEST_REST = 8
_SCROLL = "$"


class Echo:
    """The echo of one command. `logs` are messages that stood before it, while the router waited for input."""

    def __init__(self, command: str, host: str, prompts: PromptPattern, logs: LogPattern) -> None:
        self.command = command.strip()
        self.logs: list[str] = []
        self._host = host
        self._prompts = prompts
        self._pattern = logs

    def find(self, lines: Sequence[str]) -> int | None:
        """Index of the first line after the echo; None when the answer does not begin with it."""
        waiting = False
        for at, line in enumerate(lines):
            if not line.strip("\r"):
                continue
            if self._pattern.is_message(line):
                self.logs.append(line)
            elif self._is_prompt(line):
                waiting = True
            else:
                taken = self._length(lines[at:], bare=waiting)
                return None if taken is None else at + taken
        return None

    def seen(self, lines: Sequence[str]) -> str:
        """The line that stands where the echo should."""
        return next((line for line in lines if line.strip("\r") and not self._is_prompt(line)), "")

    def _is_prompt(self, line: str) -> bool:
        prompt = self._prompts.read(line.strip("\r"))
        return prompt is not None and prompt.of(self._host)

    def _length(self, lines: Sequence[str], bare: bool) -> int | None:
        """How many lines the echo takes; more than one when the terminal wrapped it."""
        joined = ""
        for taken, line in enumerate(lines, start=1):
            joined += line if "\x08" in line else line.replace("\r", "")
            typed = self._typed(joined, bare)
            if typed == self.command or (typed and self._scrolled(typed)):
                return taken
            if not typed or not self.command.startswith(typed):
                return None
        return None

    def _typed(self, text: str, bare: bool) -> str | None:
        """What stands behind the prompt; with `bare`, the prompt may be on a line of its own before."""
        text = _resolved(text)
        found = self._prompts.at_start(text)
        if found and found[0].of(self._host):
            return found[1].strip()
        return text.strip() if bare else None

    def _scrolled(self, typed: str) -> bool:
        rest = typed.removeprefix(_SCROLL)
        return rest != typed and len(rest) >= SHORTEST_REST and self.command.endswith(rest)


def _resolved(text: str) -> str:
    """Text with the editor's own corrections applied; what they replace is meant to go."""
    try:
        return shown(text)
    except Overwritten:
        cells: list[str] = []
        at = 0
        for char in text:
            if char in "\r\x08":
                at = 0 if char == "\r" else max(0, at - 1)
            else:
                cells[at : at + 1] = [char]
                at += 1
        return "".join(cells).rstrip(" ")
