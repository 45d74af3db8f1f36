"""A retest of many ports as a file: what was asked for, so that a killed one can be gone on with.

What is done is not written here: it is the certificates that exist. So no crash can make a port tested that was not,
and none counts twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from turnup.desk.sources import certificates
from turnup.durable import write_whole
from turnup.errors import InputError, UsageError
from turnup.load.strict import build
from turnup.model.certificate import Certificate, Occasion
from turnup.noc import Noc

VERSION = 1


@dataclass(frozen=True)
class Row:
    """One port to be tested. `since` starts its log window, ISO 8601 UTC."""

    order: str
    router: str
    port: str
    occasion: Occasion
    attempt: int
    since: str = ""
    own_change: bool = False  # whether a change of the order was sent in that window


@dataclass(frozen=True)
class Batch:
    """One retest; times are UTC, `finished` None while it runs or was killed."""

    name: str
    started: datetime
    rows: tuple[Row, ...]
    finished: datetime | None = None
    version: int = VERSION


def begin(noc: Noc, rows: Iterable[Row]) -> Batch:
    """Write down what is to be done, before it is done."""
    now = noc.clock()
    name = f"{now:%Y%m%dT%H%M%S%f}Z"
    batch = Batch(name, now, tuple(rows))
    _write(noc, batch)
    return batch


def finish(noc: Noc, batch: Batch) -> Batch:
    """Every row has its certificate or its reason for having none."""
    batch = replace(batch, finished=noc.clock())
    _write(noc, batch)
    return batch


def unfinished(noc: Noc) -> Batch:
    """The last retest that was not finished. Raises UsageError when there is none, InputError for a broken file."""
    for path in sorted(noc.home.part("retests").glob("*.json"), reverse=True):
        batch = read_batch(path)
        if batch.finished is None:
            return batch
    raise UsageError("no retest was left unfinished", advice="turnup retest PORT, --site or --all begins one.")


def done(noc: Noc, batch: Batch) -> dict[Row, Certificate]:
    """The rows that have a certificate of this retest. One of a router that gave no answer is to be had again."""
    found: dict[Row, Certificate] = {}
    for row in batch.rows:
        kept = [one for one in certificates(noc, row.order) if _is_of(one, row, batch)]
        if kept:
            found[row] = max(kept, key=lambda one: one.ended)
    return found


def _is_of(certificate: Certificate, row: Row, batch: Batch) -> bool:
    subject = certificate.subject
    return (
        (subject.order, subject.router, subject.port) == (row.order, row.router, row.port)
        and certificate.occasion is row.occasion
        and certificate.started >= batch.started
        and any(item.sha256 for item in certificate.evidence)
    )


def read_batch(path: Path) -> Batch:
    """A retest from its file. Raises InputError for one that cannot be relied on."""
    try:
        document = json.loads(path.read_bytes())
        for name in ("started", "finished"):
            document[name] = datetime.fromisoformat(document[name]) if document[name] else None
        batch = build(Batch, document, where=str(path))
    except InputError as error:
        raise _broken(path, str(error)) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(path, f"{type(error).__name__}: {error}") from error
    if batch.version != VERSION:
        raise _broken(path, f"version {batch.version}")
    return batch


def _broken(path: Path, reason: str) -> InputError:
    return InputError(f"is not a file of retests ({reason})", where=str(path), advice="Move it away and begin anew.")


def _write(noc: Noc, batch: Batch) -> None:
    text = json.dumps(batch, indent=1, default=_plain)
    write_whole(noc.home.part("retests") / f"{batch.name}.json", text, private=True)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return {one.name: getattr(value, one.name) for one in fields(value)}
