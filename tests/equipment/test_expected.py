"""What the tests of a port must see."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_estate import configuration_of, sample_cards, sample_estate
from sample_messages import sample

from turnup.equipment.capacity import ports
from turnup.equipment.expected import assigned_interfaces, customer_ports, expected_for, routed_interface
from turnup.errors import UsageError
from turnup.load.order import read_order
from turnup.model.equipment import Assignment

ESTATE = sample_estate()


def assignment(name: str, router: str, port: str) -> Assignment:
    found = next(p for p in ports(ESTATE, sample_cards()) if (p.router, str(p.interface)) == (router, port))
    return Assignment(read_order(sample(name)).order, found)


def test_expected_values_of_a_port() -> None:
    given = assignment("60-hudson-ds3-level3.xml", "nyc-hud-gsr1", "Serial5/0")
    lines = (("interface Serial5/0", "crc 32"),)
    expected = expected_for(ESTATE, "nyc-hud-gsr1", given, lines, "CUST|", customer_ports=("Serial6/1", "Serial5/0"))
    assert expected.router is ESTATE.router("nyc-hud-gsr1")
    assert (expected.site.site_id, expected.policy) == ("NYC-60HUDSON", ESTATE.policy)
    assert expected.customer_ports == ("Serial6/1", "Serial5/0")  # the ordered one last
    assert (expected.lines, expected.description) == (lines, "CUST|")


def test_a_tagged_port_is_expected_below_its_tag() -> None:
    given = assignment("60-hudson-ge-dot1q.yaml", "nyc-hud-gsr2", "GigabitEthernet4/0")
    assert routed_interface(given) == "GigabitEthernet4/0.100"
    expected = expected_for(ESTATE, ESTATE.router("nyc-hud-gsr2"), given)
    assert expected.customer_ports == ("GigabitEthernet4/0", "GigabitEthernet4/0.100")


def test_a_router_without_an_ordered_port() -> None:
    assert expected_for(ESTATE, "nyc-hud-gsr1", None).customer_ports == ()
    with pytest.raises(UsageError, match="did you mean"):
        expected_for(ESTATE, "nyc-hud-gsr9", None)


def test_customer_ports_by_their_descriptions() -> None:
    live = configuration_of(
        ESTATE.router("nyc-hud-gsr1"),
        Serial5_0=("description CUST|LVL3|DS3|CKT:T3Z/NYC/0007|PSO:PSO-1|", "ip address 10.10.3.1 255.255.255.252"),
        Serial5_1=("description CUST|OLD|", "no ip address", "shutdown"),
        POS1_0=("description to nyc-hud-gsr2", "ip address 10.254.1.1 255.255.255.252"),
    )
    assert customer_ports(live) == ("Serial5/0",)


def test_ports_of_other_orders() -> None:
    given = [
        assignment("60-hudson-ge-dot1q.yaml", "nyc-hud-gsr2", "GigabitEthernet4/0"),
        assignment("60-hudson-ds3-level3.xml", "nyc-hud-gsr1", "Serial5/0"),
    ]
    assert assigned_interfaces(given, "nyc-hud-gsr2") == ("GigabitEthernet4/0", "GigabitEthernet4/0.100")
    assert assigned_interfaces(given, "nyc-hud-gsr1") == ("Serial5/0",)


@pytest.mark.parametrize(
    ("field", "file"),
    [
        ("loopback", "hosts.yaml"),
        ("links.POS1/0", "hosts.yaml"),
        ("loopback, dns_zone", "hosts.yaml"),
        ("processor", "groups.yaml"),
        ("source_interface", "defaults.yaml"),
    ],
)
def test_an_expected_value_says_where_it_stands(field: str, file: str) -> None:
    expected = expected_for(ESTATE, "nyc-hud-gsr1", None)
    place, _, name = expected.inventory(field).partition(": ")
    path, _, line = place.rpartition(":")
    assert (path.rpartition("/")[2], name) == (file, field)
    key = field.split(",")[0].split(".")[0]
    assert key in Path(path).read_text().splitlines()[int(line) - 1]
