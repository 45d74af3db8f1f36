"""Router and order text in a report: never a control of the reader's terminal, browser, table or spreadsheet."""

from __future__ import annotations

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~])")
_MARKDOWN_START = re.compile(r"^(\s*)([-+=]|\d+[.)](?=\s|$))")
_FORMULA = ("=", "+", "-", "@")


class Verbatim(str):
    """Text that a format's own escaping must leave alone; it stands in a code block."""

    __slots__ = ()


def visible(text: str) -> str:
    """The text on one line, with every control, direction mark, broken or unassigned letter written as its number."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(letter) for letter in text)


def markdown(text: str) -> str:
    """That text as text in Markdown, in a table cell too."""
    text = _MARKDOWN.sub(r"\\\1", visible(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN_START.sub(_behind_backslash, text)


def csv_cell(text: str) -> str:
    """That text as one quoted cell; what a spreadsheet would take for a formula gets an apostrophe in front."""
    text = visible(text)
    if text.lstrip().startswith(_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'


def _shown(letter: str) -> str:
    category = unicodedata.category(letter)
    if category[0] != "C" and category not in ("Zl", "Zp"):
        return letter
    number = ord(letter)
    if letter in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "    "}[letter]
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _behind_backslash(match: re.Match[str]) -> str:
    start = match[2]
    return f"{match[1]}{start[:-1]}\\{start[-1]}"
