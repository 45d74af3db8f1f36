"""templates/<platform>/reading.toml as an object: rules from a platform's lines to the words of the tests.

The tests and rules/ read IOS 12.0S words. What a platform writes otherwise, its table says, line by line; a line
without a rule stays as it is, so that somebody else's line inside an owned section is still seen as one too many.
What an order renders for the platform goes through the same table: both sides are compared in the same words.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from ipaddress import AddressValueError, IPv4Interface, NetmaskValueError
from pathlib import Path

from turnup.configuration import ConfigLine
from turnup.errors import InputError
from turnup.load.strict import build
from turnup.reading.walk import Block, nested_lines

Pair = tuple[str, str]
_NEVER = "(?!)"


@dataclass(frozen=True)
class Whole:
    """The line that a complete configuration begins with, be it a comment; `says` is its `version` line."""

    line: str
    says: str


@dataclass(frozen=True)
class Rule:
    """One form of line: `section` and `line` are whole-text patterns; their named groups fill `says` and `into`.

    `says` are the tests' words, in the section `into` (by default where the line stands). `leave_out` is the reason
    why such a line says nothing. `when` and `unless` name another line of the same section that must or must not be
    there. `everywhere`: the words are the platform's own too, shown in one place and typed in another, and whoever
    writes reads them so. In `says`, `{prefix:netmask}` writes 10.0.0.1/30 as 10.0.0.1 255.255.255.252.
    """

    line: str
    section: str = ""
    says: tuple[str, ...] = ()
    into: str | None = None
    leave_out: str = ""
    when: str = ""
    unless: str = ""
    everywhere: bool = False

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Compiled `section` and `line`."""
        return re.compile(self.section), re.compile(self.line)


_Fitting = tuple[Rule, Mapping[str, str | None]]


@dataclass(frozen=True)
class Implied:
    """A line that holds without being shown, below each section that fits ("" = globally), and why.

    Not where a line of that section matches `unless`. `section` is read after the rules, in the tests' words.
    """

    says: str
    because: str
    section: str = ""
    unless: str = _NEVER


