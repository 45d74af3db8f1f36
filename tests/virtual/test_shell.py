"""The command line as a person or a script meets it: everything typed ahead, everything read back. No sockets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from session import type_in
from virtual_estate import NOW, device

from turnup.virtual.faults import Behaviour, Fault

P = "nyc-hud-gsr1#"
CARET = "^\n% Invalid input detected at '^' marker.\n\n"
LONG = "".join(f"line {n}\n" for n in range(1, 31))
FIRST, REST = LONG[: LONG.index("line 24")], LONG[LONG.index("line 24") :]
MORE = " --More-- "
WIPE = "\b" * 10 + " " * 10 + "\b" * 10

# (name, typed, screen behind the first prompt)
SCREENS = [
    ("show", "show version\r", f"show version\nshown\n{P}"),
    ("abbreviated", "sh ver\r", f"sh ver\nshown\n{P}"),
    ("line feed", "show version\n", f"show version\nshown\n{P}"),
    ("both ends of line", "show version\r\n", f"show version\nshown\n{P}"),
    ("empty lines", "\r\r", f"\n{P}\n{P}"),
    ("comment as marker", "!abc-1\r", f"!abc-1\n{P}"),
    ("type-ahead", "show clock\r!1\rshow version\r!2\r",
     f"show clock\nshown\n{P}!1\n{P}show version\nshown\n{P}!2\n{P}"),
    ("unknown keyword", "show verzion\r", f"show verzion\n{' ' * (len(P) + 8)}{CARET}{P}"),
    ("unknown command", "frobnicate\r",
     'frobnicate\nTranslating "frobnicate"...domain server (192.0.2.53)\n'
     f"% Unknown command or computer name, or unable to find computer address\n{P}"),
    ("incomplete", "show ip\r", f"show ip\n% Incomplete command.\n\n{P}"),
    ("ambiguous", "s\r", f's\n% Ambiguous command:  "s"\n{P}'),
    ("not in this train", "show archive\r", f"show archive\n{' ' * (len(P) + 7)}{CARET}{P}"),
    ("configure replace", "configure replace x\r", f"configure replace x\n{' ' * (len(P) + 10)}{CARET}{P}"),
    ("configure lock", "configure terminal lock\r", f"configure terminal lock\n{' ' * (len(P) + 19)}{CARET}{P}"),
    ("section filter is later", "show version | section x\r",
     f"show version | section x\n{' ' * (len(P) + 15)}{CARET}{P}"),
    ("filter without pattern", "show version | include\r", f"show version | include\n% Incomplete command.\n\n{P}"),
    ("include", "show users | include 1\r", f"show users | include 1\nline 1\n{P}"),
    ("exclude", "show users | ex 1\r", f"show users | ex 1\nline 2\n{P}"),
    ("begin", "show users | b 2\r", f"show users | b 2\nline 2\n{P}"),
    ("one pipe only", "show users | include 1 | include 2\r", f"show users | include 1 | include 2\n{P}"),
    ("backspace", "show vex\x08rsion\r", f"show vex\b \brsion\nshown\n{P}"),
    ("erase the line", "rubbish\x15show version\r", "rubbish" + "\b \b" * 7 + f"show version\nshown\n{P}"),
    ("cancel", "rubbish\x03show version\r", f"rubbish^C\n{P}show version\nshown\n{P}"),
    ("arrow keys are ignored", "show\x1b[A version\r", f"show version\nshown\n{P}"),
    ("question mark", "show vers?ion\r", f"show vers?\n  version\n\n{P}show version\nshown\n{P}"),
    ("privilege", "show privilege\r", f"show privilege\nCurrent privilege level is 15\n{P}"),
    ("write memory", "wr\r", f"wr\nBuilding configuration...\n[OK]\n{P}"),
    ("copy with dialogue", "copy run start\r\r",
     f"copy run start\nDestination filename [startup-config]? \nBuilding configuration...\n[OK]\n{P}"),
    ("reload in", "reload in 10\r\rreload cancel\r",
     f"reload in 10\nReload scheduled in 10 minutes\nProceed with reload? [confirm]\n{P}reload cancel\n"
     f"\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n\n{P}"),
    ("exit", "exit\rshow version\r", "exit\n"),
    ("enable again", "enable\r", f"enable\n{P}"),
    ("disable", "disable\rconfigure terminal\r",
     f"disable\nnyc-hud-gsr1>configure terminal\n{' ' * len(P)}{CARET}nyc-hud-gsr1>"),
    ("configure and ^Z", "conf t\r\x1a",
     f"conf t\nEnter configuration commands, one per line.  End with CNTL/Z.\nnyc-hud-gsr1(config)#^Z\n{P}"),
    ("configure and ^C", "conf t\rint s5/0\r\x03",
     "conf t\nEnter configuration commands, one per line.  End with CNTL/Z.\nnyc-hud-gsr1(config)#int s5/0\n"
     f"nyc-hud-gsr1(config-if)#^C\n{P}"),
    ("exit by exit", "conf t\rrouter isis\rexit\rexit\r",
     "conf t\nEnter configuration commands, one per line.  End with CNTL/Z.\nnyc-hud-gsr1(config)#router isis\n"
     f"nyc-hud-gsr1(config-router)#exit\nnyc-hud-gsr1(config)#exit\n{P}"),
    ("new name in the prompt", "conf t\rhostname r2\rend\r",
     "conf t\nEnter configuration commands, one per line.  End with CNTL/Z.\nnyc-hud-gsr1(config)#hostname r2\n"
     "r2(config)#end\nr2#"),
    ("show inside configuration", "conf t\rshow version\r",
     "conf t\nEnter configuration commands, one per line.  End with CNTL/Z.\nnyc-hud-gsr1(config)#show version\n"
     f"{' ' * 22}{CARET}nyc-hud-gsr1(config)#"),
]  # fmt: skip


@pytest.mark.parametrize("pieces", [0, 1, 7], ids=["at once", "by character", "in pieces"])
@pytest.mark.parametrize(("name", "typed", "screen"), SCREENS, ids=[case[0] for case in SCREENS])
def test_screen(name: str, typed: str, screen: str, pieces: int) -> None:
    answers = {"show users": "line 1\nline 2\n", "show privilege": ""}
    if name == "privilege":
        answers["show privilege"] = "Current privilege level is 15\n"
    assert type_in(typed, answers=answers, pieces=pieces).screen == f"\n{P}{screen}"


# (name, keys, screen behind the command)
PAGES = [
    ("space", " ", FIRST + MORE + WIPE + REST + P),
    ("return", "\rq", FIRST + MORE + WIPE + "line 24\n" + MORE + WIPE + P),
    ("quit", "q", FIRST + MORE + WIPE + P),
    ("type-ahead is eaten", "show clock\r",
     FIRST + MORE + WIPE + P + "how clock\n" + 'how clock'[:0]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "keys", "screen"), PAGES, ids=[case[0] for case in PAGES])
def test_paging(name: str, keys: str, screen: str) -> None:
    seen = type_in(f"show version\r{keys}", answers={"show version": LONG}, length=24)
    assert seen.screen.startswith(f"\n{P}show version\n{screen}")
    assert ("show", "clock") not in seen.asked


def test_no_paging_after_terminal_length_0() -> None:
    seen = type_in("terminal length 0\rshow version\r", answers={"show version": LONG}, length=24)
    assert MORE not in seen.screen
    assert LONG in seen.screen


def test_narrow_terminal_scrolls_long_lines_unless_it_is_widened() -> None:
    line = "show interfaces Serial5/0 | include " + "x" * 80
    assert line in type_in(f"terminal width 511\r{line}\r").screen
    narrow = type_in(f"{line}\r", width=80)
    assert line not in narrow.screen
    assert f"\r{P}$" in narrow.screen
    assert ("show", "interfaces", "Serial5/0") in narrow.asked


# What the state provider is asked: (typed, words)
WORDS = [
    ("sh int pos 2/0", ("show", "interfaces", "POS2/0")),
    ("show interfaces PO2/0", ("show", "interfaces", "POS2/0")),
    ("show controllers serial 5/0", ("show", "controllers", "Serial5/0")),
    ("show controllers pos", ("show", "controllers", "pos")),
    ("sh ip bgp sum", ("show", "ip", "bgp", "summary")),
    ("sh ip bgp nei 10.10.3.2", ("show", "ip", "bgp", "neighbors", "10.10.3.2")),
    ("sh ip int br", ("show", "ip", "interface", "brief")),
    ("sh isis nei", ("show", "isis", "neighbors")),
    ("sh clns nei det", ("show", "clns", "neighbors", "detail")),
    ("dir slot0:", ("dir", "slot0:")),
    ("dir /all slot0:", ("dir", "/all", "slot0:")),
    ("ping 10.10.3.2", ("ping", "10.10.3.2", "size", "100", "repeat", "5")),
    ("trace 192.0.2.1", ("traceroute", "192.0.2.1")),
    ("ping\r\r10.10.3.2\r100\r1500\r\ry\rLoopback0\r\ry\r\r\r\r", (
        "ping", "10.10.3.2", "size", "1500", "repeat", "100", "source", "Loopback0", "df")),
    ("ping\rip\r10.10.3.2\r\r\r\r\r", ("ping", "10.10.3.2", "size", "100", "repeat", "5")),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "words"), WORDS, ids=[case[0][:20] for case in WORDS])
def test_words_for_the_state_behind(typed: str, words: tuple[str, ...]) -> None:
    assert type_in(f"{typed}\r").asked == [words]


def test_extended_ping_asks_the_questions_of_12_0() -> None:
    screen = type_in("ping\r\r10.10.3.2\r100\r1500\r\ry\r10.255.1.1\r\r\r\r\r\r\r").screen
    assert screen == (
        f"\n{P}ping\nProtocol [ip]: \nTarget IP address: 10.10.3.2\nRepeat count [5]: 100\nDatagram size [100]: 1500\n"
        "Timeout in seconds [2]: \nExtended commands [n]: y\nSource address or interface: 10.255.1.1\n"
        "Type of service [0]: \nSet DF bit in IP header? [no]: \nValidate reply data? [no]: \nData pattern [0xABCD]: \n"
        f"Loose, Strict, Record, Timestamp, Verbose[none]: \nSweep range of sizes [n]: \nshown\n{P}"
    )


@pytest.mark.parametrize(("password", "ends"), [("enable-pw", P), ("wrong", "% Access denied\n\nnyc-hud-gsr1>")])
def test_enable_asks_for_the_secret(password: str, ends: str) -> None:
    screen = type_in(f"enable\r{password}\r", privilege=1).screen
    assert screen.endswith(ends)
    assert password not in screen


def test_user_mode_has_no_configuration() -> None:
    seen = type_in("show running-config\r", privilege=1)
    assert CARET in seen.screen
    assert "hostname" not in seen.screen


def test_running_and_startup_differ_until_saved() -> None:
    router = device()
    seen = type_in("conf t\rint s5/0\rdescription NEW\rend\rshow startup-config\r", router)
    assert "NEW" not in seen.screen.split("show startup-config")[1]
    assert " description NEW\n" in type_in("show running-config\r", router).screen
    seen = type_in("write memory\rshow startup-config\r", router)
    assert " description NEW\n" in seen.screen
    assert "! Last configuration change at 14:00:00 UTC Tue Nov 20 2001 by noc\n" in seen.screen
    assert "! NVRAM config last updated at 14:00:00 UTC Tue Nov 20 2001 by noc\n" in seen.screen


def test_running_configuration_of_one_interface() -> None:
    screen = type_in("show run int pos 2/1\r").screen
    assert screen == (
        f"\n{P}show run int pos 2/1\nBuilding configuration...\n\nCurrent configuration:\n!\ninterface POS2/1\n"
        f" no ip address\n no ip directed-broadcast\n shutdown\nend\n\n{P}"
    )
    assert CARET in type_in("show run int pos 9/1\r").screen


def test_leaving_configuration_mode_is_logged_once() -> None:
    router = device()
    type_in("conf t\rint s5/0\rend\r", router)
    assert [e.text for e in router.log] == ["%SYS-5-CONFIG_I: Configured from console by noc on vty0 (127.0.0.1)"]


def test_losing_the_session_in_configuration_mode_keeps_what_was_typed() -> None:
    router = device()
    type_in("conf t\rint s5/0\rdescription HALF\r", router)
    assert router.config.value("interface Serial5/0", ("description",)) == "description HALF"


def test_reload_forgets_what_was_not_saved() -> None:
    router = device()
    type_in("conf t\rint s5/0\rdescription NEW\rend\r", router)
    router.reload()
    assert router.config.value("interface Serial5/0", ("description",)) is None
    assert router.booted == NOW
    assert router.uptime == timedelta(days=23, hours=4, minutes=17)


def _with(*behaviour: Behaviour) -> Fault:
    return Fault("test", behaviour=behaviour, name="test")


# (name, behaviour, typed, screen behind the first prompt, broken)
FAULTS = [
    ("error", Behaviour("^show version", "error", "% Broken"), "sh ver\r", f"sh ver\n% Broken\n{P}", False),
    ("authorization", Behaviour("^show", "authorization"), "sh ver\r",
     f"sh ver\nCommand authorization failed.\n{P}", False),
    ("once", Behaviour("^show", "error", "% Broken", times=1), "sh ver\rsh ver\r",
     f"sh ver\n% Broken\n{P}sh ver\nshown\n{P}", False),
    ("after the first", Behaviour("^show", "error", "% Broken", after=1), "sh ver\rsh ver\r",
     f"sh ver\nshown\n{P}sh ver\n% Broken\n{P}", False),
    ("drop", Behaviour("^show", "drop", "3"), "sh ver\rsh clock\r", "sh ver\nsho", True),
    ("prompt", Behaviour("^show version", "prompt", "other#"), "sh ver\rsh clock\r",
     f"sh ver\nshown\nother#sh clock\nshown\n{P}", False),
    ("log line", Behaviour("^show users", "syslog", "%LINK-3-UPDOWN: x"), "sh users\r",
     f"sh users\n1\n%LINK-3-UPDOWN: x\n2\n{P}", False),
    ("log line inside a line", Behaviour("^show users", "splice", "%X-3-Y: x"), "sh users\r",
     f"sh users\n1\n%X-3-Y: x\n2\n{P}", False),
    ("dribble", Behaviour("^show users", "dribble", "1/0"), "sh users\r", f"sh users\n1\n2\n{P}", False),
    ("log line on silence", Behaviour("^hostname", "syslog", "%LINK-3-UPDOWN: x"), "conf t\rhost a\r",
     "conf t\nEnter configuration commands, one per line.  End with CNTL/Z.\nnyc-hud-gsr1(config)#host a\n"
     "%LINK-3-UPDOWN: x\na(config)#", False),
    ("refused line", Behaviour("^hostname", "authorization", "% Authorization failed."), "conf t\rhost a\r",
     "conf t\nEnter configuration commands, one per line.  End with CNTL/Z.\nnyc-hud-gsr1(config)#host a\n"
     "% Authorization failed.\nnyc-hud-gsr1(config)#", False),
    ("other command", Behaviour("^show version$", "hang"), "sh clock\r", f"sh clock\nshown\n{P}", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "behaviour", "typed", "screen", "broken"), FAULTS, ids=[case[0] for case in FAULTS])
def test_misbehaviour(name: str, behaviour: Behaviour, typed: str, screen: str, broken: bool) -> None:
    seen = type_in(typed, device(faults=(_with(behaviour),)), answers={"show users": "1\n2\n"})
    assert seen.screen == f"\n{P}{screen}"
    assert seen.broken is broken


def test_drop_in_a_push_comes_after_the_line_was_taken() -> None:
    router = device(faults=(_with(Behaviour("^description", "drop")),))
    seen = type_in("conf t\rint s5/0\rdesc A\rcrc 32\r", router)
    assert seen.broken
    assert router.config.value("interface Serial5/0", ("description",)) == "description A"
    assert router.config.value("interface Serial5/0", ("crc",)) is None


def test_what_is_typed_ahead_of_a_small_buffer_is_lost() -> None:
    seen = type_in("show version\rshow clock\r", device(faults=(_with(Behaviour("", "typeahead", "16")),)))
    assert seen.asked == [("show", "version")]
    assert seen.screen == f"\n{P}show version\nshown\n{P}sho"


def test_a_hanging_command_ends_with_the_connection() -> None:
    seen = type_in("sh ver\rsh clock\r", device(faults=(_with(Behaviour("^show version", "hang")),)))
    assert seen.screen == f"\n{P}sh ver\n"
    assert seen.asked == []


def test_a_fault_of_another_router_changes_nothing() -> None:
    fault = Fault("test", routers="lax-*", behaviour=(Behaviour("^show", "error", "% Broken"),))
    assert "% Broken" not in type_in("sh ver\r", device(faults=(fault,))).screen
