"""Notices to the customer: normal maintenance 48 hours ahead, emergencies, outages with their updates.

PASA 2.3(a); Media Gateway Services Agreement IV, Schedule 2. Each is a message with words for people around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from turnup.errors import InputError, UsageError
from turnup.exchange.fields import built, plain
from turnup.exchange.office import Exchange, number
from turnup.exchange.parcel import Parcel
from turnup.exchange.xml import message_xml, read_xml
from turnup.model.equipment import Router
from turnup.model.messages import Body, MaintenanceNotice, Message, OutageReport, Work
from turnup.noc import Noc
from turnup.order.maintenance import NOTICE, Window, next_window, window_at, zone_of
from turnup.order.records import Notice
from turnup.order.states import State
from turnup.repair.opening import is_serving
from turnup.store import Connection
from turnup.store.events import standings
from turnup.store.sendings import Sending, sendings


def routers_of(noc: Noc, target: str) -> tuple[Router, ...]:
    """The router of that name, or all of the site. Raises UsageError."""
    if target in noc.equipment.routers:
        return (noc.equipment.router(target),)
    found = noc.equipment.routers_at(target) if target in noc.equipment.sites else ()
    if not found:
        raise UsageError(f"{target!r} is neither a router nor a site with routers", advice="`turnup sites` lists them.")
    return found


def window_of(routers: Iterable[Router], noc: Noc, moment: datetime | None, now: datetime) -> Window:
    """The window of that moment, else the first that can still be announced. Raises UsageError: no window, too late."""
    router = next(iter(routers))
    zone = zone_of(noc.equipment.site_of(router).timezone)
    found = next_window(now + NOTICE, zone) if moment is None else window_at(moment, zone)
    if found is None:
        raise UsageError(f"{moment} is in no window: Wednesday and Sunday, 02:00 to 06:00 {zone.key} (PASA 2.3(a))")
    if now + NOTICE > found.start:
        soon = next_window(now + NOTICE, zone)
        raise UsageError(
            f"the window {found.in_zone(zone)} begins in less than 48 hours (PASA 2.3(a))",
            advice=f"The next that can be announced is {soon.in_zone(zone)}; in an emergency: turnup notice emergency.",
        )
    return found


def announce_maintenance(
    exchange: Exchange, partner: str, routers: tuple[Router, ...], window: Window, because: str
) -> str:
    """Put the notice of normal maintenance into the outbox (PASA 2.3(a)); its number. The same again is once."""
    site = exchange.noc.equipment.site_of(routers[0])
    body = _maintenance(exchange, Work.NORMAL, routers, window.start, because, window.end)
    zone = zone_of(site.timezone)
    name = number("N", partner, *body.routers, window.start.isoformat(), because)
    text = (
        f"Normal maintenance of {', '.join(body.routers)} at {site.name}\n"
        f"{window.in_zone(zone)} ({window.start:%Y-%m-%d %H:%M} to {window.end:%H:%M} UTC)\n\n{because}\n"
        f"{_affected(body)}\nNotice under PASA 2.3(a).\n"
    )
    subject = f"Maintenance {', '.join(body.routers)} {window.in_zone(zone)}"
    return _put(exchange, partner, name, body, subject, text)


def announce_emergency(exchange: Exchange, partner: str, routers: tuple[Router, ...], because: str) -> str:
    """Put the notice of emergency maintenance that begins now into the outbox (PASA 2.3(a)); its number."""
    now = exchange.now()
    site = exchange.noc.equipment.site_of(routers[0])
    body = _maintenance(exchange, Work.EMERGENCY, routers, now, because, None)
    name = number("N", partner, "emergency", *body.routers, now.isoformat(), because)
    text = (
        f"EMERGENCY maintenance of {', '.join(body.routers)} at {site.name}, from {now:%Y-%m-%d %H:%M} UTC\n\n"
        f"{because}\n{_affected(body)}\nNotice under PASA 2.3(a).\n"
    )
    return _put(exchange, partner, name, body, f"EMERGENCY maintenance {', '.join(body.routers)}", text)


def report_outage(exchange: Exchange, partner: str, report: OutageReport) -> str:
    """Put an outage report, update or summary into the outbox (MGS IV, Schedule 2); its number."""
    report = built(OutageReport, plain(report), where="the report")
    name = number("N", partner, report.outage_id, report.stage, report.reported_at.isoformat())
    lines = [
        ("Site affected", report.site),
        ("Time of outage", _moment(report.began_at)),
        ("Length of outage", _length(report)),
        ("Reason", report.cause or "not known yet"),
        ("Estimated restoration", _moment(report.estimated_restoration) if report.estimated_restoration else ""),
        ("Method used to correct it", report.corrected_by or ""),
        ("Long term remedy", report.long_term_remedy or ("not known yet" if report.ended_at is None else "")),
        ("Person notified", report.person_notified),
    ]
    text = "".join(f"{name_}: {value}\n" for name_, value in lines if value)
    return _put(exchange, partner, name, report, f"Outage {report.outage_id}: {report.stage.lower()}", text)


def outages(connection: Connection) -> dict[str, tuple[tuple[OutageReport, Sending], ...]]:
    """Reports of each outage, oldest first, with what became of the sending."""
    found: dict[str, list[tuple[OutageReport, Sending]]] = {}
    for one in reversed(sendings(connection, OutageReport.__name__, None)):
        body = read_xml(Parcel.of(one.body).message, where=one.message_id).body
        if isinstance(body, OutageReport):
            found.setdefault(body.outage_id, []).append((body, one))
    return {name: tuple(rows) for name, rows in found.items()}


def record_notice(noc: Noc, one: Sending, at: datetime) -> None:
    """Enter a notice of normal maintenance that was sent at that moment into the logbook, where guards read it."""
    body = read_xml(Parcel.of(one.body).message, where=one.message_id).body
    if not isinstance(body, MaintenanceNotice) or body.work is not Work.NORMAL:
        return
    for router in body.routers:
        noc.records.add(Notice(router, body.starts, at, "turnup", at, one.message_id))


def _maintenance(
    exchange: Exchange, work: Work, routers: tuple[Router, ...], starts: datetime, because: str, ends: datetime | None
) -> MaintenanceNotice:
    names = tuple(router.name for router in routers)
    site = exchange.noc.equipment.site_of(routers[0])
    with exchange.desk.store.reading() as connection:
        here = [life for life in standings(connection) if life.router in names]
    affected = tuple(life.order_id for life in here if is_serving(life) or life.state is State.DELIVERED)
    body = MaintenanceNotice(work, site.site_id, names, starts, exchange.noc.redact(because), ends, affected)
    return built(MaintenanceNotice, plain(body), where="the notice")


def _put(exchange: Exchange, partner: str, name: str, body: Body, subject: str, text: str) -> str:
    if not exchange.settings.knows(partner):
        raise InputError(f"{partner} is nobody we exchange messages with (exchange.yaml: partners)")
    message = Message(exchange.header(name, partner), body)
    about = body.outage_id if isinstance(body, OutageReport) else ""
    route = exchange.settings.route(partner, notice=True)
    with exchange.desk.store.writing() as connection:
        exchange.put(connection, message.header, message.kind, about, message_xml(message), subject, text, route)
    return name


def _affected(body: MaintenanceNotice) -> str:
    return f"\nOrders affected: {', '.join(body.affected)}\n" if body.affected else ""


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _length(report: OutageReport) -> str:
    end = report.ended_at or report.reported_at
    minutes = int((end - report.began_at).total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60} min{'' if report.ended_at else ' so far'}"
