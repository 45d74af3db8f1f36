"""Months by the clocks of a zone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError, UsageError
from turnup.performance.calendars import working_days
from turnup.performance.months import Month, business_day, report_due

ZONES = st.sampled_from(["America/New_York", "America/Denver", "America/Los_Angeles", "UTC", "America/Phoenix"])
MONTHS = st.builds(Month, st.integers(1999, 2030), st.integers(1, 12))


@pytest.mark.parametrize(
    ("month", "zone", "hours"),
    [
        ("2001-04", "America/Denver", 719),  # clocks go forward
        ("2001-10", "America/Denver", 745),  # and back
        ("2001-04", "America/Phoenix", 720),  # a place that changes no clock
        ("2008-03", "America/New_York", 743),  # the rule of later years
        ("2000-02", "UTC", 29 * 24),
    ],
)
def test_how_long_a_month_is(month: str, zone: str, hours: int) -> None:
    assert Month.parse(month).span(zone).length == timedelta(hours=hours)


@given(MONTHS, ZONES)
def test_months_follow_one_another_without_a_gap(month: Month, zone: str) -> None:
    assert month.span(zone).end == month.after().span(zone).start
    assert Month.of(month.span(zone).start, zone) == month
    assert Month.of(month.span(zone).end - timedelta(microseconds=1), zone) == month
    assert month.after(13).after(-13) == month
    assert Month.parse(str(month)) == month


@pytest.mark.parametrize("text", ["2001-13", "2001-00", "2001-8", "2001", "2001-08-01", "", "٢٠٠١-08"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(UsageError, match="is no month"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2001-08", date(2001, 9, 10)),  # Labor Day is no working day
        ("2001-06", date(2001, 7, 9)),  # nor is July 4
        ("2001-10", date(2001, 11, 7)),  # New Jersey's election day is one here, unlike in PASA 10.5(b)
        ("2001-12", date(2002, 1, 8)),
    ],
)
def test_the_report_is_due_on_the_fifth_working_day(month: str, due: date) -> None:
    assert report_due(Month.parse(month), working_days()) == due


def test_a_day_that_was_declared_closed_does_not_count() -> None:
    assert business_day(Month(2001, 11), 5, working_days(("2001-11-02",))) == date(2001, 11, 8)
    with pytest.raises(InputError, match="closed_days"):
        working_days(("2001-02-30",))
