"""What an order says after CHANGE orders were carried out on its port (PASA 1.3(a)). Pure."""

from __future__ import annotations

from dataclasses import replace

from turnup.model.order import PortServiceOrder


def changed(order: PortServiceOrder, change: PortServiceOrder) -> PortServiceOrder:
    """The order with the parts that a CHANGE gives; a part is replaced whole, everything else stays."""
    parts = {part: getattr(change, part) for part in ("cross_connect", "layer2", "layer3", "bgp")}
    return replace(order, **{part: value for part, value in parts.items() if value is not None})


PREFIXES = "prefixes"  # behind the id of a CHANGE that was another port's: of it only these concern the order


def with_prefixes(order: PortServiceOrder, change: PortServiceOrder) -> PortServiceOrder:
    """The order with the prefixes that a CHANGE of the customer's other port gave the list they have together."""
    if order.bgp is None or change.bgp is None:
        return order
    return replace(order, bgp=replace(order.bgp, allowed_prefixes=change.bgp.allowed_prefixes))
