"""What is configured is what shows: the shows follow the configuration, the cable and the far end."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from asked import PEER, PORT, Router
from pushed_order import push


def test_an_ordered_port_comes_up_with_its_neighbor_and_its_route() -> None:
    router = Router()
    assert router.line("show ip interface brief", PORT).split()[4:] == ["up", "up"]
    assert router.line("show interfaces description", "Se5/0").endswith("CKT:T3Z/NYC/0007|PSO:PSO-2001-000051|")
    assert "Encapsulation PPP, crc 32, loopback not set" in router.show(f"show interfaces {PORT}")
    assert router.peer() == "1"
    assert f"via {PORT}" in router.show("show ip route 10.10.3.2")
    assert 'Known via "bgp 64500"' in router.show("show ip route 203.0.113.1")
    assert "100 percent (5/5)" in router.show(f"ping {PEER}")


def test_before_the_push_there_is_nothing_of_it() -> None:
    router = Router(pushed=False)
    assert router.line("show ip interface brief", PORT).split()[4:] == ["administratively", "down", "down"]
    assert PEER not in router.show("show ip bgp summary")
    assert router.show(f"show ip bgp neighbors {PEER}") == "% No such neighbor or address family\n"
    assert "0 percent (0/5)" in router.show(f"ping {PEER}")


def test_shutdown_takes_port_route_and_session_down() -> None:
    router = Router()
    router.add(f"interface {PORT}", "shutdown")
    assert router.show(f"show interfaces {PORT}").startswith(f"{PORT} is administratively down, line protocol is down")
    assert router.peer() == "Idle"
    assert "not in table" in router.show("show ip route 10.10.3.2")
    assert "0 percent" in router.show(f"ping {PEER}")


@pytest.mark.parametrize(
    ("lines", "state"),
    [((f"neighbor {PEER} shutdown",), "Idle (Admin)")],
)
def test_a_neighbor_that_is_shut(lines: tuple[str, ...], state: str) -> None:
    router = Router()
    router.add("router bgp 64500", *lines)
    assert router.peer() == state
    assert "Administratively shut down" in router.show(f"show ip bgp neighbors {PEER}")


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"peer_as": 64699}, "Active"),
        ({"md5_key": "another key"}, "Active"),
        ({"prefixes": (IPv4Network("203.0.113.0/24"), IPv4Network("192.0.2.0/24"))}, "1"),  # the list lets one pass
        ({"prefixes": (IPv4Network("192.0.2.0/24"),)}, "0"),
    ],
)
def test_the_session_takes_two(changes: dict[str, object], state: str) -> None:
    router = Router()
    router.far(**changes)
    assert router.peer() == state


def test_too_many_prefixes_tear_the_session_down() -> None:
    router = Router()
    router.far(prefixes=tuple(IPv4Network("203.0.113.0/24").subnets(new_prefix=32)))
    assert router.peer() == "0"  # none of them is what the list permits
    router.remove("router bgp 64500", f"neighbor {PEER} prefix-list * in")
    assert router.peer() == "Idle (PfxCt)"
    assert "0 accepted prefixes" in router.show(f"show ip bgp neighbors {PEER}")


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"encapsulation": "HDLC"}, "down"), ({"crc": 16}, "down"), ({"encapsulation": "PPP", "crc": 32}, "up")],
)
def test_both_ends_must_agree_on_the_line(changes: dict[str, object], word: str) -> None:
    router = Router()
    router.far(**changes)
    assert router.show(f"show interfaces {PORT}").startswith(f"{PORT} is up, line protocol is {word} ")


def test_a_wrong_crc_counts_errors_while_one_looks() -> None:
    router = Router()
    router.far(crc=16)
    counts = [int(re.search(r"(\d+) CRC,", router.show(f"show interfaces {PORT}"))[1]) for _ in range(2)]  # type: ignore[index]
    assert 0 < counts[0] < counts[1]


def test_a_loop_is_up_with_hdlc_and_down_with_ppp() -> None:
    router = Router()
    router.add(f"interface {PORT}", "loopback local")
    assert router.show(f"show interfaces {PORT}").startswith(f"{PORT} is up, line protocol is down ")
    router.remove(f"interface {PORT}", "encapsulation ppp")
    text = router.show(f"show interfaces {PORT}")
    assert text.startswith(f"{PORT} is up, line protocol is up (looped) ")
    assert "loopback set (local)" in text
    assert router.peer() == "Idle"


def test_a_port_without_a_cable_has_no_signal() -> None:
    router = Router(pushed=False)
    router.remove("interface POS2/1", "shutdown")
    assert router.line("show ip interface brief", "POS2/1").split()[4:] == ["down", "down"]
    assert "Active Alarms:  SLOS" in router.show("show controllers pos 2/1")
    router.remove("interface Serial5/3", "shutdown")
    assert "Receiver has loss of signal." in router.show("show controllers serial 5/3")


def test_an_unknown_customer_is_cabled_when_the_link_leaves_room_for_one() -> None:
    router = Router(pushed=False)
    router.remove("interface POS2/1", "shutdown", "no ip address")
    router.add("interface POS2/1", "ip address 10.10.7.1 255.255.255.252")
    router.add("router bgp 64500", "neighbor 10.10.7.2 remote-as 64620")
    assert router.line("show ip interface brief", "POS2/1").split()[4:] == ["up", "up"]
    assert router.line("show ip bgp summary", "10.10.7.2").split()[-1] == "0"
    assert "100 percent" in router.show("ping 10.10.7.2")
    assert "0 percent (0/5)" in router.show("ping 10.10.7.3")


def test_subinterfaces_follow_their_port() -> None:
    router = Router(pushed=False)
    router.remove("interface FastEthernet7/0", "shutdown")
    router.add("interface FastEthernet7/0.100", "encapsulation dot1Q 100", "ip address 10.10.8.1 255.255.255.252")
    assert router.line("show ip interface brief", "FastEthernet7/0.100").split()[4:] == ["up", "up"]
    assert "Encapsulation 802.1Q Virtual LAN, Vlan ID  100." in router.show("show interfaces FastEthernet7/0.100")
    assert "Encapsulation 802.1Q Virtual LAN, Vlan ID  1., loopback not set" in router.show(
        "show interfaces FastEthernet7/0"
    )
    router.add("interface FastEthernet7/0", "shutdown")
    assert router.line("show ip interface brief", "FastEthernet7/0.100").split()[4:] == [
        "administratively",
        "down",
        "down",
    ]


def test_isis_follows_its_lines() -> None:
    router = Router(pushed=False)
    assert "nyc-hud-gsr2" in router.show("show isis neighbors")
    router.remove("interface POS1/0", "ip router isis")
    assert "nyc-hud-gsr2" not in router.show("show isis neighbors") + router.show("show clns neighbors")
    assert "POS1/0 - IP" not in router.show("show clns protocol")
    assert "CLNS protocol processing disabled" in router.show("show clns interface POS1/0")


def test_a_customer_port_with_isis_is_listed_and_has_no_neighbor() -> None:
    router = Router()
    assert f"{PORT} - IP" not in router.show("show clns protocol")
    router.add(f"interface {PORT}", "ip router isis")
    router.remove("router isis", f"passive-interface {PORT}")
    assert f"{PORT} - IP" in router.show("show clns protocol")
    assert "level3" not in router.show("show clns neighbors")


def test_without_isis_the_mesh_is_down_and_the_servers_are_gone() -> None:
    router = Router(pushed=False)
    router.remove("interface POS1/0", "ip router isis")
    router.remove("interface GigabitEthernet4/0", "ip router isis")
    assert router.line("show ip bgp summary", "10.255.1.2").endswith("Active")
    assert "0 percent" in router.show("ping 192.0.2.20")


def test_without_the_process_clns_is_not_enabled() -> None:
    router = Router(pushed=False)
    router.remove("", "router isis")
    assert router.show("show isis neighbors") == router.show("show clns protocol") == "%CLNS not enabled\n"


def test_without_bgp_it_says_so() -> None:
    router = Router(pushed=False)
    router.remove("", "router bgp 64500")
    assert router.show("show ip bgp summary") == router.show("show ip bgp neighbors") == "% BGP not active\n"


def test_the_mesh_needs_our_loopback() -> None:
    router = Router(pushed=False)
    router.remove("router bgp 64500", "neighbor IBGP update-source *")
    assert router.line("show ip bgp summary", "10.255.1.2").endswith("Active")


def test_a_ping_needs_a_source_that_is_ours() -> None:
    router = Router()
    assert "100 percent" in router.show(f"ping {PEER} source 10.10.3.1")
    assert "0 percent" in router.show(f"ping {PEER} source 10.9.9.9")
    assert router.show(f"ping {PEER} source Loopback7") == "% Invalid source\n"


def test_sessions_and_ports_are_as_old_as_their_last_change() -> None:
    router = Router(pushed=False)
    started = router.device.clock()
    now = started
    router.device.clock = lambda: now
    assert " 3w2d " in router.line("show ip bgp summary", "10.10.1.2")
    push(router.device)
    now = started + timedelta(minutes=7, seconds=5)
    assert " 00:07:05 " in router.line("show ip bgp summary", PEER)
    assert " 3w2d " in router.line("show ip bgp summary", "10.10.1.2")
    assert "up for 00:07:05" in router.show(f"show ip bgp neighbors {PEER}")


@pytest.mark.parametrize(
    ("way", "line"),
    [
        ("Null0", "S    198.18.0.0/15 is directly connected, Null0"),
        ("10.254.1.2", "S    198.18.0.0/15 [1/0] via 10.254.1.2"),
        ("POS1/0", "S    198.18.0.0/15 is directly connected, POS1/0"),
        ("10.99.9.9", ""),  # nobody knows the way to the next hop
        ("Serial5/3", ""),  # shut
        ("nonsense", ""),
    ],
)
def test_static_routes_need_a_way(way: str, line: str) -> None:
    router = Router(pushed=False)
    router.add("", f"ip route 198.18.0.0 255.254.0.0 {way}")
    assert [one for one in router.show("show ip route").split("\n") if one.startswith("S ")] == ([line] if line else [])
    assert ("not in table" in router.show("show ip route 198.18.0.1")) is (not line)
