"""What FRR, the kernel and `ping` said, as the front's rows. The JSON is recorded (frr_recorded/README.md)."""

from __future__ import annotations

import json
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from turnup.model.interface_name import InterfaceName
from turnup.virtual.live import echo, frr, kernel
from turnup.virtual.live.names import by_kernel_name, kernel_name
from turnup.virtual.shows.links import Link
from turnup.virtual.shows.peers import Neighbor
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.sources import Echo, Hop

RECORDED = Path(__file__).parent / "frr_recorded"
NAMES = tuple(map(InterfaceName.parse, ("POS1/0", "POS2/0", "GigabitEthernet4/0", "Serial5/0", "Loopback0")))
PORTS = {kernel_name(name): Port(name, None, ()) for name in NAMES}


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text())


def neighbor(address: str, remote_as: int) -> Neighbor:
    return Neighbor(IPv4Address(address), "", (("remote-as", str(remote_as)),))


@pytest.mark.parametrize(
    ("ios", "linux"),
    [
        ("Serial5/0", "Serial5-0"),
        ("POS12/3", "POS12-3"),
        ("FastEthernet7/7", "FastEthernet7-7"),
        ("GigabitEthernet4/0", "Gi4-0"),
        ("FastEthernet10/11", "Fa10-11"),
        ("Loopback0", "lo"),
        ("Loopback1", ""),
        ("Ethernet0", "eth0"),
        ("Serial5/0.100", ""),
    ],
)
def test_a_port_has_a_name_that_the_kernel_takes(ios: str, linux: str) -> None:
    name = InterfaceName.parse(ios)
    assert kernel_name(name) == linux
    assert len(linux) <= 15
    assert by_kernel_name([name]) == ({linux: name} if linux else {})


def test_adjacencies() -> None:
    found = frr.adjacencies(recorded("isis_neighbor_detail"), PORTS)
    assert [(str(a.port.name), a.system_id, a.address, a.state, a.level, a.holdtime, a.circuit_id) for a in found] == [
        ("GigabitEthernet4/0", "nyc-hud-dnac1", "10.254.1.6", "UP", "L2", 3, "nyc-hud-dnac1.02"),
        ("POS1/0", "nyc-hud-gsr2", "10.254.1.2", "UP", "L2", 28, "00"),
    ]
    assert frr.adjacencies({}, PORTS) == ()
    assert frr.adjacencies(recorded("isis_neighbor_detail"), {}) == (), "a circuit on a port that the front has not"


@pytest.mark.parametrize(
    ("state", "shown"), [("Initializing", "INIT"), ("Down", "DOWN"), ("Unknown", "NONE"), ("Odd", "ODD")]
)
def test_an_adjacency_that_is_not_up(state: str, shown: str) -> None:
    told = {"circuits": [{"adj": "cr1", "interface": {"name": "POS1-0", "state": state}, "level": 1}]}
    (one,) = frr.adjacencies({"areas": [told]}, PORTS)
    assert (one.state, one.level, one.holdtime) == (shown, "L1", 0)


def test_peerings() -> None:
    asked = [neighbor("10.10.3.2", 64603), neighbor("10.10.3.9", 64609), neighbor("10.10.3.10", 64609)]
    found = frr.peerings(recorded("bgp_summary"), [*asked, neighbor("10.10.3.11", 64611)])
    assert [(one.state, one.prefixes) for one in found] == [
        ("Established", 1),
        ("Active", 0),
        ("Idle (Admin)", 0),
        ("Idle", 0),  # FRR does not have it
    ]


def test_the_sessions() -> None:
    told = recorded("bgp_neighbors")
    up, shut = frr.session(told["10.10.3.2"]), frr.session(told["10.10.3.10"])
    assert (up.age, up.messages, up.router_id, up.local) == ("00:00:05", (8, 7), "10.10.3.2", IPv4Address("10.10.3.1"))
    assert (up.hold, up.keepalive, up.established, up.dropped, up.reset) == (9, 3, 1, 0, "never")
    assert (shut.age, shut.reset, shut.local) == ("never", "00:00:09, due to Admin. shutdown", None)
    assert frr.session({}).age == "never"
    lost = frr.session({"bgpState": "Active", "connectionsDropped": 2, "lastResetTimerMsecs": 62000})
    assert (lost.age, lost.dropped, lost.reset) == ("00:01:02", 2, "never")


def test_routes() -> None:
    found = {str(e.prefix): e for e in frr.routes(recorded("ip_route"), recorded("bgp_routes"), PORTS, "L2")}
    assert {(p, e.code, e.distance, e.metric, e.next_hop, str(e.port and e.port.name)) for p, e in found.items()} == {
        ("10.10.3.0/30", "C", 0, 0, None, "Serial5/0"),
        ("10.254.1.0/30", "C", 0, 0, None, "POS1/0"),
        ("10.254.1.4/30", "C", 0, 0, None, "GigabitEthernet4/0"),
        ("10.255.1.1/32", "C", 0, 0, None, "Loopback0"),
        ("10.255.1.2/32", "i L2", 115, 20, "10.254.1.2", "POS1/0"),
        ("10.255.1.101/32", "i L2", 115, 20, "10.254.1.6", "GigabitEthernet4/0"),
        ("192.0.2.0/24", "i L2", 115, 20, "10.254.1.6", "GigabitEthernet4/0"),
        ("203.0.113.0/24", "B", 20, 0, "10.10.3.2", "Serial5/0"),
    }
    customer = found["203.0.113.0/24"]
    assert (customer.source, customer.tag, customer.hops) == ("10.10.3.2", 64603, 1)


