"""IS-IS and BGP of the POP, live: everything comes up, a cut is felt and mended, what is typed takes effect."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from running_pop import login, secret, until

from turnup.virtual.pop.pop import ADJACENCIES, SESSIONS, Pop, running


@pytest.fixture(scope="module")
def pop() -> Iterator[Pop]:
    with running() as started:
        yield started


def route(pop: Pop, node: str, prefix: str) -> dict[str, object]:
    """The first route to the prefix; {} while there is none (zebra shows an empty list while one is being replaced)."""
    told = json.loads(pop.vtysh(node, f"show ip route {prefix} json"))
    return dict((told.get(prefix) or [{}])[0])


def test_all_is_up(pop: Pop) -> None:
    assert (pop.adjacencies(), pop.sessions()) == (ADJACENCIES, SESSIONS) == (6, 10)


def test_what_a_customer_announces_is_seen_at_the_upstream(pop: Pop) -> None:
    until(lambda: route(pop, "dnac", "198.51.100.0/24").get("protocol") == "bgp", "cust1's prefix at dnac")
    table = json.loads(pop.vtysh("dnac", "show bgp ipv4 unicast 198.51.100.0/24 json"))
    assert table["paths"][0]["aspath"]["string"] == "64500 65101"


def test_the_customer_hears_the_upstream_s_default_route(pop: Pop) -> None:
    until(lambda: route(pop, "cust1", "0.0.0.0/0").get("protocol") == "bgp", "the default route at cust1")
    ping = ("ping", "-c1", "-W1", "-I", "198.51.100.1", "10.255.1.1")
    until(lambda: "1 received" in pop.inside("cust1", *ping, check=False), "the upstream answers the customer")


def test_loopbacks_reach_each_other_by_isis(pop: Pop) -> None:
    assert route(pop, "cr1", "10.255.0.3/32")["protocol"] == "isis"
    for near, far in (("10.255.0.1", "10.255.0.2"), ("10.255.0.1", "10.255.0.3")):
        assert "0% packet loss" in pop.inside("cr1", "ping", "-c2", "-i0.2", "-I", near, far)


def test_a_cut_cable_is_felt_and_gone_around_and_mended(pop: Pop) -> None:
    pop.cut("cr1", "POS1-0")
    until(lambda: "NO-CARRIER" in pop.inside("cr1", "ip", "link", "show", "POS1-0"), "cr1 loses the carrier")
    assert "state DOWN" in pop.inside("cr1", "ip", "link", "show", "POS1-0")
    until(lambda: pop.adjacencies() == ADJACENCIES - 2, "the adjacency goes")
    around = until(
        lambda: "10.0.13.2" in json.dumps(route(pop, "cr1", "10.255.0.2/32").get("nexthops", [])), "a way by cr3"
    )
    assert around < 15
    pop.mend("cr1", "POS1-0")
    pop.settle()


def test_the_ordered_port_is_bare_and_its_customer_waits(pop: Pop) -> None:
    text = pop.vtysh("cr3", "show running-config")
    assert "interface Serial3-0\n shutdown\nexit\n" in text
    assert "65102" not in text
    assert pop.peers("cust2")["10.2.2.1"] in ("Active", "Connect", "Idle")


@pytest.mark.parametrize(("key", "comes_up"), [("wrong-key", False), ("", True)])
def test_the_customer_s_session_comes_up_with_the_order_s_key_alone(pop: Pop, key: str, comes_up: bool) -> None:
    key = key or secret(pop, "TURNUP_SECRET_LVL3_MD5")
    began = pop.vtysh("cr3", "show running-config")
    pop.configure("cr3", "interface Serial3-0", "no shutdown", "ip address 10.2.2.1/30", "exit")
    pop.configure(
        "cr3",
        "router bgp 64500",
        "neighbor 10.2.2.2 remote-as 65102",
        f"neighbor 10.2.2.2 password {key}",
        "neighbor 10.2.2.2 timers connect 1",
    )
    try:
        if comes_up:
            until(lambda: pop.peers("cr3").get("10.2.2.2") == "Established", "cust2's session", 20)
            until(lambda: bool(route(pop, "dnac", "203.0.113.0/24")), "cust2's prefix at dnac")
        else:
            assert "10.2.2.2" in pop.inside("cr3", "ping", "-c1", "-W2", "10.2.2.2")  # the wire is good
            with pytest.raises(AssertionError, match="stays down"):
                until(lambda: pop.peers("cr3").get("10.2.2.2") == "Established", "stays down", 5)
    finally:
        pop.configure("cr3", "router bgp 64500", "no neighbor 10.2.2.2")
        pop.configure("cr3", "interface Serial3-0", "no ip address 10.2.2.1/30", "shutdown")
    assert pop.vtysh("cr3", "show running-config") == began
    until(lambda: not route(pop, "dnac", "203.0.113.0/24"), "cust2's prefix leaves dnac")


def test_what_is_saved_through_ssh_is_in_the_startup_file(pop: Pop) -> None:
    said = login(pop, "cr2", "noc", secret(pop, "TURNUP_PASSWORD"), "vtysh -c 'write memory'")
    assert said is not None
    assert "[OK]" in said
    assert pop.inside("cr2", "cat", "/etc/frr/frr.conf") in pop.vtysh("cr2", "show running-config") + "\n"
