"""A life as plain data and back: what `standing` keeps of an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from turnup.order.life import Attempt, Life, Occasion
from turnup.order.states import Actor, State

_TIMES = frozenset(one.name for one in fields(Life) if one.name.endswith(("_at", "_since", "_until")))
_DEFAULTS = Life("")


def life_fields(life: Life) -> dict[str, Any]:
    """Every field that is not as in a new life; times as ISO 8601 UTC."""
    found: dict[str, Any] = {}
    for one in fields(Life):
        value = getattr(life, one.name)
        if value == getattr(_DEFAULTS, one.name):
            continue
        found[one.name] = _WRITERS.get(one.name, _plain)(value)
    return found


def life_of(data: Mapping[str, Any]) -> Life:
    """The life that was written so."""
    return Life(**{name: _READERS[name](value) if name in _READERS else value for name, value in data.items()})


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {one.name: _plain(getattr(attempt, one.name)) for one in fields(Attempt)}


def _read_attempt(data: Mapping[str, Any]) -> Attempt:
    failed_by = data["failed_by"]
    return Attempt(
        **{**data, "at": datetime.fromisoformat(data["at"]), "failed_by": Actor(failed_by) if failed_by else None}
    )


_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "attempts": lambda attempts: [_attempt(one) for one in attempts],
    "entered": lambda entered: {state.value: _plain(at) for state, at in entered.items()},
    "bad_ports": list,
}
_STATES = {state.value: state for state in State}  # a look-up; calling the enumeration costs ten times as much
_READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_TIMES, datetime.fromisoformat),
    "state": _STATES.__getitem__,
    "occasion": Occasion,
    "attempts": lambda attempts: tuple(_read_attempt(one) for one in attempts),
    "entered": lambda entered: {_STATES[name]: datetime.fromisoformat(at) for name, at in entered.items()},
    "bad_ports": tuple,
}
