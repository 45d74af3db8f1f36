"""The traps of the field, one by one: what stands in an answer and what must come out of it.

Each of these is lost or taken for something else by a reader that goes by columns or by the first match.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from turnup.errors import ParseError
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
FRR_ISIS = "Area POP:\n  System Id           Interface   L  State        Holdtime SNPA\n"

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
