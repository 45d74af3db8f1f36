"""Build a frozen dataclass from a mapping, strictly.

Unknown field, missing field, wrong type: each an InputError with file, line, field and "did you mean". Nothing is
ever skipped or guessed.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any, TypeVar, cast

from turnup.errors import InputError
from turnup.model.interface_name import InterfaceName
from turnup.model.period import Period

T = TypeVar("T")


def build(cls: type[T], data: object, *, where: str = "", path: str = "") -> T:
    """An instance of the dataclass `cls` from `data`.

    `where` is the file (and line) for messages; `path` the field path so far. A mapping that remembers its lines
    (ruamel's CommentedMap) gives the line of each field. Raises InputError.
    """
    if not isinstance(data, Mapping):
        raise InputError(f"{path or cls.__name__} must be a mapping, not {_kind(data)}", where=where)
    fields = fields_of(cast(Any, cls))
    for key in data:
        if key not in fields:
            raise InputError(_unknown(str(key), fields, path), where=line_of(data, key, where))
    values: dict[str, Any] = {}
    lined = hasattr(data, "lc")
    for name, (annotation, required) in fields.items():
        if name in data:
            here = line_of(data, name, where) if lined else where
            values[name] = convert(annotation, data[name], where=here, path=f"{path}.{name}" if path else name)
        elif required:
            raise InputError(f"field {_dotted(path, name)!r} is missing", where=line_of(data, None, where))
    return cls(**values)


def line_of(data: object, key: object, where: str) -> str:
    """`where` with the line of that key, when the mapping or list remembers it; the mapping's own line for None."""
    position = getattr(data, "lc", None)
    if position is None:
        return where
    file = where.partition(":")[0]
    try:
        line = position.line if key is None else position.data[key][0]
    except (KeyError, TypeError, IndexError):
        return where
    return f"{file}:{line + 1}" if isinstance(line, int) else where


def suggestion(word: str, known: Sequence[str]) -> str:
    """`; did you mean 'x'?` when a known word is near, otherwise the words there are."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(sorted(known))}"


def convert(annotation: Any, value: object, *, where: str, path: str) -> Any:
    """`value` as the annotated type. Raises InputError; never coerces a number to text or text to a number silently."""
    if annotation is type(value) and annotation in _EXACT:
        return value  # most values of a document; what follows would say the same, slowly
    return _way_of(annotation)(annotation, value, where, path)


_EXACT = frozenset({str, int, bool, float, datetime})


@cache
def _way_of(annotation: Any) -> Callable[[Any, object, str, str], Any]:
    """How values of that annotation are read."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return _union
    if origin in (tuple, frozenset):
        return _sequence
    if origin is not None and issubclass(origin, Mapping):
        return _mapping
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return _dataclass
    return _scalar


def _dataclass(annotation: type[Any], value: object, where: str, path: str) -> Any:
    if annotation is Period and isinstance(value, str):
        return _read(Period.parse, value, where, path, "a period such as 48h, 10d or 5bd")
    if annotation is InterfaceName and isinstance(value, str):
        return _read(InterfaceName.parse, value, where, path, "the name of an interface")
    return build(annotation, value, where=where, path=path)


def _union(annotation: Any, value: object, where: str, path: str) -> Any:
    options = [option for option in typing.get_args(annotation) if option is not type(None)]
    if value is None and len(options) < len(typing.get_args(annotation)):
        return None
    if len(options) == 1:
        return convert(options[0], value, where=where, path=path)
    for option in options:
        try:
            return convert(option, value, where=where, path=path)
        except InputError:
            continue
    raise InputError(f"field {path!r} has a value of the wrong kind: {value!r}", where=where)


def _sequence(annotation: Any, value: object, where: str, path: str) -> Any:
    origin = cast(type, typing.get_origin(annotation))
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InputError(f"field {path!r} must be a list, not {_kind(value)}", where=where)
    kinds = typing.get_args(annotation)
    if origin is tuple and not (len(kinds) == 2 and kinds[1] is Ellipsis):
        if len(kinds) != len(value):
            raise InputError(f"field {path!r} must have {len(kinds)} entries, not {len(value)}", where=where)
        pairs = zip(kinds, value, strict=True)
    else:
        pairs = zip([kinds[0]] * len(value), value, strict=True)
    return origin(
        convert(kind, item, where=line_of(value, i, where), path=f"{path}[{i}]") for i, (kind, item) in enumerate(pairs)
    )


def _mapping(annotation: Any, value: object, where: str, path: str) -> Any:
    if not isinstance(value, Mapping):
        raise InputError(f"field {path!r} must be a mapping, not {_kind(value)}", where=where)
    of_key, of_value = typing.get_args(annotation)
    return types.MappingProxyType(
        {
            convert(of_key, k, where=line_of(value, k, where), path=f"{path} key"): convert(
                of_value, v, where=line_of(value, k, where), path=f"{path}.{k}"
            )
            for k, v in value.items()
        }
    )


_WHOLE = 2**53  # a larger whole number is not the same as a float, or none at all


def _scalar(annotation: Any, value: object, where: str, path: str) -> Any:
    if annotation in (Any, object):
        return value
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _member(annotation, value, where, path)
    if reader := _READERS.get(annotation):
        if not isinstance(value, str):
            raise InputError(f"field {path!r} must be {reader[1]}, not {_kind(value)}", where=where)
        return _read(reader[0], value, where, path, reader[1])
    if annotation is datetime and isinstance(value, datetime):
        return value
    if annotation is float and isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= _WHOLE:
            raise InputError(f"field {path!r} is too large a number", where=where)
        return float(value)
    if isinstance(value, annotation) and not (isinstance(value, bool) and annotation is not bool):
        return annotation(value) if annotation in (str, int, float) else value  # drops ruamel's subclasses
    raise InputError(
        f"field {path!r} must be {_NAMES.get(annotation, annotation.__name__)}, not {_kind(value)}",
        where=where,
    )


def _member(annotation: type[Enum], value: object, where: str, path: str) -> Enum:
    for member in annotation:
        if value in (member.value, member):
            return member
    known = [str(member.value) for member in annotation]
    raise InputError(f"field {path!r} cannot be {value!r}{suggestion(str(value), known)}", where=where)


def _read(reader: Callable[[str], Any], value: str, where: str, path: str, kind: str) -> Any:
    try:
        return reader(value)
    except (ValueError, InputError) as error:
        raise InputError(f"field {path!r} must be {kind}, not {value!r} ({error})", where=where) from error


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _decimal(text: str) -> Decimal:
    """Money and shares: as text, because a number of YAML would have become a float."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("no number") from error
    if not number.is_finite():
        raise ValueError("not finite")
    return number


def _period(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not number.isdigit():
        raise ValueError("write a number and s, m, h or d, as in 48h")
    return timedelta(**{_UNITS[unit]: int(number)})


_READERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    IPv4Address: (IPv4Address, "an IPv4 address"),
    IPv4Network: (IPv4Network, "an IPv4 network without host bits"),
    IPv4Interface: (IPv4Interface, "an IPv4 address with its length"),
    timedelta: (_period, "a period such as 48h"),
    Decimal: (_decimal, 'a decimal number as text, such as "12.50"'),
}
_NAMES = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
    datetime: "a time with its zone",
    date: "a day such as 2001-08-01",
}


def _kind(value: object) -> str:
    for kind, name in (
        (bool, "true or false"),
        (str, "text"),
        (int, "a number"),
        (Mapping, "a mapping"),
        (Sequence, "a list"),
    ):
        if isinstance(value, kind):
            return f"{name} ({value!r})" if kind in (bool, str, int) else name
    return "nothing" if value is None else type(value).__name__


def _unknown(key: str, fields: Mapping[str, object], path: str) -> str:
    return f"unknown field {_dotted(path, key)!r}{suggestion(key, list(fields))}"


def _dotted(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def fields_of(cls: type) -> dict[str, tuple[Any, bool]]:
    """Fields of a dataclass by name: (annotation, whether it must be given)."""
    hints = typing.get_type_hints(cls)
    missing = dataclasses.MISSING
    return {
        f.name: (hints[f.name], f.default is missing and f.default_factory is missing)
        for f in dataclasses.fields(cast(Any, cls))
    }
