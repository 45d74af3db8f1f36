"""Delays: ports that are not accepted by the date of Schedule 3 (PASA 4.1(b)). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from turnup.errors import InputError
from turnup.model.interruption import Cause
from turnup.performance.book import Book
from turnup.performance.recorded import Evidence
from turnup.performance.service import Story
from turnup.performance.spans import Spans, span, without


@dataclass(frozen=True)
class Delay:
    """How long an order's port was late. `spans` are without the customer's own doing (4.1(b), the proviso)."""

    story: Story
    promised: date
    spans: Spans
    open: bool
    evidence: tuple[Evidence, ...]


def delays(book: Book) -> tuple[Delay, ...]:
    """Of every order received before the date of its site in Schedule 3, and not accepted by its end."""
    found = (_delay(story, book) for story in book.stories)
    return tuple(one for one in found if one is not None)


def schedule3_date(book: Book, site: str) -> date | None:
    """By when a site's equipment is in; None = not configured. Raises InputError for a day that is none."""
    text = book.policy.schedule3_dates.get(site)
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError as error:
        raise InputError(f"schedule3_dates.{site}: {error}; write 2001-10-01", where=book.policy.origin) from error


def _delay(story: Story, book: Book) -> Delay | None:
    promised = schedule3_date(book, story.site)
    if promised is None:
        return None
    midnight = datetime.combine(promised + timedelta(days=1), datetime.min.time(), ZoneInfo(book.zone_of(story.site)))
    starts = midnight.astimezone(UTC)
    ended = story.ended.at.astimezone(UTC) if story.ended else None
    stopped = min((at for at in (story.first_accepted, ended) if at), default=None)
    if story.received_at >= starts:
        return None
    theirs = [
        piece
        for one in book.recorded
        if one.order_id == story.order_id and one.cause is Cause.CUSTOMER and not one.withdrawn
        for piece in span(one.starts, min(one.ends or book.now, book.now))
    ]
    spans = without(span(starts, min(stopped or book.now, book.now)), theirs)
    if not spans:
        return None
    proofs = [proof for name in ("receive", "accept", "deem accepted") if (proof := story.evidence.get(name))]
    proofs += [proof for one in book.recorded if one.order_id == story.order_id for proof in one.evidence]
    dated = Evidence("Schedule 3", f"{story.site} by {promised}")
    return Delay(story, promised, spans, stopped is None, (dated, *proofs))
