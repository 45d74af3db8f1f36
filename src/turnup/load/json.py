"""JSON as a certificate or an envelope must be: no field twice, no NaN, no depth that exhausts the reader."""

from __future__ import annotations

import json
from typing import Any

from turnup.errors import InputError


def read_json(data: bytes | str, *, where: str = "") -> Any:
    """The document. Raises InputError where it is cut off, holds a field twice, or is no JSON in UTF-8."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        return json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text at byte {error.start}", where=where) from error
    except ValueError as error:
        raise InputError(f"is not a whole JSON document ({error})", where=where) from error
    except RecursionError:
        raise InputError("is nested too deeply", where=where) from None


def canonical_json(data: object) -> bytes:
    """The one way to write that data: sorted keys, no blanks, ASCII; what digests are made of."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"field {name!r} stands twice in one object")
        found[name] = value
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
