"""Trouble tickets; messages that are parked until a person looks at them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward."""
    op.add_column("outbox", sa.Column("parked_at", sa.DateTime))
    op.create_table(
        "ticket",
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "sender", name="pk_ticket"),
    )
    op.create_index("ix_ticket_order_id", "ticket", ["order_id"])


def downgrade() -> None:
    """Back: tickets and the mark are gone, messages stay."""
    op.drop_table("ticket")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("parked_at")
