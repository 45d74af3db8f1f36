"""Lines that a healthy answer may hold besides: each is known by name and changes nothing that is read.

They stand here as routers of several trains and with several features write them, between the lines around them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from turnup.errors import ParseError
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse
from turnup.platforms import platform

HEALTHY = Path(__file__).parents[1] / "recorded"
NOW = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)

# Answer of tests/recorded, the line before, the line itself.
LINES = {
    ("ios", "bgp_neighbor", "bgp_neighbor@10.10.3.2"): (
        ("    Address family IPv4 Unicast: advertised and received", "    ipv4 MPLS Label capability: advertised"),
        ("  Route refresh request: received 0, sent 0", "  Route to peer address reachability Up: 3; Down: 2"),
        ("  Route refresh request: received 0, sent 0", "    Last notification 03:11:07"),
        (" For address family: IPv4 Unicast", "  Additional Paths send capability: advertised and received"),
        (" For address family: IPv4 Unicast", "  Additional Paths receive capability: advertised"),
        (" For address family: IPv4 Unicast", "  BGP advertise-best-external is enabled"),
        ("  Index 3, Offset 0, Mask 0x8", "  Address family unwanted by neighbor"),
        ("  Route map for outgoing advertisements is CUST-OUT", "  Sending Prefix & Label"),
        ("  Index 3, Offset 0, Mask 0x8", "  Uses NEXT_HOP attribute for MBGP NLRIs"),
        ("  Index 3, Offset 0, Mask 0x8", "  Configured with prefix length field of 2 bytes"),
        (
            "  Threshold for warning message 80%",
            "    Saved (soft-reconfig):        n/a        205 (Consumes 16400 bytes)",
        ),
        ("  Threshold for warning message 80%", "    prefix-list                        4410          0"),
    ),
    ("ios", "interface", "interface"): (
        ("  Queueing strategy: fifo", "  Output queue 0/40 (size/max)"),
        ("  Queueing strategy: fifo", "  Output queue (queue priority: size/max/drops):"),
        ("  Queueing strategy: fifo", "     high: 0/20/0, medium: 0/40/0, normal: 0/60/0, low: 0/80/0"),
        (
            "  Encapsulation ARPA, loopback not set, keepalive set (10 sec)",
            "  Bound to Serial0/0.20 DLCI 20, Cloned from Virtual-Template1",
        ),
        ("  Encapsulation ARPA, loopback not set, keepalive set (10 sec)", "  Ring speed: 16 Mbps"),
        ("  Encapsulation ARPA, loopback not set, keepalive set (10 sec)", "  CRC checking enabled"),
        ("  Encapsulation ARPA, loopback not set, keepalive set (10 sec)", "  Duplex: half"),
        ("  Encapsulation ARPA, loopback not set, keepalive set (10 sec)", "  Mode: Classic token ring station"),
        ("  Encapsulation ARPA, loopback not set, keepalive set (10 sec)", "  Ethernet Transit OUI: 0x000000"),
    ),
    ("ios", "version", "version"): (
        (
            "BOOTFLASH: GS Software (GSR-BOOT-M), Version 11.2(15)GS2, RELEASE SOFTWARE (fc1)",
            "ROM: ROMMON Emulation Microcode",
        ),
        ("Last reset from power-on", 'The set of PA-4E, PA-POS-OC3, and I/O-FE qualify for "half '),
        ("Last reset from power-on", 'bandwidth points" consideration, when full bandwidth point counting '),
        ("Last reset from power-on", "results in oversubscription, under the condition that only one of the "),
        ("Last reset from power-on", "two ports is used. With this adjustment, current configuration on bus "),
        ("Last reset from power-on", "mb0_mb1 has a total of 280 bandwidth points. "),
        ("Last reset from power-on", "under the above condition. "),
        ("Last reset from power-on", 'Hardware Configuration Guidelines" on Cisco.com <http://www.cisco.com>'),
        ("Last reset from power-on", "for c7200 bandwidth points oversubscription and usage guidelines."),
        ("Last reset from power-on", " BASEBOARD: RSP700"),
        ("Last reset from power-on", " CPU: MPC8540_E, Version: 1.1, (0x80380011)"),
        ("Last reset from power-on", " CORE: E500, Version: 1.2, (0x80200012)"),
        ("Last reset from power-on", " CPU:800MHz, CCB:320MHz, DDR:160MHz,"),
        ("Last reset from power-on", " L1:    D-cache 16 kB enabled"),
        ("Last reset from power-on", "        I-cache 16 kB enabled"),
    ),
    ("ios", "running_config", "running_config"): (
        ("!", "Using 18300 out of 57344 bytes, uncompressed size = 97410 bytes"),
        ("!", "Uncompressed configuration from 18300 bytes to 97410 bytes"),
    ),
}
CASES = [(*answer, before, line) for answer, pairs in LINES.items() for before, line in pairs]


def _rows(name: str, fact: str, text: str) -> tuple[object, ...]:
    return parse(platform(name), Ask.of(fact), Answer("", text, NOW)).rows


@pytest.mark.parametrize(("name", "fact", "answer", "before", "line"), CASES, ids=lambda value: str(value).strip())
def test_a_line_known_by_name_changes_nothing(name: str, fact: str, answer: str, before: str, line: str) -> None:
    healthy = (HEALTHY / name / "checks" / "healthy" / f"{answer}.txt").read_text()
    assert f"\n{before}\n" in healthy
    with_it = healthy.replace(f"\n{before}\n", f"\n{before}\n{line}\n", 1)
    assert _rows(name, fact, with_it) == _rows(name, fact, healthy)


@pytest.mark.parametrize(
    "line",
    [
        "  Address family refused by neighbor",
        "    prefix-list                        4410",
        "  Output queue 0/40",
        "  CRC checking disabled",
        "  Open: IPCP, CDPCP, no protocol has answered",
        "This configuration has oversubscripted the PCI bus and is not a ",
        "        I-cache 16 kB disabled",
    ],
)
def test_a_line_that_is_nearly_one_of_them_is_refused(line: str) -> None:
    for (name, fact, answer), pairs in LINES.items():
        healthy = (HEALTHY / name / "checks" / "healthy" / f"{answer}.txt").read_text()
        if fact != "running_config":
            with pytest.raises(ParseError):
                _rows(name, fact, healthy.replace(f"\n{pairs[0][0]}\n", f"\n{pairs[0][0]}\n{line}\n", 1))
