"""Open the store: SQLite in the user's data folder by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

from turnup.errors import InputError, UsageError
from turnup.home import Home

FILE = "turnup.db"


@dataclass(frozen=True)
class Store:
    """An open database. Everything that belongs together happens inside one `writing()`."""

    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that no other writer runs beside; all of it is kept, or nothing."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            with connection.begin() if not self.is_sqlite else _sqlite(connection):
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
                with _sqlite(connection):
                    yield connection
            else:
                with connection.execution_options(isolation_level="REPEATABLE READ").begin():
                    yield connection

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of our own."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file of an SQLite store."""
        name = self.engine.url.database
        return Path(name) if self.is_sqlite and name else None

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


@contextmanager
def _sqlite(connection: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:  # whatever ended it, an interrupt too: half of a transaction is not kept
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def store_url(url: str = "", folder: Path | None = None) -> str:
    """The URL given, or the SQLite file in the data folder."""
    return url or f"sqlite:///{(folder or Home.of().path) / FILE}"


def open_store(url: str = "", folder: Path | None = None, *, create: bool = True) -> Store:
    """The store at that URL, its tables brought to this version when they are new.

    Raises UsageError when it cannot be opened, or when its tables are of another version: migrating is a decision.
    """
    engine = _engine(store_url(url, folder))
    try:
        _current(engine, create=create)
    except sa.exc.SQLAlchemyError as error:
        engine.dispose()
        raise UsageError(f"the store at {engine.url!r} cannot be opened: {_first_line(error)}") from error
    except UsageError:
        engine.dispose()
        raise
    return Store(engine)


def any_store(url: str = "", folder: Path | None = None) -> Store:
    """The store at that URL, whatever its tables are: for migrating it."""
    return Store(_engine(store_url(url, folder)))


def _current(engine: Engine, *, create: bool) -> None:
    from turnup.store.migrating import is_current, is_empty, migrate

    if is_empty(engine):
        if not create:
            raise UsageError(f"there is no store at {engine.url!r}", advice="Run `turnup db migrate`.")
        migrate(engine)
    elif not is_current(engine):
        raise UsageError(
            f"the store at {engine.url!r} has tables of another version",
            advice="Back it up (`turnup db backup` of the turnup that wrote it), then run `turnup db migrate`.",
        )


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise InputError(f"{url!r} is no URL of a database: sqlite:///FILE or postgresql://HOST/NAME") from error
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise InputError(f"{parsed!r} is not supported: use sqlite:///FILE or postgresql://HOST/NAME")
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = sa.create_engine(parsed, connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:  # noqa: ARG001 - SQLAlchemy calls it so
    """Readers beside a writer, commits that survive a power cut, and transactions begun by us alone."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
