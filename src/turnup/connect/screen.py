"""Text as a person would have seen it: line ends, backspaces, carriage returns and the pager's traces resolved.

Pure. What is overwritten by something else is not guessed: the caller is told (`Overwritten`).
"""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r*\n\r*")
_ODD = re.compile(r"[\r\x08]")
_PAGER = re.compile(r"^[ \t]*<?-+ ?More ?-+>?", re.IGNORECASE | re.MULTILINE)
_PAGER_AT_END = re.compile(rb"(?:^|[\r\n\x08 ])<?-+ ?More ?-+>?[ \t]*\Z", re.IGNORECASE)


class Overwritten(ValueError):
    """A line was overwritten by other text: what the router meant is not known."""


def decoded(data: bytes | bytearray) -> str:
    """Text of router output; bytes that are not UTF-8 stay visible as `\\xNN`."""
    return data.decode("utf-8", "backslashreplace")


def lines_of(text: str) -> list[str]:
    """Lines of raw output, their ends (`\\r\\n`, `\\n\\r`, `\\r\\r\\n`) taken off."""
    plain = text.replace("\r\n", "\n")
    return _LINE_END.split(text) if "\r" in plain else plain.split("\n")


def shown(line: str) -> str:
    """The line as it stands on the screen at last.

    Raises Overwritten when visible text was replaced by other visible text; blanks may replace and be replaced.
    """
    if not _ODD.search(line):
        return line
    cells: list[str] = []
    at = 0
    for char in line:
        if char == "\r":
            at = 0
        elif char == "\x08":
            at = max(0, at - 1)
        else:
            _put(cells, at, char, line)
            at += 1
    return "".join(cells).rstrip(" ") if cells else ""


def all_shown(lines: list[str]) -> list[str]:
    """The lines as they stand on the screen. Raises Overwritten."""
    joined = "\n".join(lines)
    return [shown(line) for line in lines] if "\r" in joined or "\x08" in joined else lines


def _put(cells: list[str], at: int, char: str, line: str) -> None:
    if at == len(cells):
        cells.append(char)
    elif cells[at] in (" ", char) or char == " ":
        cells[at] = char
    else:
        raise Overwritten(line)


def holds_pager(text: str) -> bool:
    """Whether a question of the pager is left in the text."""
    return ("ore" in text or "ORE" in text) and _PAGER.search(text) is not None


def asks_for_more(tail: bytes | bytearray) -> bool:
    """Whether the output stops at the pager's question."""
    return _PAGER_AT_END.search(bytes(tail[-40:])) is not None
