"""Messages to be sent: put beside the event that causes them, tried until they are taken or parked, kept for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from turnup.store.tables import HEAD, OUTBOX

UNCERTAIN = "may have arrived"  # said of a try whose end nobody saw


@dataclass(frozen=True)
class Sending:
    """One message to one target. `proof` is what the channel answered when it took it."""

    message_id: str
    channel: str
    target: str
    kind: str
    order_id: str
    body: bytes
    created_at: datetime
    next_at: datetime
    tries: int = 0
    sent_at: datetime | None = None
    proof: str = ""
    error: str = ""
    parked_at: datetime | None = None


def put(connection: Connection, one: Sending) -> bool:
    """Put it into the outbox; False when one of that id is there already. Only inside `Store.writing()`."""
    connection.execute(sa.select(HEAD.c.seq).with_for_update())  # two that find no row must not both make one
    if sending(connection, one.message_id) is not None:
        return False
    connection.execute(OUTBOX.insert().values(**vars(one)))
    return True


def sending(connection: Connection, message_id: str) -> Sending | None:
    """The message of that id."""
    row = connection.execute(sa.select(OUTBOX).where(OUTBOX.c.message_id == message_id)).one_or_none()
    return None if row is None else _sending(row)


def due(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Ids of what is to be tried now, oldest first."""
    query = sa.select(OUTBOX.c.message_id).where(*_open(), OUTBOX.c.next_at <= now)
    return tuple(connection.execute(query.order_by(OUTBOX.c.created_at, OUTBOX.c.message_id)).scalars())


def claim(connection: Connection, message_id: str, now: datetime, until: datetime) -> Sending | None:
    """The message, ours to try until then; None when another has it, or it needs no try. The try is counted first."""
    mine = (OUTBOX.c.message_id == message_id, *_open(), OUTBOX.c.next_at <= now)
    row = connection.execute(sa.select(OUTBOX).where(*mine).with_for_update()).one_or_none()
    if row is None:
        return None
    values = {"tries": row.tries + 1, "next_at": until, "error": f"try {row.tries + 1} began, and {UNCERTAIN}"}
    connection.execute(OUTBOX.update().where(OUTBOX.c.message_id == message_id).values(**values))
    return Sending(**{**vars(_sending(row)), "tries": row.tries + 1})  # its error is still that of the try before


def sent(connection: Connection, message_id: str, at: datetime, proof: str) -> bool:
    """The channel took it; False when that was noted before."""
    mine = (OUTBOX.c.message_id == message_id, OUTBOX.c.sent_at.is_(None))
    done = connection.execute(OUTBOX.update().where(*mine).values(sent_at=at, proof=proof, error=""))
    return done.rowcount == 1


def note(connection: Connection, message_id: str, error: str) -> None:
    """What is wrong with one that was taken all the same."""
    connection.execute(OUTBOX.update().where(OUTBOX.c.message_id == message_id).values(error=error))


def failed(connection: Connection, one: Sending, error: str, next_at: datetime, parked_at: datetime | None) -> None:
    """The channel did not take it: when it is tried again, or since when it waits for a person."""
    mine = (OUTBOX.c.message_id == one.message_id, OUTBOX.c.sent_at.is_(None))
    connection.execute(OUTBOX.update().where(*mine).values(error=error, next_at=next_at, parked_at=parked_at))


def try_again(connection: Connection, message_id: str, now: datetime) -> bool:
    """Try it now, parked or not; False when there is nothing to be tried under that id."""
    mine = (OUTBOX.c.message_id == message_id, OUTBOX.c.sent_at.is_(None))
    done = connection.execute(OUTBOX.update().where(*mine).values(next_at=now, parked_at=None))
    return done.rowcount == 1


def sendings(connection: Connection, kind: str = "", limit: int | None = 100) -> tuple[Sending, ...]:
    """What was put into the outbox, newest first."""
    query = sa.select(OUTBOX).order_by(OUTBOX.c.created_at.desc(), OUTBOX.c.message_id)
    if kind:
        query = query.where(OUTBOX.c.kind == kind)
    return tuple(_sending(row) for row in connection.execute(query.limit(limit)))


def under_way(connection: Connection, order_id: str, kind: str) -> bool:
    """Whether a message of that kind about the order is tried, and nothing says yet that it was taken."""
    mine = (OUTBOX.c.order_id == order_id, OUTBOX.c.kind == kind, OUTBOX.c.tries > 0, *_open())
    return connection.execute(sa.select(OUTBOX.c.message_id).where(*mine)).first() is not None


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    return OUTBOX.c.sent_at.is_(None), OUTBOX.c.parked_at.is_(None)


def _sending(row: Row[Any]) -> Sending:
    return Sending(**{**row._mapping, "body": bytes(row.body)})
