"""A customer's other ports on the same router: where its networks may be routed as well."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from sample_orders import GOLDEN, assignment_for

from turnup.equipment.expected import other_links
from turnup.model.equipment import Assignment
from turnup.model.interface_name import InterfaceName

OWN = assignment_for(GOLDEN[0])


def elsewhere(port: str, link: str, *, router: str = OWN.port.router, customer: str = "") -> Assignment:
    layer3 = OWN.order.layer3
    assert layer3 is not None
    order = replace(
        OWN.order,
        order_id="PSO-OTHER",
        layer3=replace(layer3, link_prefix=IPv4Network(link)),
        customer=replace(OWN.order.customer, code=customer or OWN.order.customer.code),
    )
    return replace(OWN, order=order, port=replace(OWN.port, router=router, interface=InterfaceName.parse(port)))


def test_only_the_same_customer_on_the_same_router_at_another_port() -> None:
    others = [
        OWN,
        elsewhere("Serial9/1", "10.10.9.0/30"),
        elsewhere("Serial9/2", "10.10.9.4/30", customer="SOMEBODY"),
        elsewhere("Serial9/3", "10.10.9.8/30", router="another"),
    ]
    assert other_links(others, OWN) == ("10.10.9.2",)
