"""Rows of JSON as typed rows of a fact: a value has the JSON type that the fact's field asks for, or is refused."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from typing import Any, cast

from turnup.errors import InputError, ParseError, TurnupError
from turnup.parse.json_template import JsonRow, JsonTemplate, load_json

Places = tuple[tuple[int, int], ...]


def parse_json(path: Path, cls: type[Any], lines: list[str]) -> tuple[tuple[object, ...], Places]:
    """Typed rows of an answer in JSON, and the first and last line (from 1) of each.

    Raises ParseError (no JSON, an unknown key, a missing one, another type), AnswerIncomplete (cut off, no row where
    that is no answer), InputError for a template that does not fit its fact.
    """
    template = _fitting(path, cast(Any, cls))
    found = template.read(lines)
    rows = tuple(_typed(cls, row, lines) for row in found)
    return rows, tuple((row.first, row.last) for row in found)


@cache
def _fitting(path: Path, cls: type[Any]) -> JsonTemplate:
    template = load_json(path)
    fields = {field.name: field for field in dataclasses.fields(cls)}
    if unknown := sorted(template.fields - fields.keys()):
        raise InputError(f"{cls.__name__} has no field {unknown[0]!r}", where=path.name)
    must = [name for name, field in fields.items() if field.default is dataclasses.MISSING]
    if missing := [name for name in must if name not in template.fields]:
        raise InputError(f"the expression does not give {missing[0]!r}", where=path.name)
    return template


def _typed(cls: type[Any], row: JsonRow, lines: list[str]) -> object:
    how = json_readers(cast(Any, cls))
    values = {}
    for name, value in row.values.items():
        try:
            values[name] = how[name](value)
        except ValueError as error:
            line = lines[row.first - 1]
            told = "is not said" if value is None else f"is {value!r}"
            raise ParseError(f"line {row.first}: {name} {told}: {line!r}", line=line, number=row.first) from error
    return cls(**values)


@cache
def json_readers(cls: type[Any]) -> Mapping[str, Callable[[Any], object]]:
    """For each field, what takes its JSON value as it is, or raises ValueError: nothing is converted by guess.

    A number is no text, a text no number, `null` only nothing where the field allows that; addresses come from text.
    """
    hints = typing.get_type_hints(cls)
    return {field.name: _reader(hints[field.name]) for field in dataclasses.fields(cls)}


def _reader(annotation: Any) -> Callable[[Any], object]:
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        (kind,) = (option for option in typing.get_args(annotation) if option is not type(None))
        inner = _reader(kind)
        return lambda value: None if value is None else inner(value)
    if annotation == tuple[str, ...]:
        return _texts
    if annotation in (str, int, bool):
        return lambda value: _exactly(value, annotation)
    if annotation in (IPv4Address, IPv4Interface, IPv4Network):
        return lambda value: annotation(_exactly(value, str))
    raise TurnupError(f"a fact's field cannot be {annotation!r}")


def _exactly(value: Any, kind: type[Any]) -> Any:
    if type(value) is not kind:  # True is no number here
        raise ValueError(f"{value!r} is not of type {kind.__name__}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if type(value) is not list:
        raise ValueError(f"{value!r} is no list")
    return tuple(_exactly(each, str) for each in value)
