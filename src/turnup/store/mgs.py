"""Histories of MGS service orders, append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from turnup.store.chains import append_row, rows
from turnup.store.tables import MGS_EVENT


@dataclass(frozen=True)
class MgsRow:
    """One entry as it stands: words alone, which `mgs.life` reads."""

    number: int
    order_id: str
    event: str
    at: datetime
    by: str
    detail: Mapping[str, Any]
    digest: str


def enter_mgs(
    connection: Connection, order_id: str, event: str, at: datetime, by: str, detail: Mapping[str, Any], now: datetime
) -> None:
    """Keep an entry. Only inside `Store.writing()`; whether it may happen is decided by the caller."""
    values = {"order_id": order_id, "event": event, "at": at, "by": by, "detail": dict(detail), "entered_at": now}
    append_row(connection, MGS_EVENT, values)


def mgs_rows(connection: Connection, order_id: str = "") -> tuple[MgsRow, ...]:
    """All entries, or those of one order, in the order in which they were made."""
    names = tuple(MgsRow.__dataclass_fields__)
    found = (row for row in rows(connection, MGS_EVENT) if order_id in ("", row["order_id"]))
    return tuple(MgsRow(**{name: row[name] for name in names}) for row in found)
