"""What a configuration looks like after lines were typed: sections in, sections out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from turnup.errors import Refused
from turnup.render.grammar import Grammar, Known, untyped
from turnup.render.intent import ConfigItem

Sections = Mapping[str, tuple[str, ...]]  # header -> lines below it; "" -> global lines, headers among them


def fold(before: Sections, items: Iterable[ConfigItem], grammar: Grammar, hidden: tuple[str, ...] = ()) -> Sections:
    """The sections after these lines, as IOS would keep and show them.

    `hidden` are the card's defaults that are never shown. The router's own order of lines may differ, so compare owned
    lines as sets. Raises Refused for a line the grammar does not know and for a
    section that is not there and cannot be made.
    """
    after = {header: list(lines) for header, lines in before.items()}
    for item in items:
        grammar.check(item.section, item.text)
        _open(after, item.section, grammar)
        if not item.section and (gone := grammar.removes(item.text)):
            after.pop(gone, None)
            after[""] = [line for line in after[""] if line != gone]
        elif not item.text and (rule := grammar.section(item.section)) and rule.whole:
            after[item.section] = []
        elif item.text:
            _type(after, item, grammar, hidden)
    return {header: tuple(lines) for header, lines in after.items()}


def _open(after: dict[str, list[str]], header: str, grammar: Grammar) -> None:
    if header in after:
        return
    rule = grammar.section(header)
    if rule is None or not rule.removable:
        raise Refused(f"the router has no section {header!r}")
    after[header] = []
    after[""].append(header)


def _type(after: dict[str, list[str]], item: ConfigItem, grammar: Grammar, hidden: tuple[str, ...]) -> None:
    lines = after[item.section]
    known = grammar.known(item.section, item.text)
    if known is None:  # cannot be: check() was here
        raise Refused(f"{item.text!r} is unknown")
    if not known.positive and known.erases:
        lines[:] = [line for line in lines if not line.startswith(known.erases)]
        return
    place = _place(lines, item.section, known, grammar)
    shown = grammar.shown(item.section, item.text, hidden)
    if place is not None and shown is not None:
        if untyped(lines[place]) != shown:
            lines[place] = shown
    elif place is not None:
        del lines[place]
    elif shown is not None:
        lines.insert(_position(lines, item.section, known, grammar), shown)


def _position(lines: list[str], section: str, known: Known, grammar: Grammar) -> int:
    """Near its likes, so that a diff reads well: by the grammar below interfaces, behind their kind elsewhere."""
    if section.startswith("interface "):
        later = (other is not None and other.rank > known.rank for other in (grammar.known(section, x) for x in lines))
        return next((index for index, is_later in enumerate(later) if is_later), len(lines))
    kind = known.text.split(" ")[: 1 if section else 2]
    likes = [index for index, line in enumerate(lines) if line.split(" ")[: len(kind)] == kind]
    if likes:
        return likes[-1] + 1
    return len(lines) - 1 if lines[-1:] == ["end"] else len(lines)


def _place(lines: list[str], section: str, known: Known, grammar: Grammar) -> int | None:
    for index, line in enumerate(lines):
        other = grammar.known(section, line)
        if other is not None and other.key == known.key:
            return index
    return None
