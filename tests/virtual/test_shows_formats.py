"""Every show in 12.0S format: lines that must stand there, on a router that nothing was done to."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from pushed_order import lab, session
from turnup.virtual.device import Device
from turnup.virtual.shows.registry import all_commands, command_words

# router, command, lines of which each must be there, in this order
SHOWN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "nyc-hud-gsr1",
        "show version",
        (
            r"Cisco Internetwork Operating System Software ",
            r"IOS \(tm\) GS Software \(GSR-P-M\), Version 12\.0\(17\)S3, EARLY DEPLOYMENT RELEASE SOFTWARE \(fc1\)",
            r"ROM: System Bootstrap, Version .*",
            r"BOOTLDR: GS Software \(GSR-BOOT-M\), Version .*",
            r" nyc-hud-gsr1 uptime is 3 weeks, 2 days, 4 hours, 17 minutes",
            r"System image file is \"slot0:gsr-p-mz\.120-17\.S3\"",
            r"cisco 12012/GRP \(R5000\) processor \(revision 0x05\) with 262144K bytes of memory\.",
            r"18 Serial network interface\(s\)",
            r"Configuration register is 0x2102",
        ),
    ),
    (
        "lax-wil-gsr1",
        "show version",
        (
            r"IOS \(tm\) GS Software \(C12KPRP-P-M\), Version 12\.0\(32\)SY6c, RELEASE SOFTWARE \(fc3\)",
            r"Uptime for this control processor is .*",
            r"System image file is \"disk0:c12kprp-p-mz\.120-32\.SY6c\.bin\"",
            r"cisco 12416/PRP \(MPC7450\) processor \(revision 0x00\) with 524288K bytes of memory\.",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show bootvar",
        (
            r"BOOT variable = slot0:gsr-p-mz\.120-17\.S3,1;",
            r"CONFIG_FILE variable = ",
            r"BOOTLDR variable = bootflash:.*",
            r"Configuration register is 0x2102",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show gsr",
        (
            r"Slot 0  type  = Route Processor B ",
            r"        state = IOS Running  MASTER ",
            r"Slot 5  type  = 6 Port DS3 ",
            r"        state = IOS Running  Line Card Enabled ",
            r"Slot 16 type  = Clock Scheduler Card ",
            r"        state = Card Powered  PRIMARY CLOCK ",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show diag 5",
        (
            r"SLOT 5  \(RP/LC 5 \): 6 Port DS3 .*",
            r"  FRU:  Linecard/Module: 6DS3-SMB=",
            r"  L3 Engine: 0 - OC12 \(622 Mbps\)",
            r"  Board State is Line Card Enabled \(IOS  RUN \)",
            r"  0 crashes since restart",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show interfaces POS1/0",
        (
            r"POS1/0 is up, line protocol is up ",
            r"  Hardware is Packet over SONET",
            r"  Description: INTRA-POP\|to nyc-hud-gsr2 POS1/0\|",
            r"  Internet address is 10\.254\.1\.1/30",
            r"  MTU 4470 bytes, BW 2488000 Kbit, DLY 100 usec, rely 255/255, load 1/255",
            r"  Encapsulation PPP, crc 32, loopback not set",
            r"  Keepalive set \(10 sec\)",
            r"  LCP Open",
            r"  Scramble enabled",
            r"     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort",
            r"     2 carrier transitions",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show ip interface brief",
        (
            r"Interface                  IP-Address      OK\? Method Status                Protocol",
            r"POS1/0                     10\.254\.1\.1      YES NVRAM  up                    up      ",
            r"Serial5/0                  unassigned      YES NVRAM  administratively down down    ",
            r"Loopback0                  10\.255\.1\.1      YES NVRAM  up                    up      ",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show interfaces description",
        (
            r"Interface                      Status         Protocol Description",
            r"PO1/0                          up             up       INTRA-POP\|to nyc-hud-gsr2 POS1/0\|",
            r"Se5/0                          admin down     down",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show controllers pos 1/0",
        (
            r"POS1/0",
            r"SECTION",
            r"  LOF = 0 +LOS +=\s0 +BIP\(B1\) = 0",
            r"Active Alarms:  None",
            r"  S1S0 = 00, C2 = 16",
            r"PATH TRACE BUFFER: STABLE",
            r"  Remote hostname : nyc-hud-gsr2",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show controllers serial 5/0",
        (r"Serial5/0 - ", r"   Framing is c-bit, Clock Source is Line", r"   No alarms detected\."),
    ),
    (
        "nyc-hud-gsr1",
        "show isis neighbors",
        (
            r"System Id       Type Interface     IP Address      State Holdtime Circuit Id",
            r"nyc-hud-gsr2    L2   PO1/0         10\.254\.1\.2      UP    \d\d       00",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show clns neighbors",
        (
            r"System Id      SNPA                Interface   State  Holdtime  Type Protocol",
            r"nyc-hud-gsr2   \*PPP\*               PO1/0       Up     \d\d        L2   IS-IS",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show clns protocol",
        (
            r"IS-IS Router: <Null Tag>",
            r"  System Id: 0102\.5500\.1001\.00  IS-Type: level-2",
            r"        49\.0001",
            r"        POS1/0 - IP",
            r"        Loopback0 - IP",
            r"  Generate narrow metrics:   none",
            r"  Generate wide metrics:   level-2",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show clns interface POS1/0",
        (r"POS1/0 is up, line protocol is up", r"  Routing Protocol: IS-IS", r"    Number of active level-2 adjacencies: 1"),
    ),
    (
        "nyc-hud-gsr1",
        "show ip bgp summary",
        (
            r"BGP router identifier 10\.255\.1\.1, local AS number 64500",
            r"Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
            r"10\.10\.1\.2 +4 64601 .* 3w2d +1",
            r"10\.255\.1\.2 +4 64500 .* 3w2d +12",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show ip bgp neighbors 10.10.1.2",
        (
            r"BGP neighbor is 10\.10\.1\.2,  remote AS 64601, external link",
            r"  BGP state = Established, up for 3w2d",
            r"  Incoming update prefix filter list is CUST-64601-IN",
            r"  Route map for incoming advertisements is CUST-IN",
            r"  Maximum prefixes allowed 100",
            r"  Threshold for warning message 80%",
            r"  Connections established 1; dropped 0",
            r"  Last reset never",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show ip route 10.255.1.2",
        (
            r"Routing entry for 10\.255\.1\.2/32",
            r"  Known via \"isis\", distance 115, metric 20, type level-2",
            r"  \* 10\.254\.1\.2, from 10\.255\.1\.2, via POS1/0",
        ),
    ),
    ("nyc-hud-gsr1", "show ip route 203.0.113.9", (r"% Network not in table",)),
    (
        "nyc-hud-gsr1",
        "show ip route",
        (
            r"Codes: C - connected, .*",
            r"     10\.0\.0\.0/8 is variably subnetted, \d+ subnets, 2 masks",
            r"C       10\.254\.1\.0/30 is directly connected, POS1/0",
            r"B    198\.51\.100\.0/24 \[20/0\] via 10\.10\.1\.2, 3w2d",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show ip prefix-list",
        (r"ip prefix-list CUST-64601-IN: 1 entries", r"   seq 5 permit 198\.51\.100\.0/24"),
    ),
    (
        "nyc-hud-gsr1",
        "show hosts",
        (
            r"Default domain is example\.net",
            r"Name/address lookup uses domain service",
            r"Name servers are 192\.0\.2\.53, 192\.0\.2\.54",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "show line",
        (r"   Tty Typ     Tx/Rx +A Modem .*", r" +0 CTY .*", r"\* +2 VTY +-    - +- +- +10 +\d+ .*", r" +6 VTY .* 10 .*"),
    ),
    ("nyc-hud-gsr1", "show users", (r"    Line +User .*", r"\*  2 vty 0     noc        idle +00:00:00   192\.0\.2\.5")),
    ("nyc-hud-gsr1", "show privilege", (r"Current privilege level is 15",)),
    (
        "nyc-hud-gsr1",
        "show tacacs",
        (r"Server: 192\.0\.2\.20/49 opens=\d+ closes=\d+ aborts=0 errors=0", r"        packets in=\d+ packets out=\d+"),
    ),
    (
        "nyc-hud-gsr1",
        "show access-lists 10",
        (
            r"Standard IP access list 10",
            r"    permit 192\.0\.2\.0, wildcard bits 0\.0\.0\.255 \(\d+ matches\)",
            r"    deny   any",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "dir slot0:",
        (
            r"Directory of slot0:/",
            r"  1  -rw-    10244260  \w{3} \d\d \d{4} \d\d:\d\d:\d\d  gsr-p-mz\.120-17\.S3",
            r"20578304 bytes total \(\d+ bytes free\)",
        ),
    ),
    ("nyc-hud-gsr1", "dir disk0:", (r"%Error opening disk0:/ \(No such device\)",)),
    ("lax-wil-gsr1", "dir disk0:", (r"  1  -rw-    31524808  .*  c12kprp-p-mz\.120-32\.SY6c\.bin",)),
    ("lax-wil-gsr1", "dir slot0:", (r"%Error opening slot0:/ \(No such device\)",)),
    (
        "nyc-hud-gsr1",
        "show file systems",
        (r"     Size\(b\) +Free\(b\) .*", r"\* +20578304 +\d+ +flash     rw   slot0: flash:", r" +520184 +\d+ +nvram .*"),
    ),
    (
        "nyc-hud-gsr1",
        "show slot0:",
        (r"-#- ED --type-- .* name", r"1   \.\. image .* 10244260 .* gsr-p-mz\.120-17\.S3", r"\d+ bytes available .*"),
    ),
    (
        "nyc-hud-gsr1",
        "show memory summary",
        (r" +Head    Total\(b\) .*", r"Processor   [0-9A-F]+ .*", r"     Fast   [0-9A-F]+ .*"),
    ),
    ("nyc-hud-gsr1", "show processes memory", (r"Total: \d+, Used: \d+, Free: \d+", r" PID TTY .*")),
    (
        "nyc-hud-gsr1",
        "show logging",
        (
            r"Syslog logging: enabled \(0 messages dropped, 0 flushes, 0 overruns\)",
            r"    Buffer logging: level debugging, \d+ messages logged",
            r"        Logging to 192\.0\.2\.10, \d+ message lines logged",
            r"Log Buffer \(65536 bytes\):",
            r"\w{3} [ \d]\d \d\d:\d\d:\d\d\.\d{3} UTC: %SYS-5-RESTART: System restarted --",
        ),
    ),
    ("nyc-hud-gsr1", "show clock", (r"\d\d:\d\d:\d\d\.\d{3} UTC \w{3} \w{3} \d+ \d{4}",)),
    ("nyc-hud-gsr1", "show clock detail", (r"\d\d:.*", r"Time source is NTP")),
    (
        "nyc-hud-gsr1",
        "show cdp neighbors",
        (r"Device ID        Local Intrfce     Holdtme .*", r"nyc-hud-gsr2\S* POS 1/0 .*"),
    ),
    ("lax-wil-gsr1", "show redundancy", (r"Redundant System Information :", r".*Simplex")),
    (
        "nyc-hud-gsr1",
        "ping 10.254.1.2",
        (
            r"Type escape sequence to abort\.",
            r"Sending 5, 100-byte ICMP Echos to 10\.254\.1\.2, timeout is 2 seconds:",
            r"!!!!!",
            r"Success rate is 100 percent \(5/5\), round-trip min/avg/max = 1/2/8 ms",
        ),
    ),
    (
        "nyc-hud-gsr1",
        "ping 192.0.2.10 size 1500 repeat 100 source Loopback0 df",
        (
            r"Sending 100, 1500-byte ICMP Echos to 192\.0\.2\.10, timeout is 2 seconds:",
            r"Packet sent with a source address of 10\.255\.1\.1 ",
            r"Packet sent with the DF bit set",
            r"!{70}",
            r"!{30}",
            r"Success rate is 100 percent \(100/100\), .*",
        ),
    ),
    ("nyc-hud-gsr1", "ping 203.0.113.9", (r"\.\.\.\.\.", r"Success rate is 0 percent \(0/5\)")),
    ("nyc-hud-gsr1", "ping 10.254.1.2 size 4471 df", (r"M\.M\.M", r"Success rate is 0 percent \(0/5\)")),
    (
        "nyc-hud-gsr1",
        "ping nyc-hud-gsr1.example.net",
        (r"Translating \"nyc-hud-gsr1\.example\.net\"\.\.\.domain server \(192\.0\.2\.53\) \[OK\]", r"!!!!!"),
    ),
    ("nyc-hud-gsr1", "ping no-such-host", (r"% Unrecognized host or address, or protocol not running\.",)),
    (
        "nyc-hud-gsr1",
        "traceroute 10.255.2.1",
        (r"Tracing the route to 10\.255\.2\.1", r"  1 10\.254\.1\.\d .*", r"  2 10\.255\.2\.1 .*"),
    ),
    ("nyc-hud-gsr1", "verify slot0:gsr-p-mz.120-17.S3", (r"Verified slot0:gsr-p-mz\.120-17\.S3",)),
)
# What 12.0S has not, or this router has not: the front answers with the caret.
UNKNOWN = (
    "show inventory",
    "show platform",
    "show bgp ipv4 unicast summary",
    "show resource-pool resource",
    "show redundancy",  # a GRP with 12.0(17)S3
    "show interfaces Serial9/0",
    "show controllers pos 5/0",
    "show ip route nonsense",
    "show",
)


@pytest.fixture(scope="module")
def devices() -> dict[str, Device]:
    return lab().devices


def shown(device: Device, command: str) -> str | None:
    from turnup.virtual.shows import SimulatedState

    return SimulatedState().show(device, tuple(command.split()), session(device))


@pytest.mark.parametrize(("router", "command", "lines"), SHOWN, ids=lambda value: value if isinstance(value, str) else "")
def test_lines_of_12_0s(devices: dict[str, Device], router: str, command: str, lines: tuple[str, ...]) -> None:
    text = shown(devices[router], command)
    assert text is not None
    assert text.endswith("\n")
    rest = iter(text.split("\n"))
    for line in lines:
        assert any(re.fullmatch(line, one) for one in rest), f"no line {line!r} (in this order) in:\n{text}"


@pytest.mark.parametrize("command", UNKNOWN)
def test_refuses_what_it_has_not(devices: dict[str, Device], command: str) -> None:
    assert shown(devices["nyc-hud-gsr1"], command) is None


def test_every_form_is_known_once_and_every_command_has_a_sample() -> None:
    forms = command_words()
    assert len(forms) == len(set(forms))
    words = [tuple(command.split()) for _, command, _ in SHOWN]
    sampled = {one.render for one in all_commands() if any(one.args(w) is not None for w in words)}
    unsampled = {one.render.__qualname__ for one in all_commands() if one.render not in sampled}
    assert unsampled == {"directory_all", "default_flash"}, "these are tested apart; sample any other in this table"


def test_names_of_interfaces_may_be_written_apart(devices: dict[str, Device]) -> None:
    device = devices["nyc-hud-gsr1"]
    head = (shown(device, "show interfaces Serial 5/0") or "").split("\n")[0]
    assert head == "Serial5/0 is administratively down, line protocol is down "


def test_processors_differ_in_show_gsr(devices: dict[str, Device]) -> None:
    names = {
        name: (shown(devices[name], "show gsr") or "").split("\n")[0]
        for name in ("nyc-hud-gsr1", "chi-cer-gsr1", "lax-wil-gsr1")
    }
    assert names == {
        "nyc-hud-gsr1": "Slot 0  type  = Route Processor B ",
        "chi-cer-gsr1": "Slot 0  type  = Route Processor ",
        "lax-wil-gsr1": "Slot 0  type  = Performance Route Processor ",
    }


def test_a_full_log_buffer_cuts_its_first_message(devices: dict[str, Device]) -> None:
    device = lab("GRP-B").devices["nyc-hud-gsr1"]
    device.config.take_out("", "logging buffered *")
    device.config.put_in("", "logging buffered 4096 debugging")
    for number in range(100):
        device.say(f"%SYS-5-CONFIG_I: Configured from console by somebody on vty0 (192.0.2.{number})")
    text = shown(device, "show logging") or ""
    buffer = text.partition("Log Buffer (4096 bytes):\n\n")[2]
    assert len(buffer.removesuffix("\n")) == 4096
    assert not re.match(r"\w{3} [ \d]\d \d\d:", buffer), "the first message must have lost its beginning"


def test_line_cards_speak_with_their_slot_in_front(devices: dict[str, Device]) -> None:
    device = lab("GRP-B").devices["nyc-hud-gsr1"]
    device.say("SLOT 2:%EE48-3-QM_SANITY_WARNING: Few free buffers")
    assert re.search(r"^SLOT 2:\w{3} [ \d]\d .*: %EE48-3-QM_SANITY_WARNING: Few", shown(device, "show logging") or "", re.M)


def test_without_a_time_server_the_clock_is_marked() -> None:
    device = lab("GRP-B").devices["nyc-hud-gsr1"]
    device.config.take_out("", "ntp server *")
    assert re.fullmatch(r"\*\d\d:.*\nNo time source\n", shown(device, "show clock detail") or "")


def test_a_zone_with_summer_time() -> None:
    from datetime import UTC, datetime

    from turnup.virtual.shows.times import Zone, clock

    zone = Zone.of(("clock timezone EST -5", "clock summer-time EDT recurring"), "America/New_York")
    assert clock(datetime(2001, 7, 4, 16, 0, tzinfo=UTC), zone) == "12:00:00.000 EDT Wed Jul 4 2001"
    assert clock(datetime(2001, 12, 4, 16, 0, tzinfo=UTC), zone) == "11:00:00.000 EST Tue Dec 4 2001"
    assert clock(datetime(2001, 12, 4, 16, 0, tzinfo=UTC), replace(zone, summer="")) == "11:00:00.000 EST Tue Dec 4 2001"
