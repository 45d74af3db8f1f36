"""Ports of the estate (Schedule 3): what there is and what is left. Pure functions.

A port is free when its card is in the inventory, nobody has it, and, where the router's running configuration is
given, the interface exists there, is shut down and has neither address nor description.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from turnup.configuration import Configuration
from turnup.equipment.estate import Cards, Equipment
from turnup.errors import InputError
from turnup.model.equipment import LineCard, Port, Router
from turnup.model.interface_name import InterfaceName
from turnup.model.order import Speed

Taken = Collection[tuple[str, str]]  # (router, interface) of ports given to orders
Configurations = Mapping[str, Configuration]  # by router; a router that is not in it was not asked


class PortState(StrEnum):
    """Who has a port."""

    FREE = "free"
    ASSIGNED = "assigned"  # given to an order
    RESERVED = "reserved"
    BAD = "bad"
    LINK = "intra-POP"
    IN_USE = "in use"  # the router's configuration says so, no order of ours does
    ABSENT = "absent"  # the router has no such interface


@dataclass(frozen=True)
class Capacity:
    """Ports of one speed at one site, by state."""

    site: str
    speed: Speed
    counts: Mapping[PortState, int]

    @property
    def total(self) -> int:
        """All of them; every port has exactly one state."""
        return sum(self.counts.values())

    def count(self, state: PortState) -> int:
        """How many are in that state."""
        return self.counts.get(state, 0)


def ports(
    equipment: Equipment, cards: Cards, site_id: str | None = None, speed: Speed | None = None
) -> tuple[Port, ...]:
    """Every port that customers can be offered, by router, slot and number."""
    routers = equipment.routers.values() if site_id is None else equipment.routers_at(site_id)
    return tuple(
        Port(router.name, router.site, interface, card, slot)
        for router in sorted(routers, key=lambda one: one.name)
        for slot, card in _cards_of(router, cards)
        if card.orderable and speed in (None, card.speed)
        for interface in card.interfaces(slot)
    )


def port_state(equipment: Equipment, port: Port, configurations: Configurations, taken: Taken) -> tuple[PortState, str]:
    """Who has the port, and the reason in words ("" when it is free)."""
    router = equipment.routers[port.router]
    if any(name == port.router and _same(interface, port.interface) for name, interface in taken):
        return PortState.ASSIGNED, "is assigned to another order"
    if port.interface in router.bad_ports:
        return PortState.BAD, "is marked bad"
    if port.interface in router.reserved_ports:
        return PortState.RESERVED, "is reserved in the inventory"
    if any(link.interface.parent == port.interface for link in router.links):
        return PortState.LINK, "carries an intra-POP link"
    configuration = configurations.get(port.router)
    if configuration is None:
        return PortState.FREE, ""
    return _live_state(configuration, port.interface, equipment.policy.available_description)


def free_ports(
    equipment: Equipment,
    cards: Cards,
    site_id: str,
    speed: Speed,
    configurations: Configurations,
    taken: Taken,
) -> tuple[Port, ...]:
    """Free ports of that speed at the site; the first is the one an order gets."""
    return tuple(
        port
        for port in ports(equipment, cards, site_id, speed)
        if port_state(equipment, port, configurations, taken)[0] is PortState.FREE
    )


def capacity(equipment: Equipment, cards: Cards, configurations: Configurations, taken: Taken) -> tuple[Capacity, ...]:
    """Schedule 3: what each site has of each speed, and what is left."""
    counts: dict[tuple[str, Speed], Counter[PortState]] = {}
    for port in ports(equipment, cards):
        state, _ = port_state(equipment, port, configurations, taken)
        counts.setdefault((port.site, port.card.speed), Counter())[state] += 1
    return tuple(Capacity(site, speed, dict(states)) for (site, speed), states in counts.items())


def _cards_of(router: Router, cards: Cards) -> Iterator[tuple[int, LineCard]]:
    for slot, part in sorted(router.slots.items()):
        yield slot, cards[router.platform][part]


def _live_state(configuration: Configuration, name: InterfaceName, available: str | None) -> tuple[PortState, str]:
    header = f"interface {name}"
    if (body := configuration.section(header)) is None:
        return PortState.ABSENT, "does not exist on the router"
    below = [lines for other, lines in configuration.sections.items() if other.startswith((f"{header}.", f"{header}:"))]
    lines = [*body, *(line for lines in below for line in lines)]
    for start, why in (("description ", "has a description"), ("ip address ", "has an address")):
        if any(line.startswith(start) and line != f"description {available}" for line in lines):
            return PortState.IN_USE, f"{why} on the router"
    if "shutdown" not in body:
        return PortState.IN_USE, "is not shut down on the router"
    return PortState.FREE, ""


def _same(text: str, name: InterfaceName) -> bool:
    try:
        return InterfaceName.parse(text).parent == name.parent
    except InputError:
        return False
