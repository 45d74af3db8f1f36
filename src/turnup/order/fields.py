"""Whether an order's fields go with its action and with each other, before any site is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.model.abilities import Point, setting_points
from turnup.model.order import Action, PortServiceOrder

# What a port needs before it can be connected (PASA 1.3(a)): a part left out is asked for, never assumed.
_NEEDED = {
    Action.NEW: ("cross_connect", "layer2", "layer3"),
    Action.REDESIGNATE: ("cross_connect", "layer2", "layer3"),  # nothing of the old customer carries over
}
_OF_A_PORT = (Action.CHANGE, Action.REDESIGNATE, Action.DISCONNECT)
_PARTS = ("cross_connect", "layer2", "layer3", "bgp")


def field_points(order: PortServiceOrder) -> Iterator[Point]:
    """Every field that is missing, out of place or out of range."""
    if order.revision < 1:
        yield "revision", "must be 1 or more"
    yield from _action_points(order)
    if order.location.port and not order.location.router:
        yield "location.router", "is missing: a port is named, so its router must be, too"
    if order.location.port and order.location.port.sub:
        yield "location.port", "must be a port, not a subinterface"
    if order.layer2:
        yield from setting_points(order.layer2)
    if order.layer3 and order.layer3.link_prefix.prefixlen not in (30, 31):
        yield "layer3.link_prefix", f"must be a /30 or /31, not {order.layer3.link_prefix}"
    if order.bgp and not order.layer3 and order.action is Action.NEW:
        yield "bgp", "needs the link's addresses (layer3)"


def _action_points(order: PortServiceOrder) -> Iterator[Point]:
    action = order.action
    for part in _NEEDED.get(action, ()):
        if getattr(order, part) is None:
            yield part, f"is missing: a {action} order needs it"
    named = order.location.router and order.location.port
    if action in _OF_A_PORT and not (named or order.supersedes):
        yield "supersedes", f"a {action} order names the order it is about, or router and port"
    if action is Action.CANCEL and not (order.supersedes or order.revision > 1):
        yield "supersedes", "a CANCEL order names the order it takes back, or is a later revision of it"
    if action is Action.NEW and order.supersedes:
        yield "supersedes", "does not go with NEW; send a later revision of the same order, or a CHANGE"
    if action is Action.CHANGE and not any(getattr(order, part) for part in _PARTS):
        yield "action", f"a CHANGE order says what changes: one of {', '.join(_PARTS)}"
