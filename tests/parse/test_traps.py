"""The traps of the field, one by one: what stands in an answer and what must come out of it.

Each of these is lost or taken for something else by a reader that goes by columns or by the first match.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from turnup.errors import AnswerIncomplete, ParseError
from turnup.model.interface_name import InterfaceName, same_interface
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse
from turnup.platforms import platform
from turnup.rules.times import stamp_time

HEALTHY = Path(__file__).parents[1] / "recorded"
NOW = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)


def _healthy(name: str, answer: str) -> str:
    return (HEALTHY / name / "checks" / "healthy" / f"{answer}.txt").read_text()


@dataclass(frozen=True)
class Trap:
    """`must` are, row by row, the fields that the answer must say, and there must be no other row."""

    what: str
    platform: str
    fact: str
    text: str
    must: tuple[dict[str, object], ...]


BGP = """BGP router identifier 10.255.1.1, local AS number 64500
BGP table version is 42, main routing table version 42

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
"""
XR_BGP = _healthy("iosxr", "bgp_summary").partition("10.10.5.2 ")[0]
DIALER = """Dialer1 is up (spoofing), line protocol is up (spoofing)
  Hardware is Unknown
  MTU 1492 bytes, BW 56 Kbit/sec, DLY 20000 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation HDLC, loopback not set
  Last input never, output never, output hang never
  5 minute output rate 0 bits/sec, 0 packets/sec
     0 packets input, 0 bytes
     0 packets output, 0 bytes
"""
PSEUDOWIRE = """pseudowire100001 is up
    MTU 1500 bytes, BW not configured
    Encapsulation mpls
    Peer IP 192.0.2.3, VC ID 1
    RX
      0 packets 0 bytes 0 drops
    TX
      0 packets 0 bytes 0 drops
