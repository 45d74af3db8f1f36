"""The states of a port order and every step between them, as one table (PASA 1.3, 1.4, 5(c), 8.4).

Nothing else decides what may follow what: `successors` reads the table, and an event that it does not list is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from turnup.errors import Refused


class State(StrEnum):
    """Where a port order stands."""

    RECEIVED = "received"
    CLARIFY = "clarify"
    ACKNOWLEDGED = "acknowledged"
    CROSS_CONNECTED = "cross-connected"
    PROVISIONED = "provisioned"
    TESTED = "tested"
    DELIVERED = "results delivered"
    ACCEPTED = "accepted"
    DEEMED_ACCEPTED = "deemed accepted"
    REJECTED = "rejected"
    ELECTION = "election"
    IN_SERVICE = "in service"
    REPAIRING = "repairing"
    DISCONNECTING = "disconnecting"
    AVAILABLE = "available"
    DISCONTINUED = "discontinued"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"
    CARRIED_OUT = "carried out"  # a CHANGE, DISCONNECT or CANCEL: an order about another order's port


class Event(StrEnum):
    """What happens to a port order."""

    RECEIVE = "receive"
    ACKNOWLEDGE = "acknowledge"
    CLARIFY = "clarify"
    SUPPLEMENT = "supplement"
    CANCEL = "cancel"
    CROSS_CONNECT = "cross-connect"
    PROVISION = "provision"
    BACK_OUT = "back out"
    TEST_PASS = "test passed"  # noqa: S105 - an event, not a password
    TEST_FAIL = "test failed"
    TEST_INCOMPLETE = "test not completed"
    DELIVER = "deliver results"
    ACCEPT = "accept"
    DEEM = "deem accepted"
    REJECT = "reject"
    CONTINUE = "continue"
    DIFFERENT_PORT = "different port"
    DISCONTINUE = "discontinue"
    BEGIN_SERVICE = "begin service"
    FAULT = "fault"
    RESTORE = "restored"
    MOVE = "moved"
    DISCONNECT = "disconnect"
    DISCONNECTED = "disconnected"
    TERMINATE = "terminate"
    CARRY_OUT = "carry out"


class Actor(StrEnum):
    """Who may let something happen."""

    CARRIER = "carrier"
    CUSTOMER = "customer"
    CLOCK = "clock"


class When(StrEnum):
    """What decides between two rows with the same state and event."""

    ALWAYS = ""
    CHOICE_CLOSED = "before the second failed attempt"
    CHOICE_OPEN = "from the second failed attempt on (PASA 1.4(b))"


@dataclass(frozen=True)
class Step:
    """One row: in this state, this event by one of these actors leads there."""

    state: State
    event: Event
    to: State
    actors: frozenset[Actor]
    clause: str
    when: When = When.ALWAYS


_CARRIER, _CUSTOMER, _CLOCK = frozenset({Actor.CARRIER}), frozenset({Actor.CUSTOMER}), frozenset({Actor.CLOCK})
_EITHER = _CARRIER | _CUSTOMER
_S, _E = State, Event

_ROWS: tuple[tuple[State, Event, State, frozenset[Actor], str], ...] = (
    (_S.RECEIVED, _E.ACKNOWLEDGE, _S.ACKNOWLEDGED, _CARRIER, "1.3(b)"),
    (_S.RECEIVED, _E.CLARIFY, _S.CLARIFY, _CARRIER, "1.3(b)"),
    (_S.RECEIVED, _E.CANCEL, _S.CANCELLED, _CUSTOMER, "1.3(a)"),
    (_S.CLARIFY, _E.SUPPLEMENT, _S.RECEIVED, _CUSTOMER, "1.3(a)"),
    (_S.CLARIFY, _E.CANCEL, _S.CANCELLED, _CUSTOMER, "1.3(a)"),
    (_S.ACKNOWLEDGED, _E.SUPPLEMENT, _S.RECEIVED, _CUSTOMER, "1.3(a)"),
    (_S.ACKNOWLEDGED, _E.CANCEL, _S.CANCELLED, _CUSTOMER, "1.3(a)"),
    (_S.ACKNOWLEDGED, _E.CROSS_CONNECT, _S.CROSS_CONNECTED, _CARRIER, "1.3(b)(i)"),
    (_S.ACKNOWLEDGED, _E.PROVISION, _S.PROVISIONED, _CARRIER, "1.3(b)"),
    (_S.ACKNOWLEDGED, _E.CARRY_OUT, _S.CARRIED_OUT, _CARRIER, "1.3(c)"),
    (_S.CROSS_CONNECTED, _E.PROVISION, _S.PROVISIONED, _CARRIER, "1.3(b)"),
    (_S.PROVISIONED, _E.CROSS_CONNECT, _S.PROVISIONED, _CARRIER, "1.3(b)(i)"),
    (_S.PROVISIONED, _E.BACK_OUT, _S.CROSS_CONNECTED, _CARRIER, "1.3(b)"),
    (_S.PROVISIONED, _E.TEST_PASS, _S.TESTED, _CARRIER, "1.4(a)"),
    (_S.PROVISIONED, _E.TEST_INCOMPLETE, _S.PROVISIONED, _CARRIER, "1.4(a)"),
    (_S.TESTED, _E.TEST_PASS, _S.TESTED, _CARRIER, "1.4(a)"),
    (_S.TESTED, _E.TEST_INCOMPLETE, _S.TESTED, _CARRIER, "1.4(a)"),
    (_S.TESTED, _E.DELIVER, _S.DELIVERED, _CARRIER, "1.4(c)"),
    (_S.DELIVERED, _E.ACCEPT, _S.ACCEPTED, _CUSTOMER, "1.4(a)"),
    (_S.DELIVERED, _E.DEEM, _S.DEEMED_ACCEPTED, _CLOCK, "1.4(a), (c)"),
    (_S.REJECTED, _E.PROVISION, _S.PROVISIONED, _CARRIER, "1.4(b)"),
    (_S.REJECTED, _E.CROSS_CONNECT, _S.REJECTED, _CARRIER, "1.4(b)"),
    (_S.REJECTED, _E.TEST_PASS, _S.TESTED, _CARRIER, "1.4(b)"),
    (_S.REJECTED, _E.TEST_INCOMPLETE, _S.REJECTED, _CARRIER, "1.4(b)"),
    (_S.ELECTION, _E.CONTINUE, _S.REJECTED, _CUSTOMER, "1.4(b)(i)"),
    (_S.ELECTION, _E.DIFFERENT_PORT, _S.ACKNOWLEDGED, _CUSTOMER, "1.4(b)(ii)"),
    (_S.ELECTION, _E.DISCONTINUE, _S.DISCONTINUED, _CUSTOMER, "1.4(b)(iii)"),
    (_S.ACCEPTED, _E.BEGIN_SERVICE, _S.IN_SERVICE, _CARRIER, "1.4(a)"),
    (_S.DEEMED_ACCEPTED, _E.BEGIN_SERVICE, _S.IN_SERVICE, _CARRIER, "1.4(a)"),
    (_S.IN_SERVICE, _E.FAULT, _S.REPAIRING, _EITHER, "1.4(a), 5(c), Schedule 2 (iii)"),
    (_S.REPAIRING, _E.PROVISION, _S.REPAIRING, _CARRIER, "1.4(a)"),
    (_S.REPAIRING, _E.TEST_PASS, _S.TESTED, _CARRIER, "1.4(a)"),
    (_S.REPAIRING, _E.TEST_INCOMPLETE, _S.REPAIRING, _CARRIER, "1.4(a)"),
    (_S.TESTED, _E.RESTORE, _S.TESTED, _CARRIER, "Schedule 2 (iii)"),
    (_S.DELIVERED, _E.RESTORE, _S.DELIVERED, _CARRIER, "Schedule 2 (iii)"),
    (_S.IN_SERVICE, _E.RESTORE, _S.IN_SERVICE, _CARRIER, "Schedule 2 (iii)"),
    (_S.DISCONTINUED, _E.DISCONNECT, _S.DISCONNECTING, _CUSTOMER, "1.4(b)(iii), 1.3(c)"),
    (_S.DISCONNECTING, _E.DISCONNECTED, _S.AVAILABLE, _CARRIER, "1.3(c)"),
    # Another port carries the order now: whatever was tested, delivered or accepted was another port's.
    (_S.ACKNOWLEDGED, _E.MOVE, _S.PROVISIONED, _CARRIER, "1.4(b)(ii)"),
    (_S.CROSS_CONNECTED, _E.MOVE, _S.PROVISIONED, _CARRIER, "1.4(b)(ii)"),
    (_S.PROVISIONED, _E.MOVE, _S.PROVISIONED, _CARRIER, "1.4(b)"),
    (_S.TESTED, _E.MOVE, _S.PROVISIONED, _CARRIER, "1.4(b)"),
    (_S.DELIVERED, _E.MOVE, _S.PROVISIONED, _CARRIER, "1.4(b)"),
    (_S.REJECTED, _E.MOVE, _S.PROVISIONED, _CARRIER, "1.4(b)"),
    (_S.ELECTION, _E.MOVE, _S.ELECTION, _CARRIER, "1.4(b)"),  # the choice stays the customer's
    (_S.ACCEPTED, _E.MOVE, _S.REPAIRING, _CARRIER, "1.4(a)"),
    (_S.DEEMED_ACCEPTED, _E.MOVE, _S.REPAIRING, _CARRIER, "1.4(a)"),
    (_S.IN_SERVICE, _E.MOVE, _S.REPAIRING, _CARRIER, "1.4(a)"),
    (_S.REPAIRING, _E.MOVE, _S.REPAIRING, _CARRIER, "1.4(a)"),
)

# A test that fails, and a customer's rejection, are failed attempts: from the second on the customer may choose.
_FAILING: tuple[tuple[State, Event, frozenset[Actor]], ...] = (
    (_S.ACKNOWLEDGED, _E.TEST_FAIL, _CARRIER),  # of a push that was tested before it was saved, and taken back
    (_S.CROSS_CONNECTED, _E.TEST_FAIL, _CARRIER),
    (_S.PROVISIONED, _E.TEST_FAIL, _CARRIER),
    (_S.TESTED, _E.TEST_FAIL, _CARRIER),
    (_S.REJECTED, _E.TEST_FAIL, _CARRIER),
    (_S.REPAIRING, _E.TEST_FAIL, _CARRIER),
    (_S.DELIVERED, _E.TEST_FAIL, _CARRIER),  # silence must not accept what our own test has shown to fail since
    (_S.DELIVERED, _E.REJECT, _CUSTOMER),
    (_S.DEEMED_ACCEPTED, _E.REJECT, _CUSTOMER),  # one that had arrived before the deadline, and was entered after it
    (_S.IN_SERVICE, _E.REJECT, _CUSTOMER),
)

# From acknowledgement to the end of service the customer may have the port disconnected, or terminate it.
_ORDERED = (
    _S.ACKNOWLEDGED,
    _S.CROSS_CONNECTED,
    _S.PROVISIONED,
    _S.TESTED,
    _S.DELIVERED,
    _S.REJECTED,
    _S.ELECTION,
    _S.ACCEPTED,
    _S.DEEMED_ACCEPTED,
    _S.IN_SERVICE,
    _S.REPAIRING,
)


def _steps() -> Iterator[Step]:
    yield from (Step(*row) for row in _ROWS)
    for state, event, actors in _FAILING:
        yield Step(state, event, _S.REJECTED, actors, "1.4(b)", When.CHOICE_CLOSED)
        yield Step(state, event, _S.ELECTION, actors, "1.4(b)", When.CHOICE_OPEN)
    for state in _ORDERED:
        yield Step(state, _E.DISCONNECT, _S.DISCONNECTING, _CUSTOMER, "1.3(c)")
    for state in (*_ORDERED, _S.DISCONNECTING):
        yield Step(state, _E.TERMINATE, _S.TERMINATED, _CUSTOMER, "8.4")


TABLE: tuple[Step, ...] = tuple(_steps())
OVER = frozenset(State) - {step.state for step in TABLE}  # nothing follows these
START = State.RECEIVED


def step_of(state: State, event: Event, actor: Actor, *, choice_open: bool = False) -> Step:
    """The row that applies. Raises Refused, with what is possible instead, when there is none or not for this actor."""
    rows = [row for row in TABLE if row.state is state and row.event is event]
    rows = [row for row in rows if row.when is When.ALWAYS or (row.when is When.CHOICE_OPEN) is choice_open]
    if not rows:
        raise Refused(
            f"an order that is {state.value} cannot take the event `{event.value}`", advice=_instead(state, event)
        )
    if actor not in rows[0].actors:
        who = " or ".join(sorted(rows[0].actors))
        raise Refused(
            f"`{event.value}` of an order that is {state.value} is the {who}'s, not the {actor.value}'s",
            advice=f"PASA {rows[0].clause} says whose it is; record it in the name of the {who}.",
        )
    return rows[0]


def possible(state: State) -> tuple[Step, ...]:
    """Every row that leaves this state."""
    return tuple(row for row in TABLE if row.state is state)


def _instead(state: State, event: Event) -> str:
    if event is Event.REJECT and state is State.ACCEPTED:
        return "The customer accepted the port (PASA 1.4(a)): open a repair (`turnup repair open`)."
    events = sorted({row.event.value for row in possible(state)})
    return f"Possible now: {', '.join(events)}." if events else "This order is over; send a new Port Service Order."
