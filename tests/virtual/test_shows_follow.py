"""What is configured is what shows: the shows follow the configuration, the cable and the far end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pushed_order import lab, push, session
from turnup.virtual.device import Device, FarEnd
from turnup.virtual.shows import SimulatedState
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.prefix_lists import Entry
from turnup.virtual.shows.times import long, short

from turnup.model.interface_name import InterfaceName

PORT, PEER = "Serial5/0", "10.10.3.2"


class Router:
    """nyc-hud-gsr1 with one provider, asked in words."""

    def __init__(self, *, pushed: bool = True) -> None:
        self.device: Device = lab("GRP-B").devices["nyc-hud-gsr1"]
        self.provider = SimulatedState()
        if pushed:
            push(self.device)

    def show(self, command: str) -> str:
        text = self.provider.show(self.device, tuple(command.split()), session(self.device))
        assert text is not None, command
        return text

    def line(self, command: str, start: str) -> str:
        found = [line for line in self.show(command).split("\n") if line.startswith(start)]
        assert len(found) == 1, f"{start!r} in {self.show(command)}"
        return found[0]

    def add(self, section: str, *lines: str) -> None:
        for line in lines:
            self.device.config.put_in(section, line)

    def remove(self, section: str, *patterns: str) -> None:
        for pattern in patterns:
            assert self.device.config.take_out(section, pattern), pattern

    def peer(self) -> str:
        return self.line("show ip bgp summary", PEER).split(maxsplit=9)[-1].strip()

    def far(self, **changes: object) -> None:
        ends = [replace(one, **changes) if one.name == "level3-ce" else one for one in self.device.far_ends]  # type: ignore[arg-type]
        self.device.far_ends = tuple(ends)


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


def test_tables_of_the_configuration() -> None:
    router = Router(pushed=False)
    router.add("", "ip name-server 192.0.2.55", "tacacs-server host 192.0.2.22", "access-list 10 permit any log")
    assert "192.0.2.55" in router.line("show hosts", "Name servers are")
    assert re.findall(r"Server: (\S+)/49", router.show("show tacacs"))[-1] == "192.0.2.22"
    assert "    permit any log" in router.show("show access-lists")
    router.add("line vty 5 15", "access-class 11 in")
    lines = router.show("show line").split("\n")
    assert len([line for line in lines if " VTY " in line]) == 16
    assert lines[-2].split()[6] == "11"
    router.remove("", "tacacs-server host *")
    assert router.show("show tacacs") == ""


def test_tacacs_packets_grow_with_every_command() -> None:
    router = Router(pushed=False)
    counts = [int(re.findall(r"packets in=(\d+)", router.show("show tacacs"))[0]) for _ in range(3)]
    assert counts[0] < counts[1] < counts[2]


def test_extended_and_named_access_lists() -> None:
    router = Router(pushed=False)
    router.add("", "access-list 101 permit tcp 192.0.2.0 0.0.0.255 any eq telnet")
    router.add("ip access-list standard NOC", "permit 192.0.2.10")
    text = router.show("show access-lists")
    assert "Extended IP access list 101\n    permit tcp 192.0.2.0 0.0.0.255 any eq telnet\n" in text
    assert "Standard IP access list NOC\n    permit 192.0.2.10\n" in text
    assert router.show("show access-lists 77") == ""


def test_deleted_files_show_with_all_only() -> None:
    router = Router(pushed=False)
    device = router.device
    from turnup.virtual.faults import Fault

    device.faults = (Fault("deleted", state={"file.gsr-p-mz.120-17.S3.deleted": True}),)
    assert "No files in directory" in router.show("dir slot0:")
    assert "[gsr-p-mz.120-17.S3]" in router.show("dir /all slot0:")
    assert ".D image" in router.show("show flash")
    assert router.show("verify slot0:gsr-p-mz.120-17.S3").startswith("%Error opening")


def test_boot_lines_make_the_boot_variable() -> None:
    router = Router(pushed=False)
    router.remove("", "boot system *")
    assert "BOOT variable = slot0:gsr-p-mz.120-17.S3,1;" in router.show("show bootvar")
    router.add("", "boot system flash slot1:other", "boot system tftp image 192.0.2.9")
    assert "BOOT variable = slot1:other,1;tftp://192.0.2.9/image,1;" in router.show("show bootvar")


def test_cdp_stays_silent_where_it_is_off() -> None:
    router = Router(pushed=False)
    assert "POS 1/0" in router.show("show cdp neighbors")
    router.add("interface POS1/0", "no cdp enable")
    assert "POS 1/0" not in router.show("show cdp neighbors")


def test_clearing_counters_is_told() -> None:
    router = Router(pushed=False)
    assert "counters never" in router.show("show interfaces POS1/0")
    router.device.say("%CLEAR-5-COUNTERS: Clear counter on all interfaces by noc")
    assert "counters 00:00:0" in router.show("show interfaces POS1/0")


@given(st.integers(0, 10**8))
@settings(max_examples=200, deadline=None)
def test_durations_keep_their_width_and_never_fail(seconds: int) -> None:
    text = short(timedelta(seconds=seconds))
    assert re.fullmatch(r"\d\d:\d\d:\d\d|\dd\d\dh|\d{1,2}w\dd|\d+y\d{1,2}w", text)
    assert re.fullmatch(r"(\d+ (year|week|day|hour|minute)s?(, )?)+", long(timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    ("entry", "prefix", "hit"),
    [
        ("203.0.113.0/24", "203.0.113.0/24", True),
        ("203.0.113.0/24", "203.0.113.0/25", False),
        ("203.0.113.0/24 le 28", "203.0.113.0/28", True),
        ("203.0.113.0/24 le 28", "203.0.113.0/29", False),
        ("203.0.113.0/24 ge 26", "203.0.113.0/24", False),
        ("203.0.113.0/24 ge 26", "203.0.113.0/32", True),
        ("0.0.0.0/0 le 32", "10.0.0.0/8", True),
    ],
)
def test_prefix_list_bounds(entry: str, prefix: str, hit: bool) -> None:
    network, _, bounds = entry.partition(" ")
    one = Entry(5, "permit", IPv4Network(network), f" {bounds}" if bounds else "")
    assert one.matches(IPv4Network(prefix)) is hit


def test_a_description_keeps_its_blanks() -> None:
    port = Port(InterfaceName.parse("Serial5/0"), None, ("description  two  blanks",))
    assert port.description == " two  blanks"


