"""What the tests had to see, kept beside the evidence: order, inventory and policy as they were on that day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from turnup.checks import Expected
from turnup.errors import InputError
from turnup.load.plain import plain
from turnup.load.strict import build
from turnup.model.policy import Clocks, Fees, MgsPeriods

_TIMES = ("requested_due", "at", "expires")
_NUMBERED = ("slots",)  # JSON has no numbers as keys
# Where a value stood in its file, and what no test reads: neither changes a verdict.
_ASIDE = ("origin", "sources", "secrets", "clocks", "fees", "mgs", "schedule3_dates")


def expectation(expected: Expected) -> str:
    """The expected values as one JSON text, sorted; names of secrets, never where their values are.

    What no test reads is left out: periods, dates and amounts are the parties' own (PASA Schedule 1), and no evidence.
    """
    policy = replace(expected.policy, secrets={}, clocks=Clocks(), fees=Fees(), mgs=MgsPeriods(), schedule3_dates={})
    return json.dumps(plain(replace(expected, policy=policy)), sort_keys=True, indent=1) + "\n"


def read_expectation(text: str, *, where: str = "") -> Expected:
    """The expected values of such a text. Raises InputError."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise InputError(f"not expected values ({error})", where=where) from error
    return build(Expected, _typed(data), where=where)


def differences(before: Expected, after: Expected) -> tuple[tuple[str, str, str], ...]:
    """(field, before, after) of every expected value that is another one now; places of values in files aside."""
    return tuple(_differ("", json.loads(expectation(before)), json.loads(expectation(after))))


def _differ(path: str, before: Any, after: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after} - set(_ASIDE)):
            yield from _differ(f"{path}.{key}" if path else key, before.get(key), after.get(key))
    elif before != after:
        yield path, _said(before), _said(after)


def _said(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value)


def _typed(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {int(key) if name in _NUMBERED else key: _typed(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if name in _TIMES and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value
