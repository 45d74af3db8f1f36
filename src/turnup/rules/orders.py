"""What the rendered lines of an order say about itself: which interface holds the address, which neighbor it adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected


@dataclass(frozen=True)
class Silence:
    """`silent_customers_ok`: whether a session without any route passes where the order sets no minimum."""

    silent_customers_ok: bool = False


def addressed_interface(expected: Expected) -> str:
    """The interface that holds the order's address: the ordered port, or its subinterface (dot1Q, frame relay)."""
    port = expected.ordered().port.interface
    for section, text in expected.lines:
        if section.startswith("interface ") and text.startswith("ip address "):
            return section.split()[1]
    return str(port)


def lines_of(expected: Expected, section: str) -> tuple[str, ...]:
    """The order's lines below that section header ("" = global). Raises NoExpectedValue when nothing was rendered."""
    lines = expected.need(expected.lines, "the lines of the order")
    return tuple(text for header, text in lines if header == section)


def customer_ports(expected: Expected) -> tuple[str, ...]:
    """Interfaces that carry customers: those named, and the ordered port with its subinterface."""
    return tuple(dict.fromkeys((*expected.customer_ports, *ordered_interfaces(expected))))


def ordered_interfaces(expected: Expected) -> Iterator[str]:
    """The ordered port, and its subinterface where that holds the address; nothing without an order."""
    if expected.assignment:
        yield str(expected.assignment.port.interface)
        yield addressed_interface(expected)


def silent(expected: Expected) -> bool:
    """Whether the order sets no minimum of routes: then a customer who announces nothing proves nothing.

    Policy may accept that (`silent_customers_ok`): a customer may turn up a port before it announces anything.
    """
    order = expected.assignment.order if expected.assignment else None
    accepted = expected.settings("bgp_neighbors", Silence).silent_customers_ok
    return order is not None and order.bgp is not None and order.bgp.minimum_prefixes == 0 and not accepted


def without_bgp(expected: Expected) -> bool:
    """Whether there is an order, and it orders no BGP session."""
    return expected.assignment is not None and expected.assignment.order.bgp is None
