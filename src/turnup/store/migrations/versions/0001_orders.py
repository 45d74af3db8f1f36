"""Events with their chain, standings, leases, inbox, outbox, runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward."""
    _events()
    _messages()
    _runs()


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("entered_at", sa.DateTime, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.UniqueConstraint("digest", name="uq_event_digest"),
        sa.UniqueConstraint("order_id", "number", name="uq_event_order_id_number"),
    )
    op.create_table(
        "head",
        sa.Column("one", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_head"),
        sa.CheckConstraint("one = 1", name="ck_head_single"),
    )
    op.execute("INSERT INTO head (one, seq, digest) VALUES (1, 0, '')")
    op.create_table(
        "standing",
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("router", sa.Text, nullable=False),
        sa.Column("port", sa.Text, nullable=False),
        sa.Column("life", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_standing"),
    )
    op.create_index("ix_standing_state", "standing", ["state"])
    op.create_index("ix_standing_router", "standing", ["router"])
    op.create_table(
        "lease",
        sa.Column("router", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("expires", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("router", name="pk_lease"),
    )


def _messages() -> None:
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("handled_at", sa.DateTime),
        sa.Column("result", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "sender", name="pk_inbox"),
    )
    op.create_index("ix_inbox_order_id", "inbox", ["order_id"])
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.DateTime, nullable=False),
        sa.Column("sent_at", sa.DateTime),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_order_id", "outbox", ["order_id"])
    op.create_index("ix_outbox_next_at", "outbox", ["next_at"])


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("router", sa.Text, nullable=False),
        sa.Column("port", sa.Text, nullable=False),
        sa.Column("ended", sa.DateTime, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("red", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("certificate", name="pk_run"),
    )
    op.create_index("ix_run_order_id", "run", ["order_id"])


def downgrade() -> None:
    """Back: nothing of ours is left."""
    for table in ("run", "outbox", "inbox", "lease", "standing", "head", "event"):
        op.drop_table(table)
