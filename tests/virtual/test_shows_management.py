"""Management as configured shows: servers, lines, lists, files, boot; and how IOS writes durations and bounds."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from asked import Router
from hypothesis import given, settings
from hypothesis import strategies as st

from turnup.model.interface_name import InterfaceName
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.prefix_lists import Entry
from turnup.virtual.shows.times import long, short


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
