"""A router's running configuration as exact lines in sections. Pure text; nothing is normalised away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from turnup.errors import AnswerIncomplete

# Lines that differ between two reads of an unchanged configuration.
_VOLATILE = re.compile(
    r"Building configuration\.\.\.|Current configuration\b.*|ntp clock-period \d+"
    r"|Using \d+ out of \d+ bytes(?:, uncompressed size = \d+ bytes)?"
    r"|Uncompressed configuration from \d+ bytes to \d+ bytes"
    r"|! (?:Last configuration change|NVRAM config last updated|No configuration change)\b.*"
)
_FIRST = "BCUn"  # their first letters: nine thousand lines are read many times
BANNER = re.compile(r"banner (?:motd|login|exec|incoming|slip-ppp|prompt-timeout) (?P<delimiter>\^C|\S)(?P<rest>.*)")


@dataclass(frozen=True)
class ConfigLine:
    """One line: its section ("" for a global line), its text without indentation, its number (from 1).

    `text` keeps blanks inside and behind. `depth` is the number of leading blanks. `shown` is the line as the router
    shows it where `text` says it in other words (a reading table); "" where the two are one. `number` is 0 for a line
    that holds on the platform without being shown.
    """

    section: str
    text: str
    number: int
    depth: int = 0
    shown: str = ""


class LineReading(Protocol):
    """How one platform's configuration is read; `turnup.reading.Reading` is the one made of a table."""

    def lines(self, text: str) -> Iterable[ConfigLine]:
        """Every line that counts, in order, in the words the tests use."""


@dataclass(frozen=True)
class Configuration:
    """All configuration lines of one read, in order; comments, blank and volatile lines left out."""

    lines: tuple[ConfigLine, ...]

    @classmethod
    def read(cls, text: str, reading: LineReading | None = None) -> Configuration:
        """Read the answer to `show running-config` or `show startup-config`, by default as IOS writes it.

        Raises AnswerIncomplete when it has no `version` line or does not finish with `end` (reference: checklist 0.2).
        """
        lines = tuple(reading.lines(text) if reading else _lines(text))
        if reading and (orphan := next((line for line in lines if line.depth and not line.section), None)):
            raise AnswerIncomplete(f"line {orphan.number} stands below no section: {orphan.shown}")
        if not any(line.section == "" and line.text.startswith("version ") for line in lines):
            raise AnswerIncomplete("the configuration has no `version` line: it is not complete")
        if not lines or lines[-1].text != "end" or lines[-1].section:
            raise AnswerIncomplete("the configuration does not finish with `end`: it is not complete")
        return cls(lines)

    @cached_property
    def sections(self) -> dict[str, tuple[str, ...]]:
        """Lines below each section header, by the header's exact text; "" holds the global lines.

        A header that stands twice (IOS shows `router bgp` once, but a merged file may not) keeps both bodies.
        """
        found: dict[str, list[str]] = {"": []}
        for line in self.lines:
            if line.depth == 0:
                found[""].append(line.text)
                found.setdefault(line.text, [])
            else:
                found.setdefault(line.section, []).append(line.text)
        return {header: tuple(body) for header, body in found.items()}

    @property
    def top(self) -> tuple[str, ...]:
        """Global lines, section headers among them."""
        return self.sections[""]

    def section(self, header: str) -> tuple[str, ...] | None:
        """Lines below that header; None when the configuration has no such line."""
        return self.sections.get(header)

    def headers(self, first_words: str) -> tuple[str, ...]:
        """Section headers and global lines that begin with these whole words."""
        return tuple(text for text in self.top if text == first_words or text.startswith(first_words + " "))

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(section, text) of every line, in order: what two configurations are compared by."""
        return tuple((line.section, line.text) for line in self.lines)


def _lines(text: str) -> Iterator[ConfigLine]:
    section, delimiter = "", ""
    for number, raw in enumerate(text.replace("\r", "").split("\n"), start=1):
        if delimiter:  # inside a banner: anything may stand here, fake configuration too
            yield ConfigLine(section, raw, number, depth=1)
            if delimiter in raw:
                delimiter, section = "", ""
            continue
        body = raw.lstrip(" ")
        if not body.strip() or body[0] == "!" or (body[0] in _FIRST and _VOLATILE.fullmatch(body)):
            if raw.startswith("!"):
                section = ""
            continue
        depth = len(raw) - len(body)
        if depth == 0:
            section = body
            yield ConfigLine("", body, number)
            if body[0] == "b" and (banner := BANNER.fullmatch(body)) and banner["delimiter"] not in banner["rest"]:
                delimiter = banner["delimiter"]
        else:
            yield ConfigLine(section, body, number, depth)
