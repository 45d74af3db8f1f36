"""Rows of who may write to which router now: taken, renewed and given back in one transaction each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from turnup.store.tables import HEAD, LEASE


@dataclass(frozen=True)
class LeaseRow:
    """A router's lease as it stands. `epoch` grows with every holder."""

    router: str
    holder: str
    epoch: int
    expires: datetime


def take(connection: Connection, router: str, holder: str, now: datetime, length: timedelta) -> LeaseRow:
    """The lease, ours when it was free or had run out; otherwise the row of whoever holds it. In `Store.writing()`."""
    connection.execute(sa.select(HEAD.c.seq).with_for_update())  # two that find no row must not both make one
    query = sa.select(LEASE).where(LEASE.c.router == router).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        first = LeaseRow(router, holder, 1, now + length)
        connection.execute(LEASE.insert().values(**vars(first)))
        return first
    if row.holder and row.expires > now:
        return LeaseRow(router, row.holder, row.epoch, row.expires)
    mine = LeaseRow(router, holder, row.epoch + 1, now + length)
    connection.execute(LEASE.update().where(LEASE.c.router == router).values(**vars(mine)))
    return mine


def renew(connection: Connection, router: str, epoch: int, until: datetime) -> bool:
    """Make it last until then; False when another epoch has begun. One that ran out and nobody took is still ours."""
    mine = (LEASE.c.router == router, LEASE.c.epoch == epoch, LEASE.c.holder != "")
    done = connection.execute(LEASE.update().where(*mine).values(expires=until))
    return done.rowcount == 1


def give_back(connection: Connection, router: str, epoch: int) -> None:
    """Free it, unless somebody else has it by now. The epoch stays: it never goes back."""
    mine = (LEASE.c.router == router, LEASE.c.epoch == epoch)
    connection.execute(LEASE.update().where(*mine).values(holder=""))
