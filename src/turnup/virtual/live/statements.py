"""Statements of an FRR configuration, and the least that leads from one configuration to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Section = tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One line of FRR's. `key` is what a later line replaces; `undo` takes it away ("": it cannot be, only replaced).

    `text` "": to enter the section is all. `owner` names what the line belongs to (`neighbor 10.10.3.2`); with `makes`
    it is the line that makes it, and taking that one away takes all others of its owner with it.
    """

    section: Section
    text: str
    key: str
    undo: str = ""
    owner: str = ""
    makes: bool = False


@dataclass(frozen=True)
class Translation:
    """What an IOS configuration means for FRR and the kernel; `left` are the lines that stay with the front."""

    statements: tuple[Statement, ...] = ()
    mtus: Mapping[str, int] = field(default_factory=dict)
    left: tuple[str, ...] = ()


def difference(old: Iterable[Statement], new: Iterable[Statement]) -> list[Statement]:
    """What to enter, in order: what goes first, the last line of it first, then what comes. `text` is what to type."""
    before, after = _by_place(old), _by_place(new)
    gone = {place: one for place, one in before.items() if place not in after}
    steps = list(_removed(gone, {place[0] for place in after}))
    remade = {(one.section[:1], one.owner) for one in gone.values() if one.makes}
    for place, one in after.items():
        if before.get(place) != one or (one.section[:1], one.owner) in remade:
            steps.append(one)
    return steps


def _by_place(statements: Iterable[Statement]) -> dict[tuple[Section, str], Statement]:
    return {(one.section, one.key): one for one in statements}


def _removed(gone: Mapping[tuple[Section, str], Statement], kept: set[Section]) -> Iterator[Statement]:
    kept_headers = {section[:1] for section in kept}
    made = {(one.section[:1], one.owner) for one in gone.values() if one.makes}
    dropped: set[str] = set()
    for one in reversed(tuple(gone.values())):
        header = one.section[0] if one.section else ""
        if header and not header.startswith("interface ") and one.section[:1] not in kept_headers:
            if header not in dropped:
                dropped.add(header)
                yield Statement((), f"no {header}", header)
        elif one.undo and (one.makes or not one.owner or (one.section[:1], one.owner) not in made):
            yield Statement(one.section, one.undo, one.key)


def typed(steps: Iterable[Statement]) -> list[str]:
    """The same as lines for `configure terminal`: sections entered, and left again."""
    lines: list[str] = []
    here: Section = ()
    for step in steps:
        if step.section != here:
            lines += ["exit"] * len(here)
            lines += step.section
            here = step.section
        if step.text:
            lines.append(step.text)
    return [*lines, *["exit"] * len(here)]