"""
FRR_ISIS = "Area POP:\n  System Id           Interface   L  State        Holdtime SNPA\n"
FRR_BGP = "BGP router identifier 10.255.3.1, local AS number 64500"
FRR_TABLE = (
    "BGP table version 4\nRIB entries 7, using 896 bytes of memory\nPeers 2, using 47 KiB of memory\n\n"
    "Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd"
)
FRR_PEER = (
    "BGP neighbor is 10.10.3.2, remote AS 64603, local AS 64500, external link\n  Local Role: undefined\n"
    "  Remote Role: undefined\nHostname: ce3\n Belongs to the subnet range group: 10.10.0.0/16\n"
    "  BGP version 4, remote router ID 10.255.9.1, local router ID 10.255.3.1\n"
    "  BGP state = Established, up for 00:32:53\n  Last read 00:00:02, Last write 00:00:02\n"
    "  Hold time is 9, keepalive interval is 3 seconds\n  Neighbor capabilities:\n"
    "    4 Byte AS: advertised and received\n  Message statistics:\n    Inq depth is 0\n    Outq depth is 0\n"
    "                         Sent       Rcvd\n    Opens:                  1          1\n"
    "    Total:                668        674\n\n"
)

_NONE_HERE = "% None of the requested address families are configured for instance 'one'(29261)"

TRAPS = (
    Trap(
        "an instance without the family is followed by one that has it",
        "iosxr",
        "bgp_summary",
        f"BGP instance 0: 'one'\n{'=' * 21}\n{_NONE_HERE}\n\nBGP instance 1: 'two'\n{'=' * 21}\n"
        + XR_BGP[XR_BGP.index("BGP router identifier") :]
        + "10.10.1.2         0 64601      13      15       42    0    0 01:08:48          1\n",
        ({"neighbor": "10.10.1.2", "remote_as": "64601", "prefixes": 1},),
    ),
    Trap(
        "no instance has the family",
        "iosxr",
        "bgp_summary",
        f"BGP instance 0: 'one'\n=====================\n{_NONE_HERE}\n",
        (),
    ),
    Trap(
        "a route as a terminal without indentation kept it",
        "iosxr",
        "route",
        'Routing entry for 10.23.90.0/24\nKnown via "connected", distance 0, metric 0 (connected)\n'
        "Installed Oct  4 15:47:45.390 for 3w4d\nRouting Descriptor Blocks\n"
        "directly connected, via GigabitEthernet0/0/0/1.90\nRoute metric is 0\nNo advertising protos.\n",
        ({"prefix": "10.23.90.0/24", "protocol": "connected", "interface": "GigabitEthernet0/0/0/1.90"},),
    ),
    Trap(
        "a backup path carries nothing yet, an equal one that is a backup too does",
        "iosxr",
        "route",
        'Routing entry for 10.255.7.1/32\n  Known via "isis one", distance 115, metric 10, labeled SR, type level-2\n'
        "  Installed Oct  4 15:47:45.390 for 3w4d\n  Routing Descriptor Blocks\n"
        "    10.20.1.2, from 10.255.7.1, via POS0/1/0/0, Protected, ECMP-Backup (Local-LFA)\n"
        "      Route metric is 10\n"
        "    10.20.2.2, from 10.255.7.1, via POS0/2/0/0, Protected\n      Route metric is 10\n"
        "    10.20.3.2, from 10.255.7.1, via POS0/3/0/0, Backup (Local-LFA)\n      Route metric is 20\n"
        "    10.20.4.2, from 10.255.7.1, via POS0/4/0/0, Backup (TI-LFA)\n      Route metric is 30\n"
        "  No advertising protos.\n",
        ({"next_hop": "10.20.1.2", "interface": "POS0/1/0/0"}, {"next_hop": "10.20.2.2", "interface": "POS0/2/0/0"}),
    ),
    Trap(
        "the version of BOOTLDR is not the running one",
        "iosxe",
        "version",
        _healthy("iosxe", "version"),
        ({"version": "16.9.3", "image_file": "bootflash:asr1000rp2-universalk9.16.09.03.SPA.bin"},),
    ),
    Trap(
        "the version of BOOTFLASH is not the running one",
        "ios",
        "version",
        _healthy("ios", "version"),
        ({"version": "12.0(17)S3", "image_file": "slot0:gsr-p-mz.120-17.S3"},),
    ),
    Trap(
        "a long neighbor wraps",
        "ios",
        "bgp_summary",
        BGP + "2001:DB8:1234:5678::2\n                4 64603      13      15       42    0    0 01:08:48        7\n",
        ({"neighbor": "2001:DB8:1234:5678::2", "remote_as": "64603", "prefixes": 7, "state": None},),
    ),
    Trap(
        "a dynamic peer has a star",
        "ios",
        "bgp_summary",
        BGP + "*10.10.3.2      4 64603      13      15       42    0    0 01:08:48        7\n",
        ({"neighbor": "10.10.3.2", "dynamic": True, "prefixes": 7},),
    ),
    Trap(
        "a state of two words is no number",
        "ios",
        "bgp_summary",
        BGP + "10.10.3.2       4 64603      13      15       42    0    0 01:08:48 Idle (PfxCt)\n",
        ({"neighbor": "10.10.3.2", "state": "Idle (PfxCt)", "prefixes": None},),
    ),
    Trap(
        "a session without policy has a `!`",
        "iosxr",
        "bgp_summary",
        XR_BGP + "10.10.5.2         0 64603      13      15       42    0    0 01:08:48          0!\n",
        ({"neighbor": "10.10.5.2", "without_policy": True, "prefixes": 0},),
    ),
    Trap(
        "a neighbor that no address family is told of",
        "ios",
        "bgp_neighbor",
        "For address family: IPv4 Unicast\nBGP neighbor is 10.10.3.2,  remote AS 64603, external link\n"
        "  BGP version 4, remote router ID 0.0.0.0\n  BGP state = Idle, down for 02:15:40\n"
        "  Address tracking is enabled, the RIB does have a route to 10.10.3.2\n"
        "  Route to peer address reachability Up: 3; Down: 2\n    Last notification 01:30:12\n"
        "  Connections established 1; dropped 1\n  Last reset 02:15:40, due to Active open failed\n"
        "  No active TCP connection\n\nFor address family: IPv6 Unicast\n",
        (
            {
                "neighbor": "10.10.3.2",
                "state": "Idle",
                "up_for": None,
                "last_reset": "02:15:40, due to Active open failed",
            },
        ),
    ),
    Trap(
        "a dialer counts packets alone, a pseudowire is no port",
        "ios",
        "interface",
        DIALER + PSEUDOWIRE + DIALER.replace("Dialer1", "Dialer2"),
        (
            {"name": "Dialer1", "status": "up", "protocol_suffix": "spoofing", "input_errors": None},
            {"name": "Dialer2", "status": "up", "output_errors": None},
        ),
    ),
    Trap(
        "a long IS-IS name wraps",
        "ios",
        "isis_neighbor",
        "System Id      Type Interface     IP Address      State Holdtime Circuit Id\n"
        "nyc-hud-gsr2-with-a-long-name\n"
        "               L2   PO1/0         10.254.1.2      UP    27       00\n",
        ({"system_id": "nyc-hud-gsr2-with-a-long-name", "interface": "PO1/0", "state": "UP"},),
    ),
    Trap(
        "entries have no numbers before 12.2S",
        "ios",
        "access_list",
        "Standard IP access list 10\n    permit 192.0.2.0, wildcard bits 0.0.0.255 (31 matches)\n    deny   any\n",
        (
            {"name": "10", "sequence": None, "action": "permit", "matches": 31},
            {"name": "10", "sequence": None, "action": "deny", "rule": "any"},
        ),
    ),
    Trap(
        "a line card's message begins with its slot",
        "ios",
        "log_message",
        "SLOT 5:Nov 22 08:01:11.000 UTC: %LC-2-CRASH: board halted\n",
        ({"slot": "SLOT 5", "facility": "LC", "severity": 2, "mnemonic": "CRASH"},),
    ),
    Trap(
        "a name of twenty characters touches its interface",
        "frr",
        "isis_neighbor",
        FRR_ISIS + " nyc1-gsr12012-b-very-long-router-hostnamepos1-0      2  Up            29       2020.2020.2020\n",
        ({"system_id": "nyc1-gsr12012-b-very-long-router-hostname", "interface": "pos1-0"},),
    ),
    Trap(
        "a link of both levels has one adjacency of both; early releases indent rows as far as the header",
        "frr",
        "isis_neighbor",
        FRR_ISIS + "  nyc-hud-frr2        eth1        3  Up           10       2020.2020.2020\n",
        ({"system_id": "nyc-hud-frr2", "interface": "eth1", "type": "L1L2", "state": "Up"},),
    ),
    Trap(
        "FRR 9 and later name the VRF in the head; a known neighbor name stands around its address",
        "frr",
        "bgp_summary",
        f"IPv4 Unicast Summary:\n{FRR_BGP} VRF default vrf-id 0\n{FRR_TABLE} PfxSnt Desc\n"
        "10.10.3.2       4      64603        13        15        4    0    0 01:08:48            2        4 FRRouting\n"
        "nyc-ce4(10.10.4.2) 4   64604        13        15        4    0    0 01:08:48     (Policy) (Policy) N/A\n"
        "\nTotal number of neighbors 2\n",
        (
            {"router_id": "10.255.3.1", "neighbor": "10.10.3.2", "prefixes": 2, "state": None},
            {"router_id": "10.255.3.1", "neighbor": "10.10.4.2", "prefixes": None, "state": "(Policy)"},
        ),
    ),
    Trap(
        "FRR 10 counts prefixes twice: those it left out, and those accepted and sent",
        "frr",
        "bgp_neighbor",
        FRR_PEER + "  Prefix statistics:\n    Inbound filtered: 3\n    AS-PATH loop: 14\n    Originator loop: 0\n"
        "    Cluster loop: 0\n    Invalid next-hop: 0\n    Withdrawn: 0\n    Attributes discarded: 0\n\n"
        "  Minimum time between advertisement runs is 0 seconds\n"
        "  Update delay timer is 0 seconds (remaining: 0)\n\n"
        " For address family: IPv4 Unicast\n  Update group 1, subgroup 2\n  Packet Queue length 0\n"
        "  Route map for incoming advertisements is *FROM-CE\n  14 accepted, 16 sent prefixes\n\n"
        "  Connections established 1; dropped 0\n  Last reset 00:32:54,  Waiting for peer OPEN (n/a)\n",
        ({"state": "Established", "up_for": "00:32:53", "accepted_prefixes": 14, "route_map_in": "FROM-CE"},),
    ),
    Trap(
        "a path may go by an IPv6 neighbor, or through one that is taken to be on the link",
        "frr",
        "route",
        'Routing entry for 10.255.7.1/32\n  Known via "bgp", distance 20, metric 0, best\n  Last update 00:10:22 ago\n'
        "  * fe80::42:acff:fe12:3, via eth1, weight 1\n  * 10.20.1.2, via eth2 onlink, weight 1\n",
        (
            {"next_hop": "fe80::42:acff:fe12:3", "interface": "eth1"},
            {"next_hop": "10.20.1.2", "interface": "eth2"},
        ),
    ),
    Trap(
        "what zebra adds to an interface that announces itself, is a part of another or forwards more than IPv4",
        "frr",
        "interface",
        "Interface eth1 is up, line protocol is up\n  Link ups:       1    last: 2026/01/02 08:00:00.00\n"
        "  Link downs:     0    last: (never)\n  vrf: default\n  index 3 metric 0 mtu 1500 speed 1000 txqlen 1000\n"
        "  flags: <UP,BROADCAST,RUNNING,MULTICAST>\n  MPLS enabled\n  Ignore all v4 routes with linkdown\n"
        "  v4 Multicast forwarding is on\n  Type: Ethernet\n  HWaddr: 02:00:5e:00:00:01\n"
        "  inet 10.20.1.1/30 broadcast 10.20.1.3\n  inet6 fe80::1/64\n  Interface Type Vxlan\n"
        "  Interface Slave Type Bridge\n  VxLAN Id 101 VTEP IP: 10.255.3.1\n  Master interface: br1\n"
        "  protodown: off \n  ND advertised reachable time is 0 milliseconds\n"
        "  ND router advertisements are sent every 10 seconds\n"
        "  ND router advertisement default router preference is medium\n"
        "  Hosts use stateless autoconfig for addresses.\n  Neighbor address(s):\n  inet6 fe80::2/128\n",
        ({"name": "eth1", "status": "up", "protocol": "up", "mtu": 1500, "encapsulation": "Ethernet"},),
    ),
    Trap(
        "what NetworkManager and a host with names for its addresses add to them",
        "frr",
        "interface",
        "Interface eth2 is up, line protocol is down\n  vrf: default\n"
        "  index 4 metric 0 mtu 1500 speed 1000 txqlen 1000mtu6 1400 \n  flags: <UP,BROADCAST,MULTICAST>\n"
        "  Type: Ethernet\n  inet 10.20.2.1/30 noprefixroute\n  inet 10.20.2.2/30 secondary noprefixroute eth2:1\n"
        "  inet6 2001:db8::1/64 noprefixroute\n  Interface Type Other\n  Interface Slave Type None\n",
        ({"name": "eth2", "protocol": "down", "address": IPv4Interface("10.20.2.1/30"), "mtu": 1500},),
    ),
    Trap(
        "a plus before an address tells of secondary ones; without an IPv4 address the IPv6 one stands first",
        "frr",
        "interface_brief",
        "Interface       Status  VRF             Addresses\n---------       ------  ---             ---------\n"
        "eth1            up      default         + 10.20.1.1/30\n"
        "                                        + 2001:db8::1/64\n"
        "eth2            up      default         2001:db8:2::1/64\n"
        "eth3            down    default         \n",
        (
            {"name": "eth1", "address": "10.20.1.1", "status": "up"},
            {"name": "eth2", "address": "", "status": "up"},
            {"name": "eth3", "address": "", "status": "down"},
        ),
    ),
)


def _rows(trap: Trap) -> tuple[object, ...]:
    answer = Answer("show", trap.text, NOW)
    return parse(platform(trap.platform), Ask.of(trap.fact), answer).rows


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: f"{trap.platform}: {trap.what}")
def test_trap(trap: Trap) -> None:
    rows = _rows(trap)
    assert len(rows) == len(trap.must)
    for row, must in zip(rows, trap.must, strict=True):
        assert {name: getattr(row, name) for name in must} == must


def test_a_name_that_touches_a_full_column_is_refused() -> None:
    """Where the name ends and the interface begins nobody can tell."""
    text = (
        FRR_ISIS + " nyc1-gsr12012-b-very-long-router-hostnamelonginterface2  Up            29       2020.2020.2020\n"
    )
    with pytest.raises(ParseError):
        parse(platform("frr"), Ask.of("isis_neighbor"), Answer("show", text, NOW))


def test_a_backup_path_of_an_unknown_kind_is_no_path() -> None:
    text = (
        'Routing entry for 10.255.7.1/32\n  Known via "isis one", distance 115, metric 10, type level-2\n'
        "  Routing Descriptor Blocks\n    10.20.3.2, from 10.255.7.1, via POS0/3/0/0, Backup, Local\n"
        "      Route metric is 20\n  No advertising protos.\n"
    )
    with pytest.raises(ParseError, match="a backup path of a kind"):
        parse(platform("iosxr"), Ask.of("route"), Answer("show", text, NOW))


@pytest.mark.parametrize(
    ("shown", "name", "same"),
    [
        ("PO1/0", "POS1/0", True),
        ("PO1/0", "Port-channel1/0", False),
        ("Po1", "Port-channel1", True),
        ("Se5/0", "Serial5/0", True),
        ("Se5/0", "Serial5/0.1", False),
        ("Gi0/1/0/0", "GigabitEthernet0/1/0/0", True),
    ],
)
def test_a_short_name_is_that_of_one_interface(shown: str, name: str, same: bool) -> None:
    assert same_interface(shown, name) is same
    assert (InterfaceName.parse(shown) == InterfaceName.parse(name)) is same


@pytest.mark.parametrize(
    ("stamp", "year"),
    [("Dec 31 23:59:00.000 UTC", 2025), ("Jan 2 08:00:00.000 UTC", 2026), ("Dec 31 2024 23:59:00 UTC", 2024)],
)
def test_a_clock_without_year_is_of_the_last_twelve_months(stamp: str, year: int) -> None:
    found = stamp_time(stamp, NOW, None)
    assert found is not None
    assert found.year == year


@pytest.mark.parametrize("stamp", ["*Jan 2 08:00:00.000 UTC", ".Jan 2 08:00:00.000 UTC"])
def test_a_clock_that_is_not_set_tells_no_time(stamp: str) -> None:
    assert stamp_time(stamp, NOW, None) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("     0 packets output, 0 bytes\n", ""),  # cut between its two counters
        ("0 packets input, 0 bytes\n", "0 packets input, 0 bytes, 0 no buffer\n"),  # a port is told to its errors
        ("MTU 1500 bytes, BW not configured", "Output 3 errors"),
    ],
)
def test_the_brief_forms_are_no_way_past_a_port(before: str, after: str) -> None:
    text = DIALER + PSEUDOWIRE + DIALER
    assert before in text
    with pytest.raises(ParseError):
        parse(platform("ios"), Ask.of("interface"), Answer("show", text.replace(before, after, 1), NOW))


def test_titles_alone_are_no_neighbors() -> None:
    with pytest.raises(AnswerIncomplete):
        parse(platform("ios"), Ask.of("bgp_summary"), Answer("show", "For address family: IPv4 Unicast\n", NOW))
