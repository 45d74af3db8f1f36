"""A changed answer, parsed from where it differs, says exactly what it says parsed whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from turnup.errors import CouldNotRun
from turnup.model.transcript import Answer, Ask
from turnup.parse import Parsed, parse
from turnup.parse.again import parse_again, trace
from turnup.platforms import platform
from turnup.sensitivity.changes import of_answer, of_line

HEALTHY = Path(__file__).parents[1] / "recorded" / "ios" / "checks" / "healthy"
FILES = sorted(HEALTHY.glob("*.txt"))
FILLED_UP = {"directory"}


def outcome(parsed: Callable[[], Parsed]) -> object:
    try:
        return parsed()
    except CouldNotRun as error:
        return type(error), str(error)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_same_as_parsed_whole(file: Path) -> None:
    ask = Ask(file.stem.partition("@")[0])
    speaker = next((p for p in (platform("ios"), platform("noc")) if p.parser(ask.fact)), None)
    if speaker is None or ask.fact == "running_config":
        return
    before = Answer("a command", file.read_text(), datetime(2026, 11, 22, tzinfo=UTC))
    traced = trace(speaker, ask, before)
    if traced is None:
        assert ask.fact in FILLED_UP, "only what is filled up from below has to be parsed whole"
        return
    lines = before.text.count("\n")
    changes = [change for number in range(1, lines + 1) for change in of_line(before.text, number, {})]
    changes += of_answer(before.text, {}, None)
    for change in changes:
        answer = replace(before, text=change.text)
        again = outcome(partial(parse_again, speaker, ask, answer, traced))
        assert again == outcome(partial(parse, speaker, ask, answer)), change.what
    assert changes
