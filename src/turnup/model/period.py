"""A period of the contract: a number of hours, calendar days or business days, and when it ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from turnup.errors import InputError

_FORM = re.compile(r"(?P<amount>[1-9]\d{0,4}) ?(?P<unit>bd|[smhd])")


class Unit(StrEnum):
    """What a period counts. Seconds, minutes and hours elapse; days are days of the calendar."""

    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"
    BUSINESS_DAYS = "bd"


class Calendar(Protocol):
    """Whose days count: the zone in which a day begins, and which days are business days (PASA 10.5(b)). Hashable."""

    @property
    def zone(self) -> str:
        """IANA name, e.g. `America/Denver`."""

    def __hash__(self) -> int:
        """Calendars are values: ends are remembered by them."""

    def is_business_day(self, day: date) -> bool:
        """Whether that day is a business day in every place the contract names."""


@dataclass(frozen=True)
class Period:
    """How long something may take, as policy writes it: `48h`, `10d`, `5bd`."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `30m`, `48h`, `10d` or `5bd`. Raises InputError for anything else, zero too."""
        if (found := _FORM.fullmatch(text)) is None:
            raise InputError(f"{text!r} is no period: write a number and s, m, h, d or bd, as in 48h or 5bd")
        return cls(int(found["amount"]), Unit(found["unit"]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}"

    def end(self, start: datetime, calendar: Calendar) -> datetime:
        """When a period that starts then ends, UTC.

        Hours elapse, whatever clocks are changed meanwhile. Days end at the same time of day by the calendar's
        clocks. Business days are whole: the day of the start does not count, the last one counts to its midnight.
        """
        if start.tzinfo is None:
            raise InputError("a period starts at a time with its zone")
        if self.unit in _ELAPSING:
            return start.astimezone(UTC) + self.amount * _ELAPSING[self.unit]
        local = start.astimezone(ZoneInfo(calendar.zone))
        if self.unit is Unit.DAYS:
            return (local + timedelta(days=self.amount)).astimezone(UTC)
        return _end_of_business(local.date(), self.amount, calendar)


@lru_cache(maxsize=4096)
def _end_of_business(day: date, left: int, calendar: Calendar) -> datetime:
    while left:
        day += timedelta(days=1)
        left -= calendar.is_business_day(day)
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(calendar.zone)).astimezone(UTC)


_ELAPSING = {
    Unit.SECONDS: timedelta(seconds=1),
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
}
