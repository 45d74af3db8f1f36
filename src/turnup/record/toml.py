"""Write what a test expects as the TOML that the strict loader reads back to the same value."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from enum import Enum

from turnup.model.interface_name import InterfaceName


def plain(value: object, leave_out: Set[str] = frozenset(), path: str = "") -> object:
    """A dataclass as mappings, lists and scalars; fields at their default and those named (`router.slots`) left out."""
    if isinstance(value, InterfaceName):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name), leave_out, here)
            for field in dataclasses.fields(value)
            for here in (f"{path}.{field.name}".lstrip("."),)
            if here not in leave_out and getattr(value, field.name) != _default(field)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted(str(item) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item, leave_out, path) for item in value]
    return value if isinstance(value, bool | int | float | str | datetime) else str(value)


def document(data: Mapping[str, object]) -> str:
    """A TOML document: scalars first, then one table for each mapping, whatever is deeper in one line."""
    rows = [f"{_key(key)} = {_inline(value)}" for key, value in data.items() if not isinstance(value, Mapping)]
    for key, value in data.items():
        if isinstance(value, Mapping):
            rows += ["", f"[{_key(key)}]"]
            rows += [f"{_key(name)} = {_inline(item)}" for name, item in value.items()]
    return "\n".join(rows).lstrip("\n") + "\n"


def _inline(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_inline(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(name: str) -> str:
    bare = name.isascii() and name and all(letter.isalnum() or letter in "-_" for letter in name)
    return name if bare else json.dumps(name)


def _default(field: dataclasses.Field[object]) -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
