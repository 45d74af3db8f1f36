"""Facts by name, and the text of one value as the type that the fact declares."""

from __future__ import annotations

import dataclasses
import importlib
import re
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any, cast

from turnup.errors import TurnupError, UsageError

Said = str | list[str]  # what a template caught for one value: text, or a list for a `List` value


def fact_class(name: str) -> type[Any]:
    """The dataclass of that fact. Raises UsageError when src/turnup/facts/ has no such file."""
    try:
        module = importlib.import_module(f"turnup.facts.{name}")
    except ModuleNotFoundError:
        raise UsageError(f"no fact {name!r}", advice="A fact is one file of src/turnup/facts/.") from None
    camel = "".join(word.capitalize() for word in name.split("_"))
    return cast("type[Any]", getattr(module, camel))


def fact_name(cls: type[object]) -> str:
    """Name of the fact, which is its file's."""
    return cls.__module__.rpartition(".")[2]


@cache
def readers(cls: type[Any]) -> Mapping[str, Callable[[Said], object]]:
    """For each field of the fact, in order, what turns the template's text into its value (ValueError when it cannot).

    Nothing said is None where the field allows it, () for a tuple, False for a bool, "" for text, and an error else.
    A tuple comes from a `List` value or from words with blanks or commas between; text from a `List` is its lines.
    """
    hints = typing.get_type_hints(cls)
    return {field.name: _reader(hints[field.name]) for field in dataclasses.fields(cls)}


def _reader(annotation: Any) -> Callable[[Said], object]:
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        (kind,) = (option for option in typing.get_args(annotation) if option is not type(None))
        inner = _reader(kind)
        return lambda said: inner(said) if said else None
    if annotation == tuple[str, ...]:
        return lambda said: tuple(said if isinstance(said, list) else re.split(r"[,\s]+", said) if said else ())
    if annotation is str:
        return lambda said: said if isinstance(said, str) else "\n".join(said)
    if annotation is bool:
        return bool
    if annotation in (int, IPv4Address, IPv4Interface, IPv4Network):
        return cast("Callable[[Said], object]", annotation)
    raise TurnupError(f"a fact's field cannot be {annotation!r}")
