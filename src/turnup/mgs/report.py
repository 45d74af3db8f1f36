"""The monthly report of MGS service levels (MGS II Schedule 2; MGS IV Schedule 2, Monitoring/Reporting). Pure."""

from __future__ import annotations

from turnup.errors import UsageError
from turnup.mgs.levels import Failing, Levels, Measured, failing_months
from turnup.mgs.order import Agreement
from turnup.performance.availability import cut
from turnup.performance.months import Month, report_due
from turnup.performance.report import hours
from turnup.performance.tables import Document, Table

CIRCUITS = (
    "circuit",
    "market area",
    "blocked %",
    "grade of service",
    "uptime %",
    "uptime",
    "worst repair",
    "time to repair",
)
FAILING = ("month", "failed", "circuits", "customer's notice by", "notice")


def mgs_report(measured: Measured, month: Month) -> Document:
    """Three levels of every circuit; whether service levels are failed. Raises UsageError for a month to come."""
    window = measured.window(month)
    if window.start >= measured.now:
        raise UsageError(f"{month} has not begun")
    rows = measured.levels(month)
    notes = [
        f"report due by {report_due(month, measured.calendar)}, the fifth working day (MGS IV Schedule 2)",
        f"held against: P.01, uptime {_or(measured.uptime_target, ' %')}, repair {_or(measured.repair_period)}",
        f"outages measured until {measured.data.measured_until:%Y-%m-%d %H:%M} UTC",
    ]
    if window.end > measured.now:
        notes.append(f"the month is not over: figures up to {measured.now:%Y-%m-%d %H:%M} UTC")
    if not rows:
        notes.append("no circuit was in service: nothing was measured")
    tables = [Table("Service levels by circuit (Schedule 2, 1)", CIRCUITS, tuple(map(_row, rows)))]
    if measured.data.agreement is Agreement.II:
        failing = failing_months(measured, month)
        notes.append(_told(failing))
        tables.append(
            Table("Months with ten percent of circuits failing (Schedule 2, 2(ii))", FAILING, tuple(map(_bad, failing)))
        )
    return Document(f"MGS {measured.data.agreement} service levels {month}", tuple(notes), tuple(tables))


def _told(failing: tuple[Failing, ...]) -> str:
    if len(failing) < 2:
        return f"Schedule 2, 2(ii): {len(failing)} of the last six months failed, two are needed: not failed"
    if sum(one.noticed for one in failing) < 2:
        return "Schedule 2, 2(ii): two months failed, but the customer's notices of two are not recorded in time"
    return "Schedule 2, 2(ii): the Service Levels are deemed failed (two of six months, with the customer's notice)"


def _row(one: Levels) -> tuple[str, ...]:
    blocked = "" if one.blocked is None else f"{cut(one.blocked):.4f}"
    return (
        one.circuit.circuit,
        one.circuit.market_area,
        blocked,
        one.grade.value,
        one.uptime_percent,
        one.up.value,
        hours(one.worst_repair),
        one.repair.value,
    )


def _bad(one: Failing) -> tuple[str, ...]:
    return (
        str(one.month),
        str(one.failed),
        str(one.circuits),
        str(one.due),
        "in time" if one.noticed else "not recorded",
    )


def _or(value: object, unit: str = "") -> str:
    return "not configured" if value is None else f"{value}{unit}"
