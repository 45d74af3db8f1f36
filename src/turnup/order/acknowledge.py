"""The acknowledgement of an order (PASA 1.3(b)): accepted with the assigned port, or every point to be made clear."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

from turnup.configuration import Configuration
from turnup.equipment.estate import Cards, Equipment
from turnup.equipment.picking import pick_port
from turnup.equipment.sites import find_site
from turnup.errors import Clarification, InputError
from turnup.load.faults import Fault
from turnup.load.order_write import document
from turnup.load.order_xml import element_path
from turnup.model.abilities import Point, card_points
from turnup.model.acknowledgement import Acknowledgement
from turnup.model.equipment import Port
from turnup.model.order import Action, Header, OrderMessage, PortServiceOrder
from turnup.model.policy import Clocks
from turnup.order.calendars import calendar_of
from turnup.order.fields import field_points
from turnup.order.routing import bgp_points, link_points, policy_points

_NO_LINKS: Mapping[IPv4Network, str] = {}
_REASON_LIMIT = 500  # the schema's


def acknowledge(
    message: OrderMessage,
    equipment: Equipment,
    cards: Cards,
    configurations: Mapping[str, Configuration],
    taken: Collection[tuple[str, str]],
    now: datetime,
    links: Mapping[IPv4Network, str] = _NO_LINKS,
) -> Acknowledgement:
    """Judge an order against the estate; never raises for what the order says.

    `cards` by platform and part; `configurations` by router, those that were read; `taken` are (router, interface)
    and `links` the link networks of other orders. `now` in UTC.
    """
    order = message.order
    points: list[Point] = list(field_points(order))
    port = _port(order, equipment, cards, configurations, taken, points)
    if order.layer2 and port:
        points += card_points(order.layer2, port.card)
    points += _network_points(order, port, equipment, configurations, links)
    common = {
        "order_id": order.order_id,
        "revision": order.revision,
        "received_at": now,
        "in_reply_to": message.header.message_id if message.header else None,
    }
    if points:
        return Acknowledgement(**common, points=tuple(dict.fromkeys(points)))  # type: ignore[arg-type]
    return Acknowledgement(
        **common,  # type: ignore[arg-type]
        accepted_at=now,
        port=port,
        committed_by=_committed_by(order.action, equipment.policy.clocks, now),
    )


def clarify(error: InputError, now: datetime, order_id: str = "") -> Acknowledgement:
    """The answer to a document that could not be read as an order."""
    if isinstance(error, Clarification):
        return Acknowledgement(order_id, 1, now, error.points)
    fault = Fault("message", str(error).removeprefix(f"{error.where}: "), error.where)  # our file's name is not theirs
    return Acknowledgement(order_id, 1, now, (("message", fault.reason_and_line),))


def acknowledgement_fields(answer: Acknowledgement) -> dict[str, Any]:
    """The acknowledgement as plain data, with the model's field names."""
    fields: dict[str, Any] = {"order_id": answer.order_id, "revision": answer.revision}
    fields["received_at"] = _time(answer.received_at)
    if answer.accepted_at is None:
        return fields | {"clarify": [{"field": field, "reason": reason} for field, reason in answer.points]}
    fields["accepted"] = _time(answer.accepted_at)
    if answer.port:
        port = answer.port
        fields["assigned"] = {"site": port.site, "router": port.router, "port": str(port.interface)}
    if answer.committed_by:
        fields["committed_by"] = _time(answer.committed_by)
    return fields


def acknowledgement_json(answer: Acknowledgement) -> str:
    """The acknowledgement as one JSON document."""
    return json.dumps(acknowledgement_fields(answer), indent=2)


def acknowledgement_xml(answer: Acknowledgement, header: Header) -> bytes:
    """The acknowledgement as a Message of the schema (PASA 2.4); `header` is that of the answer."""
    fields = acknowledgement_fields(answer)
    if not fields["order_id"]:
        del fields["order_id"], fields["revision"]
    for point in fields.get("clarify", ()):
        point["field"] = _sayable(element_path(point["field"]))
        point["reason"] = _sayable(point["reason"])
    return document(header, "OrderAcknowledgement", fields)


def _port(
    order: PortServiceOrder,
    equipment: Equipment,
    cards: Cards,
    configurations: Mapping[str, Configuration],
    taken: Collection[tuple[str, str]],
    points: list[Point],
) -> Port | None:
    """The port the order gets (NEW) or is about; None with its reasons among the points."""
    if order.action is not Action.NEW and not (order.location.router and order.location.port):
        points += _site_points(order, equipment)
        return None
    try:
        return pick_port(order, equipment, cards, configurations, taken, free=order.action is Action.NEW)
    except Clarification as found:
        points += found.points
    return None


def _site_points(order: PortServiceOrder, equipment: Equipment) -> Iterator[Point]:
    try:
        site = find_site(equipment.sites, order.location.site)
    except InputError as error:
        yield "location.site", str(error)
        return
    if order.location.router and order.location.router not in site.routers:
        yield "location.router", f"{site.site_id} has no router {order.location.router}"


def _network_points(
    order: PortServiceOrder,
    port: Port | None,
    equipment: Equipment,
    configurations: Mapping[str, Configuration],
    links: Mapping[IPv4Network, str],
) -> Iterator[Point]:
    router = equipment.routers[port.router] if port else None
    if order.layer3 and order.action is Action.NEW:
        yield from link_points(order.layer3, equipment, _site_id(order, equipment), configurations, links)
    if order.bgp:
        yield from bgp_points(order.bgp, equipment, router)
        if router:
            yield from policy_points(order.bgp, equipment.policy, router, configurations.get(router.name))


def _site_id(order: PortServiceOrder, equipment: Equipment) -> str | None:
    try:
        return find_site(equipment.sites, order.location.site).site_id
    except InputError:
        return None


def _committed_by(action: Action, clocks: Clocks, now: datetime) -> datetime | None:
    period = clocks.disconnect if action is Action.DISCONNECT else clocks.completion
    return period.end(now, calendar_of(clocks)) if period is not None and action is not Action.CANCEL else None


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _sayable(text: str) -> str:
    """Printable ASCII of the schema's length."""
    shown = "".join(character if " " <= character <= "~" else ascii(character)[1:-1] for character in text)
    return (shown if len(shown) <= _REASON_LIMIT else f"{shown[: _REASON_LIMIT - 3]}...") or "-"
