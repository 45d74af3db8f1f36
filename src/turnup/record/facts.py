"""Record single facts: the answer to one command, and a case that says what it holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, cast

from turnup.errors import CouldNotRun, UsageError
from turnup.load.strict import suggestion
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse
from turnup.platforms import Platform
from turnup.record.scrub import Scrub
from turnup.record.toml import document

_ROWS_SHOWN = 3  # spot values; the number of rows is always told


def asks_named(words: Iterable[str], platform: Platform) -> tuple[Ask, ...]:
    """`version`, `version,interface`, `route:address=192.0.2.0`; none = every fact whose command takes no argument.

    Raises UsageError for an unknown fact.
    """
    asks = [ask for word in words for ask in _asks(word)]
    if not asks:
        return tuple(Ask(fact) for fact, command in platform.commands.items() if "{" not in command)
    for ask in asks:
        if ask.fact not in platform.commands:
            raise UsageError(f"{platform.name} has no fact {ask.fact!r}{suggestion(ask.fact, list(platform.commands))}")
        platform.request(ask)  # raises for a missing argument
    return tuple(dict.fromkeys(asks))


def _asks(word: str) -> Iterable[Ask]:
    fact, colon, said = word.partition(":")
    if not colon:
        return [Ask(name.strip()) for name in word.split(",") if name.strip()]
    pairs = [pair.partition("=") for pair in said.split(",")]
    if not all(name and value for name, _, value in pairs):
        raise UsageError(f"{word!r}: arguments are written fact:name=value,name=value")
    return [Ask.of(fact, **{name.strip(): value for name, _, value in pairs})]


def fact_recording(platform: Platform, ask: Ask, answer: Answer, about: str, scrub: Scrub) -> Mapping[str, str]:
    """The files of one case. Raises CouldNotRun when there is no answer, or when scrubbing changes what it holds."""
    if answer.failure:
        raise CouldNotRun(f"`{answer.command}` was not answered: {answer.failure}")
    text = scrub(answer.text.rstrip("\n") + "\n")
    told = _told(platform, ask, Answer(answer.command, text, answer.at))
    before = _told(platform, ask, answer)
    if (told.get("rows"), "refused" in told) != (before.get("rows"), "refused" in before):
        raise CouldNotRun(f"`{answer.command}` is read otherwise when scrubbed; record it with less scrubbing")
    return {"output.txt": text, "case.toml": document({"origin": "recorded", "about": scrub(about), **told})}


def _told(platform: Platform, ask: Ask, answer: Answer) -> dict[str, object]:
    """What the parser makes of it: rows, or the refusal. A person looks it over before it is committed."""
    try:
        rows = parse(platform, ask, answer).rows
    except CouldNotRun as error:
        return {"refused": type(error).__name__, "says": str(error).partition("\n")[0]}
    return {"rows": len(rows), "row": [_said(row) for row in rows[:_ROWS_SHOWN]]}


def _said(row: object) -> dict[str, object]:
    """The row's values in the words of a fact's case: none = not said, whatever TOML has no word for as text."""
    said: dict[str, object] = {}
    for field in dataclasses.fields(cast("Any", row)):
        value = getattr(row, field.name)
        if not isinstance(value, tuple):
            said[field.name] = "none" if value is None else value if isinstance(value, str | int) else str(value)
        elif all(isinstance(item, str | int) for item in value):
            said[field.name] = list(value)
    return said
