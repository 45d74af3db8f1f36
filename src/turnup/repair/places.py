"""Which ports a person means: an order, a port, a line card, a router, a site, all. Only ports that orders have."""

from __future__ import annotations

from turnup.desk.sources import ledger_files
from turnup.equipment.sites import find_site
from turnup.errors import InputError, UsageError
from turnup.load.strict import suggestion
from turnup.model.equipment import Assignment
from turnup.model.interface_name import InterfaceName
from turnup.noc import Noc


def at(noc: Noc, text: str) -> Assignment:
    """The order on that port: `ORDER`, `ROUTER:PORT`, or `PORT` where one router's alone is meant. Raises UsageError.

    Only what was pushed can be repaired or tested.
    """
    held = begun(noc)
    for one in held:
        if one.order.order_id == text:
            return one
    router, _, name = text.rpartition(" ") if " " in text else text.rpartition(":")
    found = [one for one in held if _is(one, name, router)]
    if len(found) == 1:
        return found[0]
    if found:
        routers = ", ".join(one.port.router for one in found)
        raise UsageError(f"{text} is a port of several routers: {routers}", advice="Write it as ROUTER:PORT.")
    if noc.ledger.knows(text):
        raise UsageError(f"{text} has no port that was pushed", advice="turnup order show ORDER tells what is known.")
    known = [one.order.order_id for one in held] + [f"{one.port.router}:{one.port.interface}" for one in held]
    raise UsageError(f"{text!r} is neither an order nor a port that an order has{suggestion(text, known)}")


def _is(one: Assignment, name: str, router: str) -> bool:
    try:
        wanted = InterfaceName.parse(name)
    except InputError:
        return False
    return one.port.interface == wanted and router in ("", one.port.router)


def begun(noc: Noc) -> tuple[Assignment, ...]:
    """Every order that has a port on which work has begun, by order."""
    started = {file.order_id for file in ledger_files(noc) if file.started}
    return tuple(one for one in noc.ledger.assignments() if one.order.order_id in started)


def on_router(noc: Noc, router: str, slot: int | None = None) -> tuple[Assignment, ...]:
    """Those on a router, or on its line card in that slot. Raises UsageError for one that inventory has not."""
    record = noc.equipment.router(router)
    if slot is not None and slot not in record.slots:
        raise UsageError(f"{router} has no line card in slot {slot}: {', '.join(map(str, sorted(record.slots)))}")
    here = [one for one in begun(noc) if one.port.router == router]
    return tuple(one for one in here if slot is None or one.port.slot == slot)


def on_site(noc: Noc, site: str) -> tuple[Assignment, ...]:
    """Those on all routers of a site. Raises InputError for a site that inventory has not."""
    routers = find_site(noc.equipment.sites, site).routers
    return tuple(one for one in begun(noc) if one.port.router in routers)


def beside(noc: Noc, here: Assignment, scope: str) -> tuple[Assignment, ...]:
    """The ports a fault of that scope reaches: `port`, `card` or `router`; the port itself first. Raises UsageError."""
    if scope == "port":
        return (here,)
    if scope not in ("card", "router"):
        raise UsageError(f"{scope!r} is no scope: port, card or router{suggestion(scope, ['port', 'card', 'router'])}")
    found = on_router(noc, here.port.router, here.port.slot if scope == "card" else None)
    return (here, *(one for one in found if one.order.order_id != here.order.order_id))
