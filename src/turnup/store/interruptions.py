"""Entries about interruptions of service, and the histories they are read beside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from turnup.model.interruption import Cause, Doing, InterruptionEntry, KeptEntry
from turnup.store.chains import append_row, rows
from turnup.store.events import Entered, entered
from turnup.store.tables import EVENT, INTERRUPTION


def enter_interruption(connection: Connection, entry: InterruptionEntry, now: datetime) -> KeptEntry:
    """Keep an entry for good. Only inside `Store.writing()`; whether it may be made is decided by the caller."""
    values = {**vars(entry), "doing": entry.doing.value, "cause": entry.cause.value if entry.cause else None}
    return _kept(append_row(connection, INTERRUPTION, {**values, "entered_at": now}))


def interruption_entries(connection: Connection) -> tuple[KeptEntry, ...]:
    """All entries, in the order in which they were made."""
    return tuple(map(_kept, rows(connection, INTERRUPTION)))


def histories(connection: Connection) -> Iterator[tuple[Entered, ...]]:
    """The history of every order, in one pass."""
    found = connection.execute(sa.select(EVENT).order_by(EVENT.c.order_id, EVENT.c.number))
    for _, group in groupby(found, key=lambda row: row.order_id):
        yield tuple(map(entered, group))


def _kept(row: dict[str, Any]) -> KeptEntry:
    said = dict(row)
    number, at, previous, digest = (said.pop(name) for name in ("number", "entered_at", "previous", "digest"))
    cause = Cause(said.pop("cause")) if said["cause"] else said.pop("cause")
    entry = InterruptionEntry(**{**said, "doing": Doing(said["doing"]), "cause": cause})
    return KeptEntry(number, entry, at, previous, digest)
