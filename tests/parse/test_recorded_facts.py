"""tests/recorded/<platform>/facts/<fact>/<case>/: a folder is a test.

`output.txt` is a router's answer. `case.toml` says where it comes from (`origin`), what it is `about`, and either how
many `rows` it holds with `[[row]]` tables of what they say (none = not said; `lines` = where), or `refused`, the
error's class, and what the error `says`.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from turnup import errors, folder
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse
from turnup.parse.answer import lines_of
from turnup.parse.template import load
from turnup.platforms import Platform, Settings

RECORDED = Path(__file__).parents[1] / "recorded"
CASES = sorted(path.parent for path in RECORDED.glob("*/facts/*/*/case.toml"))
KNOWN = {"origin", "about", "rows", "row", "refused", "says"}


def answer(case: Path) -> Answer:
    return Answer("", (case / "output.txt").read_text(), datetime(2001, 11, 20, tzinfo=UTC))


def platform(case: Path) -> Platform:
    name = case.parts[-4]
    return Platform(name, folder("templates") / name, Settings(name))


def plain(value: object) -> object:
    """A value as TOML can write it."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int) else str(value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case.parts[-4:-3] + case.parts[-2:]))
def test_the_answer_is_read_as_the_case_says(case: Path) -> None:
    told: dict[str, Any] = tomllib.loads((case / "case.toml").read_text())
    assert set(told) <= KNOWN
    assert told["origin"] in {"written", "recorded"}
    ask = Ask(case.parts[-2])
    if "refused" in told:
        with pytest.raises(getattr(errors, told["refused"])) as caught:
            parse(platform(case), ask, answer(case))
        assert told["says"] in str(caught.value)
        return
    parsed = parse(platform(case), ask, answer(case))
    assert len(parsed.rows) == told["rows"]
    for row, (first, last), wanted in zip(parsed.rows, parsed.places, told.get("row", []), strict=False):
        seen = {name: plain(getattr(row, name)) for name in wanted if name != "lines"}
        assert {**seen, "lines": [first, last]} == {"lines": [first, last], **wanted}


# Platforms whose routers answer in text, by templates; each must have samples of every fact it tells.
TEMPLATES = sorted(
    path for path in folder("templates").glob("*/parse/*.textfsm") if (RECORDED / path.parts[-3] / "facts").is_dir()
)
# Forms of later trains, told by the recordings outside the project alone.
SEEN_OUTSIDE = {("ios", "interface"), ("ios", "version")}


def name(path: Path) -> str:
    return f"{path.parts[-3]}-{path.stem}"


def cases_of(path: Path) -> list[Path]:
    """The cases of the fact that this template tells."""
    return [case for case in CASES if (case.parts[-4], case.parts[-2]) == (path.parts[-3], path.stem)]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_fact_of_a_router_has_a_case(path: Path) -> None:
    assert any("rows" in (case / "case.toml").read_text() for case in cases_of(path))


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if (path.parts[-3], path.stem) not in SEEN_OUTSIDE], ids=name
)
def test_every_rule_that_catches_a_value_is_met_by_a_case(path: Path) -> None:
    template = load(path)
    met: set[tuple[str, int]] = set()
    spied = dataclasses.replace(
        template,
        states={
            state: tuple(
                dataclasses.replace(rule, match=_noting(rule.match, met, (state, index)))
                for index, rule in enumerate(rules)
            )
            for state, rules in template.states.items()
        },
    )
    for case in cases_of(path):
        with suppress(errors.CouldNotRun):
            spied.read(lines_of(answer(case).text))
    for state, rules in template.states.items():
        for index, rule in enumerate(rules):
            assert not rule.catches or (state, index) in met, f"state {state}, rule {index + 1} has no case"


def _noting(
    match: Callable[[str], object], met: set[tuple[str, int]], place: tuple[str, int]
) -> Callable[[str], object]:
    def noting(line: str) -> object:
        found = match(line)
        if found is not None:
            met.add(place)
        return found

    return noting
