"""The written acknowledgement of a Port Service Order (PASA 1.3(b))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from turnup.model.equipment import Port


@dataclass(frozen=True)
class Acknowledgement:
    """Accepted, with the port; or the points to be made clear, as (field, reason). Times in UTC.

    `committed_by` is None where the contract's period is not configured: nothing is promised then.
    """

    order_id: str
    revision: int
    received_at: datetime
    points: tuple[tuple[str, str], ...] = ()
    accepted_at: datetime | None = None
    port: Port | None = None
    committed_by: datetime | None = None
    in_reply_to: str | None = None  # message id of the order, when it came with an envelope

    @property
    def accepted(self) -> bool:
        """Whether the order can be carried out as written."""
        return self.accepted_at is not None
