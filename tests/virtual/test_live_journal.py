"""Lines of FRR's log (recorded) and link events in the words of IOS, and through the product's own template."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from turnup.model.interface_name import InterfaceName
from turnup.virtual.live.journal import link_messages, read, said
from turnup.virtual.live.watch import zone_of

PORTS = {"POS1-0": InterfaceName.parse("POS1/0")}


@pytest.mark.parametrize(
    ("frr", "ios"),
    [
        (
            "%ADJCHANGE: Adjacency to cr3 (POS1-0) for level-2 changed from Initializing to Up, unspecified",
            "%CLNS-5-ADJCHANGE: ISIS: Adjacency to cr3 (POS1/0) Up, new adjacency",
        ),
        (
            "%ADJCHANGE: Adjacency to cr3 (POS1-0) for level-2 changed from Up to Down, holding timer expired",
            "%CLNS-5-ADJCHANGE: ISIS: Adjacency to cr3 (POS1/0) Down, hold time expired",
        ),
        (
            "%ADJCHANGE: Adjacency to cr3 (POS9-9) for level-2 changed from Up to Initializing, other words",
            "%CLNS-5-ADJCHANGE: ISIS: Adjacency to cr3 (POS9-9) Down, other words",
        ),
        ("%ADJCHANGE: Adjacency to cr3 (POS1-0) for level-2 changed from Unknown to Initializing, unspecified", None),
        (
            "%ADJCHANGE: neighbor 10.1.1.2(dnac) in vrf default Up",
            "%BGP-5-ADJCHANGE: neighbor 10.1.1.2 Up",
        ),
        (
            "%ADJCHANGE: neighbor 10.255.0.1(cr1) in vrf default Down BGP Notification send",
            "%BGP-5-ADJCHANGE: neighbor 10.255.0.1 Down BGP Notification send",
        ),
        (
            "%NOTIFICATION: sent to neighbor 10.255.0.1 4/0 (Hold Timer Expired) 0 bytes ",
            "%BGP-3-NOTIFICATION: sent to neighbor 10.255.0.1 4/0 (hold timer expired) 0 bytes",
        ),
        (
            "%NOTIFICATION: received from neighbor 10.1.1.2 6/7 (Cease/Connection Collision Resolution) 0 bytes ",
            "%BGP-3-NOTIFICATION: received from neighbor 10.1.1.2 6/7 (connection collision resolution) 0 bytes",
        ),
        (
            "%MAXPFX: No. of IPv4 Unicast prefix received from 10.2.2.2(cust2) has reached 8, max 10",
            "%BGP-4-MAXPFX: No. of prefix received from 10.2.2.2 (afi 0) reaches 8, max 10",
        ),
        (
            "%MAXPFXEXCEED: No. of IPv4 Unicast prefix received from 10.2.2.2(cust2) 11 exceed, limit 10",
            "%BGP-3-MAXPFXEXCEED: No. of prefix received from 10.2.2.2 (afi 0): 11 exceed limit 10",
        ),
        ("bgp_update_receive: rcvd End-of-RIB for IPv4 Unicast from 10.1.1.2 in vrf default", None),
    ],
)
def test_a_message(frr: str, ios: str | None) -> None:
    assert said(frr.rstrip(), PORTS) == ios


def test_a_line_of_the_log() -> None:
    line = "2026/11/22 14:22:23.601 BGP: [N9HHH-F8H1M] %ADJCHANGE: neighbor 10.10.3.2(level3-ce) in vrf default Up\n"
    at = datetime(2026, 11, 22, 14, 22, 23, 601000, tzinfo=UTC)
    assert read(line, PORTS) == (at, "%BGP-5-ADJCHANGE: neighbor 10.10.3.2 Up")
    coded = line.replace("[N9HHH-F8H1M]", "[J7484-2SYXF][EC 33554465]").replace(".601", "")
    assert read(coded, PORTS) == (at.replace(microsecond=0), "%BGP-5-ADJCHANGE: neighbor 10.10.3.2 Up")
    assert read("anything else", PORTS) is None
    east = read(line, PORTS, zone_of("+0130\n"))
    assert east is not None
    assert east[0] == at - timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(("text", "hours"), [("-0500\n", -5), ("+0100", 1), ("", 0), ("EST", 0)])
def test_the_zone_of_a_node(text: str, hours: int) -> None:
    assert zone_of(text).utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("was", "now", "messages"),
    [
        ((True, True), (True, True), []),
        ((False, False), (True, False), []),
        ((True, False), (True, True), ["%LINK-3-UPDOWN up", "%LINEPROTO-5-UPDOWN up"]),
        ((True, True), (True, False), ["%LINK-3-UPDOWN down", "%LINEPROTO-5-UPDOWN down"]),
        ((True, True), (False, False), ["%LINK-5-CHANGED administratively down", "%LINEPROTO-5-UPDOWN down"]),
        ((True, False), (False, False), ["%LINK-5-CHANGED administratively down"]),
        ((False, False), (True, True), ["%LINK-3-UPDOWN up", "%LINEPROTO-5-UPDOWN up"]),
    ],
)
def test_a_link_event(was: tuple[bool, bool], now: tuple[bool, bool], messages: list[str]) -> None:
    found = link_messages(PORTS["POS1-0"], was, now)
    assert [f"{text.split(':')[0]} {text.rpartition('state to ')[2]}" for text in found] == messages
