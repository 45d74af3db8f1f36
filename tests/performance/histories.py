"""Histories as the store keeps them, made event by event, and books of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lives import SET, happening

from turnup.model.interruption import Cause
from turnup.model.policy import Clocks, Fee, Fees, Per, Policy
from turnup.order.decisions import happen
from turnup.order.life import Life
from turnup.order.states import Event
from turnup.performance.book import Book
from turnup.performance.recorded import Evidence, Interruption
from turnup.performance.service import Story, story_of
from turnup.store.events import Entered

ROUTER, PORT = "nyc-hud-gsr1", "Serial5/0"
ZONES = {"nyc": "America/New_York"}
BEFORE = datetime(2001, 6, 1, tzinfo=UTC)
SERVICE = datetime(2001, 7, 10, 4, tzinfo=UTC)  # midnight in New York
NOW = datetime(2001, 12, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
Step = tuple[Event, datetime, dict[str, str]]

_BEFORE_SERVICE = (
    Event.RECEIVE,
    Event.ACKNOWLEDGE,
    Event.CROSS_CONNECT,
    Event.PROVISION,
    Event.TEST_PASS,
    Event.DELIVER,
    Event.ACCEPT,
)


def at(text: str) -> datetime:
    """A moment, UTC when no zone is said."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def to_service(begins: datetime = SERVICE) -> list[Step]:
    """From receipt to service, the service beginning then."""
    steps: list[Step] = [(event, BEFORE + number * HOUR, {}) for number, event in enumerate(_BEFORE_SERVICE)]
    return [*steps, (Event.BEGIN_SERVICE, begins, {})]


def history(steps: Iterable[Step], order_id: str = "PSO-1", customer: str = "LVL3") -> tuple[Entered, ...]:
    """The history as it is read from the store."""
    life: Life | None = None
    found = []
    for number, (event, moment, detail) in enumerate(steps, start=1):
        about = {"site": "nyc", "customer": customer} if event is Event.RECEIVE else {}
        said = happening(event, moment)
        said = replace(said, order_id=order_id, detail={**said.detail, **about, **detail})
        decided, life = happen(life, said, SET)
        found.append(Entered(number, number, decided, moment, "", f"{number:064x}"))
    return tuple(found)


def story(steps: Iterable[Step], order_id: str = "PSO-1", customer: str = "LVL3") -> Story:
    return story_of(history(steps, order_id, customer))


def interruption(
    starts: str | datetime,
    ends: str | datetime | None,
    cause: Cause = Cause.CARRIER,
    number: int = 1,
    router: str = ROUTER,
    port: str = PORT,
    ticket: str = "",
    answered: datetime | None = None,
    order_id: str = "",
) -> Interruption:
    start = at(starts) if isinstance(starts, str) else starts
    end = at(ends) if isinstance(ends, str) else ends
    return Interruption(
        start,
        end,
        cause,
        number,
        order_id,
        "" if order_id else router,
        "" if order_id else port,
        ticket,
        answered,
        evidence=(Evidence("interruption entry", str(number), "ab" * 32),),
    )


def book(
    *stories: Story,
    recorded: Iterable[Interruption] = (),
    clocks: Clocks | None = None,
    fees: Fees | None = None,
    now: datetime = NOW,
    dates: dict[str, str] | None = None,
) -> Book:
    policy = Policy(clocks=clocks or Clocks(), fees=fees or Fees(), schedule3_dates=dates or {})
    return Book(stories, tuple(recorded), policy, ZONES, now)


def fee(amount: str, per: Per = Per.MONTH) -> Fee:
    return Fee(Decimal(amount), per)
