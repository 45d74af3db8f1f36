"""The monthly report of the Performance Specifications as tables (Schedule 2; due as MGS IV Schedule 2 says). Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from turnup.errors import UsageError
from turnup.performance.availability import PortMonth, Repair, repairs
from turnup.performance.book import Book
from turnup.performance.calendars import working_days
from turnup.performance.months import Month, report_due
from turnup.performance.tables import Document, Table

PORTS = ("site", "router", "port", "order", "customer", "in service", "down", "excluded", "available %", "level")
REPAIRS = (
    "site",
    "port",
    "order",
    "from",
    "until",
    "causes",
    "tickets",
    "customers",
    "answered",
    "took",
    "allowed",
    "level",
)


def monthly_report(book: Book, month: Month, site: str = "") -> Document:
    """Availability of every port and every outage of the month. Raises UsageError for a month that is to come."""
    months = book.months(month, site)
    started(book, month)
    target = book.policy.clocks.availability_percent
    notes = [
        f"report due by {due_day(book, month)}, the fifth working day (MGS IV Schedule 2)",
        f"agreed availability: {'not configured' if target is None else f'{target} %'} (Schedule 2 (v))",
    ]
    if any(not one.complete for one in months):
        notes.append(f"the month is not over: figures up to {book.now:%Y-%m-%d %H:%M} UTC")
    if not months:
        notes.append("no port was in service: nothing was measured")
    return Document(
        f"Performance {month}" + (f", {site}" if site else ""),
        tuple(notes),
        (
            Table("Availability (Schedule 2 (v))", PORTS, tuple(_port(one, target) for one in months), _proofs(months)),
            Table(
                "Outages and time to repair (Schedule 2 (iii))",
                REPAIRS,
                tuple(_repair(one, book) for one in repairs(months, book.policy.clocks)),
            ),
        ),
    )


def started(book: Book, month: Month) -> None:
    """Raises UsageError when no site has that month yet."""
    zones = {*book.zones.values(), book.zone_of("")}
    if all(month.span(zone).start >= book.now for zone in zones):
        raise UsageError(f"{month} has not begun")


def due_day(book: Book, month: Month) -> date:
    """By when the report of that month is sent."""
    return report_due(month, working_days(book.policy.mgs.closed_days))


def hours(time: timedelta | None) -> str:
    """A length as hours, minutes and seconds: exact to the second, cut off."""
    if time is None:
        return ""
    seconds = int(time.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def moment(at: datetime | None, zone: str) -> str:
    """A moment by the clocks there, with the offset, so that the hour of a clock change is told apart."""
    return at.astimezone(ZoneInfo(zone)).isoformat(" ", "minutes") if at else ""


def _port(one: PortMonth, target: float | None) -> tuple[str, ...]:
    served = one.served
    return (
        served.site,
        served.router,
        served.port,
        served.order_id,
        served.customer,
        hours(one.in_service),
        hours(one.down),
        hours(one.excluded),
        f"{one.percent:.4f}",
        one.level(target).value,
    )


def _repair(one: Repair, book: Book) -> tuple[str, ...]:
    served, outage, zone = one.served, one.outage, book.zone_of(one.served.site)
    return (
        served.site,
        f"{served.router} {served.port}",
        served.order_id,
        moment(outage.span.start, zone),
        "open" if outage.open else moment(outage.span.end, zone),
        ", ".join(outage.causes),
        ", ".join(outage.tickets),
        "more than 4" if outage.critical else "",
        moment(outage.answered, zone) or "no call recorded",
        hours(one.took),
        one.period or "not configured",
        one.level.value if outage.answered else "not judged",
    )


def _proofs(months: tuple[PortMonth, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(str, one.evidence)) for one in months)
