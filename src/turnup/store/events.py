"""Events of orders: appended under one lock, chained by hash, folded into where each order stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from turnup.errors import Refused, TurnupError
from turnup.model.policy import Clocks
from turnup.order.decisions import happen
from turnup.order.life import Happening, Life, fold
from turnup.order.states import Actor, Event, State
from turnup.store.lives import life_fields, life_of
from turnup.store.tables import EVENT, HEAD, STANDING, canonical

# Made once: making a statement costs more than SQLite takes to answer it.
_HEAD = sa.select(HEAD.c.seq, HEAD.c.digest).with_for_update()
_LIFE = sa.select(STANDING.c.life).where(STANDING.c.order_id == sa.bindparam("wanted"))
_HISTORY = sa.select(EVENT).where(EVENT.c.order_id == sa.bindparam("wanted")).order_by(EVENT.c.number)
_ENTER = EVENT.insert()
_END = HEAD.update().values(seq=sa.bindparam("to_seq"), digest=sa.bindparam("to_digest"))

AHEAD = timedelta(minutes=5)  # how far a sender's clock may be ahead of ours


@dataclass(frozen=True)
class Entered:
    """An event as it stands in the store."""

    seq: int
    number: int
    happening: Happening
    entered_at: datetime
    previous: str
    digest: str


def append(
    connection: Connection, happening: Happening, clocks: Clocks, now: datetime, *, expected: int | None = None
) -> Life:
    """Decide and enter one event; where the order stands afterwards. Only inside `Store.writing()`.

    `expected` = how many events the caller has seen of this order. Raises Refused when there are others since, when
    it may not happen, or when it is said to happen in the future.
    """
    seq, previous = _lock_head(connection)
    life = standing(connection, happening.order_id)
    seen = life.count if life else 0
    if expected is not None and expected != seen:
        raise Refused(
            f"{happening.order_id} has changed meanwhile: {seen} events, not {expected}",
            advice="Read the order again (`turnup order show`) and decide again.",
        )
    if happening.at > now + AHEAD:
        raise Refused(f"{happening.event.value} is said to happen at {happening.at.isoformat()}, which is to come")
    decided, life = happen(life, happening, clocks)
    row = _row(seq + 1, seen + 1, decided, now, previous)
    connection.execute(_ENTER, row)
    connection.execute(_END, {"to_seq": row["seq"], "to_digest": row["digest"]})
    _stand(connection, life, new=seen == 0)
    return life


def standing(connection: Connection, order_id: str) -> Life | None:
    """Where an order stands; None when nothing is known of it."""
    found = connection.execute(_LIFE, {"wanted": order_id}).scalar_one_or_none()
    return None if found is None else life_of(found)


def standings(connection: Connection, states: Iterable[State] = ()) -> Iterator[Life]:
    """Where all orders stand, or those in these states; by order."""
    query = sa.select(STANDING.c.life).order_by(STANDING.c.order_id)
    if wanted := [state.value for state in states]:
        query = query.where(STANDING.c.state.in_(wanted))
    yield from map(life_of, connection.execute(query).scalars())


def history(connection: Connection, order_id: str) -> tuple[Entered, ...]:
    """Everything that happened to an order, in the order in which it was entered."""
    return tuple(entered(row) for row in connection.execute(_HISTORY, {"wanted": order_id}))


def rebuild(connection: Connection) -> int:
    """Derive all standings anew from the events; how many there are."""
    connection.execute(STANDING.delete())
    orders = connection.execute(sa.select(EVENT.c.order_id).distinct().order_by(EVENT.c.order_id)).scalars().all()
    for order_id in orders:
        life = fold(one.happening for one in history(connection, order_id))
        if life is None:
            raise TurnupError(f"{order_id} has no history")
        _stand(connection, life, new=True)
    return len(orders)


def entered(row: Row[Any]) -> Entered:
    """An event's row as what happened."""
    happening = Happening(
        row.order_id, Event(row.event), Actor(row.actor), row.at, row.by, row.detail, State(row.to_state)
    )
    return Entered(row.seq, row.number, happening, row.entered_at, row.previous, row.digest)


def digest(seq: int, number: int, happening: Happening, entered_at: datetime, previous: str) -> str:
    """SHA-256 over everything an entry says, and over the digest of the one before."""
    text = canonical(
        {
            "seq": seq,
            "order": happening.order_id,
            "number": number,
            "event": happening.event.value,
            "actor": happening.actor.value,
            "at": happening.at.timestamp(),
            "by": happening.by,
            "to": happening.to.value if happening.to else "",
            "detail": happening.detail,
            "entered_at": entered_at.timestamp(),
            "previous": previous,
        }
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _lock_head(connection: Connection) -> tuple[int, str]:
    head = connection.execute(_HEAD).one()
    return head.seq, head.digest


def _row(seq: int, number: int, happening: Happening, now: datetime, previous: str) -> dict[str, Any]:
    if happening.to is None:
        raise TurnupError(f"{happening.order_id}: {happening.event.value} was entered without a decision")
    return {
        "seq": seq,
        "order_id": happening.order_id,
        "number": number,
        "event": happening.event.value,
        "actor": happening.actor.value,
        "at": happening.at,
        "by": happening.by,
        "to_state": happening.to.value,
        "detail": dict(happening.detail),
        "entered_at": now,
        "previous": previous,
        "digest": digest(seq, number, happening, now, previous),
    }


def _stand(connection: Connection, life: Life, *, new: bool) -> None:
    values = {
        "count": life.count,
        "state": life.state.value,
        "site": life.site,
        "router": life.router,
        "port": life.port,
        "life": life_fields(life),
    }
    if new:
        connection.execute(STANDING.insert().values(order_id=life.order_id, **values))
    else:
        connection.execute(STANDING.update().where(STANDING.c.order_id == life.order_id).values(**values))
