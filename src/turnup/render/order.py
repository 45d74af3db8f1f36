"""Render one order for one port: check what the card can do, fill the platform's templates, check every line again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnup.errors import Clarification, Refused
from turnup.model.equipment import Assignment, Router
from turnup.model.policy import Policy
from turnup.platforms import Platform
from turnup.render.fold import fold
from turnup.render.grammar import Grammar, grammar_of
from turnup.render.intent import ConfigItem, Intent
from turnup.render.meaning import meaning

if TYPE_CHECKING:
    from jinja2 import Environment


def render_order(platform: Platform, assignment: Assignment, router: Router, policy: Policy) -> Intent:
    """The configuration that brings this port into service (PASA 1.3(a), (b)).

    Raises Clarification with every point that cannot be carried out as ordered (the card cannot do it, a text may not
    stand in a line), UsageError when the platform has no templates, Refused when a rendered line is not one an order
    may send. Secrets appear as `<secret:NAME>` only.
    """
    values = meaning(assignment, router, policy)
    grammar = grammar_of(platform)
    hidden = assignment.port.card.hidden_defaults
    phases = [_items(platform, name, phase, values, grammar) for phase, name in ((1, "order.j2"), (2, "activate.j2"))]
    phase1, phase2 = (
        tuple(replace(item, shown=grammar.shown(item.section, item.text, hidden)) for item in items) for items in phases
    )
    sections = {header: () for header in ("", *(item.section for item in (*phase1, *phase2)))}
    after = fold(sections, (*phase1, *phase2), grammar, hidden)
    lines = tuple((header, line) for header, body in after.items() for line in body if line not in sections)
    maps = tuple(str(values[name]) for name in ("route_map_in", "route_map_out") if values[name])
    return Intent(phase1, phase2, str(values["description"]), lines, maps, hidden, policy.available_description)


def _items(
    platform: Platform, template: str, phase: int, values: dict[str, Any], grammar: Grammar
) -> tuple[ConfigItem, ...]:
    text = _render(platform, template, values, _printable)
    # The same template with every value blanked: a value that brought a line of its own would change the number.
    if text.count("\n") != _render(platform, template, values, _blank).count("\n"):
        raise Refused(f"{template}: a value of the order added a line")
    items = tuple(ConfigItem(section, line, phase) for section, line in _read(text, grammar))
    for item in items:
        grammar.check(item.section, item.text)
    return items


def _render(platform: Platform, template: str, values: dict[str, Any], finalize: Callable[[Any], str]) -> str:
    from jinja2 import TemplateNotFound, UndefinedError

    try:
        return _environment(platform.config_home, finalize).get_template(template).render(values)
    except TemplateNotFound as missing:
        reason = f"{platform.name} has no template config/{missing.name}"
        raise Clarification([("speed", reason)]) from missing
    except UndefinedError as error:
        raise Refused(f"{platform.name}/config/{template}: {error.message}") from error


@cache
def _environment(home: Path, finalize: Callable[[Any], str]) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Not HTML: what may stand in a line is checked by `finalize`, by the grammar and again at the wire.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(home),
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["switch"] = lambda on: "" if on else "no "
    environment.filters["word"] = lambda word: f" {word}" if word else ""
    return environment


def _printable(value: object) -> str:
    text = str(value)
    if any(not " " <= char <= "~" or char == "?" for char in text):
        raise Refused(f"{text!r} holds what a router must not be sent")
    return text


def _blank(_: object) -> str:
    return "x"


def _read(text: str, grammar: Grammar) -> Iterator[tuple[str, str]]:
    section = ""
    for line in text.split("\n"):
        if not line.strip() or line.startswith("!"):
            continue
        if line.startswith(" "):
            yield section, line[1:]
        elif grammar.section(line):
            section = line
            yield section, ""
        else:
            section = ""
            yield "", line
