"""Tables that only grow: each row holds the digest of the one before, and the end of the chain is kept apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from turnup.store.tables import CHAIN, HEAD, canonical


def append_row(connection: Connection, table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Enter one row and give it back with `number`, `previous` and `digest`. Only inside `Store.writing()`."""
    connection.execute(sa.select(HEAD.c.seq).with_for_update())  # one appends at a time
    end = connection.execute(sa.select(CHAIN).where(CHAIN.c.name == table.name)).one_or_none()
    number, previous = (end.number + 1, end.digest) if end else (1, "")
    row = {**values, "number": number, "previous": previous}
    row["digest"] = row_digest(row)
    connection.execute(table.insert().values(row))
    if end is None:
        connection.execute(CHAIN.insert().values(name=table.name, number=number, digest=row["digest"]))
    else:
        connection.execute(CHAIN.update().where(CHAIN.c.name == table.name).values(number=number, digest=row["digest"]))
    return row


def rows(connection: Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """All rows in the order in which they were entered."""
    for row in connection.execute(sa.select(table).order_by(table.c.number)).mappings():
        yield dict(row)


def row_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over everything a row says, and over the digest of the one before."""
    said = {name: _text(value) for name, value in row.items() if name != "digest"}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def chain_faults(connection: Connection, table: sa.Table) -> Iterator[str]:
    """Everything in that table that is not as it was entered, in words."""
    number, previous = 0, ""
    for row in rows(connection, table):
        number += 1
        where = f"{table.name} {row['number']}"
        if row["number"] != number:
            yield f"{where}: {table.name} {number} is missing"
            number = row["number"]
        if row["previous"] != previous:
            yield f"{where}: it does not follow the one before"
        if row["digest"] != row_digest(row):
            yield f"{where}: its words are not those that were entered"
        previous = row["digest"]
    end = connection.execute(sa.select(CHAIN).where(CHAIN.c.name == table.name)).one_or_none()
    if (end.number, end.digest) != (number, previous) if end else number:
        yield f"the chain of {table.name} ends with {number}, and should end with {end.number if end else 0}"


def _text(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
