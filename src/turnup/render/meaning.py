"""What an order means for a port, as plain values for the templates; and everything that keeps it from being done."""

from __future__ import annotations

from typing import Any

from turnup.errors import Clarification
from turnup.model.abilities import LIMITS, NEEDS
from turnup.model.equipment import Assignment, LineCard, Router
from turnup.model.order import Bgp, Encapsulation, Layer2, Layer3, PortServiceOrder, Speed
from turnup.model.policy import Policy
from turnup.render.values import Points, check_texts

LONGEST_DESCRIPTION = 200
LONGEST_PEER_DESCRIPTION = 80
HIGHEST_AS = 65535  # 12.0S knows no four-byte AS numbers

_FRAMINGS = {Speed.DS3: ("c-bit", "m13", "bypass")}


def meaning(assignment: Assignment, router: Router, policy: Policy) -> dict[str, Any]:
    """Values for the templates of a platform, by name; None or "" for what the order does not have.

    Raises Clarification with all points at once (PASA 1.3(b): the written acknowledgement names them).
    """
    order, card = assignment.order, assignment.port.card
    points = check_texts(assignment)
    if order.layer2 is None or order.layer3 is None or order.cross_connect is None:
        needed = {"layer2": order.layer2, "layer3": order.layer3, "cross_connect": order.cross_connect}
        points += [(field, "is needed to configure a port") for field, value in needed.items() if value is None]
        raise Clarification(points, where=order.origin)
    points += _card_points(order, card) + _layer2_points(order.layer2, card) + _layer3_points(order.layer3)
    values = _layer2(order.layer2, card) | _layer3(order.layer3) | _names(assignment, router)
    values["description"] = (
        f"CUST|{order.customer.code}|{order.speed}|CKT:{order.cross_connect.circuit_id}|PSO:{order.order_id}|"
    )
    values["peer_description"] = f"CUST|{order.customer.code}|PSO:{order.order_id}|"
    if len(values["description"]) > LONGEST_DESCRIPTION:
        points.append(("cross_connect.circuit_id", f"makes a description of over {LONGEST_DESCRIPTION} characters"))
    if order.bgp is not None:
        points += _bgp_points(order.bgp, router, policy)
    values |= _bgp(order.bgp, policy)
    if points:
        raise Clarification(points, where=order.origin)
    return values


def _card_points(order: PortServiceOrder, card: LineCard) -> Points:
    points: Points = []
    if not card.orderable:
        points.append(("speed", f"the {card.part} is not offered for orders"))
    if card.speed is not order.speed:
        points.append(("speed", f"the {card.part} gives {card.speed}, not {order.speed}"))
    return points


def _layer2_points(layer2: Layer2, card: LineCard) -> Points:
    points: Points = []
    wanted = layer2.encapsulation.value.lower()
    if wanted not in card.capabilities:
        points.append(("layer2.encapsulation", f"the {card.part} cannot carry {layer2.encapsulation}"))
    for field, capability in NEEDS.items():
        if getattr(layer2, field) is not None and capability not in card.capabilities:
            points.append((f"layer2.{field}", f"the {card.part} has no such setting"))
    for field, allowed in LIMITS.items():
        value = getattr(layer2, field)
        if value is not None and value not in allowed:
            points.append((f"layer2.{field}", f"cannot be {value!r}"))
    points += _tag_points("vlan", layer2.vlan, layer2.encapsulation is Encapsulation.DOT1Q, range(1, 4095))
    points += _tag_points("dlci", layer2.dlci, layer2.encapsulation is Encapsulation.FRAME_RELAY, range(16, 1008))
    return points + _framing_points(layer2, card)


def _tag_points(field: str, value: int | None, wanted: bool, allowed: range) -> Points:
    if wanted and value not in allowed:
        return [(f"layer2.{field}", f"must be {allowed.start} to {allowed.stop - 1}, not {value}")]
    if not wanted and value is not None:
        return [(f"layer2.{field}", "does not go with this encapsulation")]
    return []


def _framing_points(layer2: Layer2, card: LineCard) -> Points:
    allowed = _FRAMINGS.get(card.speed, ("sonet", "sdh"))
    if layer2.framing is None or "framing" not in card.capabilities:
        return []
    if layer2.framing not in allowed:
        return [("layer2.framing", f"must be one of {', '.join(allowed)}, not {layer2.framing!r}")]
    if layer2.framing == "bypass" and (layer2.scramble or layer2.dsu_mode or layer2.dsu_bandwidth not in (None, 44210)):
        return [("layer2.framing", "bypass needs scrambling off, DSU mode 0 and the full bandwidth")]
    return []


