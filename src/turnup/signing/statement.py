"""What is signed: an in-toto Statement v1 with the predicate test-result v0.1, and the whole certificate in it.

Consumers who know only in-toto read `result` and the lists of tests; the fields that begin with `turnup` are ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from turnup.errors import InputError
from turnup.load.json import canonical_json, read_json

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
_PASSED, _AGREED = "PASS", "NOT APPLICABLE"

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """A statement as read: the certificate in it, its digest, name and file digest, and when it was signed."""

    name: str
    digest: str
    file_sha256: str
    document: Document
    signed_at: datetime


def digest_of(document: Document) -> str:
    """The certificate's canonical digest, from its document: the same number that `certificate.digest` gives.

    It is taken from what stands there, so that a later turnup with more fields finds the same digest.
    """
    return hashlib.sha256(canonical_json(document)).hexdigest()


def statement_of(name: str, file: bytes, signed_at: datetime, *, where: str = "") -> bytes:
    """The bytes to sign for a certificate's file. Raises InputError when it is no JSON document of tests."""
    document = read_json(file, where=where)
    return _statement(name, document, hashlib.sha256(file).hexdigest(), _text(signed_at), where)


def read_statement(payload: bytes, *, where: str = "") -> Statement:
    """The statement of a payload. Raises InputError where any of it is not as turnup makes it from the certificate."""
    found = read_json(payload, where=where)
    try:
        types = (found["_type"], found["predicateType"])
        subject, predicate = found["subject"][0], found["predicate"]
        document, signed_at = predicate["turnupCertificate"], predicate["turnupSignedAt"]
        name, file_sha256 = subject["name"], predicate["turnupFile"]["sha256"]
        at = datetime.fromisoformat(signed_at)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise InputError(f"is not a statement about a certificate ({error})", where=where) from error
    if types != (STATEMENT, PREDICATE):
        raise InputError(f"states {types[1]} as {types[0]}, expected {PREDICATE} as {STATEMENT}", where=where)
    if at.tzinfo is None:
        raise InputError("turnupSignedAt names no time zone", where=where)
    again = _statement(name, document, file_sha256, signed_at, where)
    if again != payload:
        told = "; ".join(differences(read_json(again), found)) or "it is not written as turnup writes it"
        raise InputError(f"the statement does not follow from the certificate in it: {told}", where=where)
    return Statement(name, digest_of(document), file_sha256, document, at)


def _statement(name: str, document: Document, file_sha256: str, signed_at: str, where: str) -> bytes:
    try:
        predicate = _predicate(document)
        predicate |= {
            "turnupCertificate": document,
            "turnupFile": {"sha256": file_sha256},
            "turnupSignedAt": signed_at,
        }
        subject = [{"name": name, "digest": {"sha256": digest_of(document)}}]
        return canonical_json(
            {"_type": STATEMENT, "subject": subject, "predicateType": PREDICATE, "predicate": predicate}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"is not a certificate ({error})", where=where) from error


def _predicate(document: Document) -> dict[str, Any]:
    """The fields of test-result v0.1. What waits for a person or was not proved is listed as failed, not as passed."""
    rows, software = document["rows"], document["software"]
    agreed = _named(row for row in rows if row["verdict"] == _AGREED)
    satisfied = document["outcome"] == "SATISFIED"
    configuration = [{"name": name, "digest": {"sha256": software[name]}} for name in ("acceptance", "templates")]
    return {
        "result": ("WARNED" if agreed else "PASSED") if satisfied else "FAILED",
        "configuration": configuration,
        "passedTests": _named(row for row in rows if row["verdict"] == _PASSED),
        "warnedTests": agreed,
        "failedTests": _named(row for row in rows if row["verdict"] not in (_PASSED, _AGREED)),
        "turnupPrevious": document["previous"],
        "turnupEvidence": [
            {"name": item["command"], "digest": {"sha256": item["sha256"]}}
            for item in document["evidence"]
            if item["sha256"]
        ],
    }


def _named(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"{row['number']} {row['title']}" for row in rows]


def differences(signed: object, seen: object, path: str = "") -> tuple[str, ...]:
    """Where two documents differ, in words that name test, finding or evidence; `signed` is the one to believe."""
    if isinstance(signed, Mapping) and isinstance(seen, Mapping):
        keys = sorted({*signed, *seen})
        return tuple(told for key in keys for told in _one(signed, seen, key, f"{path}.{key}" if path else str(key)))
    if isinstance(signed, list) and isinstance(seen, list):
        found = [
            told
            for number, (one, other) in enumerate(zip(signed, seen, strict=False))
            for told in differences(one, other, f"{path}{_label(one, number)}")
        ]
        if len(signed) != len(seen):
            found.append(f"{path}: {len(signed)} entries were signed, {len(seen)} are here")
        return tuple(found)
    if type(signed) is type(seen) and signed == seen:
        return ()
    return (f"{path}: signed {_short(signed)}, here {_short(seen)}",)


def _one(signed: Mapping[str, Any], seen: Mapping[str, Any], key: str, path: str) -> tuple[str, ...]:
    if key not in seen:
        return (f"{path}: was signed, is missing here",)
    if key not in signed:
        return (f"{path}: is here, was not signed",)
    return differences(signed[key], seen[key], path)


def _label(entry: object, number: int) -> str:
    """`[test 13 Verify ...]` rather than `[12]`, where the entry has a name."""
    if isinstance(entry, Mapping) and "number" in entry and "title" in entry:
        return f"[test {entry['number']} {entry['title']}]"
    if isinstance(entry, Mapping) and "fact" in entry and "command" in entry:
        return f"[`{entry['command']}`]"
    return f"[{number}]"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
