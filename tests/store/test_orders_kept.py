"""The store on both databases: events chained, standings derived, one writer, nothing half."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from lives import HOUR, SET, START, TO_SERVICE, happening, lived

from turnup.errors import InputError, Refused, TurnupError, UsageError
from turnup.order.life import Happening
from turnup.order.states import Event, State
from turnup.store import Store, open_store
from turnup.store.checking import faults
from turnup.store.events import append, history, rebuild, standing, standings
from turnup.store.migrating import is_empty, migrate, revision_of, revisions
from turnup.store.tables import EVENT, HEAD, LEASE, METADATA, STANDING

LATER = START + timedelta(days=60)


def of(order_id: str, event: Event, at: datetime) -> Happening:
    one = happening(event, at)
    return Happening(order_id, one.event, one.actor, one.at, one.by, one.detail)


def live(store: Store, order_id: str, *events: Event) -> None:
    for number, event in enumerate(events):
        with store.writing() as connection:
            append(connection, of(order_id, event, START + number * HOUR), SET, LATER)


def all_faults(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(faults(connection))


def test_an_order_lives_in_the_store(store: Store) -> None:
    live(store, "PSO-1", *TO_SERVICE)
    with store.reading() as connection:
        assert standing(connection, "PSO-1") == lived(*TO_SERVICE)
        assert [one.happening.event for one in history(connection, "PSO-1")] == list(TO_SERVICE)
        assert standing(connection, "PSO-2") is None
    assert all_faults(store) == []


def test_what_is_refused_leaves_nothing(store: Store) -> None:
    live(store, "PSO-1", Event.RECEIVE)
    with pytest.raises(Refused), store.writing() as connection:
        append(connection, of("PSO-1", Event.ACCEPT, LATER), SET, LATER)
    with pytest.raises(Refused, match="is to come"), store.writing() as connection:
        append(connection, of("PSO-1", Event.ACKNOWLEDGE, LATER + HOUR), SET, LATER)
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        _append_and_fail(connection)
    with store.reading() as connection:
        assert len(history(connection, "PSO-1")) == 1
    assert all_faults(store) == []


def _append_and_fail(connection: sa.Connection) -> None:
    append(connection, of("PSO-1", Event.ACKNOWLEDGE, LATER), SET, LATER)
    1 / 0  # noqa: B018 - anything that goes wrong


def test_who_decided_on_an_older_view_is_refused(store: Store) -> None:
    live(store, "PSO-1", Event.RECEIVE, Event.ACKNOWLEDGE)
    with pytest.raises(Refused, match="2 events, not 1"), store.writing() as connection:
        append(connection, of("PSO-1", Event.CANCEL, LATER), SET, LATER, expected=1)


def test_only_one_of_two_at_once_wins(store: Store) -> None:
    """The customer rejects while the clock deems: one of both is kept, and every other order is untouched."""
    live(store, "PSO-1", *TO_SERVICE[:6])

    def try_(event: Event, at: datetime) -> bool:
        try:
            with store.writing() as connection:
                append(connection, of("PSO-1", event, at), SET, LATER, expected=6)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        tries = [(Event.DEEM, LATER), (Event.REJECT, START + 6 * HOUR)] * 4
        done = list(pool.map(lambda one: try_(*one), tries))
    assert sum(done) == 1
    assert all_faults(store) == []


def test_many_writers_lose_nothing(store: Store) -> None:
    def one(number: int) -> None:
        live(store, f"PSO-{number}", *TO_SERVICE[:4])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(24)))
    with store.reading() as connection:
        assert [life.state for life in standings(connection)] == [State.PROVISIONED] * 24
        assert [life.order_id for life in standings(connection, [State.TESTED])] == []
        assert connection.execute(sa.select(sa.func.count()).select_from(EVENT)).scalar_one() == 96
    assert all_faults(store) == []


CHANGES = [
    ("UPDATE event SET by = 'another' WHERE seq = 2", "its words are not those"),
    ("UPDATE event SET at = '2001-07-10 00:00:00' WHERE seq = 2", "its words are not those"),
    ("UPDATE event SET detail = '{}' WHERE seq = 2", "its words are not those"),
    ("UPDATE event SET to_state = 'accepted' WHERE seq = 2", "no step leads"),
    ("UPDATE event SET event = 'nothing' WHERE seq = 2", "cannot be read"),
    ("DELETE FROM event WHERE seq = 2", "event 2 is missing"),
    ("DELETE FROM event WHERE seq = 4", "the chain ends with event 3"),
    ("UPDATE head SET digest = ''", "the chain ends with event 4"),
    ("DELETE FROM head", "one that is not known"),
    ('UPDATE standing SET life = \'{"order_id":"PSO-1"}\'', "does not stand where its events lead"),
    ("DELETE FROM standing", "does not stand where its events lead"),
]


@pytest.mark.parametrize(("statement", "said"), CHANGES)
def test_every_change_by_other_hands_is_found(store: Store, statement: str, said: str) -> None:
    live(store, "PSO-1", *TO_SERVICE[:4])
    with store.writing() as connection:
        connection.exec_driver_sql(statement.replace(" by =", ' "by" =').replace(" at =", ' "at" ='))
    assert any(said in fault for fault in all_faults(store))


def test_standings_are_derived_anew(store: Store) -> None:
    live(store, "PSO-1", *TO_SERVICE)
    live(store, "PSO-2", *TO_SERVICE[:3])
    with store.writing() as connection:
        connection.execute(STANDING.delete())
        assert rebuild(connection) == 2
    assert all_faults(store) == []


def test_migrations_make_the_tables_that_the_code_knows_and_take_them_away(store_url: str) -> None:
    store = open_store(store_url)
    try:
        with store.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
            connection.rollback()
        for revision in reversed(revisions()):
            migrate(store.engine, revision)
            assert revision_of(store.engine) == revision
        migrate(store.engine, "base")
        assert set(sa.inspect(store.engine).get_table_names()) <= {"alembic_version"}
        migrate(store.engine)
        assert revision_of(store.engine) == revisions()[-1]
        with store.reading() as connection:
            assert connection.execute(sa.select(HEAD.c.seq)).scalar_one() == 0
    finally:
        store.close()


def test_a_store_of_another_version_is_not_touched(store_url: str) -> None:
    store = open_store(store_url)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(UsageError, match="tables of another version") as refused:
        open_store(store_url)
    assert "db migrate" in refused.value.advice


def test_a_store_that_is_not_there_is_made_only_when_asked(store_url: str) -> None:
    with pytest.raises(UsageError, match="there is no store"):
        open_store(store_url, create=False)
    store = open_store(store_url)
    assert not is_empty(store.engine)
    store.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://"])
def test_urls_that_are_none_of_ours(url: str) -> None:
    with pytest.raises(InputError):
        open_store(url)


def test_a_password_in_the_url_is_never_shown() -> None:
    with pytest.raises(UsageError) as refused:
        open_store("postgresql://turnup:plain-secret@127.0.0.1:9/none?connect_timeout=2")
    assert "plain-secret" not in str(refused.value)


def test_a_time_without_zone_is_never_stored(store: Store) -> None:
    naive = LEASE.insert().values(router="r", holder="h", epoch=1, expires=START.replace(tzinfo=None))
    with pytest.raises((TurnupError, sa.exc.StatementError), match="without its zone"), store.writing() as connection:
        connection.execute(naive)


KILLED = """
import os, sys
sys.path[:0] = {path!r}
from lives import SET, START
from test_orders_kept import LATER, of
from turnup.order.states import Event
from turnup.store import open_store
from turnup.store.events import append
store = open_store({url!r})
with store.writing() as connection:
    append(connection, of("PSO-2", Event.RECEIVE, START), SET, LATER)
    os.kill(os.getpid(), 9)
"""


def test_a_writer_that_is_killed_leaves_no_half(store: Store, store_url: str) -> None:
    live(store, "PSO-1", *TO_SERVICE[:2])
    here = Path(__file__).parent
    program = KILLED.format(path=[str(here), str(here.parent / "life"), *sys.path], url=store_url)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    live(store, "PSO-3", Event.RECEIVE)
    with store.reading() as connection:
        assert [life.order_id for life in standings(connection)] == ["PSO-1", "PSO-3"]
    assert all_faults(store) == []


def test_times_keep_their_microseconds(store: Store) -> None:
    at = datetime(2001, 7, 9, 14, 0, 0, 123457, tzinfo=UTC)
    with store.writing() as connection:
        append(connection, of("PSO-1", Event.RECEIVE, at), SET, LATER)
    with store.reading() as connection:
        assert history(connection, "PSO-1")[0].happening.at == at
    assert all_faults(store) == []
