"""Entries in the store, on both databases: chained, never edited, found out when they are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from histories import SERVICE, ZONES, at, history, to_service

from turnup.model.interruption import Cause, Doing, InterruptionEntry
from turnup.model.policy import Clocks, Policy
from turnup.performance.book import read_book
from turnup.performance.months import Month
from turnup.store import Store, open_store
from turnup.store.archive import backup, restore
from turnup.store.chains import row_digest, rows
from turnup.store.checking import faults
from turnup.store.events import append
from turnup.store.interruptions import enter_interruption, interruption_entries
from turnup.store.mgs import enter_mgs, mgs_rows
from turnup.store.migrating import migrate, revision_of
from turnup.store.tables import CHAIN, INTERRUPTION, MGS_EVENT

NOW = datetime(2001, 12, 1, tzinfo=UTC)
START = at("2001-08-02T10:00")
OPENED = InterruptionEntry(
    Doing.OPEN,
    "J. Smith",
    router="nyc-hud-gsr1",
    port="Serial5/0",
    cause=Cause.CARRIER,
    starts=START,
    answered=START,
    customers=3,
    ticket="TT-1",
    note="fibre",
)
CLOSED = InterruptionEntry(Doing.CLOSE, "J. Smith", 1, ends=at("2001-08-02T12:00"))


def filled(store: Store) -> None:
    with store.writing() as connection:
        for one in history(to_service()):
            append(connection, one.happening, Clocks(), NOW)
        for entry in (OPENED, CLOSED):
            enter_interruption(connection, entry, NOW)
        enter_mgs(connection, "MGS-1", "receive", NOW, "Q", {"order_id": "MGS-1"}, NOW)


def found(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(faults(connection))


def test_entries_come_back_as_they_were(store: Store) -> None:
    filled(store)
    with store.reading() as connection:
        first, second = interruption_entries(connection)
        (row,) = mgs_rows(connection, "MGS-1")
        assert mgs_rows(connection, "MGS-2") == ()
    assert (first.entry, first.number, first.previous) == (OPENED, 1, "")
    assert (second.entry, second.number, second.previous) == (CLOSED, 2, first.digest)
    assert (row.event, row.at, row.detail) == ("receive", NOW, {"order_id": "MGS-1"})
    assert found(store) == []


def test_a_book_is_read_from_the_store(store: Store) -> None:
    filled(store)
    with store.reading() as connection:
        kept = read_book(connection, Policy(), ZONES, NOW)
    (one,) = kept.months(Month(2001, 8))
    assert (one.served.starts, one.down.total_seconds()) == (SERVICE, 7200)


@pytest.mark.parametrize(
    ("table", "harm", "told"),
    [
        (INTERRUPTION, INTERRUPTION.update().where(INTERRUPTION.c.number == 1).values(cause="customer"), "its words"),
        (INTERRUPTION, INTERRUPTION.update().where(INTERRUPTION.c.number == 2).values(ends=NOW), "its words"),
        (INTERRUPTION, INTERRUPTION.delete().where(INTERRUPTION.c.number == 1), "interruption 1 is missing"),
        (INTERRUPTION, INTERRUPTION.delete().where(INTERRUPTION.c.number == 2), "should end with 2"),
        (INTERRUPTION, CHAIN.delete().where(CHAIN.c.name == "interruption"), "should end with 0"),
        (MGS_EVENT, MGS_EVENT.update().values(by="another"), "its words"),
        (MGS_EVENT, MGS_EVENT.delete(), "should end with 1"),
    ],
)
def test_what_was_changed_is_found(store: Store, table: sa.Table, harm: sa.Executable, told: str) -> None:
    filled(store)
    with store.writing() as connection:
        connection.execute(harm)
    assert any(told in fault and table.name in fault for fault in found(store))


def test_an_entry_that_was_made_to_look_whole_is_found(store: Store) -> None:
    filled(store)
    with store.writing() as connection:
        first = next(rows(connection, INTERRUPTION))
        changed = {**first, "cause": "customer"}
        changed["digest"] = row_digest(changed)
        connection.execute(INTERRUPTION.update().where(INTERRUPTION.c.number == 1).values(changed))
    assert found(store) == ["interruption 2: it does not follow the one before"]


def test_migrations_forward_and_back_keep_the_histories(store_url: str) -> None:
    store = open_store(store_url)
    filled(store)
    head = revision_of(store.engine)
    migrate(store.engine, "0001")
    assert not sa.inspect(store.engine).has_table("interruption")
    migrate(store.engine)
    assert revision_of(store.engine) == head
    assert found(store) == []
    with store.reading() as connection:
        assert interruption_entries(connection) == ()
    store.close()


def test_a_backup_holds_them(store: Store, tmp_path: Path) -> None:
    filled(store)
    backup(store, tmp_path / "backup.zip", dict, NOW)
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    restore(other, tmp_path / "backup.zip", tmp_path)
    with other.reading() as connection:
        assert [kept.entry for kept in interruption_entries(connection)] == [OPENED, CLOSED]
    assert found(other) == []
    other.close()
