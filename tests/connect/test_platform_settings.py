"""templates/*/platform.toml: the patterns hold what they must and nothing more."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from turnup.connect.logs import log_pattern
from turnup.connect.prompt import Prompt, PromptPattern, prompt_of
from turnup.errors import InputError
from turnup.model.transcript import Ask
from turnup.platforms import platform

IOS = platform("ios").settings
XR = platform("iosxr").settings


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("gsr1>", Prompt("gsr1", "", False)),
        ("gsr1#", Prompt("gsr1", "", True)),
        ("nyc-hud-gsr1(config)#", Prompt("nyc-hud-gsr1", "config", True)),
        ("nyc-hud-gsr1(config-router-af)#", Prompt("nyc-hud-gsr1", "config-router-af", True)),
        ("GSR_1.example# ", Prompt("GSR_1.example", "", True)),
        ("gsr1#show clock", None),
        (" gsr1#", None),
        ("to gsr1#", None),
        ("#", None),
        ("Password:", None),
        ("1#", None),
        ("gsr1##", None),
        ("gsr1()#", None),
    ],
)
def test_prompts(line: str, prompt: Prompt | None) -> None:
    assert prompt_of(IOS).read(line) == prompt


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("RP/0/RP0/CPU0:nyc-hud-xr1#", Prompt("nyc-hud-xr1", "", True)),
        ("RP/0/RSP1/CPU0:nyc-hud-xr1(config)#", Prompt("nyc-hud-xr1", "config", True)),
        ("RP/0/RP0/CPU0:nyc-hud-xr1(config-bgp-nbr-af)#", Prompt("nyc-hud-xr1", "config-bgp-nbr-af", True)),
        ("RP/0/0/CPU0:ios# ", Prompt("ios", "", True)),  # XRv, XR12000
        ("RP/0/RP0/CPU0:nyc-hud-xr1#show clock", None),
        ("nyc-hud-xr1#", None),
        ("RP/0/RP0/CPU0:Sep 25 23:24:28.852 UTC: spp[113]: text#", None),
    ],
)
def test_prompts_of_xr(line: str, prompt: Prompt | None) -> None:
    assert prompt_of(XR).read(line) == prompt


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("RP/0/RP0/CPU0:Sep 25 23:24:28.852 UTC: spp[113]: Initialized socket RX node", True),
        ("LC/0/2/CPU0:Sep 25 23:24:28.852 : ifmgr[217]: %PKT_INFRA-LINK-3-UPDOWN : Interface POS0/2/0/0, Up", True),
        ("RP/0/RSP0/CPU0:2020 Jul 15 21:44:38.080 : isis[1009]: %ROUTING-ISIS-5-ADJCHANGE : up", True),
        ("0/RP0/ADMIN0:May 22 20:23:02.420 +06: shelf_mgr[2117]: %INFRA-SHELF_MGR-6-HW_EVENT : event", True),
        ("RP/0/RP0/CPU0:nyc-hud-xr1#", False),
        ("0/RP0/CPU0        A9K-RSP5-SE(Active)        IOS XR RUN        NSHUT", False),
        ("% Invalid input detected at '^' marker.", False),
        (" description RP/0/RP0/CPU0:Sep 25 23:24:28.852 UTC: spp[113]: text", False),
    ],
)
def test_log_messages_of_xr(line: str, message: bool) -> None:
    assert log_pattern(XR.syslog).is_message(line) is message


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("% Invalid input detected at '^' marker.", True),
        ("% This command is not authorized", True),
        ("% Incomplete command.", True),
        ("% BGP instance 'default' not active", False),
        ("% Network not in table", False),
        ("%Error opening disk9:/ (No such device)", False),
    ],
)
def test_refusals_of_xr(line: str, refused: bool) -> None:
    assert any(re.match(pattern, line) for pattern in XR.refusals) is refused


@pytest.mark.parametrize("pattern", ["", "(?P<host>x", "(?P<host>x)#"])
def test_a_prompt_pattern_must_name_its_groups(pattern: str) -> None:
    with pytest.raises(InputError):
        PromptPattern(pattern)


@pytest.mark.parametrize(
    "line",
    [
        "%SYS-5-CONFIG_I: Configured from console by noc on vty0 (192.0.2.9)",
        "00:00:06: %SYS-5-RESTART: System restarted --",
        "2w3d: %BGP-3-NOTIFICATION: sent to neighbor 10.10.3.2 4/0 (hold time expired) 0 bytes",
        "Aug 24 04:05:06: %LINK-3-UPDOWN: Interface POS1/0, changed state to up",
        "Aug 24 04:05:06.123 UTC: %LINK-3-UPDOWN: Interface POS1/0, changed state to up",
        "*Mar  1 00:00:08.383: %LINEPROTO-5-UPDOWN: Line protocol on Interface POS1/0, changed state to up",
        ".Aug 24 04:05:07 EDT: %CLNS-5-ADJCHANGE: ISIS: Adjacency to gsr2 (POS1/0) Up",
        "Aug 24 2001 04:05:07: %LINK-5-CHANGED: Interface Serial5/1, changed state to administratively down",
        "022701: Jun 19 03:02:31: %SEC-6-IPACCESSLOGS: list 10 denied 198.51.100.7 1 packet",
        "SLOT 1:Sep 16 19:06:40.003 UTC: %EE48-3-QM_SANITY_WARNING: few free buffers(1572)",
        "SLOT 4:*Mar  1 00:00:10: %LC-5-CHANGE: up",
        "SLOT 5:3w5d: %TAC+-4-KEYS: check keys",
    ],
)
def test_log_messages(line: str) -> None:
    assert log_pattern(IOS.syslog).is_message(line)


@pytest.mark.parametrize(
    "line",
    [
        "% Invalid input detected at '^' marker.",
        "%CLNS not enabled",
        "%Error opening slot1:/ (No such device)",
        "% 10.0.0.0 overlaps with Serial5/1",
        " description see %SYS-5-CONFIG_I: no",
        "Serial5/0 is up%LINK-3-UPDOWN: Interface",
        "100% used - 5 left: fine",
        "%BGP-9-X: nine is no severity",
    ],
)
def test_lines_that_are_no_log_messages(line: str) -> None:
    assert not log_pattern(IOS.syslog).is_message(line)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("% Invalid input detected at '^' marker.", True),
        ("% Incomplete command.", True),
        ('% Ambiguous command:  "sh i"', True),
        ("% Unknown command or computer name, or unable to find computer address", True),
        ("Command authorization failed.", True),
        ("% Authorization failed.", True),
        ("% BGP not active", False),
        ("% CLNS is not enabled", False),
        ("%Error opening slot1:/ (No such device)", False),
        ("%SYS-5-CONFIG_I: Configured", False),
        ("% Network not in table", False),
    ],
)
def test_refusals(line: str, refused: bool) -> None:
    assert any(re.match(pattern, line) for pattern in IOS.refusals) is refused


def test_probes_of_the_noc() -> None:
    noc = platform("noc")
    dns = noc.request(Ask.of("dns_answer", type="A", name="x.example.net", server="192.0.2.53"))
    assert dns
    assert (dns.probe, dns.command) == ("dns", "dns A x.example.net @192.0.2.53")
    console = noc.request(Ask.of("console_prompt", server="con1:2001"))
    assert console
    assert (console.probe, console.command) == ("console", "console con1:2001")


def test_the_room_s_door_is_light() -> None:
    """`import turnup.connect` must not load what only a session needs."""
    code = (
        "import sys, turnup.connect, turnup.connect.probes, turnup.connect.replay;"
        "print([m for m in ('netmiko', 'paramiko', 'napalm', 'nornir', 'dns', 'asyncssh') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
