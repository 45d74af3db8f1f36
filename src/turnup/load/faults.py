"""Every mistake of a record at once, where `load.strict.build` stops at the first."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from turnup.errors import InputError
from turnup.load.strict import convert, fields_of, line_of, suggestion

T = TypeVar("T")


@dataclass(frozen=True)
class Fault:
    """One mistake: the field's path, the reason, `file:line` when known."""

    path: str
    reason: str
    where: str = ""

    @property
    def reason_and_line(self) -> str:
        """The reason, and behind it the line of the file."""
        line = self.where.rpartition(":")[2]
        return f"{self.reason} (line {line})" if line.isdigit() else self.reason

    def __str__(self) -> str:
        return f"{self.where}: {self.path}: {self.reason}" if self.where else f"{self.path}: {self.reason}"


def faults(
    cls: type, data: object, *, where: str, path: str = "", computed: frozenset[str] = frozenset()
) -> Iterator[Fault]:
    """Everything that keeps `data` from being a `cls`. `computed` fields are not for a file to give."""
    if not isinstance(data, Mapping):
        yield Fault(path or cls.__name__, "must be a mapping of fields", where)
        return
    known = {name: field for name, field in fields_of(cls).items() if name not in computed}
    for key in data:
        if key not in known:
            reason = f"unknown field{suggestion(str(key), list(known))}"
            yield Fault(below(path, str(key)), reason, line_of(data, key, where))
    for name, (annotation, required) in known.items():
        if name in data:
            yield from field_faults(annotation, data[name], where=line_of(data, name, where), path=below(path, name))
        elif required:
            yield Fault(below(path, name), "is missing", line_of(data, None, where))


def field_faults(annotation: Any, value: object, *, where: str, path: str) -> Iterator[Fault]:
    """Everything that keeps one field's value from being what its annotation says."""
    record = _record(annotation)
    if record is not None and isinstance(value, Mapping):
        yield from faults(record, value, where=where, path=path)
        return
    if (item := _item(annotation)) is not None and isinstance(value, list):
        for index, one in enumerate(value):
            here = line_of(value, index, where)
            yield from field_faults(item, one, where=here, path=f"{path}[{index}]")
        return
    try:
        convert(annotation, value, where=where, path=path)
    except InputError as error:
        reason = str(error).removeprefix(f"{error.where}: ").removeprefix(f"field {path!r} ")
        yield Fault(path, reason, error.where or where)


def record(
    cls: type[T], data: object, *, where: str, path: str = "", computed: Mapping[str, object] | None = None
) -> tuple[T | None, list[Fault]]:
    """An instance of `cls`, or every mistake. `computed` fields are given here and may not stand in the file."""
    given = dict(computed or {})
    found = list(faults(cls, data, where=where, path=path, computed=frozenset(given)))
    if found or not isinstance(data, Mapping):
        return None, found
    known = fields_of(cast(Any, cls))
    values = {
        str(key): convert(known[key][0], value, where=line_of(data, key, where), path=below(path, key))
        for key, value in data.items()
    }
    return cls(**values, **given), []


def refuse(found: Iterable[Fault], *, advice: str | None = None) -> None:
    """Raise one InputError that names every fault; nothing when there is none."""
    if not (lines := [str(fault) for fault in found]):
        return
    if len(lines) == 1:
        raise InputError(lines[0], advice=advice)
    raise InputError("\n  ".join([f"{len(lines)} mistakes:", *lines]), advice=advice)


def below(path: str, name: str) -> str:
    """Path of a field below another."""
    shown = name if name.isascii() and name.isprintable() else ascii(name)[1:-1]
    return f"{path}.{shown}" if path else shown


def _record(annotation: Any) -> type | None:
    """The dataclass behind `X` or `X | None`, when a file writes it as a mapping."""
    options = [option for option in (_options(annotation)) if option is not type(None)]
    if len(options) == 1 and isinstance(options[0], type) and dataclasses.is_dataclass(options[0]):
        return options[0]
    return None


def _item(annotation: Any) -> Any:
    """The record in `tuple[X, ...]`."""
    arguments = typing.get_args(annotation)
    many = typing.get_origin(annotation) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis
    return arguments[0] if many and _record(arguments[0]) is not None else None


def _options(annotation: Any) -> tuple[Any, ...]:
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if union else (annotation,)
