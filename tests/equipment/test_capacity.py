"""Ports of the sample estate: each has one state, and only a port that is proved free is given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_estate import configuration_of, sample_cards, sample_estate
from sample_messages import changed

from turnup.equipment.capacity import PortState, capacity, free_ports, port_state, ports
from turnup.equipment.networks import link_pools, overlapping, own_networks, used_networks
from turnup.equipment.picking import pick_port
from turnup.errors import Clarification
from turnup.model.interface_name import InterfaceName
from turnup.model.order import Speed

ESTATE, CARDS = sample_estate(), sample_cards()
NYC = "NYC-60HUDSON"


def names(found: Any) -> list[str]:
    return [f"{port.router} {port.interface}" for port in found]


def test_ports_of_a_site_are_those_of_its_cards() -> None:
    found = names(ports(ESTATE, CARDS, NYC, Speed.DS3))
    assert len(found) == 6 + 12 + 6
    assert found[0] == "nyc-hud-gsr1 Serial5/0"
    assert found[-1] == "nyc-hud-gsr2 Serial5/5"


@settings(max_examples=50)
@given(taken=st.lists(st.sampled_from([(p.router, str(p.interface)) for p in ports(ESTATE, CARDS)]), unique=True))
def test_every_port_is_counted_once(taken: list[tuple[str, str]]) -> None:
    rows = capacity(ESTATE, CARDS, {}, taken)
    assert sum(row.total for row in rows) == len(ports(ESTATE, CARDS))
    assert sum(row.count(PortState.ASSIGNED) for row in rows) == len(taken)
    free = {(p.router, str(p.interface)) for r in rows for p in free_ports(ESTATE, CARDS, r.site, r.speed, {}, taken)}
    assert sum(row.count(PortState.FREE) for row in rows) == len(free)
    assert not free & set(taken)


@pytest.mark.parametrize(
    ("router", "port", "state"),
    [
        ("nyc-hud-gsr1", "POS1/0", PortState.LINK),
        ("nyc-hud-gsr1", "FastEthernet7/7", PortState.RESERVED),
        ("nyc-hud-gsr1", "Serial6/11", PortState.BAD),
        ("nyc-hud-gsr1", "Serial6/10", PortState.FREE),
    ],
)
def test_what_inventory_says_of_a_port(router: str, port: str, state: PortState) -> None:
    found = next(p for p in ports(ESTATE, CARDS) if (p.router, str(p.interface)) == (router, port))
    assert port_state(ESTATE, found, {}, ())[0] is state


@pytest.mark.parametrize(
    ("body", "state", "why"),
    [
        (("no ip address", "shutdown"), PortState.FREE, ""),
        (("no ip address", "encapsulation ppp", "crc 32", "shutdown"), PortState.FREE, ""),
        (("no ip address",), PortState.IN_USE, "is not shut down on the router"),
        (("description spare", "no ip address", "shutdown"), PortState.IN_USE, "has a description on the router"),
        (("ip address 10.10.9.1 255.255.255.252", "shutdown"), PortState.IN_USE, "has an address on the router"),
    ],
)
def test_what_the_router_says_of_a_port(body: tuple[str, ...], state: PortState, why: str) -> None:
    live = {"nyc-hud-gsr1": configuration_of(ESTATE.router("nyc-hud-gsr1"), Serial5_0=body)}
    port = ports(ESTATE, CARDS, NYC, Speed.DS3)[0]
    assert port_state(ESTATE, port, live, ()) == (state, why)


def test_a_subinterface_uses_its_port() -> None:
    router = ESTATE.router("nyc-hud-gsr2")
    live = configuration_of(router)
    lines = [("interface GigabitEthernet4/0.100", ""), ("", "ip address 10.10.9.1 255.255.255.252")]
    from turnup.configuration import ConfigLine, Configuration

    added = (
        ConfigLine("", lines[0][0], 900),
        ConfigLine(lines[0][0], lines[1][1], 901, 1),
    )
    live = Configuration((*live.lines[:-1], *added, live.lines[-1]))
    port = next(
        p
        for p in ports(ESTATE, CARDS, NYC, Speed.GE)
        if str(p.interface) == "GigabitEthernet4/0" and p.router == router.name
    )
    assert port_state(ESTATE, port, {router.name: live}, ())[0] is PortState.IN_USE


def test_a_card_that_is_not_in_the_router_has_no_free_port() -> None:
    router = ESTATE.router("chi-cer-gsr1")
    live = configuration_of(ESTATE.router("nyc-hud-gsr2"))  # has no Serial2/x
    assert not free_ports(ESTATE, CARDS, router.site, Speed.DS3, {router.name: live}, ())


def test_the_first_free_port_is_given() -> None:
    taken = [("nyc-hud-gsr1", f"Serial5/{n}") for n in range(6)] + [("nyc-hud-gsr1", "Se6/0")]
    assert names([pick_port(changed().order, ESTATE, CARDS, {}, taken)]) == ["nyc-hud-gsr1 Serial6/1"]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"location__site": "60 Hudsen"}, "location.site", "did you mean NYC-60HUDSON"),
        ({"location__site": "LAX-1WILSHIRE"}, "equipment_model", "has no GSR 12012; it has 12416"),
        (
            {"equipment_model": None, "location__router": "lax-wil-gsr1"},
            "location.router",
            "has no router lax-wil-gsr1",
        ),
        (
            {"speed": "OC48C", "location__site": "CHI-350CERMAK", "equipment_model": None},
            "speed",
            "no line card for OC48C",
        ),
        ({"speed": "OC48C"}, "speed", "no free OC48C port at NYC-60HUDSON: 2 intra-POP"),
        ({"speed": "FE", "layer2__encapsulation": "PPP"}, "layer2.encapsulation", "carries PPP (8FE-TX)"),
        (
            {"location__router": "nyc-hud-gsr1", "location__port": "Serial5/6"},
            "location.port",
            "has Serial5/0 to Serial5/5",
        ),
        (
            {"location__router": "nyc-hud-gsr1", "location__port": "Serial9/0"},
            "location.port",
            "slot 9 holds no line card",
        ),
        (
            {"location__router": "nyc-hud-gsr1", "location__port": "POS5/0"},
            "location.port",
            "has Serial5/0 to Serial5/5",
        ),
        (
            {"location__router": "nyc-hud-gsr1", "location__port": "POS2/0"},
            "speed",
            "is a OC3C port (4OC3/POS), not DS3",
        ),
        ({"location__router": "nyc-hud-gsr1", "location__port": "Serial6/11"}, "location.port", "is marked bad"),
        (
            {"location__router": "nyc-hud-gsr1", "location__port": "Serial6/10"},
            "location.port",
            "is assigned to another",
        ),
    ],
)
def test_why_no_port_is_given(changes: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(Clarification) as caught:
        pick_port(changed(**changes).order, ESTATE, CARDS, {}, [("nyc-hud-gsr1", "Serial6/10")])
    assert [one for one, _ in caught.value.points] == [field]
    assert said in caught.value.points[0][1]


@pytest.mark.parametrize(
    "name", ["NYC-60HUDSON", "nyc", "60 hudson street", "60 Hudson Street, New York, NY", "60  HUDSON"]
)
def test_a_site_has_many_names(name: str) -> None:
    assert pick_port(changed(location__site=name.replace("  ", " ")).order, ESTATE, CARDS, {}, ()).site == NYC


def test_a_card_that_is_not_offered_is_never_given() -> None:
    assert not CARDS["ios"]["CHOC12/DS3"].orderable
    from dataclasses import replace

    router = replace(ESTATE.router("chi-cer-gsr1"), slots={2: "CHOC12/DS3"})
    estate = replace(ESTATE, routers={**ESTATE.routers, router.name: router})
    assert not ports(estate, CARDS, router.site)


def test_networks_in_use() -> None:
    router = ESTATE.router("nyc-hud-gsr1")
    secondary = (
        "ip address 10.10.7.1 255.255.255.252",
        "ip address 10.10.8.1 255.255.255.252 secondary",
        "ip address negotiated",
    )
    used = used_networks({router.name: configuration_of(router, Serial5_0=secondary)})
    assert {str(network): owner for network, owner in used.items()} == {
        "10.10.7.0/30": "nyc-hud-gsr1 Serial5/0",
        "10.10.8.0/30": "nyc-hud-gsr1 Serial5/0",
    }


def test_own_networks() -> None:
    own = {str(network): owner for network, owner in own_networks(ESTATE).items()}
    assert own["10.255.1.1/32"] == "the loopback of nyc-hud-gsr1"
    assert "10.254.1.4/30" in own
    assert [str(pool) for pool in link_pools(ESTATE, NYC)] == ["10.10.0.0/20"]
    pool = next(iter(link_pools(ESTATE, NYC)))
    assert overlapping(pool, own_networks(ESTATE)) == ""


def test_an_interface_is_known_by_its_short_name() -> None:
    port = ports(ESTATE, CARDS, NYC, Speed.OC3C)[0]
    assert port.interface == InterfaceName.parse("PO2/0")
    assert port_state(ESTATE, port, {}, [("nyc-hud-gsr1", "PO2/0")])[0] is PortState.ASSIGNED
