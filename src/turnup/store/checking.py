"""Whether the store is what was entered: the chain of events, the standings derived from them."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from turnup.errors import TurnupError
from turnup.order.life import Life, after
from turnup.store.chains import chain_faults
from turnup.store.events import digest, entered, standings
from turnup.store.tables import EVENT, HEAD, INTERRUPTION, MGS_EVENT


def faults(connection: Connection) -> Iterator[str]:
    """Everything that is not as it was entered, in words; nothing when all is well."""
    lives: dict[str, Life] = {}
    previous, number = "", 0
    for row in connection.execute(sa.select(EVENT).order_by(EVENT.c.seq)):
        number += 1
        try:
            one = entered(row)
        except (ValueError, TurnupError) as error:
            yield f"event {row.seq} cannot be read: {error}"
            return
        where = f"event {one.seq} of {one.happening.order_id}"
        if one.seq != number:
            yield f"{where}: event {number} is missing"
            number = one.seq
        if one.previous != previous:
            yield f"{where}: it does not follow the one before"
        if one.digest != digest(one.seq, one.number, one.happening, one.entered_at, one.previous):
            yield f"{where}: its words are not those that were entered"
        previous = one.digest
        try:
            lives[one.happening.order_id] = after(lives.get(one.happening.order_id), one.happening)
        except TurnupError as error:
            yield f"{where}: {error}"
    yield from _head_faults(connection, number, previous)
    yield from _standing_faults(connection, lives)
    for table in (INTERRUPTION, MGS_EVENT):
        yield from chain_faults(connection, table)


def _head_faults(connection: Connection, number: int, previous: str) -> Iterator[str]:
    head = connection.execute(sa.select(HEAD)).one_or_none()
    if head is None or (head.seq, head.digest) != (number, previous):
        yield f"the chain ends with event {number}, and should end with {head.seq if head else 'one that is not known'}"


def _standing_faults(connection: Connection, lives: dict[str, Life]) -> Iterator[str]:
    shown = {life.order_id: life for life in standings(connection)}
    for order_id in sorted(lives.keys() | shown.keys()):
        if lives.get(order_id) != shown.get(order_id):
            yield f"{order_id} does not stand where its events lead (`turnup db rebuild` derives it anew)"
