"""What `turnup checks explain N` prints: the contract's line, the commands, the rule, one good and one bad sample."""

from __future__ import annotations

import dataclasses
import string
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from turnup.checks import Check, Expected
from turnup.platforms import Platform


def explain(
    check: Check, platforms: Sequence[Platform], expected: Expected | None = None, recorded: Path | None = None
) -> str:
    """Text about one test. With `expected`, the commands are those for that port; without, those without arguments.

    `recorded` is the folder of recorded cases of one platform (tests/recorded/ios/checks); where it has cases of this
    test, the first that passes and the first that fails are named.
    """
    blocks = [f"{check.number}. {check.title}", "PASA Schedule 2, ACCEPTANCE TESTS; PASA 1.4(a)"]
    blocks += [text for platform in platforms if (text := _commands(check, platform, expected))]
    if expected is None and check.asks is not None:
        blocks.append("Further commands depend on the port that is tested (its links, its order).")
    blocks.append("Rule\n" + textwrap.indent(_rule(check.rule), "  "))
    if check.settings is not None:
        blocks.append(_settings(check.name, check.settings))
    if recorded is not None:
        blocks += _samples(recorded / check.name)
    return "\n\n".join(blocks) + "\n"


def _rule(docstring: str) -> str:
    first, _, rest = docstring.strip().partition("\n")
    return f"{first}\n{textwrap.dedent(rest)}".rstrip()


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
    said = textwrap.indent(textwrap.dedent(f"    {kind.__doc__}").strip(), "  ")
    return "\n".join([f"Settings (policy.yaml, checks.{name})", said, *fields])


def _template(commands: Mapping[str, str], fact: str) -> str:
    """The command of a fact with its arguments as `<argument>`."""
    parts = string.Formatter().parse(commands.get(fact, ""))
    return "".join(text + (f"<{field}>" if field else "") for text, field, _, _ in parts)


def _samples(cases: Path) -> list[str]:
    blocks = []
    for word, verdict in (("Good", "PASS"), ("Bad", "FAIL")):
        for case in sorted(cases.glob("*/case.toml")):
            told = tomllib.loads(case.read_text())
            if told.get("verdict") == verdict:
                blocks.append(f"{word} sample ({told.get('origin', '')}): {told.get('title', case.parent.name)}")
                break
    return blocks
