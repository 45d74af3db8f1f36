"""JSON as a certificate or an envelope must be: no field twice, no NaN, no depth that exhausts the reader."""

from __future__ import annotations

import json
from typing import Any

from turnup.errors import InputError

_DEEPEST = 64  # a certificate in its statement comes to a dozen


def read_json(data: bytes | str, *, where: str = "") -> Any:
    """The document. Raises InputError where it is cut off, holds a field twice, or is no JSON in UTF-8."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text at byte {error.start}", where=where) from error
    except ValueError as error:
        raise InputError(f"is not a whole JSON document ({error})", where=where) from error
    except RecursionError:
        raise InputError("is nested too deeply", where=where) from None
    if not _is_flat(found):  # whoever goes through it afterwards has less depth left than the reader had
        raise InputError("is nested too deeply", where=where)
    return found


def canonical_json(data: object) -> bytes:
    """The one way to write that data: sorted keys, no blanks, ASCII; what digests are made of."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _is_flat(document: object) -> bool:
    """Whether it is nested no deeper than `_DEEPEST`; goes level by level, so that no depth exhausts this."""
    level = [document]
    for _ in range(_DEEPEST):
        level = [
            item
            for one in level
            if isinstance(one, dict | list)
            for item in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return True
    return False


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"field {name!r} stands twice in one object")
        found[name] = value
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
