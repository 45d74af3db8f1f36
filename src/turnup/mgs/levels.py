"""Service levels of MGS circuits in a month, from measurements (Schedule 2 of MGS II and IV). Pure.

Not measured is never met. What a filing leaves out is a setting; not configured is never missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from turnup.mgs.measured import Circuit, Measurements, MgsCause, MgsOutage
from turnup.mgs.order import Agreement
from turnup.model.period import Period, Unit
from turnup.model.policy import MgsPeriods
from turnup.performance.availability import cut
from turnup.performance.calendars import WorkingDays, working_days
from turnup.performance.months import Month, business_day
from turnup.performance.spans import Span, Spans, common, length, merged, span, without

BLOCKING = Fraction(1, 100)  # P.01: MGS II Schedule 2 1(ii), MGS IV Schedule 2 1.2
REPAIR_II = Period(4, Unit.HOURS)  # MGS II Schedule 2 1(iii)
UPTIME_II = Decimal("99.99")  # MGS II Schedule 2 1(v)
FAILING = Fraction(1, 10)  # MGS II Schedule 2 2(ii): "ten percent (10%) of the MGS Circuits"
MAINTENANCE_A_WEEK = timedelta(hours=3)  # MGS IV Schedule 2, 2: scheduled downtime that uptime does not include
NOTICE_DAYS = 10  # MGS II Schedule 2 2(ii): the customer's notice, business days after the month


class Met(StrEnum):
    """A level against its figure."""

    MET = "met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"
    NOT_CONFIGURED = "not configured"


@dataclass(frozen=True)
class Levels:
    """One circuit in one month. `worst_repair` None = no call was answered about an outage of that month."""

    circuit: Circuit
    blocked: Fraction | None
    uptime: Fraction | None
    worst_repair: timedelta | None
    grade: Met
    up: Met
    repair: Met

    @property
    def failed(self) -> bool:
        """Whether it fails any of the three standards (MGS II Schedule 2 2(ii))."""
        return Met.MISSED in (self.grade, self.up, self.repair)

    @property
    def uptime_percent(self) -> str:
        """As shown: cut off, never rounded up."""
        return "" if self.uptime is None else f"{cut(self.uptime):.4f}"


@dataclass(frozen=True)
class Measured:
    """Measurements with what they are held against."""

    data: Measurements
    periods: MgsPeriods
    now: datetime

    @property
    def calendar(self) -> WorkingDays:
        """Whose clocks and working days count."""
        return working_days(self.periods.closed_days)

    @property
    def uptime_target(self) -> Decimal | None:
        """99.99 in MGS II; a setting in MGS IV."""
        return UPTIME_II if self.data.agreement is Agreement.II else self.periods.uptime_percent

    @property
    def repair_period(self) -> Period | None:
        """Four hours in MGS II; a setting in MGS IV."""
        return REPAIR_II if self.data.agreement is Agreement.II else self.periods.repair

    def window(self, month: Month) -> Span:
        """The month, UTC."""
        return month.span(self.calendar.zone)

    def levels(self, month: Month) -> tuple[Levels, ...]:
        """Every circuit that was in service in that month."""
        return tuple(self._levels(one, month) for one in self.data.circuits if self._lived(one, month))

    def _lived(self, one: Circuit, month: Month) -> Spans:
        window = self.window(month)
        return common(span(one.since, one.until or self.now), span(window.start, min(window.end, self.now)))

    def _levels(self, one: Circuit, month: Month) -> Levels:
        outages = [outage for outage in self.data.outages if outage.circuit == one.circuit]
        blocked, uptime = self._blocked(one, month), self._uptime(one, month, outages)
        took = list(self._repairs(outages, month))
        late = [outage for outage, _ in took if self._late(outage)]
        repair = Met.MISSED if late else Met.MET
        if self.repair_period is None:
            repair = Met.NOT_CONFIGURED
        elif not late and not self._whole(month):
            repair = Met.NOT_MEASURED
        return Levels(
            one,
            blocked,
            uptime,
            max((time for _, time in took), default=None),
            _met(None if blocked is None else blocked <= BLOCKING),
            self._up(uptime),
            repair,
        )

    def _up(self, uptime: Fraction | None) -> Met:
        if self.uptime_target is None:
            return Met.NOT_CONFIGURED
        return _met(None if uptime is None else uptime * 100 >= Fraction(self.uptime_target))

    def _blocked(self, one: Circuit, month: Month) -> Fraction | None:
        for row in self.data.busy_hours:
            if (row.circuit, row.month) == (one.circuit, str(month)) and row.offered:
                return Fraction(row.blocked, row.offered)
        return None

    def _whole(self, month: Month) -> bool:
        """Whether every outage of the month, up to now, is in the file."""
        return self.data.measured_until >= min(self.window(month).end, self.now)

    def _uptime(self, one: Circuit, month: Month, outages: list[MgsOutage]) -> Fraction | None:
        if not self._whole(month):
            return None
        lived = self._lived(one, month)
        tick = timedelta(microseconds=1)
        return 1 - Fraction(length(common(self._down(outages), lived)) // tick, length(lived) // tick)

    def _down(self, outages: list[MgsOutage]) -> Spans:
        """What counts: not the customer's doing, his equipment, or force majeure (MGS II 9.b.i, Schedule 2 1(v))."""
        counts = (MgsCause.CARRIER, MgsCause.THIRD_PARTY)
        plain = [piece for one in outages if one.cause in counts for piece in self._span(one)]
        planned = merged(piece for one in outages if one.cause is MgsCause.MAINTENANCE for piece in self._span(one))
        if self.data.agreement is Agreement.IV:
            planned = without(planned, self._allowed(planned))
        return merged([*plain, *planned])

    def _allowed(self, planned: Spans) -> Spans:
        """The first three hours of scheduled maintenance in each week, Monday to Sunday (MGS IV Schedule 2, 2)."""
        found: list[Span] = []
        if not planned:
            return ()
        zone = ZoneInfo(self.calendar.zone)
        first = planned[0].start.astimezone(zone).date()
        monday = first - timedelta(days=first.weekday())
        while (start := datetime.combine(monday, datetime.min.time(), zone)) < planned[-1].end:
            monday += timedelta(days=7)
            week = span(start, datetime.combine(monday, datetime.min.time(), zone))
            left = MAINTENANCE_A_WEEK
            for piece in common(planned, week):
                taken = min(left, piece.length)
                found += span(piece.start, piece.start + taken)
                left -= taken
        return tuple(found)

    def _span(self, one: MgsOutage) -> Spans:
        return span(one.start, one.end or self.now)

    def _repairs(self, outages: list[MgsOutage], month: Month) -> Iterator[tuple[MgsOutage, timedelta]]:
        window = (self.window(month),)
        for one in outages:
            excluded = one.cause in (MgsCause.CUSTOMER, MgsCause.CUSTOMER_EQUIPMENT, MgsCause.FORCE_MAJEURE)
            if one.answered and not excluded and common(self._span(one), window):
                yield one, max((one.end or self.now) - one.answered, timedelta(0))

    def _late(self, one: MgsOutage) -> bool:
        period = self.repair_period
        if period is None or one.answered is None:
            return False
        return (one.end or self.now) > period.end(one.answered, self.calendar)


def _met(good: bool | None) -> Met:
    return Met.NOT_MEASURED if good is None else Met.MET if good else Met.MISSED


@dataclass(frozen=True)
class Failing:
    """One month of ten percent or more. `noticed` = the customer's notice; `due` its last day."""

    month: Month
    failed: int
    circuits: int
    due: date
    noticed: bool


def failing_months(measured: Measured, month: Month) -> tuple[Failing, ...]:
    """Of this month and the five before, those that are over and in which ten percent or more failed (MGS II)."""
    found = []
    for one in (month.after(-back) for back in range(5, -1, -1)):
        rows = measured.levels(one) if measured.window(one).end <= measured.now else ()
        failed = sum(row.failed for row in rows)
        if failed and Fraction(failed, len(rows)) >= FAILING:
            due = business_day(one.after(), NOTICE_DAYS, measured.calendar)
            found.append(Failing(one, failed, len(rows), due, _noticed(measured, one, due)))
    return tuple(found)


def _noticed(measured: Measured, month: Month, due: date) -> bool:
    zone, end = ZoneInfo(measured.calendar.zone), measured.window(month).end
    return any(
        one.month == str(month) and one.at >= end and one.at.astimezone(zone).date() <= due
        for one in measured.data.notices
    )