@dataclass(frozen=True)
class LeftOut:
    """A line of the router that the table names as saying nothing to a test, and why."""

    number: int
    shown: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """A platform's reading.toml.

    `passing` are lines that differ between two reads, `closers` those that only end a section. `blocks` end with a
    line of their own.
    """

    whole: Whole
    passing: tuple[str, ...] = ()
    closers: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    rules: tuple[Rule, ...] = ()
    implied: tuple[Implied, ...] = ()

    @cached_property
    def plain(self) -> Reading:
        """The same in the platform's own words as they are typed, for whoever writes to the router."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.everywhere), implied=())

    def lines(self, text: str) -> tuple[ConfigLine, ...]:
        """Every line of that answer in the tests' words, in order, each with the text and number it is shown with."""
        told, _ = self._told(self._shown(text))
        return tuple(_with_implied(self.implied, _headed(told)))

    def left_out(self, text: str) -> tuple[LeftOut, ...]:
        """The lines of that answer which rules leave out."""
        _, out = self._told(self._shown(text))
        return tuple(out)

    def words(self, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
        """What an order renders for the platform, in the tests' words: (section, line), "" = global."""
        closing = re.compile(_any((*self.closers, *(block.closes for block in self.blocks))))
        rendered = [
            ConfigLine(section, text, 0, 1 if section else 0)
            for section, text in pairs
            if section or not closing.fullmatch(text)
        ]
        told, _ = self._told(rendered)
        return tuple((line.section, line.text) for line in told)

    def _shown(self, text: str) -> list[ConfigLine]:
        whole, passing, closers = map(re.compile, (self.whole.line, _any(self.passing), _any(self.closers)))
        return list(nested_lines(text, whole, self.whole.says, passing, closers, self.blocks))

    def _told(self, shown: Sequence[ConfigLine]) -> tuple[list[ConfigLine], list[LeftOut]]:
        together = frozenset((line.section, line.text) for line in shown)
        rules = cache(self._rules_of)
        headers = {"": ""}
        told: list[ConfigLine] = []
        out: list[LeftOut] = []
        for line in shown:
            if line.section not in headers:
                headers[line.section] = _header(line, rules(""), together)
            rule, groups = _rule(line, rules(line.section), together)
            if rule is None:
                told.append(replace(line, section=headers[line.section]))
            elif rule.leave_out:
                out.append(LeftOut(line.number, line.shown or line.text, rule.leave_out))
            else:
                into = headers[line.section] if rule.into is None else _filled(rule.into, groups)
                told += [
                    replace(line, section=into, text=_filled(says, groups), depth=line.depth or 1 if into else 0)
                    for says in rule.says
                ]
        return told, out

    def _rules_of(self, section: str) -> Sequence[_Fitting]:
        """The rules for lines of that section, with what its header says."""
        found = ((rule, rule.patterns[0].fullmatch(section)) for rule in self.rules)
        return [(rule, above.groupdict()) for rule, above in found if above]


def _header(line: ConfigLine, rules: Sequence[_Fitting], together: frozenset[Pair]) -> str:
    """The header of that line's section in the tests' words."""
    rule, groups = _rule(ConfigLine("", line.section, line.number), rules, together)
    return _filled(rule.says[0], groups) if rule and rule.says and not rule.into else line.section


def _rule(line: ConfigLine, rules: Sequence[_Fitting], together: frozenset[Pair]) -> tuple[Rule | None, dict[str, str]]:
    """The first rule that fits the line, and the words its patterns found."""
    for rule, above in rules:
        if not (here := rule.patterns[1].fullmatch(line.text)):
            continue
        groups = {name: value or "" for name, value in {**above, **here.groupdict()}.items()}
        if rule.when and (line.section, _filled(rule.when, groups)) not in together:
            continue
        if rule.unless and (line.section, _filled(rule.unless, groups)) in together:
            continue
        return rule, groups
    return None, {}


def _any(patterns: Sequence[str]) -> str:
    return "|".join(patterns) or _NEVER


class _Word(str):
    """A matched word; `{word:netmask}` writes a prefix as address and mask."""

    __slots__ = ()

    def __format__(self, how: str) -> str:
        if how != "netmask":
            return str(self)
        try:
            found = IPv4Interface(str(self))
        except (AddressValueError, NetmaskValueError):
            return str(self)  # IPv6 and the like stay as they are, and match nothing
        return f"{found.ip} {found.netmask}"


def _filled(template: str, groups: Mapping[str, str]) -> str:
    return template.format(**{name: _Word(value) for name, value in groups.items()}).strip()


def _headed(lines: Iterable[ConfigLine]) -> Iterator[ConfigLine]:
    """The lines; a section that rules filled and nobody opened gets its header, with the evidence of its first line."""
    told = list(lines)
    opened = {line.text for line in told if not line.section}
    for line in told:
        if line.section and line.section not in opened:
            opened.add(line.section)
            yield ConfigLine("", line.section, line.number, 0, line.shown)
        yield line


def _with_implied(implied: Sequence[Implied], lines: Iterable[ConfigLine]) -> Iterator[ConfigLine]:
    told = list(lines)
    yield from (line for rule in implied if not rule.section for line in _unsaid(rule, "", told, None))
    for line in told:
        yield line
        if not line.section and line.text != "end":
            for rule in implied:
                if rule.section and re.fullmatch(rule.section, line.text):
                    yield from _unsaid(rule, line.text, told, line)


def _unsaid(
    rule: Implied, section: str, lines: Sequence[ConfigLine], header: ConfigLine | None
) -> Iterator[ConfigLine]:
    if any(line.section == section and re.fullmatch(rule.unless, line.text) for line in lines):
        return
    if header is None:
        yield ConfigLine("", rule.says, 0, 0, f"({rule.because})")
    else:
        yield ConfigLine(section, rule.says, header.number, 1, header.shown or header.text)


def read_table(file: Path, name: str) -> Reading:
    """The table of that file. Raises InputError for a field, a pattern or a rule that cannot be meant."""
    where = f"{name}/{file.name}"
    table = build(Reading, tomllib.loads(file.read_text()), where=where)
    for number, rule in enumerate(table.rules, start=1):
        here = f"{where}: rule {number} ({rule.line})"
        if bool(rule.says) == bool(rule.leave_out):
            raise InputError("a rule has either `says` or `leave_out`", where=here)
        try:
            known = {group for pattern in rule.patterns for group in pattern.groupindex}
        except re.error as error:
            raise InputError(f"not a pattern: {error}", where=here) from error
        for template in (*rule.says, rule.into or "", rule.when, rule.unless):
            if missing := _fields(template) - known:
                raise InputError(f"{{{min(missing)}}} is no group of `section` or `line`", where=here)
    return table


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
