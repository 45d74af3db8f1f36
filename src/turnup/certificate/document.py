"""The certificate as a JSON document: written in one way only, read strictly."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Hashable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, cast

from turnup.certificate.build import faults
from turnup.errors import InputError
from turnup.load.strict import build
from turnup.model.certificate import ADDED, SCHEMA, Certificate

_SCHEMA_FILE = Path(__file__).with_name("schema") / "certificate-1.json"
_TIMES = frozenset({"started", "ended", "at"})


def schema() -> dict[str, Any]:
    """The JSON Schema of the document, for whoever reads it with other tools."""
    return cast(dict[str, Any], json.loads(_SCHEMA_FILE.read_text(encoding="utf-8")))


def to_json(certificate: Certificate) -> str:
    """The document for a file: indented, keys in reading order."""
    return json.dumps(_plain(certificate), indent=2) + "\n"


def canonical(certificate: Certificate) -> bytes:
    """The bytes that are hashed, and that a signature signs: sorted keys, no blanks, ASCII."""
    return json.dumps(_plain(certificate), sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def digest(certificate: Certificate) -> str:
    """SHA-256 of the canonical bytes: the certificate's name in reports and in the next one's `previous`."""
    return hashlib.sha256(canonical(certificate)).hexdigest()


def from_json(text: str, *, where: str = "") -> Certificate:
    """The certificate of a document. Raises InputError on anything unknown, missing, doubled or contradictory.

    The outcome and each row's verdict are worked out again from the findings; a document that says otherwise is
    refused.
    """
    try:
        data = json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except ValueError as error:
        raise InputError(f"not a JSON document ({error})", where=where) from error
    except RecursionError:
        raise InputError("not a certificate: nested too deeply", where=where) from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise InputError(
            f"not a certificate of schema {SCHEMA!r}",
            where=where,
            advice="Read it with the version of turnup that wrote it, or give a certificate's JSON file.",
        )
    certificate = build(Certificate, _with_times(data, where), where=where)
    if found := tuple(faults(certificate)):
        raise InputError(f"the certificate contradicts itself: {'; '.join(found)}", where=where)
    return certificate


_AS_IT_IS = frozenset({str, int, float, bool, type(None)})  # exactly these: an Enum may be a str as well


def _plain(value: object) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is tuple or kind is list:
        return [_plain(item) for item in cast(Iterable[object], value)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if names := _field_names(cast(Hashable, kind)):
        fields = {name: _plain(getattr(value, name)) for name in names}
        return _in_order(fields) if kind is Certificate else fields
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


@cache
def _field_names(kind: Hashable) -> tuple[str, ...]:
    """Of a dataclass; () for everything else. A certificate has hundreds of values of a few kinds."""
    return tuple(field.name for field in dataclasses.fields(cast(Any, kind))) if dataclasses.is_dataclass(kind) else ()


def _in_order(fields: dict[str, Any]) -> dict[str, Any]:
    """The schema first; a field that the document was written without stays out of it, so that its digest stays."""
    kept = {name: value for name, value in fields.items() if value is not None or name not in ADDED}
    return {"schema": kept.pop("schema"), **kept}


def _with_times(value: object, where: str, name: str = "") -> Any:
    """The document with its time texts as times; the strict loader does the rest."""
    if isinstance(value, dict):
        return {key: _with_times(item, where, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_times(item, where) for item in value]
    if name in _TIMES and isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise InputError(f"field {name!r} must be a time, not {value!r}", where=where) from None
    return value


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice in one object")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
