"""One answer to one ask, as typed rows of a fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from turnup.errors import AnswerIncomplete, InputError, ParseError
from turnup.model.transcript import Answer, Ask
from turnup.parse.answer import lines_of, refuse
from turnup.parse.fact_types import Said, fact_class, readers
from turnup.parse.json_facts import parse_json
from turnup.parse.template import Row, load
from turnup.platforms import Platform


@dataclass(frozen=True)
class Parsed:
    """Rows of a fact; `places` are the first and last line (from 1) of each in the answer."""

    rows: tuple[object, ...]
    places: tuple[tuple[int, int], ...]


def parse(platform: Platform, ask: Ask, answer: Answer) -> Parsed:
    """The typed rows of an answer; rows=() only when the router positively answered with nothing.

    Raises CommandRefused, AnswerIncomplete (cut off, or empty where silence is no answer), ParseError (a line that
    the template does not know, or a value that is not what the fact declares), InputError (no parser).
    """
    if answer.failure:
        raise AnswerIncomplete(f"`{answer.command}` was not answered: {answer.failure}")
    path = platform.parser(ask.fact)
    if path is None:
        raise InputError(f"platform {platform.name} has no template for {ask.fact}")
    lines = lines_of(answer.text, answer.command)
    refuse(lines, platform.settings.refusals)
    cls = fact_class(ask.fact)
    if path.suffix == ".jmespath":
        text = path.with_suffix(".textfsm")
        if answer.text.lstrip()[:1] in ("{", "[") or not text.is_file():
            rows, places = parse_json(path, cls, lines)
            return Parsed(rows, places)
        path = text  # a capture of the command without `json`
    fields = readers(cast(Any, cls))
    found = load(path).read(lines)
    return Parsed(
        tuple(_typed(cls, fields, row, lines) for row in found),
        tuple((row.first, row.last) for row in found),
    )


def _typed(cls: type[Any], fields: Mapping[str, Callable[[Said], object]], row: Row, lines: list[str]) -> object:
    values = {}
    for name, reader in fields.items():
        said = row.values.get(name, "")
        try:
            values[name] = reader(said)
        except ValueError as error:
            number = _place(row, said, lines)
            what = f"{name} is {said!r}" if said else f"{name} is not said"
            line = lines[number - 1]
            raise ParseError(f"line {number}: {what}: {line!r}", line=line, number=number) from error
    return cls(**values)


def _place(row: Row, said: Said, lines: list[str]) -> int:
    """The line of the row that says this; its first line when none does."""
    within = range(row.first, row.last + 1)
    return next((n for n in within if isinstance(said, str) and said and said in lines[n - 1]), row.first)


def typed(ask: Ask, found: Sequence[Row], lines: list[str]) -> Parsed:
    """The fact's typed rows of those that a template found. Raises ParseError."""
    cls = fact_class(ask.fact)
    fields = readers(cast(Any, cls))
    return Parsed(
        tuple(_typed(cls, fields, row, lines) for row in found),
        tuple((row.first, row.last) for row in found),
    )
