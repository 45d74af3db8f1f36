"""What the tests of a port must see, gathered from order, inventory and policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from turnup.checks import Expected
from turnup.configuration import Configuration
from turnup.equipment.estate import Equipment
from turnup.model.equipment import Assignment, Router
from turnup.model.order import Encapsulation

CUSTOMER_MARK = "CUST|"  # how descriptions of customer ports begin (reference: provisioning 1.2)


def expected_for(
    equipment: Equipment,
    router: Router | str,
    assignment: Assignment | None,
    lines: tuple[tuple[str, str], ...] = (),
    description: str | None = None,
    since: str = "",
    username: str = "",
    customer_ports: Collection[str] = (),
) -> Expected:
    """Expected values for one port of a router, or for a router without an ordered port.

    `lines` and `description` come from the rendered order, `customer_ports` from `customer_ports()` and from other
    assignments; the ordered port is added here, last. Raises UsageError for a router that inventory does not have.
    """
    record = equipment.router(router if isinstance(router, str) else router.name)
    ordered = (str(assignment.port.interface), routed_interface(assignment)) if assignment else ()
    others = sorted(set(customer_ports) - set(ordered))
    return Expected(
        router=record,
        site=equipment.site_of(record),
        policy=equipment.policy,
        assignment=assignment,
        lines=lines,
        description=description,
        customer_ports=tuple(dict.fromkeys((*others, *ordered))),
        since=since,
        username=username,
    )


def routed_interface(assignment: Assignment) -> str:
    """The interface that carries the link's address: the port, or its subinterface below a tag or a DLCI."""
    layer2 = assignment.order.layer2
    if layer2 is not None and layer2.encapsulation is Encapsulation.DOT1Q:
        return f"{assignment.port.interface}.{layer2.vlan}"
    if layer2 is not None and layer2.encapsulation is Encapsulation.FRAME_RELAY:
        return f"{assignment.port.interface}.{layer2.dlci}"
    return str(assignment.port.interface)


def assigned_interfaces(assignments: Iterable[Assignment], router: str) -> tuple[str, ...]:
    """Interfaces of one router that orders have: ports and the subinterfaces that carry their links."""
    mine = [one for one in assignments if one.port.router == router]
    return tuple(dict.fromkeys(name for one in mine for name in (str(one.port.interface), routed_interface(one))))


def other_links(assignments: Iterable[Assignment], own: Assignment) -> tuple[str, ...]:
    """Addresses of the customer at the other ports that it has on that router: its networks may be routed there."""
    return tuple(
        str(one.order.layer3.customer_address)
        for one in assignments
        if one.order.customer.code == own.order.customer.code
        and one.port.router == own.port.router
        and one.port.interface != own.port.interface
        and one.order.layer3 is not None
    )


def customer_ports(configuration: Configuration) -> tuple[str, ...]:
    """Interfaces that carry a customer, by their descriptions, where they have an address."""
    return tuple(
        header.removeprefix("interface ").split()[0]
        for header in configuration.headers("interface")
        for body in (configuration.section(header) or (),)
        if any(line.startswith(f"description {CUSTOMER_MARK}") for line in body)
        and any(line.startswith("ip address ") for line in body)
    )
