"""Messages that came in and messages to be sent, each once."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from turnup.store.tables import INBOX


def waiting(connection: Connection, order_id: str) -> tuple[str, ...]:
    """Ids of messages about that order that have arrived and were not acted on, oldest first."""
    query = sa.select(INBOX.c.message_id).where(INBOX.c.order_id == order_id, INBOX.c.handled_at.is_(None))
    return tuple(connection.execute(query.order_by(INBOX.c.received_at)).scalars())
