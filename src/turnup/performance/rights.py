"""Rights to terminate a port's services that have arisen (PASA 8.4). Threshold unset: elapsed figures, no right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from turnup.model.period import Period
from turnup.order.calendars import calendar_of
from turnup.performance.availability import Level, PortMonth
from turnup.performance.book import Book
from turnup.performance.delays import delays
from turnup.performance.months import Month
from turnup.performance.outages import outages
from turnup.performance.recorded import Evidence
from turnup.performance.report import hours
from turnup.performance.service import Served
from turnup.performance.spans import Span, common


@dataclass(frozen=True)
class Right:
    """One right of one order, or how near it is. `arisen` None = its threshold is not configured."""

    clause: str
    order_id: str
    router: str
    port: str
    figures: str
    threshold: str
    arisen: bool | None
    evidence: tuple[Evidence, ...] = ()

    @property
    def told(self) -> str:
        """In a word."""
        return "not configured" if self.arisen is None else "arisen" if self.arisen else "not arisen"


def rights(book: Book, month: Month, site: str = "") -> tuple[Right, ...]:
    """All rights that have arisen by the end of that month, and what runs towards one."""
    served = [one for one in book.crowd.served if site in ("", one.site)]
    found = [*_availability(book, month, site), *_delayed(book, month, site), *_inoperable(book, month, served)]
    return tuple(sorted(found, key=lambda one: (one.clause, one.order_id, one.router, one.port, one.figures)))


def _availability(book: Book, month: Month, site: str) -> Iterator[Right]:
    """8.4(i): below the agreed availability in so many consecutive months. A month that is not over has not failed."""
    clocks = book.policy.clocks
    target, needed = clocks.availability_percent, clocks.availability_months
    for last in book.months(month, site):
        if not last.complete:
            continue
        run = list(_run(book, last, target))
        if target is not None and not run:
            continue
        worst = min((one.percent for one in run), default=last.percent)
        arisen = None if target is None or needed is None else len(run) >= needed
        figures = (
            f"{len(run)} months in a row below, lowest {worst:.4f} %" if run else f"{last.percent:.4f} % in {month}"
        )
        threshold = f"{needed} months below {target} %" if arisen is not None else "not configured"
        yield _right("8.4(i)", last.served, figures, threshold, arisen, (one.evidence for one in run or [last]))


def _run(book: Book, last: PortMonth, target: float | None) -> Iterator[PortMonth]:
    """Months without a gap up to the last in which this port of this order failed, the latest first."""
    one: PortMonth | None = last
    while one is not None and one.level(target) is Level.MISSED:
        yield one
        one = book.month_of(one.served, one.month.after(-1))


def _delayed(book: Book, month: Month, site: str) -> Iterator[Right]:
    """8.4(ii): a Delay for more than so many consecutive days, for any reason."""
    for delay in delays(book):
        story = delay.story
        if site not in ("", story.site):
            continue
        until = min(month.span(book.zone_of(story.site)).end, book.now)
        spans = [
            piece for one in delay.spans if one.start < until for piece in common((one,), (Span(one.start, until),))
        ]
        if spans:
            longest = max(spans, key=lambda one: one.length)
            arisen, threshold = _over(book, longest, book.policy.clocks.delay)
            figures = f"late {hours(longest.length)} h, since {longest.start:%Y-%m-%d}"
            yield Right("8.4(ii)", story.order_id, story.router, story.port, figures, threshold, arisen, delay.evidence)


def _inoperable(book: Book, month: Month, served: Iterable[Served]) -> Iterator[Right]:
    """8.4(iii): inoperable for more than so many consecutive days for any reason, the customer's own too."""
    for one in served:
        window = month.span(book.zone_of(one.site))
        until = min(window.end, book.now)
        for outage in outages(one, book.crowd, book.now):
            if not common((outage.span,), (window,)) or outage.span.start >= until:
                continue
            down = Span(outage.span.start, min(outage.span.end, until))
            arisen, threshold = _over(book, down, book.policy.clocks.inoperable)
            local = down.start.astimezone(ZoneInfo(book.zone_of(one.site)))
            figures = f"inoperable {hours(down.length)} h, since {local:%Y-%m-%d %H:%M}"
            yield _right("8.4(iii)", one, figures, threshold, arisen, [outage.evidence])


def _over(book: Book, time: Span, period: Period | None) -> tuple[bool | None, str]:
    if period is None:
        return None, "not configured"
    end: datetime = period.end(time.start, calendar_of(book.policy.clocks))
    return time.end > end, f"more than {period}"


def _right(
    clause: str,
    served: Served,
    figures: str,
    threshold: str,
    arisen: bool | None,
    proofs: Iterable[tuple[Evidence, ...]],
) -> Right:
    evidence = tuple(dict.fromkeys(proof for some in proofs for proof in some))
    return Right(clause, served.order_id, served.router, served.port, figures, threshold, arisen, evidence)
