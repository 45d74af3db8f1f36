"""Answers of IOS XR that look healthy and are not. None may be PASS."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from platform_cases import BY_NAME, healthy

from turnup.judge import TranscriptFacts, asks_of, judge
from turnup.judge.cases import answer_names
from turnup.model.result import TestResult
from turnup.model.verdict import Verdict
from turnup.platforms import platform

FAIL, UNPROVED = Verdict.FAIL, Verdict.INCONCLUSIVE
SPEAKERS = (platform("iosxr"), platform("noc"))
CUSTOMER = """ neighbor 10.10.5.2
  remote-as 64603
  password encrypted <secret:LVL3-MD5>
  description CUST|LVL3|PSO:PSO-2001-000061|
  address-family ipv4 unicast
   route-policy CUST-64603-IN in
   maximum-prefix 100 80
   route-policy CUST-OUT out
  !
 !
"""
LINK = " interface GigabitEthernet0/1/0/0\n  address-family ipv4 unicast\n   metric 10 level 2\n  !\n !\n"
AGAIN = "route-policy CUST-64603-IN\n  pass\nend-policy\n!\n"
ACCOUNT = "username lastresort\n group root-lr\n group cisco-support\n secret 5 <secret:last-resort>\n"
PORT = "GigabitEthernet0/5/0/0"
SESSION = "10.10.5.2         0 64603      13      15       42    0    0 01:08:48          1\n"


def _deeper(text: str) -> str:
    return "".join(f" {line}\n" for line in text.splitlines())


@dataclass(frozen=True)
class Trap:
    """`edits` are (answer, find, put); an answer `x.2` is the second sample alone."""

    what: str
    check: str
    verdict: Verdict
    edits: tuple[tuple[str, str, str], ...]


TRAPS = (
    Trap("link down between the readings", "intrapop_links", FAIL,
         (("interface.2", "GigabitEthernet0/1/0/0 is up, line protocol is up",
           "GigabitEthernet0/1/0/0 is up, line protocol is down"),)),
    Trap("errors grow between the readings", "interfaces", FAIL,
         (("interface.2", "0 input errors, 0 CRC", "5 input errors, 5 CRC"),)),
    Trap("the customer's neighbor stands in a VRF alone", "bgp_configuration", FAIL,
         (("running_config", CUSTOMER, f" vrf BLUE\n{_deeper(CUSTOMER)} !\n"),)),
    Trap("the customer's lines stand in another family alone", "bgp_configuration", FAIL,
         (("running_config", CUSTOMER, CUSTOMER.replace("ipv4 unicast", "ipv6 unicast")),)),
    Trap("a second family brings lines of its own", "bgp_configuration", FAIL,
         (("running_config", CUSTOMER, CUSTOMER.replace("   route-policy CUST-OUT out\n  !\n",
           "   route-policy CUST-OUT out\n  !\n  address-family vpnv4 unicast\n  !\n")),)),
    Trap("the policy of the order is not there, its name is a comment", "bgp_configuration", FAIL,
         (("running_config", "route-policy CUST-64603-IN\n", "! route-policy CUST-64603-IN\nroute-policy OTHER\n"),)),
    Trap("the set of the order is another kind of set", "bgp_configuration", FAIL,
         (("running_config", "prefix-set CUST-64603-IN\n", "community-set CUST-64603-IN\n"),)),
    Trap("a policy that is defined twice", "bgp_configuration", FAIL,
         (("running_config", "router isis POP\n", f"{AGAIN}router isis POP\n"),)),
    Trap("the link is in the process of a VRF alone", "isis_configuration", FAIL,
         (("running_config", LINK, f" vrf BLUE\n{_deeper(LINK)} !\n"),)),
    Trap("the link is in IPv6 alone", "isis_configuration", FAIL,
         (("running_config", LINK, LINK.replace("ipv4", "ipv6")),)),
    Trap("level 2 stands in a comment", "isis_configuration", FAIL,
         (("running_config", " is-type level-2-only\n", " !! is-type level-2-only\n"),)),
    Trap("the configuration twice", "isis_configuration", UNPROVED,
         (("running_config", "ssh server v2\nend\n", "ssh server v2\nend\n!! IOS XR Configuration 4.3.2\nend\n"),)),
    Trap("another router's configuration", "isis_configuration", UNPROVED,
         (("running_config", "hostname nyc-hud-xr1", "hostname nyc-hud-xr2"),)),
    Trap("the process is not running", "isis_configuration", FAIL,
         (("clns_protocol", "GigabitEthernet0/1/0/0 is running actively", "GigabitEthernet0/1/0/0 is disabled"),)),
    Trap("the customer's session is in the table twice", "bgp_neighbors", UNPROVED,
         (("bgp_summary", SESSION, SESSION + SESSION),)),
    Trap("the session of an address that is longer", "bgp_neighbors", FAIL,
         (("bgp_summary", "10.10.5.2  ", "10.10.5.22 "),)),
    Trap("the list is that of IPv6", "vty_access_list", UNPROVED,
         (("access_list", "ipv4 access-list MGMT", "ipv6 access-list MGMT"),)),
    Trap("the access-class stands at the console alone", "vty_access_list", FAIL,
         (("running_config", " access-class ingress MGMT\n", ""),
          ("running_config", "line console\n", "line console\n access-class ingress MGMT\n"))),
    Trap("the account of last resort stands in a banner", "password_of_last_resort", FAIL,
         (("running_config", ACCOUNT, ""), ("running_config", "banner motd ^C\n", f"banner motd ^C\n{ACCOUNT}"))),
    Trap("the source of a VRF", "tacacs", FAIL,
         (("running_config", "tacacs source-interface Loopback0 vrf default",
           "tacacs source-interface Loopback0 vrf BLUE"),)),
    Trap("the servers of a group are others", "tacacs", FAIL,
         (("running_config", "group tacacs+ local\n", "group NOC local\n"),
          ("running_config", "line default\n", "aaa group server tacacs+ NOC\n server 192.0.2.99\n!\nline default\n"))),
    Trap("the description of the port stands on its subinterface", "interface_description", FAIL,
         (("running_config", f"interface {PORT}\n description", f"interface {PORT}.7\n description"),)),
    Trap("the address stands on a preconfigured port", "interfaces", FAIL,
         (("running_config", f"interface {PORT}\n description", f"interface preconfigure {PORT}\n description"),)),
    Trap("the route is a static one of the same network", "ip_connectivity", FAIL,
         (("route@10.10.5.2", '"connected", distance 0, metric 0 (connected)', '"static", distance 1, metric 0'),)),
    Trap("the ping is that of another address", "ip_connectivity", UNPROVED,
         (("ping@10.10.5.2", "Echos to 10.10.5.2", "Echos to 10.10.5.22"),)),
)  # fmt: skip


def _judged(trap: Trap) -> TestResult:
    case, check = healthy("iosxr"), BY_NAME[trap.check]
    expected = case.expected_on(SPEAKERS[0])
    transcript = case.transcript(SPEAKERS, asks_of((check,), expected))
    answers = dict(transcript.answers)
    for answer, find, put in trap.edits:
        named = {ask: answer_names(ask) for ask in answers}
        second = [ask for ask, names in named.items() if len(names) > 1 and names[0] == answer]
        asked = second or [ask for ask, names in named.items() if answer in names]
        assert asked, f"{answer} was not asked"
        for ask in asked:
            assert find in answers[ask].text, f"{find!r} is not in {answer}"
            answers[ask] = replace(answers[ask], text=answers[ask].text.replace(find, put))
    return judge(expected, TranscriptFacts(*SPEAKERS, replace(transcript, answers=answers)), (check,))[0]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.what)
def test_trap_is_not_green(trap: Trap) -> None:
    result = _judged(trap)
    assert result.verdict is trap.verdict, "\n".join(f"{f.verdict}: {f}" for f in result.findings)
