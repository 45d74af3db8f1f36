"""What `turnup checks explain N` prints: the contract's line, the commands, the rule, one good and one bad sample."""

from __future__ import annotations

import dataclasses
import re
import string
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from turnup.checks import Check
from turnup.judge.samples import Sample, Samples, samples
from turnup.platforms import Platform

_WIDTH = 80
_VERDICT = re.compile(r"(?<=\.) (?=(?:FAIL|INCONCLUSIVE|NOT APPLICABLE|PENDING): )")


def explain(check: Check, platforms: Sequence[Platform], known: Mapping[str, Samples] | None = None) -> str:
    """Text about one test, for a terminal of 80 columns. `known` are samples; by default those kept with turnup."""
    mine = (samples() if known is None else known).get(check.name, Samples(check.needs))
    blocks = [f"{check.number}. {check.title}", "PASA Schedule 2, ACCEPTANCE TESTS; PASA 1.4(a)"]
    for title, lines in commands(check, platforms, mine):
        blocks.append("\n".join([f"Commands on {title}", *(_filled(line, "    ") for line in lines)]))
    blocks.append("Rule\n" + "\n".join(_filled(text) for text in rule(check)))
    if check.settings is not None:
        said = [_filled(text) for text in settings_said(check)]
        fields = [f"  {name}: {value}" for name, value in settings(check)]
        blocks.append("\n".join([f"Settings (policy.yaml, checks.{check.name})", *said, *fields]))
    blocks += [_sample(word, one) for word, one in (("Good", mine.good), ("Bad", mine.bad)) if one is not None]
    if mine.good is None and mine.bad is None:
        blocks.append(f"Samples\n{_filled('none is kept: no recorded case of it')}")
    return "\n\n".join(blocks) + "\n"


def commands(check: Check, platforms: Sequence[Platform], mine: Samples) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(platform's title, its commands with arguments as `<argument>`), for each platform that is asked.

    What a platform has not got is told in its place, with the reason of its platform.toml.
    """
    facts = tuple(dict.fromkeys((*check.needs, *mine.facts)))
    probed = {fact for speaker in platforms for fact in speaker.settings.probes}
    for speaker in platforms:
        title = speaker.settings.title or speaker.name
        if reason := speaker.settings.not_applicable.get(check.name):
            yield title, (f"none: NOT APPLICABLE, {reason}",)
            continue
        lines = [_template(speaker.commands, fact) for fact in facts]
        own = speaker.settings.driver  # the NOC's own probes have none: there nothing is missing
        missing = [fact for fact in facts if fact not in speaker.commands and fact not in probed and own]
        away = speaker.settings.not_applicable
        lines += [
            f"(no {fact}: {away[fact]})" if fact in away else f"(cannot tell {fact}: INCONCLUSIVE)" for fact in missing
        ]
        if any(lines):
            yield title, tuple(dict.fromkeys(line for line in lines if line))


def rule(check: Check) -> tuple[str, ...]:
    """The test's docstring, each verdict in a paragraph of its own."""
    first, _, rest = check.rule.strip().partition("\n")
    return (" ".join(first.split()), *filter(None, _VERDICT.split(" ".join(rest.split()))))


def settings_said(check: Check) -> tuple[str, ...]:
    """What policy may set for this test, in words."""
    paragraphs = (getattr(check.settings, "__doc__", None) or "").strip().split("\n\n")
    return tuple(" ".join(text.split()) for text in paragraphs if text.strip())


def settings(check: Check) -> tuple[tuple[str, str], ...]:
    """(field, default) of what policy may set for this test."""
    kind: Any = check.settings
    return tuple((field.name, _default(field)) for field in dataclasses.fields(kind)) if kind is not None else ()


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return repr(field.default)
    return "none: must be set" if field.default_factory is dataclasses.MISSING else repr(field.default_factory())


def _sample(word: str, one: Sample) -> str:
    heading = _filled(f"{word} sample ({one.origin}): {one.title}").strip()
    rows = [f"  {one.case}: {one.verdict}"]
    rows += [_filled(f"{one.subject}: expected {one.expected}, observed {one.observed}", "    ")]
    rows += [_filled(f"as says {one.source}", "    ")] if one.source else []
    rows += [_filled(f"seen in `{one.command}`:", "    ")] if one.seen else []
    rows += [f"    | {_short(line)}"[:_WIDTH] for line in one.seen]
    return "\n".join([heading, *rows])


def _short(line: str) -> str:
    """A line of a table that is too wide, with single blanks: its last columns are what matters."""
    return line if len(line) < _WIDTH - len("    | ") else " ".join(line.split())


def _filled(text: str, further: str = "  ") -> str:
    return textwrap.fill(
        " ".join(text.split()), _WIDTH, initial_indent="  ", subsequent_indent=further, break_on_hyphens=False
    )


def _template(known: Mapping[str, str], fact: str) -> str:
    """The command of a fact with its arguments as `<argument>`."""
    parts = string.Formatter().parse(known.get(fact, ""))
    return "".join(text + (f"<{field}>" if field else "") for text, field, _, _ in parts)