def test_a_route_that_is_not_selected_is_none() -> None:
    told = {"10.0.0.0/8": [{"protocol": "isis", "distance": 115}]}
    assert not list(frr.routes(told, {}, PORTS, "L2"))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("00:01:02", timedelta(minutes=1, seconds=2)),
        ("1d02h03m", timedelta(days=1, hours=2, minutes=3)),
        ("02w3d04h", timedelta(weeks=2, days=3, hours=4)),
        ("", timedelta()),
    ],
)
def test_how_long(text: str, length: timedelta) -> None:
    assert frr.length(text) == length


def test_ports_of_the_kernel() -> None:
    found = kernel.ports(recorded("link"))
    assert (found["POS1-0"].on, found["POS1-0"].carrier, found["POS1-0"].mtu) == (True, True, 4470)
    assert (found["POS1-0"].counted.packets_in, found["POS1-0"].counted.bytes_in) == (18, 23440)
    later = kernel.since(found["POS1-0"].counted, found["Gi4-0"].counted)
    assert later.packets_out == found["POS1-0"].counted.packets_out - found["Gi4-0"].counted.packets_out


@pytest.mark.parametrize(
    ("flags", "shut", "link"),
    [
        (["UP", "LOWER_UP"], False, ("up", "up")),
        (["UP"], False, ("down", "down")),
        (["UP", "LOWER_UP"], True, ("up", "up")),  # the kernel's word, not the configuration's
        ([], False, ("administratively down", "down")),
        (None, False, ("down", "down")),
        (None, True, ("administratively down", "down")),
    ],
)
def test_the_state_of_a_port(flags: list[str] | None, shut: bool, link: tuple[str, str]) -> None:
    one = None if flags is None else kernel.ports([{"ifname": "POS1-0", "flags": flags}])["POS1-0"]
    found = kernel.link(one, shut=shut)
    assert isinstance(found, Link)
    assert (found.status, found.protocol) == link


ANSWERED = "64 bytes from 10.0.0.1: icmp_seq={} ttl=64 time={} ms"
ASKED = Echo(IPv4Address("10.0.0.1"), count=5)


@pytest.mark.parametrize(
    ("out", "err", "symbols"),
    [
        ("\n".join(ANSWERED.format(n, 0.1) for n in range(1, 6)), "", "!!!!!"),
        ("\n".join(ANSWERED.format(n, 0.1) for n in (1, 3, 9)), "", "!.!.."),
        ("From 10.0.0.9 icmp_seq=2 Destination Host Unreachable", "", ".U..."),
        ("From 10.0.0.9 icmp_seq=1 Frag needed and DF set (mtu = 1400)", "", "M...."),
        ("From 10.0.0.9 icmp_seq=1 Time to live exceeded", "", "&...."),
        ("", "ping: local error: message too long, mtu=1500", "M.M.M"),
        ("", "ping: connect: Network is unreachable", "....."),
        ("", "", "....."),
    ],
)
def test_echoes(out: str, err: str, symbols: str) -> None:
    assert echo.echoed(ASKED, out, err).symbols == symbols


def test_the_times_of_echoes_are_whole_milliseconds() -> None:
    out = "\n".join(ANSWERED.format(n, t) for n, t in ((1, 0.05), (2, 3.2), (3, 9.9)))
    assert echo.echoed(ASKED, out, "").times == (1, 5, 10)


def test_what_is_sent() -> None:
    words = echo.command(Echo(IPv4Address("10.0.0.1"), IPv4Address("10.0.0.2"), 100, 1500, True, 2))
    assert " ".join(words) == "ping -n -c 100 -i 0.003 -W 2 -w 5 -s 1472 -M do -I 10.0.0.2 10.0.0.1"


def test_a_way_ends_at_its_target_and_after_thirty_hops() -> None:
    way = {1: Hop("10.0.0.1", (1, 1, 1)), 2: Hop(""), 3: Hop("10.0.0.9", (1, 1, 1))}
    assert echo.walked(lambda ttl: way.get(ttl, Hop("10.0.0.9")), "10.0.0.9") == tuple(way.values())
    assert echo.walked(lambda _: Hop(""), "10.0.0.9") == (Hop(""),) * 30


def test_who_answered_a_probe() -> None:
    assert echo.hop_of("From 10.0.0.1 icmp_seq=1 Time to live exceeded", "10.0.0.9") == Hop("10.0.0.1", (1, 1, 1))
    assert echo.hop_of(ANSWERED.format(1, 2.5), "10.0.0.9") == Hop("10.0.0.9", (3, 3, 3))
    assert echo.hop_of("", "10.0.0.9") == Hop("")


def test_a_network_in_the_table_is_an_ipv4_network() -> None:
    (one,) = frr.routes({"10.0.0.0/8": [{"protocol": "static", "selected": True, "distance": 1}]}, {}, PORTS, "L2")
    assert (one.prefix, one.code, one.port) == (IPv4Network("10.0.0.0/8"), "S", None)
