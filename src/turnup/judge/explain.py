"""What `turnup checks explain N` prints: the contract's line, the commands, the rule, one good and one bad sample."""

from __future__ import annotations

import dataclasses
import re
import string
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from turnup.checks import Check, Expected
from turnup.platforms import Platform

_WIDTH = 80
_CASES = Path(__file__).parents[3] / "tests" / "recorded" / "ios" / "checks"
_VERDICT = re.compile(r"(?<=\.) (?=(?:FAIL|INCONCLUSIVE|NOT APPLICABLE): )")


def explain(
    check: Check, platforms: Sequence[Platform], expected: Expected | None = None, recorded: Path | None = None
) -> str:
    """Text about one test. With `expected`, the commands are those for that port; without, those without arguments.

    `recorded` is the folder of recorded cases of one platform; by default that of the checkout. The first case of this
    test that passes and the first that fails are named; an installed wheel has none, and the text says so.
    """
    blocks = [f"{check.number}. {check.title}", "PASA Schedule 2, ACCEPTANCE TESTS; PASA 1.4(a)"]
    blocks += [text for platform in platforms if (text := _commands(check, platform, expected))]
    if expected is None and check.asks is not None:
        blocks.append("Further commands depend on the port that is tested (its links, its order).")
    blocks.append("Rule\n" + _rule(check.rule))
    if check.settings is not None:
        blocks.append(_settings(check.name, check.settings))
    blocks += _samples(recorded or _CASES, check.name)
    return "\n\n".join(blocks) + "\n"


def _rule(docstring: str) -> str:
    """The docstring to the width of a terminal, each verdict in a paragraph of its own."""
    words = " ".join(docstring.split())
    first, _, rest = docstring.strip().partition("\n")
    paragraphs = [first, *_VERDICT.split(" ".join(rest.split()))] if rest.strip() else [words]
    return "\n".join(_filled(text) for text in paragraphs if text.strip())


def _filled(text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _commands(check: Check, platform: Platform, expected: Expected | None) -> str:
    """The commands on one platform; "" when it is not asked."""
    if expected is not None:
        requests = [request for ask in check.asked(expected) if (request := platform.request(ask))]
        lines = dict.fromkeys(request.command for request in requests)
    else:
        lines = dict.fromkeys(_template(platform.commands, fact) for fact in check.needs)
    told = [f"  {line}" for line in lines if line]
    return "\n".join([f"Commands on {platform.settings.title or platform.name}", *told]) if told else ""


def _settings(name: str, kind: type[Any]) -> str:
    """What policy may set for this test, with the defaults."""
    fields = [f"  {field.name}: {field.default!r}" for field in dataclasses.fields(kind)]
    said = "\n".join(_filled(text) for text in (kind.__doc__ or "").strip().split("\n\n"))
    return "\n".join([f"Settings (policy.yaml, checks.{name})", said, *fields])


def _template(commands: Mapping[str, str], fact: str) -> str:
    """The command of a fact with its arguments as `<argument>`."""
    parts = string.Formatter().parse(commands.get(fact, ""))
    return "".join(text + (f"<{field}>" if field else "") for text, field, _, _ in parts)


def _samples(home: Path, name: str) -> list[str]:
    if not home.is_dir():
        return ["Samples\n" + _filled(f"Good and bad samples stand in the source, tests/recorded/ios/checks/{name}/.")]
    blocks, cases = [], home / name
    for word, verdict in (("Good", "PASS"), ("Bad", "FAIL")):
        for case in sorted(cases.glob("*/case.toml")):
            told = tomllib.loads(case.read_text())
            if told.get("verdict") == verdict:
                said = f"{word} sample ({told.get('origin', '')}): {told.get('title', case.parent.name)}"
                blocks.append(f"{_filled(said).strip()}\n  {name}/{case.parent.name}")
                break
    return blocks
