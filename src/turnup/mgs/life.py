"""The life of a service order: one table of what may follow what, folded into where it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from turnup.errors import InputError, Refused
from turnup.mgs.order import Agreement, ServiceOrder, order_of


class MgsState(StrEnum):
    """Where a service order stands. "Deemed installed" is no state: it is a day, worked out from these."""

    RECEIVED = "received"
    INSUFFICIENT = "insufficient"
    ACCEPTED = "accepted"
    INSTALLED = "installed"
    VERIFIED = "verified"
    CANCELLED = "cancelled"


class MgsEvent(StrEnum):
    """What happens to a service order."""

    RECEIVE = "receive"
    INSUFFICIENT = "insufficient"
    SUPPLEMENT = "supplement"
    ACCEPT = "accept"
    TRUNKS_ORDERED = "trunks-ordered"
    INSTALLED = "installed"
    VERIFIED = "verified"
    CANCEL = "cancel"


_S, _E = MgsState, MgsEvent
# state, event, where it leads, clause, agreements it is in
TABLE: tuple[tuple[MgsState, MgsEvent, MgsState, str, tuple[Agreement, ...]], ...] = (
    (_S.RECEIVED, _E.INSUFFICIENT, _S.INSUFFICIENT, "6", tuple(Agreement)),
    (_S.RECEIVED, _E.ACCEPT, _S.ACCEPTED, "6", tuple(Agreement)),
    (_S.RECEIVED, _E.SUPPLEMENT, _S.RECEIVED, "6", tuple(Agreement)),
    (_S.RECEIVED, _E.CANCEL, _S.CANCELLED, "6", tuple(Agreement)),
    (_S.INSUFFICIENT, _E.SUPPLEMENT, _S.RECEIVED, "6", tuple(Agreement)),
    (_S.INSUFFICIENT, _E.CANCEL, _S.CANCELLED, "6", tuple(Agreement)),
    (_S.ACCEPTED, _E.TRUNKS_ORDERED, _S.ACCEPTED, "3.a", (Agreement.II,)),
    (_S.ACCEPTED, _E.INSTALLED, _S.INSTALLED, "3.a, 3.b", tuple(Agreement)),
    (_S.INSTALLED, _E.TRUNKS_ORDERED, _S.INSTALLED, "3.a", (Agreement.II,)),
    (_S.INSTALLED, _E.VERIFIED, _S.VERIFIED, "3.b", (Agreement.IV,)),
)


@dataclass(frozen=True)
class MgsHappening:
    """One entry of its history. `detail` of a receipt or supplement holds the order. Times have their zone."""

    order_id: str
    event: MgsEvent
    at: datetime
    by: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InputError(f"{self.order_id}: {self.event.value} has a time without its zone")


@dataclass(frozen=True)
class MgsLife:
    """A service order as its history has it. `at` is when each event happened last, UTC."""

    order: ServiceOrder
    state: MgsState
    at: Mapping[MgsEvent, datetime]

    @property
    def received_at(self) -> datetime:
        """When the present form of the order came."""
        return max(self.at[event] for event in (_E.RECEIVE, _E.SUPPLEMENT) if event in self.at)

    @property
    def answered_at(self) -> datetime | None:
        """When it was answered: accepted, or told what is missing."""
        times = [self.at[event] for event in (_E.INSUFFICIENT, _E.ACCEPT, _E.CANCEL) if event in self.at]
        return min((at for at in times if at >= self.received_at), default=None)


def fold(history: Iterable[MgsHappening]) -> MgsLife | None:
    """Where the order stands after all this. Raises Refused for what cannot be."""
    life: MgsLife | None = None
    for happening in history:
        life = after(life, happening)
    return life


def after(life: MgsLife | None, happening: MgsHappening) -> MgsLife:
    """The life afterwards. Raises Refused for what the table has not, and for what would happen before its cause."""
    event, at = happening.event, happening.at.astimezone(UTC)
    if life is None:
        if event is not _E.RECEIVE:
            raise Refused(f"nothing is known of a service order {happening.order_id}", advice="Receive it first.")
        return MgsLife(order_of(dict(happening.detail)), _S.RECEIVED, {event: at})
    if at < max(life.at.values()) and event is not _E.TRUNKS_ORDERED:
        raise Refused(f"{event.value} is said to happen before what happened last to {happening.order_id}")
    for state, what, to, _, agreements in TABLE:
        if (state, what) == (life.state, event) and life.order.agreement in agreements:
            order = order_of(dict(happening.detail)) if event is _E.SUPPLEMENT else life.order
            if order.agreement is not life.order.agreement:
                raise Refused(f"{happening.order_id} was received under MGS {life.order.agreement}")
            return replace(life, order=order, state=to, at={**life.at, event: at})
    known = sorted(row[1] for row in TABLE if row[0] is life.state and life.order.agreement in row[4])
    raise Refused(
        f"a service order of MGS {life.order.agreement} that is {life.state.value} cannot take `{event.value}`",
        advice=f"Possible now: {', '.join(known)}." if known else "Nothing follows.",
    )
