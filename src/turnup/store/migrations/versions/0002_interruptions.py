"""Interruptions of service, happenings of MGS service orders, and where their chains end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "chain",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chain"),
    )
    op.create_table(
        "interruption",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("doing", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("interruption", sa.Integer, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("router", sa.Text, nullable=False),
        sa.Column("port", sa.Text, nullable=False),
        sa.Column("cause", sa.Text),
        sa.Column("starts", sa.DateTime),
        sa.Column("ends", sa.DateTime),
        sa.Column("answered", sa.DateTime),
        sa.Column("customers", sa.Integer),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("entered_at", sa.DateTime, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_interruption"),
    )
    op.create_index("ix_interruption_interruption", "interruption", ["interruption"])
    op.create_table(
        "mgs_event",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("entered_at", sa.DateTime, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_mgs_event"),
    )
    op.create_index("ix_mgs_event_order_id", "mgs_event", ["order_id"])


def downgrade() -> None:
    """Back: histories of orders stay."""
    for table in ("mgs_event", "interruption", "chain"):
        op.drop_table(table)
