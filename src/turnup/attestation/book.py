"""The book of attestations: one line a record, each with the digest of the one before; nothing is ever taken out.

`head.json` says how long the book is and which record is its last, so that a torn end is not counted and a shortened
book is seen. While any of it does not fit together nothing in it counts: what cannot be read may have been the
record that took back another.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from turnup.durable import write_whole
from turnup.errors import InputError, Refused
from turnup.load.json import canonical_json, read_json
from turnup.load.strict import build
from turnup.model.attestation import Attestation

_TIMES = ("at", "expires")
_KEPT = tuple(one.name for one in fields(Attestation) if one.name not in ("digest", "void"))


@dataclass(frozen=True)
class Book:
    """The book in one folder."""

    folder: Path

    def add(self, attestation: Attestation) -> Attestation:
        """Write it behind the others, on the disk when this returns. Raises Refused when the book is not whole."""
        with self._locked():
            records, size = self._records()
            record = {name: _plain(getattr(attestation, name)) for name in _KEPT}
            record["previous"] = records[-1].digest if records else None
            digest = _digest(record)
            line = canonical_json({**record, "digest": digest}) + b"\n"
            with self._path.open("r+b" if self._path.exists() else "x+b") as file:
                file.truncate(size)  # what a crash left behind the last whole record
                file.seek(size)
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            self._write_head({"records": len(records) + 1, "bytes": size + len(line), "digest": digest})
            return replace(attestation, digest=digest)

    def read(self) -> tuple[Attestation, ...]:
        """All records, oldest first. In a book that is not whole each has `void` set, as far as it can be read."""
        with self._locked():
            try:
                return self._records()[0]
            except Refused as error:
                return tuple(replace(one, void=str(error)) for one in self._readable())

    def _records(self) -> tuple[tuple[Attestation, ...], int]:
        """The records and their length in bytes. Raises Refused where they do not fit together."""
        head = self._head()
        data = self._path.read_bytes() if self._path.exists() else b""
        if head is None and data:
            raise self._broken("its head.json is gone")
        if head is None:
            return (), 0
        if len(data) < head["bytes"]:
            raise self._broken(f"it has {len(data)} bytes, its head says {head['bytes']}")
        found: list[Attestation] = []
        previous = None
        for number, line in enumerate(data[: head["bytes"]].splitlines(), start=1):
            try:
                found.append(_record(line, previous))
            except InputError as error:
                raise self._broken(f"record {number} was altered ({error})") from error
            previous = found[-1].digest
        if (len(found), previous) != (head["records"], head["digest"]):
            raise self._broken("it does not end with the record that its head names")
        return tuple(found), head["bytes"]

    def _readable(self) -> Iterator[Attestation]:
        """Whatever of a broken book still says which test it is of."""
        for line in self._path.read_bytes().splitlines() if self._path.exists() else ():
            try:
                yield _attestation(read_json(line))
            except InputError:
                continue

    def _head(self) -> dict[str, Any] | None:
        path = self.folder / "head.json"
        if not path.exists():
            return None
        try:
            head = read_json(path.read_bytes())
        except InputError as error:
            raise self._broken(f"its head.json {error}") from error
        if not isinstance(head, dict) or set(head) != {"records", "bytes", "digest"} or type(head["bytes"]) is not int:
            raise self._broken("its head.json is none")
        return head

    def _write_head(self, head: Mapping[str, Any]) -> None:
        write_whole(self.folder / "head.json", canonical_json(head))

    @property
    def _path(self) -> Path:
        return self.folder / "book.jsonl"

    def _broken(self, why: str) -> Refused:
        return Refused(
            f"the book of attestations {self._path} is not whole: {why}; nothing in it counts",
            advice="Restore its folder from your backup, or move it away and have everything attested again.",
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _record(line: bytes, previous: str | None) -> Attestation:
    """One record that follows `previous`. Raises InputError."""
    found = read_json(line)
    if not isinstance(found, dict) or found.get("previous") != previous:
        raise InputError("it does not follow the record before it")
    digest = found.get("digest")
    if digest != _digest({name: value for name, value in found.items() if name != "digest"}):
        raise InputError("its digest is not that of what it says")
    if canonical_json(found) != line:
        raise InputError("it is not written as it was")
    return replace(_attestation(found), digest=str(digest))


def _attestation(found: Any) -> Attestation:
    if not isinstance(found, dict):
        raise InputError("is no record")
    record = {name: value for name, value in found.items() if name not in ("previous", "digest")}
    try:
        record.update({name: datetime.fromisoformat(record[name]) for name in _TIMES})
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"has no times ({error})") from error
    if any(record[name].tzinfo is None for name in _TIMES):
        raise InputError("has a time without its zone")
    if "void" in record:
        raise InputError("has a field that is never written")
    return build(Attestation, record)


def _digest(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(record)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else json.loads(json.dumps(value))
