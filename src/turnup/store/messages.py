"""Messages that came in: each entered once by sender and id, and acted on once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from turnup.model.messages import TicketStatus
from turnup.order.states import Event
from turnup.store.tables import EVENT, HEAD, INBOX, TICKET

_ENTERING = (Event.RECEIVE.value, Event.SUPPLEMENT.value)


@dataclass(frozen=True)
class Received:
    """A message as it was taken in. `sha256` is of what arrived, `body` what was kept of it."""

    message_id: str
    sender: str
    kind: str
    order_id: str
    received_at: datetime
    sha256: str
    body: bytes
    handled_at: datetime | None = None
    result: str = ""


@dataclass(frozen=True)
class Ticket:
    """A trouble ticket as its last message has it; `ticket` are that message's fields."""

    ticket_id: str
    sender: str
    order_id: str
    status: str
    updated_at: datetime
    ticket: dict[str, Any]


def waiting(connection: Connection, order_id: str) -> tuple[str, ...]:
    """Ids of messages about that order that have arrived and were not acted on, oldest first."""
    query = sa.select(INBOX.c.message_id).where(INBOX.c.order_id == order_id, INBOX.c.handled_at.is_(None))
    return tuple(connection.execute(query.order_by(INBOX.c.received_at)).scalars())


def enter_received(connection: Connection, message: Received) -> Received | None:
    """Enter it; the one that stands under that sender and id already, if there is one. Only inside `writing()`."""
    connection.execute(sa.select(HEAD.c.seq).with_for_update())  # two that find no row must not both make one
    if (known := received(connection, message.sender, message.message_id)) is not None:
        return known
    connection.execute(INBOX.insert().values(**vars(message)))
    return None


def received(connection: Connection, sender: str, message_id: str, *, lock: bool = False) -> Received | None:
    """The message of that sender and id; `lock` it for this transaction."""
    query = sa.select(INBOX).where(INBOX.c.sender == sender, INBOX.c.message_id == message_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _received(row)


def unhandled(connection: Connection) -> tuple[Received, ...]:
    """Everything that was not acted on yet, in the order of arrival."""
    query = sa.select(INBOX).where(INBOX.c.handled_at.is_(None)).order_by(INBOX.c.received_at, INBOX.c.message_id)
    return tuple(_received(row) for row in connection.execute(query))


def all_received(connection: Connection, limit: int | None = 100) -> tuple[Received, ...]:
    """The last that came in, newest first."""
    query = sa.select(INBOX).order_by(INBOX.c.received_at.desc(), INBOX.c.message_id).limit(limit)
    return tuple(_received(row) for row in connection.execute(query))


def handled(connection: Connection, message: Received, at: datetime, result: str) -> None:
    """It was acted on, with that result."""
    mine = (INBOX.c.sender == message.sender, INBOX.c.message_id == message.message_id)
    connection.execute(INBOX.update().where(*mine).values(handled_at=at, result=result))


def sender_of(connection: Connection, order_id: str, kind: str) -> str | None:
    """Who sent the message of that kind by which the order is known; None when it came another way.

    A message that was refused makes nobody the sender of an order that is known already: its number can be guessed.
    """
    came = sa.select(INBOX.c.sender, INBOX.c.received_at).where(INBOX.c.order_id == order_id, INBOX.c.kind == kind)
    rows = connection.execute(came.order_by(INBOX.c.received_at, INBOX.c.message_id)).all()
    if not rows:
        return None
    entered = sa.select(EVENT.c.at).where(EVENT.c.order_id == order_id, EVENT.c.event.in_(_ENTERING))
    known = set(connection.execute(entered).scalars())
    return next((row.sender for row in rows if not known or row.received_at in known), None)


def ticket(connection: Connection, sender: str, ticket_id: str) -> Ticket | None:
    """That sender's ticket; None while there is none."""
    query = sa.select(TICKET).where(TICKET.c.sender == sender, TICKET.c.ticket_id == ticket_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Ticket(**row)


def tickets(connection: Connection, *statuses: str) -> tuple[Ticket, ...]:
    """All tickets in these states; in any when none is named."""
    query = sa.select(TICKET).order_by(TICKET.c.updated_at, TICKET.c.ticket_id)
    if statuses:
        query = query.where(TICKET.c.status.in_(statuses))
    return tuple(Ticket(**row) for row in connection.execute(query).mappings())


@dataclass(frozen=True)
class LastClosed:
    """The ticket that was closed last of an order that has no open one."""

    sender: str
    ticket_id: str
    at: datetime


def closed_tickets(connection: Connection) -> dict[str, LastClosed]:
    """By order: the ticket whose closing ended what the customer had reported; no order with an open one."""
    columns = (TICKET.c.order_id, TICKET.c.sender, TICKET.c.ticket_id, TICKET.c.status, TICKET.c.updated_at)
    query = sa.select(*columns).where(TICKET.c.order_id != "").order_by(TICKET.c.updated_at, TICKET.c.ticket_id)
    last: dict[str, LastClosed] = {}
    open_: set[str] = set()
    for row in connection.execute(query):
        last[row.order_id] = LastClosed(row.sender, row.ticket_id, row.updated_at)
        if row.status != TicketStatus.CLOSED.value:
            open_.add(row.order_id)
    return {order_id: one for order_id, one in last.items() if order_id not in open_}


def keep_ticket(connection: Connection, one: Ticket) -> None:
    """Keep a ticket as it is now."""
    mine = (TICKET.c.sender == one.sender, TICKET.c.ticket_id == one.ticket_id)
    if connection.execute(TICKET.update().where(*mine).values(**vars(one))).rowcount == 0:
        connection.execute(TICKET.insert().values(**vars(one)))


def _received(row: Row[Any]) -> Received:
    return Received(**{**row._mapping, "body": bytes(row.body)})
