"""Answers that look healthy and are not: each was once PASS, or is a trap the checklist names. None may be PASS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from turnup.checks import all_checks
from turnup.judge import TranscriptFacts, asks_of, judge
from turnup.judge.cases import Case, CaseFile, answer_names
from turnup.model.result import TestResult
from turnup.model.verdict import Verdict
from turnup.platforms import platform

HOME = Path(__file__).parents[1] / "recorded" / "ios" / "checks"
FAIL, UNPROVED = Verdict.FAIL, Verdict.INCONCLUSIVE
SERIAL = " ip address 10.10.3.1 255.255.255.252\n no ip redirects"
LAST_LOG = "Nov 22 08:01:12.400 UTC: %BGP-5-ADJCHANGE: neighbor 10.10.3.2 Up\n"
LOG = ("log_header", "log_message")


@dataclass(frozen=True)
class Trap:
    """`edits` are (answer, find, put); an answer `x.2` is the second sample alone. `told`: words of the verdict."""

    what: str
    check: str
    verdict: Verdict
    edits: tuple[tuple[str, str, str], ...]
    told: str = ""


def _log(find: str, put: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, find, put) for name in LOG)


TRAPS = (
    # --- two readings -----------------------------------------------------------------------------------------
    Trap(
        "link goes down between the readings",
        "intrapop_links",
        FAIL,
        (("interface.2", "POS1/0 is up, line protocol is up", "POS1/0 is up, line protocol is down"),),
        "POS1/0",
    ),
    Trap(
        "port loops at the second reading",
        "interfaces",
        FAIL,
        (("interface.2", "Serial5/0 is up, line protocol is up", "Serial5/0 is up, line protocol is up (looped)"),),
    ),
    Trap(
        "alarm at the second reading",
        "intrapop_links",
        FAIL,
        (("controller_pos.2", "Active Alarms:  None", "Active Alarms:  SLOF"),),
        "SLOF",
    ),
    Trap(
        "carrier lost and back between the readings",
        "interfaces",
        FAIL,
        (("interface.2", "1 carrier transitions", "3 carrier transitions"),),
        "carrier",
    ),
    Trap("no second reading of the interfaces", "interfaces", UNPROVED, (("interface.2", "", ""),), "one sample"),
    Trap("no second reading of the servers", "tacacs", UNPROVED, (("tacacs_server.2", "", ""),), "one sample"),
    Trap(
        "a server is gone at the second reading",
        "tacacs",
        FAIL,
        (("tacacs_server.2", "Server: 192.0.2.21/49", "Server: 192.0.2.22/49"),),
    ),
    Trap(
        "input errors are not told",
        "interfaces",
        UNPROVED,
        (
            ("interface", "     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort\n", ""),
            ("interface.2", "     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort\n", ""),
        ),
        "input errors",
    ),
    Trap(
        "coding violations are not told",
        "interfaces",
        UNPROVED,
        (("controller_serial", "     0 Line Code Violations, 0 P-bit Coding Violation\n", ""),),
        "line errors",
    ),
    # --- another router, another device ------------------------------------------------------------------------
    *(
        Trap(
            "the configuration is another router's",
            name,
            UNPROVED,
            (("running_config", "hostname nyc-hud-gsr1", "hostname nyc-hud-gsr2"),),
            "nyc-hud-gsr2",
        )
        for name in (
            "console_login",
            "password_of_last_resort",
            "tacacs",
            "vty_access_list",
            "ftp_tftp_source",
            "isis_configuration",
            "bgp_configuration",
        )
    ),
    Trap(
        "the listing is another device's",
        "flash",
        UNPROVED,
        (("directory@slot0", "Directory of slot0:/", "Directory of slot1:/"),),
        "slot1:",
    ),
    Trap(
        "one name server answers for both",
        "dns_loopback",
        UNPROVED,
        (("dns_answer@192.0.2.53-A", "@192.0.2.53 nyc", "@192.0.2.54 nyc"),),
        "192.0.2.54",
    ),
    Trap(
        "the console does not say whose it is",
        "console_login",
        UNPROVED,
        (("console_prompt@nyc-hud-con1.example.net2001", "hostname nyc-hud-gsr1", "hostname not shown"),),
    ),
    Trap(
        "the fibre ends in another port",
        "intrapop_links",
        FAIL,
        (("controller_pos", "Remote interface: POS1/0", "Remote interface: POS2/0"),),
        "POS2/0",
    ),
    Trap(
        "the fibre's far end has a longer name",
        "intrapop_links",
        FAIL,
        (("controller_pos", "Remote hostname : nyc-hud-gsr2", "Remote hostname : nyc-hud-gsr21"),),
    ),
    # --- configuration that takes back what it gives -------------------------------------------------------------
    Trap(
        "the port drops packets by a list",
        "interfaces",
        FAIL,
        (("running_config", SERIAL, f" ip access-group 101 in\n{SERIAL}"),),
        "access-group",
    ),
    Trap(
        "the port has a second address",
        "interfaces",
        FAIL,
        (("running_config", SERIAL, f" ip address 10.9.9.1 255.255.255.252 secondary\n{SERIAL}"),),
        "secondary",
    ),
    Trap(
        "the port stays up without a far end",
        "interfaces",
        FAIL,
        (("running_config", SERIAL, f"{SERIAL}\n no keepalive"),),
        "no keepalive",
    ),
    Trap(
        "nothing was heard on the port for days",
        "interfaces",
        UNPROVED,
        (("interface", "Last input 00:00:02", "Last input 2d03h"),),
        "last input",
    ),
    Trap(
        "an address the router calls not valid",
        "interfaces",
        FAIL,
        (("interface_brief", "10.10.3.1       YES", "10.10.3.1       NO "),),
    ),
    Trap(
        "nobody routes through this router",
        "isis_configuration",
        FAIL,
        (("running_config", " metric-style wide\n", " metric-style wide\n set-overload-bit\n"),),
        "overload",
    ),
    Trap(
        "an internal peer that nobody knows",
        "bgp_configuration",
        FAIL,
        (
            (
                "running_config",
                " neighbor 10.255.3.1 peer-group IBGP\n",
                " neighbor 10.255.3.1 peer-group IBGP\n neighbor 10.66.6.6 peer-group IBGP\n",
            ),
        ),
        "10.66.6.6",
    ),
    Trap(
        "the route-map of the order is not there",
        "bgp_configuration",
        FAIL,
        (("running_config", "route-map CUST-IN permit 10\n", "route-map OTHER permit 10\n"),),
        "CUST-IN",
    ),
    Trap(
        "another customer's prefix-list is not there",
        "bgp_configuration",
        FAIL,
        (("running_config", "ip prefix-list CUST-64601-IN seq 5 permit 198.51.100.0/24\n", ""),),
        "CUST-64601-IN",
    ),
    Trap(
        "an extra neighbor without filters",
        "bgp_configuration",
        FAIL,
        (("running_config", " no auto-summary\n", " neighbor 10.66.6.6 remote-as 64511\n no auto-summary\n"),),
        "10.66.6.6",
    ),
    # --- who may log in ------------------------------------------------------------------------------------------
    Trap(
        "vty sessions use a list without TACACS+",
        "tacacs",
        FAIL,
        (
            (
                "running_config",
                " transport input telnet ssh\n",
                " transport input telnet ssh\n login authentication L\n",
            ),
            ("running_config", "aaa new-model\n", "aaa new-model\naaa authentication login L local\n"),
        ),
        "vty",
    ),
    Trap(
        "local accounts go before TACACS+",
        "tacacs",
        FAIL,
        (("running_config", "login default tacacs+ local", "login default local tacacs+"),),
    ),
    Trap(
        "a server group without the second server",
        "tacacs",
        FAIL,
        (
            ("running_config", "login default tacacs+ local", "login default group G local"),
            ("running_config", "enable secret 5", "aaa group server tacacs+ G\n server 192.0.2.20\n!\nenable secret 5"),
        ),
        "group G",
    ),
    Trap(
        "servers in another order",
        "tacacs",
        FAIL,
        (
            (
                "running_config",
                "tacacs-server host 192.0.2.20\ntacacs-server host 192.0.2.21",
                "tacacs-server host 192.0.2.21\ntacacs-server host 192.0.2.20",
            ),
        ),
    ),
    Trap(
        "enable for everybody when the servers are away",
        "password_of_last_resort",
        FAIL,
        (("running_config", "enable default tacacs+ enable", "enable default tacacs+ none enable"),),
        "enable",
    ),
    Trap(
        "the account has a reversible password as well",
        "password_of_last_resort",
        FAIL,
        (
            (
                "running_config",
                "username lastresort privilege 15 secret",
                "username lastresort password 7 <secret:last-resort>\nusername lastresort privilege 15 secret",
            ),
        ),
        "type",
    ),
    Trap(
        "one method list, twice",
        "password_of_last_resort",
        UNPROVED,
        (
            (
                "running_config",
                "aaa authentication login default tacacs+ local\n",
                "aaa authentication login default tacacs+ local\naaa authentication login default tacacs+ none\n",
            ),
        ),
    ),
    Trap(
        "an open range behind the guarded one",
        "vty_access_list",
        FAIL,
        (("running_config", " transport input telnet ssh\n", " transport input telnet ssh\nline vty 5 15\n"),),
        "5 15",
    ),
    Trap(
        "everything permitted behind the list",
        "vty_access_list",
        FAIL,
        (("access_list", "    deny   any\n", "    permit any\n"),),
    ),
    Trap(
        "a host let in before the list",
        "vty_access_list",
        FAIL,
        (("access_list", "    permit 192.0.2.0,", "    permit 198.51.100.7\n    permit 192.0.2.0,"),),
    ),
    # --- routes --------------------------------------------------------------------------------------------------
    Trap(
        "a static route hides that nothing is announced",
        "ip_connectivity",
        FAIL,
        (("route@203.0.113.0", 'Known via "bgp 64500", distance 20', 'Known via "static", distance 1'),),
        "static",
    ),
    Trap(
        "half of the network goes elsewhere",
        "ip_connectivity",
        FAIL,
        (
            ("route@203.0.113.0", "203.0.113.0/24", "203.0.113.0/25"),
            ("route@203.0.113.0", "* 10.10.3.2, from 10.10.3.2", "* 10.254.1.2, from 10.255.1.2"),
        ),
        "/25",
    ),
    Trap(
        "99 of 100 packets",
        "ip_connectivity",
        FAIL,
        (
            (
                "ping@10.10.3.2",
                "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!\nSuccess rate is 100 percent (100/100)",
                "!!!!!!!!!!!!!!!!!!!!!!!!!!.!!!\nSuccess rate is 99 percent (99/100)",
            ),
        ),
    ),
    Trap(
        "pinged from another address",
        "ip_connectivity",
        UNPROVED,
        (("ping@10.10.3.2", "source address of 10.10.3.1", "source address of 10.254.1.1"),),
    ),
    # --- the log -------------------------------------------------------------------------------------------------
    Trap(
        "errors are not kept in the buffer",
        "logs",
        UNPROVED,
        _log("Buffer logging: level debugging", "Buffer logging: level critical"),
        "critical",
    ),
    Trap(
        "the buffer's level is not told",
        "logs",
        UNPROVED,
        _log("    Buffer logging: level debugging, 6 messages logged\n", ""),
    ),
    Trap(
        "nothing is sent to the log hosts",
        "logs",
        FAIL,
        _log("Trap logging: level debugging, 6 message lines logged", "Trap logging: disabled"),
        "trap",
    ),
    Trap(
        "the router's clock is an hour behind", "logs", UNPROVED, (("clock", "09:10:00.123", "08:02:30.000"),), "clock"
    ),
    Trap(
        "the clock was set by hand",
        "logs",
        UNPROVED,
        (("clock", "Time source is NTP", "Time source is user configuration"),),
        "user configuration",
    ),
    Trap(
        "the router restarted after the change",
        "logs",
        UNPROVED,
        (("version", "uptime is 3 weeks, 2 days, 4 hours, 17 minutes", "uptime is 17 minutes"),),
        "restarted",
    ),
    Trap(
        "a fault of severity 2, by a line card whose clock is behind",
        "logs",
        FAIL,
        _log(LAST_LOG, LAST_LOG + "SLOT 5:Nov 22 07:10:00.000 UTC: %LC-2-CRASH: board halted\n"),
        "LC-2-CRASH",
    ),
    Trap(
        "the line protocol flaps",
        "logs",
        FAIL,
        _log(
            LAST_LOG,
            LAST_LOG
            + 2
            * (
                "Nov 22 08:05:00.000 UTC: %LINEPROTO-5-UPDOWN: Line protocol on Interface "
                "Serial5/0, changed state to down\n"
            ),
        ),
        "Serial5/0",
    ),
    Trap(
        "the customer's session flaps",
        "logs",
        FAIL,
        _log(LAST_LOG, LAST_LOG + 2 * "Nov 22 08:05:00.000 UTC: %BGP-5-ADJCHANGE: neighbor 10.10.3.2 Down\n"),
        "10.10.3.2",
    ),
    Trap("not even our own change is in the log", "logs", UNPROVED, _log("Nov 22 08:01", "Nov 22 07:01"), "none"),
    *(
        Trap(
            "the version is another router's",
            name,
            UNPROVED,
            (("version", "nyc-hud-gsr1 uptime", "nyc-hud-gsr2 uptime"),),
            "nyc-hud-gsr2",
        )
        for name in ("flash", "rp_memory", "logs")
    ),
    # --- the second processor -------------------------------------------------------------------------------------
    Trap(
        "the standby boots another image",
        "ios_version",
        FAIL,
        (
            (
                "boot",
                "Configuration register is 0x2102\n",
                "Configuration register is 0x2102\nStandby BOOT variable = slot0:gsr-p-mz.120-16.S,1;\n",
            ),
        ),
        "standby",
    ),
)


@pytest.fixture
def healthy() -> Case:
    return Case("any", "healthy", CaseFile("healthy", "written", "PASS"), HOME / "any" / "healthy")


def _judged(case: Case, trap: Trap) -> TestResult:
    check = next(check for check in all_checks() if check.name == trap.check)
    speakers = (platform("ios"), platform("noc"))
    transcript = case.transcript(speakers, asks_of((check,), case.expected))
    answers = dict(transcript.answers)
    for ask, answer in transcript.answers.items():
        for name, find, put in trap.edits:
            if name != answer_names(ask)[0]:
                continue
            if not find:
                del answers[ask]
                continue
            text = answers[ask].text
            assert find in text, (name, find)
            answers[ask] = replace(answer, text=text.replace(find, put))
    assert answers != transcript.answers
    return judge(case.expected, TranscriptFacts(*speakers, replace(transcript, answers=answers)), (check,))[0]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: f"{trap.check}: {trap.what}")
def test_trap_is_not_pass(healthy: Case, trap: Trap) -> None:
    result = _judged(healthy, trap)
    assert result.verdict is trap.verdict, result.reason
    told = "\n".join(
        f"{finding.subject} {finding.expected} {finding.observed}"
        for finding in result.findings
        if finding.verdict is trap.verdict
    )
    assert trap.told in told


def test_nothing_announced_is_not_pass_where_the_order_sets_no_minimum(healthy: Case) -> None:
    told = healthy.told
    silent = {"assignment": {"order": {"bgp": {"minimum_prefixes": 0}}}}
    quiet = replace(healthy, told=replace(told, expected=silent))
    edits = (
        ("bgp_summary", "01:08:48        1", "01:08:48        0"),
        ("route@203.0.113.0", (HOME / "healthy" / "route@203.0.113.0.txt").read_text(), "% Network not in table\n"),
    )
    assert _judged(quiet, Trap("", "bgp_neighbors", UNPROVED, edits[:1])).verdict is UNPROVED
    assert _judged(quiet, Trap("", "ip_connectivity", UNPROVED, edits[1:])).verdict is UNPROVED
    accepted = {**silent, "policy": {"checks": {"bgp_neighbors": {"silent_customers_ok": True}}}}
    agreed = replace(healthy, told=replace(told, expected=accepted))
    assert _judged(agreed, Trap("", "bgp_neighbors", UNPROVED, edits[:1])).verdict is Verdict.PASS
