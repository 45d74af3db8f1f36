"""The table in shown_lines.txt: what a 12.0S router shows, command by command."""

from __future__ import annotations

from pathlib import Path

_BLOCKS = [
    block.split("\n")
    for block in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").strip().split("\n\n")
    if block.startswith("== ")
]
# router, command, regular expressions of lines
SHOWN: tuple[tuple[str, str, tuple[str, ...]], ...] = tuple(
    (*head.removeprefix("== ").split(": ", 1), tuple(lines))  # type: ignore[misc]
    for head, *lines in _BLOCKS
    if head != "== unknown"
)
UNKNOWN = tuple(line for head, *lines in _BLOCKS if head == "== unknown" for line in lines)
