"""Months as the contract counts them: by the clocks of the site, with both clock changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from turnup.errors import UsageError
from turnup.model.period import Calendar
from turnup.performance.spans import Span

_FORM = re.compile(r"(?P<year>[12]\d{3})-(?P<number>0[1-9]|1[0-2])")
_REPORT_DAY = 5  # MGS IV Schedule 2: "by the fifth working day of the month following the reported month"


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2001-08`. Raises UsageError."""
        if (found := _FORM.fullmatch(text)) is None:
            raise UsageError(f"{text!r} is no month: write it as 2001-08")
        return cls(int(found["year"]), int(found["number"]))

    @classmethod
    def of(cls, moment: datetime, zone: str) -> Month:
        """The month it is there at that moment."""
        local = moment.astimezone(ZoneInfo(zone))
        return cls(local.year, local.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    def after(self, months: int = 1) -> Month:
        """So many months later; earlier below zero."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)

    def span(self, zone: str) -> Span:
        """From its first midnight there to that of the next month, UTC."""
        return Span(self._start(zone), self.after()._start(zone))

    def _start(self, zone: str) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def report_due(month: Month, calendar: Calendar) -> date:
    """By when the report of that month is sent: the fifth working day of the next (MGS IV Schedule 2)."""
    return business_day(month.after(), _REPORT_DAY, calendar)


def business_day(month: Month, number: int, calendar: Calendar) -> date:
    """The n-th business day of that month, or later when it has not so many."""
    day = date(month.year, month.number, 1)
    while number := number - calendar.is_business_day(day):
        day += timedelta(days=1)
    return day
