"""What is to be done beside the orders' own steps, as one list: cards, notices that were not given, outage reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from turnup.desk.entering import Desk
from turnup.exchange.monthly import reports_due
from turnup.exchange.notices import outages
from turnup.exchange.office import settings_of
from turnup.exchange.outages import next_of
from turnup.exchange.parcel import Parcel
from turnup.exchange.xml import read_xml
from turnup.model.messages import MaintenanceNotice, Work
from turnup.order.errands import Errand, Estate, cards, in_order, owed, untold
from turnup.order.life import Life
from turnup.order.records import CardEvent, Emergency
from turnup.store import Connection
from turnup.store.runs import last_tests
from turnup.store.sendings import sendings


def errands(desk: Desk, connection: Connection, lives: Iterable[Life]) -> tuple[Errand, ...]:
    """Everything there is to be done, the most urgent first. `lives` are where all orders stand."""
    noc = desk.noc
    found: list[Errand] = []
    if events := noc.records.rows(CardEvent):
        processors = {name: router.processor_slots for name, router in noc.equipment.routers.items()}
        estate = Estate(tuple(lives), last_tests(connection), processors)
        found += cards(events, estate, desk.clocks)
    if emergencies := noc.records.rows(Emergency):
        found += untold(emergencies, _told(connection))
    ports = ((order, one.router, one.port, one.since) for order, one in noc.ledger.owed())
    found += owed(ports, noc.equipment.routers)
    found += _outages(connection)
    found += reports_due(connection, settings_of(noc), noc.equipment.policy, noc.clock())
    return in_order(found, noc.clock())


def _told(connection: Connection) -> dict[str, datetime]:
    """When the last notice of emergency maintenance of each router was sent."""
    found: dict[str, datetime] = {}
    for one in sendings(connection, MaintenanceNotice.__name__, None):
        if one.sent_at is None:
            continue
        body = read_xml(Parcel.of(one.body).message, where=one.message_id).body
        if isinstance(body, MaintenanceNotice) and body.work is Work.EMERGENCY:
            for router in body.routers:
                found[router] = max(found.get(router, one.sent_at), one.sent_at)
    return found


def _outages(connection: Connection) -> Iterator[Errand]:
    """MGS IV, Schedule 2: the first report within 30 minutes, an update every 60, a summary after the incident."""
    for outage_id, reports in outages(connection).items():
        one = next_of(outage_id, reports)
        if one is not None:
            action = f"{one.what} of outage {outage_id} at {one.site} (`turnup notice outage {outage_id}`)"
            yield Errand(f"outage {outage_id}", "MGS IV Schedule 2", one.since, one.due, action)
