"""Runs of the tests: which certificate, what was red in it, and which evidence it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from turnup.store.tables import RUN


@dataclass(frozen=True)
class Run:
    """One certificate by its digest. `red` are the numbers of tests that are neither passed nor agreed away."""

    certificate: str
    order_id: str
    router: str
    port: str
    ended: datetime
    outcome: str
    red: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()


def enter_run(connection: Connection, run: Run) -> None:
    """Keep it; the same certificate twice is once."""
    if connection.execute(sa.select(RUN.c.certificate).where(RUN.c.certificate == run.certificate)).first() is None:
        values = {**vars(run), "red": list(run.red), "evidence": list(run.evidence)}
        connection.execute(RUN.insert().values(values))


def runs_of(connection: Connection, order_id: str) -> tuple[Run, ...]:
    """All runs of an order, the latest first."""
    query = sa.select(RUN).where(RUN.c.order_id == order_id).order_by(RUN.c.ended.desc())
    rows = connection.execute(query).mappings()
    return tuple(Run(**{**row, "red": tuple(row["red"]), "evidence": tuple(row["evidence"])}) for row in rows)


def red_tests(connection: Connection, certificates: Iterable[str] = ()) -> dict[str, tuple[int, ...]]:
    """Red tests by certificate; of all, or of these."""
    query = sa.select(RUN.c.certificate, RUN.c.red).where(RUN.c.red != [])
    if wanted := list(certificates):
        query = query.where(RUN.c.certificate.in_(wanted))
    return {certificate: tuple(red) for certificate, red in connection.execute(query)}


def last_tests(connection: Connection) -> dict[str, datetime]:
    """When the last test of each order ended, whatever came of it."""
    query = sa.select(RUN.c.order_id, sa.func.max(RUN.c.ended)).group_by(RUN.c.order_id)
    return {order_id: ended for order_id, ended in connection.execute(query)}