def _layer3_points(layer3: Layer3) -> Points:
    points: Points = []
    if layer3.link_prefix.prefixlen not in (30, 31):
        points.append(("layer3.link_prefix", f"must be a /30 or /31, not {layer3.link_prefix}"))
    if layer3.router_end not in ("LOW", "HIGH"):
        points.append(("layer3.router_end", f"must be LOW or HIGH, not {layer3.router_end!r}"))
    return points


def _bgp_points(bgp: Bgp, router: Router, policy: Policy) -> Points:
    points: Points = []
    if not 1 <= bgp.peer_as <= HIGHEST_AS:
        points.append(("bgp.peer_as", f"must be 1 to {HIGHEST_AS}, not {bgp.peer_as}"))
    if bgp.peer_as == router.local_as:
        points.append(("bgp.peer_as", f"{bgp.peer_as} is our own AS"))
    if not bgp.allowed_prefixes:
        points.append(("bgp.allowed_prefixes", "must name at least one: an empty prefix-list permits everything"))
    if any(prefix.prefixlen == 0 for prefix in bgp.allowed_prefixes):
        points.append(("bgp.allowed_prefixes", "0.0.0.0/0 would let the customer give us a default route"))
    if not 1 <= bgp.maximum_prefix <= 999999:
        points.append(("bgp.maximum_prefix", f"must be 1 to 999999, not {bgp.maximum_prefix}"))
    if bgp.md5_key_ref is not None and bgp.md5_key_ref not in policy.secrets:
        points.append(("bgp.md5_key_ref", f"policy.yaml knows no secret {bgp.md5_key_ref!r}"))
    return points


def _names(assignment: Assignment, router: Router) -> dict[str, Any]:
    port, layer2 = assignment.port.interface, assignment.order.layer2
    tag = (layer2.vlan or layer2.dlci) if layer2 else None
    return {
        "port": str(port),
        "port_type": port.type.lower(),
        "subinterface": f"{port}.{tag}" if tag is not None else "",
        "local_as": router.local_as,
        "isis_tag": router.isis_tag,
        "code": assignment.order.customer.code,
        "order_id": assignment.order.order_id,
        "bandwidth_mbit": assignment.order.speed.kbit // 1000,
    }


def _layer2(layer2: Layer2, card: LineCard) -> dict[str, Any]:
    scramble = bool(layer2.scramble)
    return {
        "encapsulation": layer2.encapsulation.value.lower(),
        "vlan": layer2.vlan,
        "dlci": layer2.dlci,
        "mtu": layer2.mtu,
        "crc": layer2.crc or card.default_crc,
        "scramble": scramble,
        "clock_source": (layer2.clock_source or "LINE").lower(),
        "framing": layer2.framing or ("c-bit" if card.speed is Speed.DS3 else "sonet"),
        "dsu_mode": layer2.dsu_mode or 0,
        "dsu_bandwidth": layer2.dsu_bandwidth or card.speed.kbit,
        "cable_length": layer2.cable_length,
        "c2": layer2.c2 if layer2.c2 is not None else _c2(layer2.encapsulation, scramble),
    }


def _c2(encapsulation: Encapsulation, scramble: bool) -> int:
    # RFC 2615: 0x16 for PPP with scrambling, 0xCF for everything else.
    return 0x16 if encapsulation is Encapsulation.PPP and scramble else 0xCF


def _layer3(layer3: Layer3) -> dict[str, Any]:
    return {
        "address": layer3.router_address,
        "mask": layer3.link_prefix.netmask,
        "prefix_length": layer3.link_prefix.prefixlen,
        "peer": layer3.customer_address,
    }


def _bgp(bgp: Bgp | None, policy: Policy) -> dict[str, Any]:
    if bgp is None:
        return {"bgp": False, "route_map_in": None, "route_map_out": None}
    own = bgp.policy_name
    return {
        "bgp": True,
        "peer_as": bgp.peer_as,
        "maximum_prefix": bgp.maximum_prefix,
        "allowed_prefixes": sorted(set(bgp.allowed_prefixes)),
        "prefix_list": f"CUST-{bgp.peer_as}-IN",
        "md5_key_ref": bgp.md5_key_ref,
        "route_map_in": f"{own}-IN" if own else policy.customer_route_map_in,
        "route_map_out": f"{own}-OUT" if own else policy.customer_route_map_out,
    }
