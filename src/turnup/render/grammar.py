"""The lines a platform takes from orders, and how it shows them: templates/<platform>/config/grammar.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from turnup.errors import Refused, UsageError
from turnup.load.strict import build
from turnup.platforms import Platform

LONGEST = 254  # characters of a line that IOS takes at once
_SENDABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")  # printable ASCII, no blank at either end
_TYPED_PASSWORD = re.compile(r"\b(password|key|secret) (?:\d|clear|encrypted) (?=<secret:)")


@dataclass(frozen=True)
class SectionRule:
    """A kind of section: its header, the prompt mode behind it, whether `no` may take it away."""

    name: str
    header: str
    mode: str
    removable: bool = False
    whole: bool = False  # typed again, it replaces all that it held


@dataclass(frozen=True)
class LineRule:
    """A kind of line; see the head of grammar.toml."""

    sections: tuple[str, ...]
    pattern: str
    key: str
    off: str = ""
    shows: str = "positive"
    erases: str = ""
    opens: bool = False  # leaves the section for a mode of its own
    talk: bool = False  # says something to people only: typed while the port serves

    @cached_property
    def matcher(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)

    @cached_property
    def taker(self) -> re.Pattern[str]:
        """The compiled `off`, its places as groups."""
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>\\S+)", re.escape(self.off)))


@dataclass(frozen=True)
class Known:
    """A line that the grammar knows: its rule, the place it takes, whether it is a `no` form."""

    rule: LineRule
    rank: int
    groups: Mapping[str, str]
    text: str
    positive: bool

    @cached_property
    def key(self) -> str:
        """Lines with one key replace each other."""
        return self.rule.key.format(**self.groups)

    @property
    def off(self) -> str:
        """The line that takes this one away."""
        if self.rule.off and self.positive:
            return self.rule.off.format(**self.groups)
        return f"no {self.text}" if self.positive else self.text.removeprefix("no ")

    @property
    def erases(self) -> str:
        """First words of the lines that disappear with it; "" for none."""
        return self.rule.erases.format(**self.groups)


@dataclass(frozen=True)
class Grammar:
    """All rules of one platform."""

    sections: tuple[SectionRule, ...] = ()
    lines: tuple[LineRule, ...] = ()
    idle: tuple[str, ...] = ()
    bare: tuple[str, ...] = ("shutdown",)  # what a port shows that nobody has
    accepted: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def section(self, header: str) -> SectionRule | None:
        """The kind of section behind that header; None when orders have no business there."""
        return next((rule for rule in self.sections if re.fullmatch(rule.header, header)), None)

    def known(self, section: str, text: str) -> Known | None:
        """What the grammar knows of a line, `no` forms included; None for a foreign one."""
        if (section, text) not in self._seen:
            self._seen[section, text] = self._find(section, text)
        return self._seen[section, text]

    @cached_property
    def _seen(self) -> dict[tuple[str, str], Known | None]:
        return {}  # a rehearsal asks for the same few lines hundreds of times

    def _find(self, section: str, text: str) -> Known | None:
        rule = self.section(section) if section else None
        if section and rule is None:
            return None
        name = rule.name if rule else ""
        plain = untyped(text)
        body = plain.removeprefix("no ")
        for rank, line in enumerate(self.lines):
            if name not in line.sections:
                continue
            if match := line.matcher.fullmatch(body):
                return Known(line, rank, match.groupdict(), plain, positive=body == plain)
            if plain.startswith("no ") and line.off and (match := line.taker.fullmatch(plain)):
                return Known(line, rank, match.groupdict(), plain, positive=False)
        return None

    def shown(self, section: str, text: str, hidden: tuple[str, ...] = ()) -> str | None:
        """The line as `show running-config` shows it, None when it is hidden. `hidden` are the card's defaults."""
        known = self.known(section, text)
        if known is None or known.text in hidden:
            return None
        if known.rule.shows == "both" or (known.rule.shows == "positive") == known.positive:
            return known.text
        return None

    def removes(self, header_text: str) -> str | None:
        """Header of the section that a global line such as `no interface X.100` takes away; None for other lines."""
        header = header_text.removeprefix("no ")
        rule = self.section(header)
        return header if rule and rule.removable and header != header_text else None

    def check(self, section: str, text: str) -> None:
        """Raise Refused for a line that no order may send there."""
        for line in (section, text):
            if line and (not _SENDABLE.fullmatch(line) or "?" in line or len(line) > LONGEST):
                raise Refused(f"{line!r} holds what a router must not be sent")
        if "<secret:#" in text:
            raise Refused(
                f"{text!r} cannot be sent: its secret is not among those turnup knows",
                advice="Name the secret in policy.yaml (secrets:), give its value in the environment, and plan again.",
            )
        if any(re.fullmatch(pattern, text) for pattern in self.never):
            raise Refused(f"{text!r} is never sent for a Port Service Order")
        if section and self.section(section) is None:
            raise Refused(f"orders may not write below {section!r}")
        if not text or (not section and self.removes(text)):
            return
        if self.known(section, text) is None:
            raise Refused(f"{text!r} is not a line that an order may send below {section or 'the top'!r}")


def untyped(text: str) -> str:
    """The line without the type of a redacted secret: `password 7 <secret:X>` is `password <secret:X>`.

    So is IOS XR's `password encrypted <secret:X>`.
    """
    return _TYPED_PASSWORD.sub(r"\1 ", text)


def grammar_of(platform: Platform) -> Grammar:
    """The grammar of that platform. Raises UsageError when it has none: then nothing can be written to it."""
    return _read(platform.config_home / "grammar.toml", platform.name)


@cache
def _read(path: Path, name: str) -> Grammar:
    if not path.is_file():
        raise UsageError(
            f"{name} has no config/grammar.toml, so nothing can be configured on it",
            advice="Add the file beside the platform's templates; docs/adding.md says how.",
        )
    return build(Grammar, tomllib.loads(path.read_text()), where=f"{name}/config/grammar.toml")
