"""Periods of the contract: hours elapse, days follow the calendar, business days those of Denver and Bedminster."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError
from turnup.load.strict import build
from turnup.model.period import Period, Unit
from turnup.model.policy import Clocks
from turnup.order.calendars import ContractCalendar, calendar_of

DENVER = ZoneInfo("America/Denver")
CALENDAR = ContractCalendar()

ENDS = [
    # period, start, end (both Denver's clocks)
    ("48h", "2001-07-09 08:00", "2001-07-11 08:00"),
    ("24h", "2001-10-27 12:00", "2001-10-28 11:00"),  # clocks go back: the day has 25 hours
    ("1d", "2001-10-27 12:00", "2001-10-28 12:00"),
    ("24h", "2002-04-06 12:00", "2002-04-07 13:00"),  # clocks go forward
    ("1d", "2002-04-06 12:00", "2002-04-07 12:00"),
    ("30m", "2001-07-09 08:00", "2001-07-09 08:30"),
    ("1bd", "2001-07-09 08:00", "2001-07-11 00:00"),  # the whole of Tuesday
    ("1bd", "2001-07-06 08:00", "2001-07-10 00:00"),  # from Friday: the whole of Monday
    ("1bd", "2001-07-03 08:00", "2001-07-06 00:00"),  # over Independence Day
    ("2bd", "2001-10-26 08:00", "2001-10-31 00:00"),  # over a change of clocks
    ("1bd", "2001-11-21 08:00", "2001-11-24 00:00"),  # over Thanksgiving; the day after counts
]


def denver(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DENVER)


@pytest.mark.parametrize(("text", "start", "end"), ENDS)
def test_when_a_period_ends(text: str, start: str, end: str) -> None:
    found = Period.parse(text).end(denver(start), CALENDAR)
    assert found == denver(end)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "0h", "h", "-1h", "1.5h", "5 business days", "5BD", "1w", "48", "999999d", "1hh"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(InputError, match="is no period"):
        Period.parse(text)


def test_a_start_needs_its_zone() -> None:
    with pytest.raises(InputError, match="with its zone"):
        Period.parse("1h").end(datetime(2001, 7, 9), CALENDAR)  # noqa: DTZ001


def test_a_day_is_of_business_only_where_it_is_in_both_states() -> None:
    only_colorado = ContractCalendar(states=("CO",))
    good_friday = date(2001, 4, 13)  # a holiday in New Jersey, not in Colorado
    assert only_colorado.is_business_day(good_friday)
    assert not CALENDAR.is_business_day(good_friday)
    assert not CALENDAR.is_business_day(date(2001, 7, 7))
    closed = calendar_of(Clocks(closed_days=("2001-09-11",)))
    assert CALENDAR.is_business_day(date(2001, 9, 11))
    assert not closed.is_business_day(date(2001, 9, 11))


def test_a_closed_day_that_is_no_day() -> None:
    with pytest.raises(InputError, match=r"closed_days.*2001-12-24"):
        calendar_of(Clocks(closed_days=("24.12.2001",)))


def test_policy_gives_periods_strictly() -> None:
    clocks = build(Clocks, {"acceptance_new": "5bd", "repair": "8h"}, where="policy.yaml")
    assert (clocks.acceptance_new, clocks.repair) == (Period(5, Unit.BUSINESS_DAYS), Period(8, Unit.HOURS))
    with pytest.raises(InputError, match=r"policy.yaml: field 'acceptance_new' must be a period"):
        build(Clocks, {"acceptance_new": "5"}, where="policy.yaml")
    with pytest.raises(InputError, match="did you mean 'acceptance_new'"):
        build(Clocks, {"aceptance_new": "5bd"}, where="policy.yaml")


@given(
    st.integers(1, 400),
    st.sampled_from(Unit),
    st.integers(946_684_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_a_longer_period_never_ends_before(amount: int, unit: Unit, start: datetime) -> None:
    shorter, longer = Period(amount, unit).end(start, CALENDAR), Period(amount + 1, unit).end(start, CALENDAR)
    assert start < shorter < longer
    if unit is Unit.BUSINESS_DAYS:
        assert CALENDAR.is_business_day((shorter - timedelta(minutes=1)).astimezone(DENVER).date())
    assert Period.parse(str(Period(amount, unit))) == Period(amount, unit)
