"""The two ends of an order's link, counted and never listed."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from turnup.model.order import Layer3


@pytest.mark.parametrize("length", range(20, 33))
def test_they_are_the_first_and_the_last_host(length: int) -> None:
    link = Layer3(IPv4Network(("10.10.0.0", length)))
    hosts = list(link.link_prefix.hosts())
    assert (link.router_address, link.customer_address) == (hosts[0], hosts[-1])
    other = Layer3(link.link_prefix, router_end="HIGH")
    assert (other.router_address, other.customer_address) == (hosts[-1], hosts[0])


def test_of_the_whole_internet_they_cost_nothing() -> None:
    """A link of 0.0.0.0/0 in an order took all the memory there was before anybody refused it."""
    link = Layer3(IPv4Network("0.0.0.0/0"))
    assert (link.router_address, link.customer_address) == (IPv4Address("0.0.0.1"), IPv4Address("255.255.255.254"))
