"""A Service Order of a Media Gateway Services Agreement, and what it lacks (MGS II 6, MGS IV 6)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from turnup.errors import InputError
from turnup.load.strict import build
from turnup.load.yaml import read_yaml
from turnup.model.period import Period, Unit
from turnup.model.policy import MgsPeriods
from turnup.model.text import plain
from turnup.performance.calendars import working_days

LEAD_II = Period(90, Unit.DAYS)  # MGS II 6: "at least 90 days after the date of such Service Order"
NOTICE = Period(2, Unit.BUSINESS_DAYS)  # MGS II 6, MGS IV 6: "within 2 business days after receipt"


class Agreement(StrEnum):
    """Which contract it is under. Of MGS III only amendments are published, so it is not here."""

    II = "II"
    IV = "IV"


class Traffic(StrEnum):
    """What is exchanged with end users (MGS II 6, MGS IV 6)."""

    DATA = "data"
    VOICE = "voice"
    FAX = "fax"


@dataclass(frozen=True)
class ServiceOrder:
    """What the customer asks for. All but the first two may be missing: then the order is insufficient."""

    order_id: str
    agreement: Agreement
    dated: date | None = None
    requested_installation: date | None = None
    location: str = ""
    market_area: str = ""
    circuits: int | None = None
    equipment: tuple[str, ...] = ()  # "specified by Qwest in each Service Order"
    traffic: tuple[Traffic, ...] = ()

    def __post_init__(self) -> None:
        for at in (self.dated, self.requested_installation):
            if isinstance(at, datetime):
                raise InputError(f"{self.order_id}: {at} is a moment; write a day, as 2001-08-01")
        for text in (self.order_id, self.location, self.market_area, *self.equipment):
            plain(text)
        if not self.order_id.strip():
            raise InputError("a service order needs an order_id")


def read_order(path: Path) -> ServiceOrder:
    """Read a service order in YAML, strictly. Raises InputError with file, line and field."""
    content = read_yaml(path)
    try:
        return build(ServiceOrder, content, where=str(path))
    except InputError as error:
        raise error if error.where else InputError(str(error), where=str(path)) from error


def order_fields(order: ServiceOrder) -> dict[str, Any]:
    """The order as plain data, for the store."""
    found: dict[str, Any] = {}
    for one in fields(ServiceOrder):
        value = getattr(order, one.name)
        found[one.name] = value.isoformat() if isinstance(value, date) else value
    return found


def order_of(data: dict[str, Any]) -> ServiceOrder:
    """The order that was written so."""
    days = {name: date.fromisoformat(data[name]) for name in ("dated", "requested_installation") if data.get(name)}
    return build(ServiceOrder, {**data, **days})


def insufficiencies(order: ServiceOrder, periods: MgsPeriods) -> tuple[tuple[str, str], ...]:
    """What has to be told to the customer within two business days: (field, reason)."""
    wanted = {
        "dated": order.dated,
        "requested_installation": order.requested_installation,
        "location": order.location,
        "circuits": order.circuits,
        "equipment": order.equipment,
        "traffic": order.traffic,
    }
    found = [(name, "is missing") for name, value in wanted.items() if value in (None, "", ())]
    if order.circuits is not None and order.circuits < 1:
        found.append(("circuits", "is not a number of circuits"))
    earliest = earliest_installation(order, periods)
    if earliest and order.requested_installation and order.requested_installation < earliest:
        found.append(
            ("requested_installation", f"is before {earliest}, {_lead(order, periods)} after the order's date")
        )
    return tuple(found)


def earliest_installation(order: ServiceOrder, periods: MgsPeriods) -> date | None:
    """The first day that may be asked for; None when the order has no date or the lead is not configured (MGS IV 6)."""
    lead = _lead(order, periods)
    if lead is None or order.dated is None:
        return None
    calendar = working_days(periods.closed_days)
    start = datetime.combine(order.dated, datetime.min.time(), ZoneInfo(calendar.zone))
    return lead.end(start, calendar).astimezone(ZoneInfo(calendar.zone)).date()


def notice_due(received_at: datetime, periods: MgsPeriods) -> datetime:
    """Until when the customer has to be told what is missing, UTC."""
    return NOTICE.end(received_at.astimezone(UTC), working_days(periods.closed_days))


def _lead(order: ServiceOrder, periods: MgsPeriods) -> Period | None:
    return LEAD_II if order.agreement is Agreement.II else periods.lead
