"""Every template of every platform keeps the rules that parsing stands on."""

from __future__ import annotations

import dataclasses
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest

from turnup import facts, folder
from turnup.parse import fact_class, fact_name
from turnup.parse.fact_types import Said, readers
from turnup.parse.template import load

TEMPLATES = sorted(folder("templates").glob("*/parse/*.textfsm"))
FACTS = sorted(module.name for module in pkgutil.iter_modules(facts.__path__))
OF_THE_NOC = {"dns_answer", "console_prompt"}  # facts that no router tells

each_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: f"{p.parts[-3]}-{p.stem}")


@each_template
def test_every_state_ends_in_an_error(path: Path) -> None:
    for name, rules in load(path).states.items():
        assert rules, f"state {name} has no rule"
        assert rules[-1].error, f"state {name} does not end in `^. -> Error`"
        assert rules[-1].match("?"), f"the last rule of state {name} does not know every line"
        assert rules[-1].match("") is None, f"state {name} refuses blank lines"


def _may_be_silent(reader: Callable[[Said], object]) -> bool:
    """Whether a field has a value for "the router did not say": None, () or False."""
    with suppress(ValueError):
        return reader("") in (None, (), False)
    return False


@each_template
def test_values_are_the_fields_of_the_fact(path: Path) -> None:
    """All of them on IOS but those told of other platforms alone; elsewhere what a row cannot be without, at least."""
    fields = dataclasses.fields(fact_class(path.stem))
    told = readers(cast(Any, fact_class(path.stem)))
    needed = {field.name for field in fields if field.default is dataclasses.MISSING}
    if path.parts[-3] != "ios":
        needed = {name for name in needed if not _may_be_silent(told[name])}
    template = load(path)
    assert needed <= set(template.values) - template.counts <= {field.name for field in fields}


@each_template
def test_the_first_line_names_the_command(path: Path) -> None:
    first = path.read_text().split("\n")[0]
    assert first.startswith("# ")
    words = {"vtysh", "cat", "date", "free", "(set"} if path.parts[-3] == "frr" else {"show", "dir", "ping"}
    assert first.removeprefix("# ").split()[0] in words | {"dns", "console"}


@each_template
def test_every_state_is_reached_and_every_value_is_caught(path: Path) -> None:
    template = load(path)
    named = {rule.state for rules in template.states.values() for rule in rules if rule.state}
    assert named | {"Start"} == set(template.states)
    caught = {name for rules in template.states.values() for rule in rules for name in rule.catches}
    assert caught == set(template.values)


@each_template
def test_an_answer_can_be_complete(path: Path) -> None:
    assert load(path).complete


def test_ios_tells_every_fact_of_a_router() -> None:
    assert {p.stem for p in TEMPLATES if p.parts[-3] == "ios"} == set(FACTS) - OF_THE_NOC


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_found_by_name_and_a_name_by_fact(name: str) -> None:
    assert fact_name(fact_class(name)) == name
