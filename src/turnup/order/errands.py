"""What is to be done beside the orders' own steps: cards, notices, reports. Pure; the moment is passed in.

A period that policy does not set has no end, as everywhere: how long it runs is shown, and nothing is called late.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from turnup.model.interface_name import InterfaceName
from turnup.model.policy import Clocks
from turnup.order.calendars import calendar_of
from turnup.order.life import Life
from turnup.order.records import CardDeed, CardEvent, Emergency
from turnup.order.states import State


@dataclass(frozen=True)
class Errand:
    """Something to be done. `due` None = no period is configured, or the contract names none; times are UTC."""

    about: str  # a router, a slot, an outage, a month
    clause: str
    since: datetime
    due: datetime | None
    action: str
    whose: str = "carrier"

    def left(self, now: datetime) -> timedelta | None:
        """What is left, below zero when it is late."""
        return self.due - now if self.due is not None else None


def in_order(errands: Iterable[Errand], now: datetime) -> tuple[Errand, ...]:
    """The most urgent first: late, then by the time left, then by age."""

    def urgency(one: Errand) -> tuple[bool, timedelta, datetime, str]:
        left = one.left(now)
        return (left is None, left or timedelta(0), one.since, one.about)

    return tuple(sorted(errands, key=urgency))


@dataclass(frozen=True)
class Estate:
    """What is known of the ports in service: their orders, when each was tested last, where processors sit."""

    lives: tuple[Life, ...]
    tested: Mapping[str, datetime]
    processors: Mapping[str, tuple[int, ...]]

    def behind(self, router: str, slot: int) -> tuple[str, ...]:
        """Orders in service on the card in that slot; behind a route processor, or its memory, all of the router."""
        whole = slot in self.processors.get(router, ())
        here = (life for life in self.lives if life.router == router and life.state is State.IN_SERVICE)
        return tuple(life.order_id for life in here if whole or InterfaceName.parse(life.port).slot == slot)


def cards(events: Iterable[CardEvent], estate: Estate, clocks: Clocks) -> Iterator[Errand]:
    """Cards that came and are not in the router yet; cards that are in it, and whose ports were not tested since.

    "KMC shall physically replace a line card ... within [text deleted] days after Qwest supplies same or KMC purchases
    same" (PASA 5(c)); a port that was out of service for it is a restored one (1.4(a)).
    """
    last: dict[tuple[str, int], CardEvent] = {}
    for event in sorted(events, key=lambda one: one.at):
        last[event.router, event.slot] = event
    for (router, slot), event in last.items():
        about = f"{router} slot {slot}"
        if event.what is CardDeed.SUPPLIED:
            end = clocks.card_replacement.end(event.at, calendar_of(clocks)) if clocks.card_replacement else None
            then = f"`turnup logbook card replaced {router} {slot}`"
            yield Errand(about, "5(c)", event.at, end, f"replace the card, then {then}")
            continue
        left = [one for one in estate.behind(router, slot) if estate.tested.get(one, event.at) <= event.at]
        if left:
            which = "" if slot in estate.processors.get(router, ()) else f" --card {slot}"
            told = f"test every port of the replaced card (`turnup retest {router}{which}`): {', '.join(left)}"
            yield Errand(about, "5(c), 1.4(a)", event.at, None, told)


def owed(ports: Iterable[tuple[str, str, str, datetime]], inventory: Container[str]) -> Iterator[Errand]:
    """Ports of a router that an order has left for another router's, and that have its lines still (PASA 1.4(b)(ii)).

    Each as (order, router, port, since when). `inventory`: the routers that are in it.
    """
    for order, router, port, since in ports:
        action = f"take away what {order} has left there (`turnup recover {router}`)"
        if router not in inventory:
            tool = f"`turnup recover {router} --scrapped 'WHO: WHY'`"
            action = f"the router is not in the inventory: put it back, or say that it is gone for good ({tool})"
        yield Errand(f"{router} {port}", "1.4(b)(ii)", since, None, action)


_AHEAD = timedelta(hours=12)  # a notice that was sent before the work began is of this work, an older one of another


def untold(emergencies: Iterable[Emergency], told: Mapping[str, datetime]) -> Iterator[Errand]:
    """Emergencies of which the customer was not told in writing since (PASA 2.3(a): "as soon as ... practicable").

    `told` is when the last notice of emergency maintenance of each router was sent.
    """
    for one in emergencies:
        sent = told.get(one.router)
        if sent is None or sent < one.at - _AHEAD:
            tool = f"`turnup notice emergency {one.router}`"
            action = f"tell the customer of the emergency work for {one.order_id} ({tool})"
            yield Errand(one.router, "2.3(a)", one.at, None, action)
