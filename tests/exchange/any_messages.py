"""Any message at all, for the tests of its forms (hypothesis); and one plain example of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st
from sample_messages import _TEXT, _TIME, _WORD, headers, level3, orders

from turnup.model.certificate import Occasion, Outcome
from turnup.model.interface_name import InterfaceName
from turnup.model.messages import (
    Accept,
    AcceptanceResponse,
    AcceptanceResult,
    Body,
    Cause,
    Choice,
    Clarify,
    Defect,
    MaintenanceNotice,
    Message,
    OrderAcknowledgement,
    OrderStatus,
    OutageReport,
    Receipt,
    Reject,
    Stage,
    StatusReport,
    TestVerdict,
    TicketEntry,
    TicketState,
    TicketStatus,
    TroubleTicket,
    Work,
)
from turnup.model.order import Header, Location
from turnup.model.result import SCHEDULE_2
from turnup.model.verdict import Verdict

NOW = datetime(2001, 7, 10, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHA = "0123456789abcdef" * 4
T = TypeVar("T")
HEADER = Header("Q-2001-0007", "QWEST", "KMC", NOW)

_LINE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80).map(
    lambda text: f"x{text}".replace("<secret:", "").strip()
)
_HOST = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True)
_PORT = st.sampled_from(["Serial5/0", "POS1/0/0", "HundredGigE0/0/0/1.100", "eth1"])
_SHA = st.just(SHA)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def many(strategy: st.SearchStrategy[T], least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


def _tests(verdict: Verdict = Verdict.PASS) -> tuple[TestVerdict, ...]:
    return tuple(TestVerdict(number, title, verdict) for number, title in enumerate(SCHEDULE_2, start=1))


def _by_time(entries: tuple[TicketEntry, ...]) -> tuple[TicketEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.at))


_ACKNOWLEDGED = st.builds(
    OrderAcknowledgement,
    received_at=_TIME,
    order_id=_WORD,
    revision=st.integers(1, 99),
    accepted=_TIME,
    assigned=maybe(st.builds(Location, _TEXT, maybe(_HOST), st.just(InterfaceName.parse("Serial5/0")))),
    committed_by=maybe(_TIME),
)
_CLARIFIED = st.builds(
    OrderAcknowledgement, received_at=_TIME, order_id=maybe(_WORD), clarify=many(st.builds(Clarify, _LINE, _LINE), 1)
)
_RESULT = st.builds(
    AcceptanceResult,
    order_id=_WORD,
    reason=st.sampled_from(Occasion),
    attempt=st.integers(1, 9),
    router=_HOST,
    port=_PORT,
    tested_at=_TIME,
    tests=st.permutations(_tests()).map(tuple),
    overall=st.just(Outcome.SATISFIED),
    certificate_sha256=_SHA,
    acceptance_deadline=maybe(_TIME),
) | st.builds(
    AcceptanceResult,
    order_id=_WORD,
    reason=st.sampled_from(Occasion),
    attempt=st.integers(1, 9),
    router=_HOST,
    port=_PORT,
    tested_at=_TIME,
    tests=st.just(_tests(Verdict.FAIL)),
    overall=st.just(Outcome.NOT_SATISFIED),
    certificate_sha256=_SHA,
)
_RESPONSE = st.builds(AcceptanceResponse, order_id=_WORD, responded_by=_TEXT, certificate_sha256=maybe(_SHA)).flatmap(
    lambda one: st.one_of(
        st.just(replace(one, accept=Accept())),
        st.sampled_from(Choice).map(lambda choice: replace(one, election=choice)),
        many(st.builds(Defect, _LINE, maybe(st.integers(1, 20))), 1).map(lambda d: replace(one, reject=Reject(d))),
    )
)
_TICKET = st.builds(
    TroubleTicket,
    ticket_id=_WORD,
    status=st.sampled_from(TicketStatus),
    opened_at=_TIME,
    customers_affected=st.integers(0, 99),
    entries=many(st.builds(TicketEntry, _TIME, _TEXT, _LINE), 1).map(_by_time),
    order_id=_WORD,
    site=maybe(_TEXT),
    call_answered_at=maybe(_TIME),
    caused_by=maybe(st.sampled_from(Cause)),
)
_STATUS = st.builds(
    StatusReport,
    reported_at=_TIME,
    orders=many(
        st.builds(OrderStatus, _WORD, _LINE, maybe(_HOST), maybe(_PORT), maybe(_LINE), maybe(_TIME), maybe(_TIME))
    ),
    tickets=many(st.builds(TicketState, _WORD, st.sampled_from(TicketStatus), st.booleans())),
)
_MAINTENANCE = st.builds(
    MaintenanceNotice,
    work=st.sampled_from(Work),
    site=_TEXT,
    routers=many(_HOST, 1),
    starts=_TIME,
    because=_LINE,
    affected=many(_WORD),
).map(lambda one: replace(one, ends=one.starts + HOUR))
_OUTAGE = st.builds(
    OutageReport,
    outage_id=_WORD,
    stage=st.sampled_from((Stage.FIRST, Stage.UPDATE)),
    site=_TEXT,
    began_at=_TIME,
    reported_at=_TIME,
    person_notified=_TEXT,
    cause=maybe(_LINE),
    estimated_restoration=maybe(_TIME),
) | st.builds(
    OutageReport,
    outage_id=_WORD,
    stage=st.just(Stage.SUMMARY),
    site=_TEXT,
    began_at=_TIME,
    reported_at=_TIME,
    person_notified=_TEXT,
    cause=_LINE,
    long_term_remedy=_LINE,
    corrected_by=_LINE,
).map(lambda one: replace(one, ended_at=one.began_at + HOUR))
_RECEIPT = st.builds(Receipt, taken=st.just(value=True), received_at=_TIME, remarks=many(_LINE)) | st.builds(
    Receipt, taken=st.just(value=False), received_at=_TIME, remarks=many(_LINE, 1)
)


def bodies() -> st.SearchStrategy[Body]:
    """Any body that means something."""
    return st.one_of(
        orders(), _ACKNOWLEDGED, _CLARIFIED, _RESULT, _RESPONSE, _TICKET, _STATUS, _MAINTENANCE, _OUTAGE, _RECEIPT
    )


def messages() -> st.SearchStrategy[Message]:
    """Any message."""
    return st.builds(Message, headers(), bodies())


EXAMPLES: tuple[Body, ...] = (
    replace(level3().order, origin=""),
    OrderAcknowledgement(
        NOW, "PSO-2001-000051", 1, NOW + HOUR, Location("nyc-hudson", "nyc-hud-gsr1", InterfaceName.parse("Serial5/0"))
    ),
    AcceptanceResult(
        "PSO-2001-000051", Occasion.INITIAL, 1, "nyc-hud-gsr1", "Serial5/0", NOW, _tests(), Outcome.SATISFIED, SHA
    ),
    AcceptanceResponse(
        "PSO-2001-000051", "Q. West", SHA, reject=Reject((Defect("no route to 192.0.2.0/24 from our side", 6),))
    ),
    TroubleTicket(
        "TT-2001-0815",
        TicketStatus.OPEN,
        NOW,
        5,
        (TicketEntry(NOW, "Q. West", "five customers at 60 Hudson have no traffic"),),
        order_id="PSO-2001-000051",
        call_answered_at=NOW,
    ),
    StatusReport(
        NOW,
        (OrderStatus("PSO-2001-000051", "results delivered", "nyc-hud-gsr1", "Serial5/0", "acceptance", NOW),),
        (TicketState("TT-2001-0815", TicketStatus.OPEN, critical=True),),
    ),
    MaintenanceNotice(
        Work.NORMAL, "nyc-hudson", ("nyc-hud-gsr1",), NOW, "line card software", NOW + 4 * HOUR, ("PSO-2001-000051",)
    ),
    OutageReport("OUT-2001-07", Stage.FIRST, "nyc-hudson", NOW, NOW + HOUR / 3, "Q. West"),
    Receipt(taken=False, received_at=NOW, remarks=("nothing is known of an order PSO-9",)),
)
