"""What an order wants on a router: lines with their section, in the order in which they are sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class ConfigItem:
    """One line to send below one section header ("" = global); an empty text opens the section and sends nothing more.

    `shown` is the line as `show running-config` shows it at once, None for one that it hides. `text` may hold
    `<secret:NAME>` and never the secret.
    """

    section: str
    text: str
    phase: int = 1
    shown: str | None = None

    def __str__(self) -> str:
        return f"{self.section} / {self.text}" if self.section else self.text


@dataclass(frozen=True)
class Intent:
    """The rendered order. `lines` are (section, text) as they show when the port is in service."""

    phase1: tuple[ConfigItem, ...]
    phase2: tuple[ConfigItem, ...]
    description: str
    lines: tuple[tuple[str, str], ...]
    route_maps: tuple[str, ...] = ()  # referred to, never edited
    hidden_defaults: tuple[str, ...] = ()  # of the card
    available: str | None = None  # description of a port that nobody has


@dataclass(frozen=True)
class Typed:
    """One line as it is typed: a section header (`child` False, opens `section`) or a line below it."""

    section: str
    text: str
    child: bool

    def __str__(self) -> str:
        return f" {self.text}" if self.child else self.text


def typed(items: Iterable[ConfigItem]) -> Iterator[Typed]:
    """The lines as they are typed: a header before its first line, again whenever the section changes."""
    section = ""
    for item in items:
        if item.section and item.section != section:
            yield Typed(item.section, item.section, child=False)
        section = item.section
        if item.text:
            yield Typed(section, item.text, child=bool(section))
