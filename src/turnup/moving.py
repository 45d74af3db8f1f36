"""Which alternate port an order is moved to (PASA 1.4(b)(ii)), on its router or on another one of its site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from turnup.change.recover import Recovered
from turnup.change.undertaking import Kind, Undertaking
from turnup.configuration import Configuration
from turnup.equipment.capacity import free_ports, port_state
from turnup.equipment.crosscheck import model_key
from turnup.equipment.estate import Equipment
from turnup.errors import InputError, Refused, UsageError
from turnup.job import configurations, recovered
from turnup.load.strict import suggestion
from turnup.model.abilities import carries
from turnup.model.equipment import Assignment, Port
from turnup.noc import Noc, with_bad_ports
from turnup.service import must_be_connected, proving


def move_for(noc: Noc, order_id: str, to: str | None, because: str) -> Undertaking:
    """The move of an order to that port, or `to` None: to the first one that suits.

    A free one of the same speed: on another card of its router where there is one, as the card may be what is broken;
    else on another router of the site, unless the order names its router. Raises UsageError, Refused with what to do,
    Unreachable.
    """
    standing = noc.ledger.assignment(order_id)
    if standing is None or not noc.ledger.begun(order_id):
        raise UsageError(f"{order_id} has no port in service", advice="turnup order show ORDER tells what is known.")
    must_be_connected(noc, order_id)
    port = _picked(noc, standing) if to is None else _named(noc, standing, to)
    _must_have_left(noc, order_id, port.router)
    return Undertaking(Kind.MOVE, Assignment(standing.order, port), standing, because=because)


def finish_first(noc: Noc, order_id: str, to: str) -> tuple[str, ...]:
    """Finish what is open on the order's router and the one it goes to, before a port is chosen; what became of it.

    Where nothing is open the router is not asked. Raises Refused while an earlier change waits for a person,
    NeedsHuman, Unreachable.
    """
    if (standing := noc.ledger.assignment(order_id)) is None:
        return ()
    ended: list[Recovered] = []
    for router in dict.fromkeys((standing.port.router, _router_and_port(noc, standing, to)[0])):
        noc.journals.must_be_clear(router)
        ended += recovered(noc, router, proving(noc))
    return tuple(f"order {one.order_id} had not been finished; it is {one.state} now: {one.note}" for one in ended)


def _must_have_left(noc: Noc, order_id: str, router: str) -> None:
    """Raise Refused while the router has lines of the order from before: they would be in each other's way."""
    left = [one.port for order, one in noc.ledger.owed() if (order, one.router) == (order_id, router)]
    if left:
        raise Refused(
            f"{router} {', '.join(left)} has lines of {order_id} still, from before it was moved away",
            advice=f"Nothing was sent. First: turnup recover {router}",
        )


def _named(noc: Noc, standing: Assignment, text: str) -> Port:
    """The port of that name: `PORT` on the order's router, `ROUTER:PORT` on another one. Raises Refused, UsageError."""
    router, name = _router_and_port(noc, standing, text)
    try:
        port = noc.port_named(router, name)
    except InputError as error:
        offered = [str(one.interface) for one in noc.ports_of(router)]
        raise UsageError(f"{router} has no port {name!r}{suggestion(name, offered)}") from error
    if port != standing.port:
        _must_suit(noc, standing, port)
    return port


def _router_and_port(noc: Noc, standing: Assignment, text: str) -> tuple[str, str]:
    old = standing.port
    other, _, name = text.rpartition(" ") if " " in text else text.rpartition(":")
    router = other.strip() or old.router
    site = sorted(one.name for one in noc.equipment.routers_at(old.site))
    if router not in site:
        raise UsageError(f"{old.site} has no router {router!r}{suggestion(router, site)}")
    return router, name


def _must_suit(noc: Noc, standing: Assignment, port: Port) -> None:
    """Raise Refused, with the reason, for a port that the order cannot be moved to; Unreachable."""
    here = f"{port.router} {port.interface}"
    if not _of_the_model(noc, standing, port.router):
        chassis = noc.equipment.router(port.router).chassis
        raise Refused(f"{here}: {port.router} is a {chassis}; {standing.order.order_id} is for a {_model(standing)}")
    found = _look(noc, standing, (port.router,))
    _, why = port_state(found.equipment, port, found.live, noc.ledger.taken())
    if why or port not in found.free:
        raise Refused(f"{here} {why or f'is no {standing.order.speed} port that suits'}")


def _picked(noc: Noc, standing: Assignment) -> Port:
    """The first port that suits. Raises Refused when there is none."""
    old = standing.port
    if here := _look(noc, standing, (old.router,)).free:
        return min(here, key=lambda one: one.slot == old.slot)  # the first on another card, else the first
    others = [one.name for one in noc.equipment.routers_at(old.site) if one.name != old.router]
    others = [name for name in others if _of_the_model(noc, standing, name)]
    elsewhere = _look(noc, standing, tuple(others)).free if others else ()
    named = standing.order.location.router
    if elsewhere and named is None:
        return elsewhere[0]
    told = ", ".join(sorted({one.router for one in elsewhere}))
    advice = f"Nothing was sent. `turnup ports {old.site} --live` shows what the site has, and who has it."
    if told:
        asked = f"{standing.order.order_id} names {named}: when the customer agrees to another router"
        advice = f"Nothing was sent. {asked}, name its port, --to ROUTER:PORT."
    raise Refused(
        f"{old.router} has no free port of that kind; other routers of {old.site} that have one: {told or 'none'}",
        advice=advice,
    )


@dataclass(frozen=True)
class _Seen:
    """What the routers that were asked run, and their ports that are free for the order."""

    equipment: Equipment
    live: Mapping[str, Configuration]
    free: tuple[Port, ...]


def _look(noc: Noc, standing: Assignment, routers: tuple[str, ...]) -> _Seen:
    """Ask those routers; one that does not answer offers nothing. Raises Unreachable when none of them answers."""
    read = configurations(noc, routers)
    errors = [one.error for one in read.values() if one.error is not None]
    if len(errors) == len(read):
        raise errors[0]
    live = {name: one.value for name, one in read.items() if one.error is None}
    equipment, taken = with_bad_ports(noc.equipment, noc.records.bad_ports()), noc.ledger.taken()
    wanted = standing.order.layer2.encapsulation if standing.order.layer2 else None
    found = free_ports(equipment, noc.cards, standing.port.site, standing.order.speed, live, taken)
    free = tuple(one for one in found if one.router in live and (wanted is None or carries(one.card, wanted)))
    return _Seen(equipment, live, free)


def _model(standing: Assignment) -> str | None:
    return standing.order.equipment_model


def _of_the_model(noc: Noc, standing: Assignment, router: str) -> bool:
    """Whether the router is of the model that the order names (Schedule 3), if it names one."""
    model = _model(standing)
    return model is None or model_key(noc.equipment.router(router).chassis) == model_key(model)
