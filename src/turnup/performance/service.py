"""What an order's history says about service: when it was given, on which port, and when it was under repair. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from turnup.errors import InputError
from turnup.order.fault import Fault, cause_of
from turnup.order.life import Happening
from turnup.order.states import Event, State
from turnup.performance.recorded import Evidence, Interruption

if TYPE_CHECKING:
    from turnup.store.events import Entered


@dataclass(frozen=True)
class Served:
    """One port that served an order. `ends` None = it still does. UTC."""

    order_id: str
    customer: str
    site: str
    router: str
    port: str
    starts: datetime
    ends: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Story:
    """An order's history, read for its performance. `ended` = the event that ended it before the term, if one did.

    Router and port are the last it had, `certificate` is the digest of its last test.
    """

    order_id: str
    customer: str
    site: str
    received_at: datetime
    router: str
    port: str
    certificate: str
    served: tuple[Served, ...]
    repairs: tuple[Interruption, ...]
    first_accepted: datetime | None = None
    ended: Happening | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)  # by event: the last of its kind


_ENDS = (Event.DISCONNECT, Event.TERMINATE, Event.DISCONTINUE, Event.CANCEL)
_PORTS = (Event.ACKNOWLEDGE, Event.PROVISION, Event.DIFFERENT_PORT, Event.MOVE)
_ACCEPTING = (Event.ACCEPT, Event.DEEM)
_FAILING = (Event.TEST_FAIL, Event.REJECT)
_ROUNDS = (Event.FAULT, Event.MOVE)  # what a port in service is tested and accepted for again
_DEEMED = (State.IN_SERVICE, State.DEEMED_ACCEPTED)


def story_of(history: Iterable[Entered]) -> Story:
    """Read a history. Service lasts from `begin service` to the request to disconnect (PASA 1.3(c)), or to its end.

    A repair interrupts from the report of the fault until a test passes that nobody takes back (PASA 1.4(a)), or until
    the earlier moment that its closing tells and that test proves (PASA 4.2: "until the interruption is remedied"). A
    different port goes on with the order's service, still interrupted. What was entered was decided then and is not
    judged again (`turnup db check` does). Raises InputError for an empty history.
    """
    reader = _Reader()
    for one in history:
        reader.read(one)
    return reader.told()


class _Reader:
    def __init__(self) -> None:
        self.received: Happening | None = None
        self.state: State | None = None
        self.router = self.port = self.certificate = ""
        self.serving: Served | None = None
        self.served: list[Served] = []
        self.moved = False  # whether a move, and no fault, is what the tests since are about
        self.repair: Interruption | None = None
        self.repairs: list[Interruption] = []
        self.first_accepted: datetime | None = None
        self.ended: Happening | None = None
        self.evidence: dict[str, Evidence] = {}

    def read(self, one: Entered) -> None:
        happening, before = one.happening, self.state
        self.received, self.state = self.received or happening, happening.to
        self.certificate = happening.detail.get("certificate", self.certificate)
        at, event = happening.at.astimezone(UTC), happening.event
        proof = Evidence("event", f"{one.seq} ({event.value}, {one.happening.order_id})", one.digest)
        self.evidence[event.value] = proof
        if event in _PORTS:
            self._port(happening, at, proof)
        if event in _ROUNDS:
            self.moved = event is Event.MOVE and self.state is State.REPAIRING and self.repair is None
        if event in _ACCEPTING and self.first_accepted is None:
            self.first_accepted = _accepted(happening, at)
        if event in _FAILING and before in _DEEMED and self.repair is None:
            self._take_back()
        self._repair(happening, at, proof)
        if event in _FAILING and self.serving and self.repair is None:  # of a port it was moved to (PASA 4.2)
            self.repair = replace(_fault(happening, at, proof), answered=at if event is Event.REJECT else None)
            self.moved = False
        if event is Event.BEGIN_SERVICE and self.serving is None:
            self._serve(at, proof)
        if event in _ENDS:
            if self.ended is None or self.ended.event is not Event.DISCONTINUE:
                self.ended = happening  # what disconnects a port that was discontinued ends nothing more
            self._leave(at, proof)
            self._restored(at)

    def told(self) -> Story:
        if self.received is None:
            raise InputError("a history without an event tells nothing")
        served = [*self.served, *([self.serving] if self.serving else [])]
        repairs = [*self.repairs, *([self.repair] if self.repair else [])]
        return Story(
            self.received.order_id,
            self._said("customer"),
            self._said("site"),
            self.received.at.astimezone(UTC),
            self.router,
            self.port,
            self.certificate,
            tuple(served),
            tuple(repairs),
            self.first_accepted,
            self.ended,
            self.evidence,
        )

    def _take_back(self) -> None:
        """The deemed acceptance does not stand: the repair goes on, or nothing was accepted yet (PASA 1.4(b)).

        Of a port that the order was moved to in service, nothing is known to have failed before.
        """
        if self.moved and self.serving:
            return  # an earlier repair has nothing to do with it
        if self.repairs:
            self.repair = replace(self.repairs.pop(), ends=None)
        else:
            self.first_accepted = self.serving = None

    def _port(self, happening: Happening, at: datetime, proof: Evidence) -> None:
        """The order's port; while it is served by another, that one is left and the service goes on."""
        router, port = happening.detail.get("router", ""), happening.detail.get("port", "")
        if not port or (router, port) == (self.router, self.port):
            return
        self.router, self.port = router or self.router, port
        if self.serving:
            self._leave(at, proof)
            self._serve(at, proof)

    def _said(self, name: str) -> str:
        return self.received.detail.get(name, "") if self.received else ""

    def _serve(self, at: datetime, proof: Evidence) -> None:
        order_id = self.received.order_id if self.received else ""
        self.serving = Served(
            order_id, self._said("customer"), self._said("site"), self.router, self.port, at, evidence=(proof,)
        )

    def _leave(self, at: datetime, proof: Evidence) -> None:
        if self.serving and at > self.serving.starts:
            self.served.append(replace(self.serving, ends=at, evidence=(*self.serving.evidence, proof)))
        self.serving = None

    def _repair(self, happening: Happening, at: datetime, proof: Evidence) -> None:
        event = happening.event
        if event is Event.FAULT:
            self._restored(at)
            self.repair = _fault(happening, at, proof)
        elif self.repair and event is Event.TEST_PASS:
            self._mark(self.repair.ends or at, proof)
        elif self.repair and event in _FAILING:
            self._mark(None, proof)
        elif event is Event.RESTORE:
            self._closed(happening, at, proof)
        elif event is Event.BEGIN_SERVICE:
            self._restored(at)

    def _closed(self, happening: Happening, at: datetime, proof: Evidence) -> None:
        """The repair was closed: since when the port serves again, which its tests prove, and what had caused it."""
        one = self.repair or (self.repairs.pop() if self.repairs else None)
        if one is None:
            return
        cause = cause_of(happening.detail) or one.cause
        one = replace(one, ends=at, cause=cause, evidence=(*one.evidence, proof))
        if self.repair:
            self.repair = one
        else:
            self.repairs.append(one)

    def _mark(self, ends: datetime | None, proof: Evidence) -> None:
        if self.repair:
            self.repair = replace(self.repair, ends=ends, evidence=(*self.repair.evidence, proof))

    def _restored(self, at: datetime) -> None:
        """The repair is over, at the latest now."""
        if self.repair:
            self.repairs.append(replace(self.repair, ends=self.repair.ends or at))
        self.repair = None


def _accepted(happening: Happening, at: datetime) -> datetime:
    """Silence accepts when the period ends (PASA 1.4(a), (c)), not when somebody looks."""
    until = happening.detail.get("until")
    return datetime.fromisoformat(until).astimezone(UTC) if happening.event is Event.DEEM and until else at


def _fault(happening: Happening, at: datetime, proof: Evidence) -> Interruption:
    told = Fault.of(happening.detail)
    return Interruption(
        at,
        None,
        told.cause,
        order_id=happening.order_id,
        ticket=told.ticket,
        answered=told.answered or at,
        customers=told.customers,
        critical=told.critical,
        evidence=(proof,),
    )
