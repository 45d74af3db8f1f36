"""The messages of the electronic interface (PASA 2.4), beside the order: frozen types in the schema's order of fields.

Times are UTC. None = left out: what is not known, or what the contract's settings do not give.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from turnup.model.certificate import Occasion, Outcome
from turnup.model.order import Header, Location, PortServiceOrder
from turnup.model.verdict import Verdict

CRITICAL = 4  # Schedule 2 (iii): an interruption is critical when it affects more customers than this


@dataclass(frozen=True)
class Clarify:
    """A point of an order to be made clear: the element's path, and why."""

    field: str
    reason: str


@dataclass(frozen=True)
class OrderAcknowledgement:
    """PASA 1.3(b): accepted, with the port; or every point to be made clear."""

    received_at: datetime
    order_id: str | None = None
    revision: int | None = None
    accepted: datetime | None = None
    assigned: Location | None = None
    committed_by: datetime | None = None
    clarify: tuple[Clarify, ...] = ()


@dataclass(frozen=True)
class TestVerdict:
    """One of the twenty tests and what it came to."""

    __test__ = False  # not a test class of pytest

    number: int
    title: str
    verdict: Verdict


@dataclass(frozen=True)
class AcceptanceResult:
    """PASA 1.4(a), (c): the twenty tests of one run. The deadline stands in it only where the period is configured."""

    order_id: str
    reason: Occasion
    attempt: int
    router: str
    port: str
    tested_at: datetime
    tests: tuple[TestVerdict, ...]
    overall: Outcome
    certificate_sha256: str
    acceptance_deadline: datetime | None = None


class Choice(StrEnum):
    """The customer's election after the second failed attempt (PASA 1.4(b)(i) to (iii))."""

    CONTINUE = "CONTINUE"
    DIFFERENT_PORT = "DIFFERENT-PORT"
    DISCONTINUE = "DISCONTINUE"


@dataclass(frozen=True)
class Accept:
    """The results are accepted (PASA 1.4(a))."""


@dataclass(frozen=True)
class Defect:
    """What does not function, and by which test, when the customer says so."""

    description: str
    test: int | None = None


@dataclass(frozen=True)
class Reject:
    """The port does not function properly (PASA 1.4(b))."""

    defects: tuple[Defect, ...]


@dataclass(frozen=True)
class AcceptanceResponse:
    """The customer's answer to results: exactly one of accept, reject, election."""

    order_id: str
    responded_by: str
    certificate_sha256: str | None = None
    accept: Accept | None = None
    reject: Reject | None = None
    election: Choice | None = None


class TicketStatus(StrEnum):
    """Where a trouble ticket stands."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN-PROGRESS"
    CLEARED = "CLEARED"
    CLOSED = "CLOSED"


class Cause(StrEnum):
    """Whose fault an interruption was (PASA 4.1(b), 4.2)."""

    CARRIER = "CARRIER"
    CUSTOMER = "CUSTOMER"
    THIRD_PARTY = "THIRD-PARTY"


@dataclass(frozen=True)
class TicketEntry:
    """One entry of a ticket."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True)
class TroubleTicket:
    """A trouble ticket with all of its entries so far (PASA 2.4). Repair counts from `call_answered_at`."""

    ticket_id: str
    status: TicketStatus
    opened_at: datetime
    customers_affected: int
    entries: tuple[TicketEntry, ...]
    order_id: str | None = None
    site: str | None = None
    call_answered_at: datetime | None = None
    caused_by: Cause | None = None

    @property
    def critical(self) -> bool:
        """More than four customers affected (Schedule 2 (iii))."""
        return self.customers_affected > CRITICAL


@dataclass(frozen=True)
class OrderStatus:
    """Where an order stands, and the clock that runs for it."""

    order_id: str
    state: str
    router: str | None = None
    port: str | None = None
    clock: str | None = None
    since: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class TicketState:
    """Where a ticket stands."""

    ticket_id: str
    status: TicketStatus
    critical: bool


@dataclass(frozen=True)
class StatusReport:
    """Where orders and tickets stand (PASA 2.4)."""

    reported_at: datetime
    orders: tuple[OrderStatus, ...] = ()
    tickets: tuple[TicketState, ...] = ()


class Work(StrEnum):
    """Which maintenance (PASA 2.3(a))."""

    NORMAL = "NORMAL"
    EMERGENCY = "EMERGENCY"


@dataclass(frozen=True)
class MaintenanceNotice:
    """Written notice of maintenance (PASA 2.3(a)): 48 hours ahead when normal. `affected` are orders."""

    work: Work
    site: str
    routers: tuple[str, ...]
    starts: datetime
    because: str
    ends: datetime | None = None
    affected: tuple[str, ...] = ()


class Stage(StrEnum):
    """Which report of an outage this is (MGS IV, Schedule 2)."""

    FIRST = "FIRST"
    UPDATE = "UPDATE"
    RESTORED = "RESTORED"
    SUMMARY = "SUMMARY"


@dataclass(frozen=True)
class OutageReport:
    """A System Outage: what MGS IV, Schedule 2 asks to be told. The first within 30 minutes, updates every 60."""

    outage_id: str
    stage: Stage
    site: str
    began_at: datetime
    reported_at: datetime
    person_notified: str
    ended_at: datetime | None = None
    cause: str | None = None
    estimated_restoration: datetime | None = None
    long_term_remedy: str | None = None
    corrected_by: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of a message: taken, or refused with every reason."""

    taken: bool
    received_at: datetime
    remarks: tuple[str, ...] = ()


Body = (
    PortServiceOrder
    | OrderAcknowledgement
    | AcceptanceResult
    | AcceptanceResponse
    | TroubleTicket
    | StatusReport
    | MaintenanceNotice
    | OutageReport
    | Receipt
)
KINDS: dict[str, type[Body]] = {
    kind.__name__: kind
    for kind in (
        PortServiceOrder,
        OrderAcknowledgement,
        AcceptanceResult,
        AcceptanceResponse,
        TroubleTicket,
        StatusReport,
        MaintenanceNotice,
        OutageReport,
        Receipt,
    )
}


@dataclass(frozen=True)
class Message:
    """One message: its envelope and what it says."""

    header: Header
    body: Body

    @property
    def kind(self) -> str:
        """Name of the body's element."""
        return type(self.body).__name__

    @property
    def order_id(self) -> str:
        """The order it is about, "" for none."""
        return getattr(self.body, "order_id", None) or ""
