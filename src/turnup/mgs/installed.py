"""When a service order is deemed installed, and so charged: MGS II 3.a, MGS IV 3.b. Pure.

Both texts take the earlier of two days, and leave periods out. A period that is not configured makes its day unknown:
then the other day is the latest, never told as the day itself, and nothing is asserted before it has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from turnup.mgs.life import MgsEvent, MgsLife
from turnup.mgs.order import Agreement
from turnup.model.period import Period
from turnup.model.policy import MgsPeriods
from turnup.performance.calendars import WorkingDays, working_days


@dataclass(frozen=True)
class Limb:
    """One of the two days. `day` None: it has not come into sight, or with `unset` its period is not configured."""

    clause: str
    day: date | None
    why: str
    unset: bool = False


@dataclass(frozen=True)
class Deemed:
    """`day` None = not deemed installed yet, as far as is known. `exact` False = it may have been earlier."""

    day: date | None
    exact: bool
    limbs: tuple[Limb, ...]


def deemed_installed(life: MgsLife, periods: MgsPeriods, now: datetime) -> Deemed:
    """The day from which charges run, if it has come."""
    calendar = working_days(periods.closed_days)
    today = now.astimezone(ZoneInfo(calendar.zone)).date()
    limbs = _limbs(life, periods, calendar)
    come = [limb.day for limb in limbs if limb.day is not None and limb.day <= today]
    return Deemed(min(come, default=None), not any(limb.unset for limb in limbs), limbs)


def _limbs(life: MgsLife, periods: MgsPeriods, calendar: WorkingDays) -> tuple[Limb, ...]:
    second = _after_acceptance(life, periods, calendar)
    if life.order.agreement is Agreement.II:
        return _notified_and_trunks(life, periods, calendar), second
    verified = life.at.get(MgsEvent.VERIFIED)
    day = _day(verified, calendar) if verified else None
    return Limb("3.b(a)", day, "notified and verified by the customer" if day else "not verified yet"), second


def _notified_and_trunks(life: MgsLife, periods: MgsPeriods, calendar: WorkingDays) -> Limb:
    """MGS II 3.a(a): the later of the notice of installation and so many days after the ILEC order."""
    clause, period = "3.a(a)", periods.installed_after_trunks
    installed, ordered = life.at.get(MgsEvent.INSTALLED), life.at.get(MgsEvent.TRUNKS_ORDERED)
    if installed is None or ordered is None:
        lacking = "the notice of installation" if installed is None else "the order to the ILEC"
        return Limb(clause, None, f"{lacking} is not recorded")
    if period is None:
        return Limb(clause, None, "mgs.installed_after_trunks is not configured", unset=True)
    day = max(_day(installed, calendar), _end(ordered, period, calendar))
    return Limb(clause, day, f"notified, and {period} after the order to the ILEC")


def _after_acceptance(life: MgsLife, periods: MgsPeriods, calendar: WorkingDays) -> Limb:
    clause = "3.a(b)" if life.order.agreement is Agreement.II else "3.b(b)"
    accepted, period = life.at.get(MgsEvent.ACCEPT), periods.installed_after_acceptance
    if accepted is None:
        return Limb(clause, None, "not accepted yet")
    if period is None:
        return Limb(clause, None, "mgs.installed_after_acceptance is not configured", unset=True)
    return Limb(clause, _end(accepted, period, calendar), f"{period} after acceptance")


def _day(at: datetime, calendar: WorkingDays) -> date:
    return at.astimezone(ZoneInfo(calendar.zone)).date()


def _end(start: datetime, period: Period, calendar: WorkingDays) -> date:
    """The last day of the period; business days end at their midnight, which is still that day."""
    return _day(period.end(start, calendar) - timedelta(microseconds=1), calendar)
