"""Which port an order gets: the one it names, or the first free one that suits. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from turnup.equipment.capacity import Configurations, PortState, Taken, port_state, ports
from turnup.equipment.crosscheck import model_key, no_such_port
from turnup.equipment.estate import Cards, Equipment
from turnup.equipment.sites import find_site
from turnup.errors import Clarification, InputError
from turnup.load.strict import suggestion
from turnup.model.abilities import carries
from turnup.model.equipment import Port, Router, Site
from turnup.model.order import PortServiceOrder


def pick_port(
    order: PortServiceOrder,
    equipment: Equipment,
    cards: Cards,
    configurations: Configurations,
    taken: Taken,
    *,
    free: bool = True,
) -> Port:
    """The port the order names, or the first free one that suits. Raises Clarification with every reason against.

    With `free=False` a named port need only exist: for an order about a port that is in service.
    """
    points: list[tuple[str, str]] = []
    try:
        site = find_site(equipment.sites, order.location.site)
    except InputError as error:
        raise Clarification([("location.site", str(error))], where=order.origin) from error
    routers = _routers(order, equipment, site, points)
    if points:
        raise Clarification(points, where=order.origin)
    if order.location.router and order.location.port:
        port = _named(order, equipment, cards)
        return _free(order, port, equipment, configurations, taken) if free else port
    names = {router.name for router in routers}
    offered = [port for port in ports(equipment, cards, site.site_id, order.speed) if port.router in names]
    suited = [port for port in offered if order.layer2 is None or carries(port.card, order.layer2.encapsulation)]
    states = [port_state(equipment, port, configurations, taken)[0] for port in suited]
    if PortState.FREE in states:
        return suited[states.index(PortState.FREE)]
    speeds = {port.card.speed.value for port in ports(equipment, cards, site.site_id)}
    raise Clarification([_why_none(order, site, offered, states, speeds)], where=order.origin)


def _routers(
    order: PortServiceOrder, equipment: Equipment, site: Site, points: list[tuple[str, str]]
) -> tuple[Router, ...]:
    """Routers of the site that the order allows."""
    routers = equipment.routers_at(site.site_id)
    if (name := order.location.router) is not None:
        if name not in site.routers:
            near = suggestion(name, site.routers) if site.routers else ""
            points.append(("location.router", f"{site.site_id} has no router {name}{near}"))
            return ()
        routers = (equipment.routers[name],)
    if (model := order.equipment_model) is not None:
        suited = tuple(router for router in routers if model_key(router.chassis) == model_key(model))
        if not suited:
            there = ", ".join(sorted({router.chassis for router in routers})) or "no router"
            points.append(
                ("equipment_model", f"{order.location.router or site.site_id} has no {model}; it has {there}")
            )
        routers = suited
    return routers


def _named(order: PortServiceOrder, equipment: Equipment, cards: Cards) -> Port:
    router, name = equipment.routers[order.location.router or ""], order.location.port
    reason = no_such_port(router, name, cards[router.platform]) if name else "is missing"
    for port in ports(equipment, cards, router.site):
        if not reason and port.router == router.name and port.interface == name:
            return port
    reason = reason or f"{name} of {router.name} is not offered"
    raise Clarification([("location.port", reason)], where=order.origin)


def _free(
    order: PortServiceOrder, port: Port, equipment: Equipment, configurations: Configurations, taken: Taken
) -> Port:
    name = f"{port.interface} of {port.router}"
    points = []
    if port.card.speed is not order.speed:
        points.append(("speed", f"{name} is a {port.card.speed} port ({port.card.part}), not {order.speed}"))
    if reason := port_state(equipment, port, configurations, taken)[1]:
        points.append(("location.port", f"{name} {reason}"))
    if points:
        raise Clarification(points, where=order.origin)
    return port


def _why_none(
    order: PortServiceOrder, site: Site, offered: Sequence[Port], states: Sequence[PortState], speeds: Collection[str]
) -> tuple[str, str]:
    """Why no port can be given, by what the site offers."""
    if not offered:
        there = ", ".join(sorted(speeds)) or "none"
        return "speed", f"{site.site_id} has no line card for {order.speed} as ordered; it has {there}"
    if not states and order.layer2 is not None:
        parts = ", ".join(sorted({port.card.part for port in offered}))
        return "layer2.encapsulation", f"no line card of {site.site_id} carries {order.layer2.encapsulation} ({parts})"
    counted = ", ".join(f"{count} {state}" for state, count in sorted(Counter(states).items()))
    return "speed", f"no free {order.speed} port at {site.site_id}: {counted}"
