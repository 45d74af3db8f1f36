"""The life of a port order: what has happened to it, folded into where it stands. Pure; no clock is read here.

What may happen is decided once, when it happens (`decisions`), under the policy of that day. Reading a history back
needs the table of states only: a policy changed later never changes what was decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from turnup.errors import InputError, TurnupError
from turnup.order.states import START, TABLE, Actor, Event, State


@dataclass(frozen=True)
class Happening:
    """One entry of an order's history. `at` is when it happened (UTC), `by` a person, a system or a message id.

    `detail` are plain words: `port`, `router`, `certificate` (digest), `reason`, `delivery` (proof), `trial` (the
    journal of a push that was tested and taken back). `to` is the state it led to, set by `decisions.decide`.
    """

    order_id: str
    event: Event
    actor: Actor
    at: datetime
    by: str
    detail: Mapping[str, str] = field(default_factory=dict)
    to: State | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InputError(f"{self.order_id}: {self.event.value} has a time without its zone")


class Occasion(StrEnum):
    """Which acceptance period runs (PASA 1.4(c))."""

    NEW = "new"
    REPAIRED = "repaired"


@dataclass(frozen=True)
class Attempt:
    """One opportunity used (PASA 1.4(b)). `number` is kept as it was given, never counted again."""

    number: int
    at: datetime
    satisfied: bool
    port: str
    certificate: str
    failed_by: Actor | None = None


@dataclass(frozen=True)
class Life:
    """An order as its history has it. Times are UTC; None = has not happened (in the present round)."""

    order_id: str
    state: State = START
    occasion: Occasion = Occasion.NEW
    router: str = ""
    port: str = ""
    site: str = ""
    customer: str = ""
    action: str = ""  # what the order asks for, as in the message; "" = NEW
    revision: int = 1
    entered: Mapping[State, datetime] = field(default_factory=dict)  # when each state was last entered
    received_at: datetime | None = None
    accepted_order_at: datetime | None = None
    acknowledged_at: datetime | None = None  # when that was before a different port had the clocks start again
    delivered_at: datetime | None = None
    delivery: str = ""  # proof of delivery: message id, or who handed it over
    certificate: str = ""  # digest of the certificate that was delivered last, or stands tested
    deemed_until: datetime | None = None  # end of the period whose silence was taken for acceptance
    accepted_certificate: str = ""  # digest of the certificate the port went into service with
    completed_at: datetime | None = None  # acceptance tests first satisfied on this port (PASA 1.3(b)(ii))
    repair_since: datetime | None = None
    repaired_at: datetime | None = None  # acceptance tests satisfied after the repair
    restored_at: datetime | None = None  # the repair was closed: since when the port serves again
    critical: bool = False
    disconnect_since: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    bad_ports: tuple[str, ...] = ()  # `router port` that were left for a different one
    fee_reduced: bool = False  # PASA 1.4(b)(iii), Schedule 1 Appendix B
    cross_connected_at: datetime | None = None
    count: int = 0  # happenings so far


def fold(history: Iterable[Happening]) -> Life | None:
    """Where an order stands after all this; None for an empty history. Raises TurnupError for an impossible entry."""
    life: Life | None = None
    for happening in history:
        life = after(life, happening)
    return life


def after(life: Life | None, happening: Happening) -> Life:
    """The life after a happening that was decided. Raises TurnupError when the table has no such step."""
    at = happening.at.astimezone(UTC)
    if life is None:
        if happening.event is not Event.RECEIVE or happening.to is not START:
            raise TurnupError(f"the history of {happening.order_id} does not begin with its receipt")
        return _received(happening, at)
    if happening.to is None or not any(
        (step.state, step.event, step.to) == (life.state, happening.event, happening.to) for step in TABLE
    ):
        raise TurnupError(f"{life.order_id}: no step leads from {life.state.value} by {happening.event.value} there")
    known = _REMEMBER.get(happening.event, _nothing)(counted(life, happening), happening, at)
    entered = dict(known.entered) | ({happening.to: at} if happening.to is not life.state else {})
    return replace(known, state=happening.to, entered=entered, count=life.count + 1)


def _received(happening: Happening, at: datetime) -> Life:
    detail = happening.detail
    return Life(
        happening.order_id,
        received_at=at,
        entered={START: at},
        site=detail.get("site", ""),
        customer=detail.get("customer", ""),
        action=detail.get("action", ""),
        revision=int(detail.get("revision", "1")),
        count=1,
    )


_UNANSWERED = (State.TESTED, State.DELIVERED)
_SERVING = (State.ACCEPTED, State.DEEMED_ACCEPTED, State.IN_SERVICE)  # a test of a port that serves is no attempt


def counted(life: Life, happening: Happening) -> Life:
    """The attempt that this happening is, if it is one. A test that could not be completed is none."""
    event = happening.event
    if event is Event.REJECT and life.attempts:  # the attempt was taken for good when its test passed
        last = replace(life.attempts[-1], satisfied=False, failed_by=happening.actor)
        return replace(life, attempts=(*life.attempts[:-1], last))
    if event not in (Event.TEST_PASS, Event.TEST_FAIL):
        return life
    passed = event is Event.TEST_PASS
    again = life.state in _UNANSWERED  # tested again before the answer: still the same attempt
    number = life.attempts[-1].number + (not again) if life.attempts else 1
    detail, certificate = happening.detail, happening.detail.get("certificate", "")
    port = f"{detail.get('router') or life.router} {detail.get('port') or life.port}".strip()
    failed_by = None if passed else happening.actor
    attempt = Attempt(number, happening.at.astimezone(UTC), passed, port, certificate, failed_by)
    return replace(life, attempts=(*(life.attempts[:-1] if again else life.attempts), attempt))


Remember = Callable[[Life, Happening, datetime], Life]


def next_attempt(life: Life) -> int:
    """The number that the next run of the tests has (PASA 1.4(b)); a run that is not completed leaves it as it is."""
    if not life.attempts or life.state in _SERVING:
        return 1
    return life.attempts[-1].number + (life.state not in _UNANSWERED)


def _nothing(life: Life, happening: Happening, at: datetime) -> Life:  # noqa: ARG001 - as the others are called
    return life


def _acknowledged(life: Life, happening: Happening, at: datetime) -> Life:
    router, port = happening.detail.get("router", life.router), happening.detail.get("port", life.port)
    return replace(life, accepted_order_at=at, router=router, port=port)


def _provisioned(life: Life, happening: Happening, at: datetime) -> Life:  # noqa: ARG001
    """The journal knows best where: the ledger names the present port alone, also when it was moved since."""
    detail = happening.detail
    return replace(life, router=detail.get("router") or life.router, port=detail.get("port") or life.port)


def _supplemented(life: Life, happening: Happening, at: datetime) -> Life:
    revision = int(happening.detail.get("revision", str(life.revision + 1)))
    return replace(life, received_at=at, acknowledged_at=None, revision=revision)


def _failed(life: Life, happening: Happening, at: datetime) -> Life:  # noqa: ARG001
    certificate = happening.detail.get("certificate", "")
    return replace(life, certificate=certificate, delivered_at=None, repaired_at=None, restored_at=None)


def _passed(life: Life, happening: Happening, at: datetime) -> Life:
    life = replace(life, certificate=happening.detail.get("certificate", ""), delivered_at=None)
    if life.occasion is Occasion.REPAIRED:
        return replace(life, repaired_at=at)
    return replace(life, completed_at=life.completed_at or at)


def _repair(life: Life, happening: Happening, at: datetime) -> Life:
    """A new round: repaired ports have a period and opportunities of their own (PASA 1.4(a), (c))."""
    critical = happening.detail.get("critical") == "yes"
    return replace(
        life,
        occasion=Occasion.REPAIRED,
        repair_since=at,
        repaired_at=None,
        restored_at=None,
        critical=critical,
        attempts=(),
        deemed_until=None,
        delivered_at=None,
        delivery="",
    )


def _other_port(life: Life, happening: Happening, at: datetime) -> Life:
    """An alternate port at the same location: clocks start again; the attempts go on unless policy says not."""
    left = f"{life.router} {life.port}".strip()
    restart = happening.detail.get("restart") == "yes"
    return replace(
        life,
        accepted_order_at=at,
        acknowledged_at=life.acknowledged_at or life.accepted_order_at,
        router=happening.detail.get("router", ""),
        port=happening.detail.get("port", ""),
        bad_ports=(*life.bad_ports, *filter(None, [left])),
        cross_connected_at=None,
        completed_at=None,
        certificate="",
        attempts=() if restart else life.attempts,
    )


def _moved(life: Life, happening: Happening, at: datetime) -> Life:  # noqa: ARG001
    """Another port carries the order: nothing that was proved or answered of the old one counts for it.

    A port that was in service is a restored one from now on, with a period and opportunities of its own.
    """
    router, port = happening.detail.get("router", ""), happening.detail.get("port", "")
    here, left = f"{router} {port}", f"{life.router} {life.port}".strip()
    bad = tuple(one for one in (*life.bad_ports, left) if one and one != here)
    life = replace(
        life,
        router=router,
        port=port,
        bad_ports=tuple(dict.fromkeys(bad)),
        certificate="",
        delivered_at=None,
        delivery="",
        completed_at=None if life.occasion is Occasion.NEW else life.completed_at,
        repaired_at=None,
        restored_at=None,
    )
    if happening.to is not State.REPAIRING or life.state is State.REPAIRING:
        return life
    return replace(life, occasion=Occasion.REPAIRED, attempts=(), repair_since=None, critical=False, deemed_until=None)


_REMEMBER: Mapping[Event, Remember] = {
    Event.ACKNOWLEDGE: _acknowledged,
    Event.SUPPLEMENT: _supplemented,
    Event.CROSS_CONNECT: lambda life, _, at: replace(life, cross_connected_at=at),
    Event.PROVISION: _provisioned,
    Event.TEST_PASS: _passed,
    Event.TEST_FAIL: _failed,
    Event.DELIVER: lambda life, h, at: replace(life, delivered_at=at, delivery=h.detail.get("delivery", "")),
    Event.REJECT: lambda life, _, at: replace(life, repaired_at=None, restored_at=None),  # noqa: ARG005
    Event.DEEM: lambda life, h, _: replace(life, deemed_until=datetime.fromisoformat(h.detail["until"])),
    Event.BEGIN_SERVICE: lambda life, _, at: replace(  # noqa: ARG005
        life, accepted_certificate=life.certificate
    ),
    Event.FAULT: _repair,
    Event.RESTORE: lambda life, _, at: replace(life, restored_at=at),
    Event.MOVE: _moved,
    Event.DIFFERENT_PORT: _other_port,
    Event.DISCONTINUE: lambda life, _, at: replace(life, fee_reduced=True),  # noqa: ARG005
    Event.DISCONNECT: lambda life, _, at: replace(life, disconnect_since=at),
}
