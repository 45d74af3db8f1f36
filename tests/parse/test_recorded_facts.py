"""tests/recorded/<platform>/facts/<fact>/<case>/: a folder is a test.

`output.txt` is a router's answer. `case.toml` says where it comes from (`origin`), what it is `about`, and either how
many `rows` it holds with `[[row]]` tables of what they say (none = not said; `lines` = where), or `refused`, the
error's class, and what the error `says`.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from turnup import errors, folder
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse
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


@pytest.mark.parametrize("fact", sorted(p.stem for p in (folder("templates") / "ios" / "parse").glob("*")))
def test_every_fact_of_an_ios_router_has_a_case(fact: str) -> None:
    assert any(case.parts[-2] == fact and "rows" in (case / "case.toml").read_text() for case in CASES)
