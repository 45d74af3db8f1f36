"""Sixty-three months of one port (PASA 6.1): both clock changes of every year, holidays, leap years.

A fault every some days, repaired and delivered; the customer accepts, is silent, rejects. What the clock
decides is held against days counted here by themselves, and what performance adds up against the sum of all repairs.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from lives import HOUR, TO_SERVICE, happening

from turnup.errors import Refused
from turnup.model.interruption import Cause
from turnup.model.period import Period
from turnup.model.policy import Clocks, Policy
from turnup.order.decisions import happen
from turnup.order.life import Happening, Life
from turnup.order.states import Event, State
from turnup.performance.availability import PortMonth
from turnup.performance.book import Book
from turnup.performance.months import Month
from turnup.performance.service import story_of
from turnup.store.events import Entered

DENVER, NEW_YORK = ZoneInfo("America/Denver"), "America/New_York"
BEGIN, END = datetime(2001, 7, 1, 6, tzinfo=UTC), datetime(2006, 10, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
Steps = list[Happening]


def end_of(delivered: datetime, text: str) -> datetime:
    """When the period ends, counted day by day on a calendar on the wall in Denver."""
    if text.endswith("h"):
        return delivered + timedelta(hours=int(text[:-1]))
    wall = delivered.astimezone(DENVER)
    if text.endswith("bd"):
        day, left = wall.date(), int(text[:-2])
        while left:
            day += DAY
            left -= works(day)
        return datetime.combine(day + DAY, datetime.min.time(), DENVER).astimezone(UTC)
    return (wall.replace(tzinfo=None) + timedelta(days=int(text[:-1]))).replace(tzinfo=DENVER).astimezone(UTC)


def works(day: date) -> bool:
    return day.weekday() < 5 and not any(day in holidays(state, day.year) for state in ("CO", "NJ"))


@cache
def holidays(state: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("US", subdiv=state, years=year))


def lived(clocks: Clocks, text: str, days: int) -> tuple[Life, Steps, Counter[str]]:
    """The port's life, every event with its time, and how often the customer did what."""
    life: Life | None = None
    steps: Steps = []

    def enter(event: Event, at: datetime, **detail: str) -> Life:
        nonlocal life
        decided, life = happen(life, happening(event, at, None, **detail), clocks)
        steps.append(decided)
        return life

    for number, event in enumerate(TO_SERVICE):
        enter(event, BEGIN + number * HOUR, site="nyc")
    done: Counter[str] = Counter()
    at = BEGIN + DAY
    for number in range(10_000):
        at += days * DAY + 7 * HOUR
        if at > END:
            break
        enter(Event.FAULT, at, critical="no")
        enter(Event.TEST_PASS, at + 3 * HOUR, occasion="REPAIR")
        delivered = at + 4 * HOUR
        enter(Event.DELIVER, delivered)
        end = end_of(delivered, text)
        did = ("accepts", "silent", "silent", "late")[number % 4]
        done[did] += 1
        if did == "accepts":
            enter(Event.ACCEPT, delivered + HOUR)
            at = delivered + HOUR
        else:
            for early in (delivered + HOUR, end - HOUR, end):  # the clock looks, and may not deem
                with pytest.raises(Refused, match="runs until"):
                    happen(life, happening(Event.DEEM, early), clocks)
            at = end + timedelta(seconds=1)
            enter(Event.DEEM, at)
            if did == "late":
                with pytest.raises(Refused, match="the acceptance period ended"):
                    happen(life, happening(Event.REJECT, at), clocks)
        assert enter(Event.BEGIN_SERVICE, at).state is State.IN_SERVICE
        at += HOUR
    assert life is not None
    return life, steps, done


@pytest.mark.parametrize("text", ["48h", "2d", "3bd"])
def test_silence_accepts_when_the_days_are_over_and_never_before(text: str) -> None:
    clocks = Clocks(acceptance_new=Period.parse("5d"), acceptance_repaired=Period.parse(text))
    life, steps, done = lived(clocks, text, 5)
    assert life.count == len(steps)
    assert min(done.values()) > 50
    spans = [(one.at, end_of(one.at, text)) for one in steps if one.event is Event.DELIVER]
    lengths = {end - at for at, end in spans}
    if text == "2d":
        assert lengths == {47 * HOUR, 48 * HOUR, 49 * HOUR}, "across both clock changes"


def test_every_second_of_service_is_in_one_month() -> None:
    clocks = Clocks(acceptance_new=Period.parse("5d"), acceptance_repaired=Period.parse("2d"))
    _, steps, _ = lived(clocks, "2d", 17)
    story = story_of(Entered(n, n, one, one.at, "", f"{n:064x}") for n, one in enumerate(steps, start=1))
    policy = Policy(clocks=clocks)
    book = Book((story,), (), policy, {"nyc": NEW_YORK}, END)
    month, found = Month(2001, 6), list[PortMonth]()
    while month <= Month(2006, 9):
        found += book.months(month)
        month = month.after()
    (served,) = story.served
    assert sum((one.in_service for one in found), timedelta(0)) == END - served.starts, "no second twice, none left out"
    repaired = [one for one in story.repairs if one.ends is not None]
    assert all(one.cause is Cause.UNSTATED and one.ends == one.starts + 3 * HOUR for one in repaired)
    down = sum((min(one.ends or END, END) - one.starts for one in story.repairs), timedelta(0))
    assert sum((one.down for one in found), timedelta(0)) == down
    assert {one.window.end - one.window.start for one in found} >= {
        31 * DAY, 31 * DAY + HOUR, 30 * DAY, 30 * DAY - HOUR, 29 * DAY,
    }  # fmt: skip
