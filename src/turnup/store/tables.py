"""Tables of the store. Times are UTC, words are text with a CHECK, JSON is text in one canonical form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from turnup.errors import TurnupError

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(sa.types.TypeDecorator[datetime]):
    """A moment: kept without zone as UTC, given back with it. One without a zone is refused."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """What goes into the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TurnupError(f"a time without its zone would be stored: {value}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """What comes out of it."""
        return None if value is None else value.replace(tzinfo=UTC)


class Json(sa.types.TypeDecorator[Any]):
    """Plain data as canonical JSON text: what is hashed is what is stored."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What goes into the database."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """What comes out of it."""
        return None if value is None else json.loads(value)


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no plain data")


METADATA = sa.MetaData(naming_convention=NAMES)

# What happened, in the order in which it was entered. Never updated, never deleted.
EVENT = sa.Table(
    "event",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # within the order, from 1
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("detail", Json, nullable=False),
    sa.Column("entered_at", Utc, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),  # digest of the entry before, "" for the first
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.UniqueConstraint("order_id", "number"),
)

# The end of the chain: one row, locked by whoever appends.
HEAD = sa.Table(
    "head",
    METADATA,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.CheckConstraint("one = 1", name="single"),
)

# Where each order stands: derived from its events, rebuilt from them at any time.
STANDING = sa.Table(
    "standing",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("router", sa.Text, nullable=False, index=True),
    sa.Column("port", sa.Text, nullable=False),
    sa.Column("life", Json, nullable=False),
)

# Who may write to a router now. `epoch` grows with every holder: an older one can write no more.
LEASE = sa.Table(
    "lease",
    METADATA,
    sa.Column("router", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("expires", Utc, nullable=False),
)

# Messages that came in: each acted on once, by its id.
INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("handled_at", Utc),
    sa.Column("result", sa.Text, nullable=False, default=""),
)

# Messages to be sent: entered with the event that causes them, in one transaction.
OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),  # mail, webhook, file
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("next_at", Utc, nullable=False, index=True),
    sa.Column("sent_at", Utc),
    sa.Column("proof", sa.Text, nullable=False, default=""),
    sa.Column("error", sa.Text, nullable=False, default=""),
    sa.Column("parked_at", Utc),  # tried in vain: waits for a person
)

# Trouble tickets as their last message has them; every message itself stays in the inbox.
TICKET = sa.Table(
    "ticket",
    METADATA,
    sa.Column("ticket_id", sa.Text, primary_key=True),
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Column("ticket", Json, nullable=False),
)

# Runs of the tests: the certificate and the evidence it rests on, both by SHA-256.
RUN = sa.Table(
    "run",
    METADATA,
    sa.Column("certificate", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("router", sa.Text, nullable=False),
    sa.Column("port", sa.Text, nullable=False),
    sa.Column("ended", Utc, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("red", Json, nullable=False),  # numbers of the tests that are not good
    sa.Column("evidence", Json, nullable=False),  # SHA-256 of each answer
)

# Where the chains of the tables below end: whoever takes the last rows away is found out.
CHAIN = sa.Table(
    "chain",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)

# Interruptions of service (PASA 4.2): entries, each never edited. Appended by `chains.append_row` alone.
INTERRUPTION = sa.Table(
    "interruption",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("doing", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("interruption", sa.Integer, nullable=False, index=True),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("router", sa.Text, nullable=False),
    sa.Column("port", sa.Text, nullable=False),
    sa.Column("cause", sa.Text),
    sa.Column("starts", Utc),
    sa.Column("ends", Utc),
    sa.Column("answered", Utc),
    sa.Column("customers", sa.Integer),
    sa.Column("ticket", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("entered_at", Utc, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)

# What happened to service orders of the Media Gateway Services Agreements.
MGS_EVENT = sa.Table(
    "mgs_event",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("detail", Json, nullable=False),
    sa.Column("entered_at", Utc, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
