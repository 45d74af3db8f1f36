"""An interruption of service as it is recorded: entries that are never edited, only followed by later ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from turnup.errors import InputError


class Cause(StrEnum):
    """What substantially caused it. Only the customer's own doing is excluded (PASA 4.2)."""

    CARRIER = "carrier"
    CUSTOMER = "customer"
    THIRD_PARTY = "third-party"
    MAINTENANCE = "maintenance"
    UNSTATED = "not stated"  # a repair that nobody has tagged: counts as the carrier's


STATED = tuple(cause for cause in Cause if cause is not Cause.UNSTATED)


class Doing(StrEnum):
    """What an entry does to the interruption it speaks of."""

    OPEN = "open"
    CLOSE = "close"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class InterruptionEntry:
    """One entry. `interruption` is the number of the entry that opened it, 0 in that entry itself.

    It is about an order, or about a router, or about one port of a router. In a correction, None or "" = as it was.
    `answered` is when the customer's call was answered (Schedule 2 (iii)); `customers` how many are affected.
    """

    doing: Doing
    by: str
    interruption: int = 0
    order_id: str = ""
    router: str = ""
    port: str = ""
    cause: Cause | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    answered: datetime | None = None
    customers: int | None = None
    ticket: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for at in (self.starts, self.ends, self.answered):
            if at is not None and at.tzinfo is None:
                raise InputError(f"an interruption has a time without its zone: {at}")


@dataclass(frozen=True)
class KeptEntry:
    """An entry as it stands in the store, chained to the one before."""

    number: int
    entry: InterruptionEntry
    entered_at: datetime
    previous: str
    digest: str
