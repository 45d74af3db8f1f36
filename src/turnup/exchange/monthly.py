"""The monthly performance report to a partner who asked for it: mailed by the fifth working day, and kept as sent.

MGS IV, Schedule 2: "Upon the Company's request, KMC will prepare a report ... This information will be emailed by the
fifth working day of the month following the reported month". Who asked stands in exchange.yaml (`monthly_report`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from turnup.errors import InputError, Refused
from turnup.exchange.office import Exchange, number
from turnup.exchange.parcel import Parcel, Part
from turnup.exchange.settings import Settings
from turnup.model.policy import Policy
from turnup.order.errands import Errand
from turnup.performance.book import Book, read_book
from turnup.performance.calendars import WorkingDays, working_days
from turnup.performance.months import Month, report_due
from turnup.performance.report import monthly_report
from turnup.performance.tables import write
from turnup.store import Connection
from turnup.store.messages import sender_of
from turnup.store.sendings import Sending, put, sendings

KIND = "PerformanceReport"


def post_performance(exchange: Exchange, partner: str, month: Month) -> str:
    """Put the report of that month into the outbox; its number. The same figures twice are one sending.

    Of orders that came by message, only the partner's own are in it. Raises InputError, Refused while the month is not
    over at every site.
    """
    if not exchange.settings.knows(partner):
        raise InputError(f"{partner} is nobody we exchange messages with (exchange.yaml: partners)")
    book = _book(exchange, partner)
    if any(month.span(zone).end > book.now for zone in {*book.zones.values(), book.zone_of("")}):
        raise Refused(f"{month} is not over: what it comes to is not known yet", advice=f"turnup performance {month}")
    document = monthly_report(book, month)
    text, table = write(document, "md"), write(document, "csv")
    for told in (text, table):
        exchange.noc.redact.assured(told, f"the report of {month}")
    name = number("P", partner, str(month), hashlib.sha256(table.encode()).hexdigest())
    parts = (
        Part(f"{name}.performance-{month}.csv", "text/csv", table.encode()),
        Part(f"{name}.performance-{month}.md", "text/markdown", text.encode()),
    )
    route = exchange.settings.route(partner, notice=True)
    parcel = Parcel(f"Performance {month}", write(document, "terminal", 76) + "\n", parts)
    now = exchange.now()
    made = Sending(name, route.channel.value, route.target, KIND, _about(partner, month), parcel.to_bytes(), now, now)
    with exchange.desk.store.writing() as connection:
        put(connection, made)
    return name


def _book(exchange: Exchange, partner: str) -> Book:
    noc = exchange.noc
    zones = {name: site.timezone for name, site in noc.equipment.sites.items()}
    with exchange.desk.store.reading() as connection:
        book = read_book(connection, noc.equipment.policy, zones, exchange.now())
        senders = {story.order_id: sender_of(connection, story.order_id, "PortServiceOrder") for story in book.stories}
    return replace(book, stories=tuple(story for story in book.stories if senders[story.order_id] in (None, partner)))


_LOOKED_BACK = 11  # months before the last


def _about(partner: str, month: Month | str) -> str:
    return f"{partner} {month}"


def reports_due(connection: Connection, settings: Settings, policy: Policy, now: datetime) -> Iterator[Errand]:
    """The reports of months that are over, for every partner who asked and to whom they were not sent.

    From the first that a partner was sent on every month of the last year is owed, not the last month alone.
    """
    asked = [name for name, partner in settings.partners.items() if partner.monthly_report]
    if not asked:
        return
    days = working_days(policy.mgs.closed_days)
    over = Month.of(now, days.zone).after(-1)
    sent = {one.order_id for one in sendings(connection, KIND, None) if one.sent_at is not None}
    for partner in asked:
        told = [one.removeprefix(_about(partner, "")) for one in sent if one.startswith(_about(partner, ""))]
        month = max(min((Month.parse(one) for one in told), default=over), over.after(-_LOOKED_BACK))
        while month <= over:
            if _about(partner, month) not in sent:
                yield _owed(partner, month, days)
            month = month.after()


def _owed(partner: str, month: Month, days: WorkingDays) -> Errand:
    last = report_due(month, days) + timedelta(days=1)
    due = datetime.combine(last, datetime.min.time(), ZoneInfo(days.zone))
    action = f"send the report of {month} to {partner} (`turnup notice performance {month} --to {partner}`)"
    return Errand(f"report {month}", "MGS IV Schedule 2", month.span(days.zone).end, due, action)
