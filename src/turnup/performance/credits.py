"""The worksheet of credits: reductions of the Port Access Service Fees, each line with its clause and evidence.

Appendix B to Schedule 1: an amount "per affected Port" for 1.4(b), 4.1(a), 4.2, 5(a) and (b), 8.4. All amounts are
settings; a line whose amount is not configured shows what happened and no amount. Pure; money is Decimal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from turnup.model.policy import Fee, Per
from turnup.order.life import Happening
from turnup.order.states import Event
from turnup.performance.availability import PortMonth
from turnup.performance.book import Book
from turnup.performance.delays import delays
from turnup.performance.months import Month
from turnup.performance.recorded import Evidence
from turnup.performance.report import hours, moment
from turnup.performance.service import Story
from turnup.performance.spans import Span, Spans, common, length, span

TERMINATED = ("8.4(i)", "8.4(ii)", "8.4(iii)")
CHANGED = ("5(a)", "5(b)")


@dataclass(frozen=True)
class Credit:
    """One line. `quantity` and `amount` None = the amount is not configured."""

    clause: str
    what: str
    order_id: str
    site: str
    router: str
    port: str
    fee: Fee | None
    quantity: int | None
    evidence: tuple[Evidence, ...]

    @property
    def amount(self) -> Decimal | None:
        """By how much the fees of the month are reduced."""
        return self.fee.amount * self.quantity if self.fee is not None and self.quantity is not None else None


@dataclass(frozen=True)
class Worksheet:
    """All lines of a month. `total` is of the lines that have an amount; `open` is how many have none."""

    month: Month
    credits: tuple[Credit, ...]
    currency: str | None

    @property
    def total(self) -> Decimal | None:
        """The sum of what is configured; None when nothing is."""
        amounts = [one.amount for one in self.credits if one.amount is not None]
        return sum(amounts, Decimal(0)) if amounts else None

    @property
    def open(self) -> int:
        """Lines without an amount."""
        return sum(one.amount is None for one in self.credits)


def worksheet(book: Book, month: Month, site: str = "") -> Worksheet:
    """Every reduction of the fees of that month, up to now, by clause, site and order."""
    found = [*_interruptions(book, month, site), *_late(book, month, site)]
    for story in book.stories:
        if site in ("", story.site):
            found += _ended(story, book, month)
    lines = sorted(found, key=lambda one: (one.clause, one.site, one.order_id, one.router, one.port))
    return Worksheet(month, tuple(lines), book.policy.fees.currency)


def units(per: Per, spans: Spans, window: Span) -> int:
    """How many units of these spans fall into that window; over all windows every unit counts once.

    A month is one for any time at all; an occurrence counts where it begins. Hours and days count from each span's
    own start: a unit that is full (or begun) in this window belongs to it, whatever window it started in.
    """
    if per is Per.MONTH:
        return int(bool(common(spans, (window,))))
    if per is Per.OCCURRENCE:
        return sum(window.start <= one.start < window.end for one in spans)
    unit, begun = _UNITS[per]
    return sum(_upto(one, window.end, unit, begun) - _upto(one, window.start, unit, begun) for one in spans)


_UNITS = {
    Per.FULL_HOUR: (timedelta(hours=1), False),
    Per.BEGUN_HOUR: (timedelta(hours=1), True),
    Per.FULL_DAY: (timedelta(days=1), False),
    Per.BEGUN_DAY: (timedelta(days=1), True),
}


def _upto(one: Span, until: datetime, unit: timedelta, begun: bool) -> int:
    time = max(min(one.end, until) - one.start, timedelta(0))
    return -(-time // unit) if begun else time // unit


def _interruptions(book: Book, month: Month, site: str) -> Iterator[Credit]:
    """4.2: until the interruption is remedied, unless the customer substantially caused it."""
    for one in book.months(month, site):
        for outage in one.outages:
            inside = common(outage.counted, (one.window,))
            if not inside:
                continue
            fee, zone = book.policy.fees.interruption, book.zone_of(one.served.site)
            until = "still open" if outage.open else moment(outage.span.end, zone)
            what = f"interrupted {hours(length(inside))} h: {moment(outage.span.start, zone)} to {until}"
            spans = _first_only(outage.counted) if fee and fee.per is Per.OCCURRENCE else outage.counted
            quantity = units(fee.per, spans, one.window) if fee else None
            if fee and fee.per is Per.MONTH and outage is not _first_counted(one):
                quantity = 0  # per affected port and month: once, however many interruptions there were
            yield _of_port("4.2", what, one, fee, quantity, outage.evidence)


def _first_only(spans: Spans) -> Spans:
    """An occurrence whose parts were told apart by cause is still one."""
    return spans[:1]


def _first_counted(one: PortMonth) -> object:
    return next((outage for outage in one.outages if common(outage.counted, (one.window,))), None)


def _of_port(
    clause: str, what: str, one: PortMonth, fee: Fee | None, quantity: int | None, evidence: tuple[Evidence, ...]
) -> Credit:
    served = one.served
    return Credit(clause, what, served.order_id, served.site, served.router, served.port, fee, quantity, evidence)


def _late(book: Book, month: Month, site: str) -> Iterator[Credit]:
    """4.1(a): a Delay Credit for a port that is not accepted by the date of Schedule 3."""
    for delay in delays(book):
        story = delay.story
        window = month.span(book.zone_of(story.site))
        inside = common(delay.spans, (window,))
        if site in ("", story.site) and inside:
            fee = book.policy.fees.delay
            spans = _first_only(delay.spans) if fee and fee.per is Per.OCCURRENCE else delay.spans
            quantity = units(fee.per, spans, window) if fee else None
            what = f"late {hours(length(inside))} h in {month}, due {delay.promised}"
            what += ", still open" if delay.open else ""
            yield Credit(
                "4.1(a)", what, story.order_id, story.site, story.router, story.port, fee, quantity, delay.evidence
            )


def _ended(story: Story, book: Book, month: Month) -> Iterator[Credit]:
    """1.4(b)(iii), 5(a), 5(b), 8.4: services that ended before the term. The reduction stands from then on."""
    ended = story.ended
    found = _reduction(ended, book) if ended else None
    if ended is None or found is None:
        return
    window = month.span(book.zone_of(story.site))
    if ended.at >= min(window.end, book.now):
        return
    clause, what, fee = found
    spans = span(ended.at, min(window.end, book.now))
    at = moment(ended.at, book.zone_of(story.site))
    evidence = tuple(
        proof
        for name in ("test failed", "reject", ended.event.value)
        if (proof := story.evidence.get(name)) and (name == ended.event.value or clause == "1.4(b)(iii)")
    )
    if clause == "1.4(b)(iii)" and story.certificate:
        evidence = (*evidence, Evidence("certificate", "of the last test", story.certificate))
    quantity = units(fee.per, spans, window) if fee else None
    yield Credit(clause, f"{what} {at}", story.order_id, story.site, story.router, story.port, fee, quantity, evidence)


def _reduction(ended: Happening, book: Book) -> tuple[str, str, Fee | None] | None:
    fees, clause = book.policy.fees, ended.detail.get("clause", "")
    if ended.event is Event.DISCONTINUE:
        return "1.4(b)(iii)", "discontinued", fees.discontinued
    if ended.event is Event.TERMINATE and clause in TERMINATED:
        return clause, "terminated", fees.partial_termination
    if ended.event is Event.TERMINATE and clause in CHANGED:
        return clause, "terminated, no agreement on a move or upgrade,", fees.changes
    return None  # a disconnection reduces nothing (PASA 1.3(c))
