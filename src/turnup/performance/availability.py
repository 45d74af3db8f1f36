"""Availability of a port in a month (Schedule 2 (v)) and time to repair (Schedule 2 (iii)). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from turnup.model.policy import Clocks
from turnup.order.calendars import calendar_of
from turnup.performance.months import Month
from turnup.performance.outages import Crowd, Outage, outages
from turnup.performance.recorded import Evidence
from turnup.performance.service import Served
from turnup.performance.spans import Span, common, length, span, without

_PLACES = 10**6  # a share is shown in percent with four places, cut off: 99.99999 % is not shown as 100


class Level(StrEnum):
    """How something stands against what was agreed."""

    MET = "met"
    MISSED = "missed"
    NOT_CONFIGURED = "not configured"


@dataclass(frozen=True)
class PortMonth:
    """One port of one order in one month, up to now. Only time in service counts; `down` is without the customer's."""

    served: Served
    month: Month
    window: Span
    in_service: timedelta
    down: timedelta
    excluded: timedelta
    outages: tuple[Outage, ...] = ()
    complete: bool = True  # whether the month is over

    @property
    def share(self) -> Fraction:
        """Part of the time in service in which it was available, 0 to 1. Excluded time counts as available."""
        return 1 - Fraction(self.down // _TICK, self.in_service // _TICK)

    @property
    def percent(self) -> Decimal:
        """The same in percent, cut off after four places."""
        return cut(self.share)

    def level(self, target: float | Decimal | None) -> Level:
        """Against a target in percent; exact, whatever is shown."""
        return level(self.share, target)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What says when it was in service and when it was interrupted."""
        found = (*self.served.evidence, *(proof for outage in self.outages for proof in outage.evidence))
        return tuple(dict.fromkeys(found))


_TICK = timedelta(microseconds=1)


def cut(share: Fraction) -> Decimal:
    """A share in percent, cut off after four places."""
    return Decimal(share * _PLACES // 1) / Decimal(10**4)


def level(share: Fraction, target: float | Decimal | None) -> Level:
    """A share against a target in percent."""
    if target is None:
        return Level.NOT_CONFIGURED
    return Level.MET if share * 100 >= Fraction(str(target)) else Level.MISSED


def port_month(served: Served, month: Month, zone: str, crowd: Crowd, now: datetime) -> PortMonth | None:
    """That port in that month of the zone; None when it was not in service then."""
    window = month.span(zone)
    past = span(window.start, min(window.end, now))
    lived = common(span(served.starts, min(served.ends or now, now)), past)
    if not lived:
        return None
    found = tuple(one for one in outages(served, crowd, now) if common((one.span,), lived))
    whole = common((one.span for one in found), lived)
    down = common((piece for one in found for piece in one.counted), lived)
    excluded = length(without(whole, down))
    return PortMonth(served, month, window, length(lived), length(down), excluded, found, now >= window.end)


@dataclass(frozen=True)
class Repair:
    """One outage of one port against the time to repair. `due` None = no period configured, or no call recorded."""

    served: Served
    outage: Outage
    took: timedelta | None
    due: datetime | None
    period: str

    @property
    def level(self) -> Level:
        """Whether it was repaired in time; an open one is missed once the time is over."""
        if self.due is None:
            return Level.NOT_CONFIGURED
        return Level.MISSED if self.outage.span.end > self.due else Level.MET


def repairs(months: Iterable[PortMonth], clocks: Clocks) -> Iterator[Repair]:
    """Every outage of these months against `clocks.repair` or, for more than four customers, `repair_critical`."""
    for one in months:
        for outage in one.outages:
            period = clocks.repair_critical if outage.critical else clocks.repair
            answered = outage.answered
            took = max(outage.span.end - answered, timedelta(0)) if answered else None
            due = period.end(answered, calendar_of(clocks)) if period and answered else None
            yield Repair(one.served, outage, took, due, str(period) if period else "")
