"""What is due: of every order the clock that ends next, what is red, and who has to do what now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from turnup.model.order import Action
from turnup.model.policy import Clocks
from turnup.order.clocks import Clock, next_due
from turnup.order.decisions import deadline, failed_attempts, opportunities_used
from turnup.order.life import Life, Occasion
from turnup.order.states import OVER, State

# What has to be done in each state, and by whom.
NEXT: Mapping[State, tuple[str, str]] = {
    State.RECEIVED: ("acknowledge the order, or send what is to be made clear", "carrier"),
    State.CLARIFY: ("answer the points to be made clear", "customer"),
    State.ACKNOWLEDGED: ("cross-connect the port", "carrier"),
    State.CROSS_CONNECTED: ("provision the port", "carrier"),
    State.PROVISIONED: ("run the acceptance tests", "carrier"),
    State.TESTED: ("deliver the results", "carrier"),
    State.DELIVERED: ("accept or reject the results", "customer"),
    State.ACCEPTED: ("put the port into service", "carrier"),
    State.DEEMED_ACCEPTED: ("put the port into service", "carrier"),
    State.REJECTED: ("bring the port into compliance and test it again", "carrier"),
    State.ELECTION: ("choose: continue, a different port, or discontinue", "customer"),
    State.IN_SERVICE: ("nothing", ""),
    State.REPAIRING: ("repair, then test again", "carrier"),
    State.DISCONNECTING: ("disconnect the port", "carrier"),
    State.DISCONTINUED: ("disconnect the port by a DISCONNECT order (`turnup disconnect`)", "carrier"),
}


# Orders that get a port of their own; the others are about a port that another order has.
_OF_ITS_OWN_PORT = ("", Action.NEW, Action.REDESIGNATE)


@dataclass(frozen=True)
class Due:
    """One order on the list. `left` None = no period configured, or none runs; below zero = late."""

    order_id: str
    state: State
    router: str
    port: str
    clock: str
    since: datetime | None
    elapsed: timedelta | None
    due: datetime | None
    left: timedelta | None
    action: str
    whose: str
    red: tuple[int, ...] = ()
    attempts: int = 0  # opportunities used (PASA 1.4(b)), the one that stands included
    unsuccessful: int = 0
    opportunities: int | None = None  # None = not configured


class Closed(Protocol):
    """A trouble ticket that the customer has closed."""

    @property
    def ticket_id(self) -> str:
        """Its number."""

    @property
    def at(self) -> datetime:
        """When it was closed."""


def due_list(
    lives: Iterable[Life],
    clocks: Clocks,
    now: datetime,
    red: Mapping[str, tuple[int, ...]] | None = None,
    closed: Mapping[str, Closed] | None = None,
) -> tuple[Due, ...]:
    """Every order that is not over, the most urgent first: late, then by the time left, then by age.

    `red` are the numbers of the tests that are not good, by certificate; `closed` the ticket closed last, by order.
    """
    found = []
    for life in lives:
        if life.state not in OVER:
            one = _due(life, clocks, now, red or {})
            found.append(_ticket_closed(one, life, closed) if closed and ended_by(life, closed) else one)
    return tuple(sorted(found, key=_urgency))


def ended_by(life: Life, closed: Mapping[str, Closed]) -> bool:
    """Whether the customer has closed his ticket about the repair that is open, and no other of his is open."""
    one = closed.get(life.order_id)
    begun = life.repair_since if life.occasion is Occasion.REPAIRED and life.restored_at is None else None
    return one is not None and begun is not None and one.at >= begun


def to_be_closed(life: Life) -> bool:
    """Whether a repair was proved by its tests, and nobody has closed it yet (PASA 1.4(a), Schedule 2 (iii))."""
    opened = life.occasion is Occasion.REPAIRED and life.repair_since is not None
    return opened and life.repaired_at is not None and life.restored_at is None


def _ticket_closed(one: Due, life: Life, closed: Mapping[str, Closed]) -> Due:
    """The customer's word does not prove a repair (PASA 1.4(a)); that it is closed only after its tests is ours."""
    if to_be_closed(life):
        lacks = f"close the repair (`turnup repair close {life.order_id}`); {one.action}"
    else:
        lacks = f"prove the repair (`turnup retest {life.order_id}`)"
    whose = one.whose if to_be_closed(life) and one.whose else "carrier"
    return replace(one, action=f"ticket {closed[life.order_id].ticket_id} is closed: {lacks}", whose=whose)


def _due(life: Life, clocks: Clocks, now: datetime, red: Mapping[str, tuple[int, ...]]) -> Due:
    clock: Clock | None = next_due(life, clocks)
    action, whose = NEXT[life.state]
    if life.state is State.ACKNOWLEDGED and life.action not in _OF_ITS_OWN_PORT:
        action = f"carry the {life.action} out"
    if life.state is State.ACKNOWLEDGED and life.bad_ports and not life.port:
        action = f"give the order a different port (`turnup move {life.order_id} --because WHY`)"
    if life.state is State.DELIVERED and (end := deadline(life, clocks)) and now > end:
        action, whose = "enter the deemed acceptance (`turnup order advance`)", "clock"
    since = clock.started if clock else life.entered.get(life.state)
    return Due(
        life.order_id,
        life.state,
        life.router,
        life.port,
        clock.name if clock else "",
        since,
        now - since if since else None,
        clock.due if clock else None,
        clock.left(now) if clock else None,
        action,
        whose,
        red.get(life.certificate, ()),
        opportunities_used(life, clocks),
        failed_attempts(life, clocks),
        clocks.opportunities,
    )


def _urgency(one: Due) -> tuple[bool, bool, timedelta, timedelta, str]:
    waits = one.whose != ""
    left = one.left if one.left is not None else timedelta.max
    return (not waits, one.left is None, left, -(one.elapsed or timedelta(0)), one.order_id)
