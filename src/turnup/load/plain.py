"""Frozen types as plain JSON values: the way back from `load.strict.build`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from turnup.errors import InputError
from turnup.model.interface_name import InterfaceName

_TEXT = (InterfaceName, IPv4Address, IPv4Interface, IPv4Network)
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def plain(value: object) -> Any:
    """`value` as dicts, lists, texts and numbers that `build` reads as the same value again.

    Raises InputError for a kind of value that no file can hold.
    """
    if isinstance(value, _TEXT):
        return str(value)
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        size, unit = next(((size, unit) for size, unit in _UNITS if seconds % size == 0), (1, "s"))
        return f"{seconds // size}{unit}"
    if value is None or isinstance(value, str | bool | int | float):
        return value if not isinstance(value, str) else str(value)
    raise InputError(f"a value of the kind {type(value).__name__} cannot be written: {value!r}")
