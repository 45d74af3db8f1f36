"""IOS in FRR's words, and the least difference between two configurations, on a small model of how FRR takes lines."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnup.configuration import Configuration
from turnup.virtual.live.statements import Statement, Translation, difference, typed
from turnup.virtual.live.translate import Pace, translate
from turnup.virtual.shows.ports import Port, interface_lines

SAMPLE = """\
version 12.0
hostname cr3
username lastresort privilege 15 secret 5 $1$lAsT$GVRPFqD5NPVthhhDgsSSl.
interface Loopback0
 ip address 10.255.0.3 255.255.255.255
 no ip directed-broadcast
interface POS1/0
 description INTRA-POP|to cr1 POS1/1|
 ip address 10.0.13.2 255.255.255.252
 ip router isis
 mtu 4470
 encapsulation ppp
 isis metric 10 level-2
 isis password in-clear
interface Serial3/0
 description CUST|LVL3|
 ip address 10.2.2.1 255.255.255.252
 no cdp enable
interface Serial3/1
 no ip address
 shutdown
router isis
 passive-interface Loopback0
 passive-interface Serial3/0
 net 49.0001.0102.5500.0003.00
 is-type level-2-only
 metric-style wide
 log-adjacency-changes
router bgp 64500
 no synchronization
 bgp router-id 10.255.0.3
 bgp log-neighbor-changes
 neighbor IBGP peer-group
 neighbor IBGP remote-as 64500
 neighbor IBGP update-source Loopback0
 neighbor IBGP next-hop-self
 neighbor IBGP send-community
 neighbor 10.255.0.1 peer-group IBGP
 neighbor 10.2.2.2 remote-as 65102
 neighbor 10.2.2.2 description CUST|LVL3|
 neighbor 10.2.2.2 password 7 05080F1C2243
 neighbor 10.2.2.2 version 4
 neighbor 10.2.2.2 prefix-list CUST-65102-IN in
 neighbor 10.2.2.2 route-map CUST-IN in
 neighbor 10.2.2.2 route-map NOT-THERE out
 neighbor 10.2.2.2 maximum-prefix 10 80
 no auto-summary
ip route 198.51.100.0 255.255.255.0 Null0
ip community-list 1 permit 64500:100
ip prefix-list CUST-65102-IN seq 5 permit 203.0.113.0/24
route-map CUST-IN permit 10
 set local-preference 120
access-list 10 permit 192.0.2.0 0.0.0.255
tacacs-server key 7 05080F1C2243
snmp-server community EXAMPLE RO 10
end
"""
CABLED = ("Loopback0", "POS1/0", "Serial3/0")
EXPECTED = """\
hostname cr3
ip route 198.51.100.0/24 Null0
bgp community-list 1 permit 64500:100
ip prefix-list CUST-65102-IN seq 5 permit 203.0.113.0/24
interface lo
ip address 10.255.0.3/32
ip router isis core
isis passive
exit
interface POS1-0
description INTRA-POP|to cr1 POS1/1|
ip address 10.0.13.2/30
ip router isis core
isis network point-to-point
isis metric level-2 10
isis password clear in-clear
no shutdown
exit
interface Serial3-0
description CUST|LVL3|
ip address 10.2.2.1/30
ip router isis core
isis passive
no shutdown
exit
router isis core
metric-style wide
is-type level-2-only
log-adjacency-changes
net 49.0001.0102.5500.0003.00
exit
router bgp 64500
no bgp ebgp-requires-policy
bgp router-id 10.255.0.3
bgp log-neighbor-changes
neighbor IBGP peer-group
neighbor IBGP remote-as 64500
neighbor IBGP update-source lo
exit
router bgp 64500
address-family ipv4 unicast
neighbor IBGP next-hop-self
neighbor IBGP send-community
exit
exit
router bgp 64500
neighbor 10.255.0.1 peer-group IBGP
neighbor 10.2.2.2 remote-as 65102
neighbor 10.2.2.2 description CUST|LVL3|
neighbor 10.2.2.2 password cisco
exit
router bgp 64500
address-family ipv4 unicast
neighbor 10.2.2.2 prefix-list CUST-65102-IN in
neighbor 10.2.2.2 route-map CUST-IN in
neighbor 10.2.2.2 maximum-prefix 10 80
no neighbor 10.2.2.2 send-community all
exit
exit
route-map CUST-IN permit 10
set local-preference 120
exit
"""


def translated(text: str, pace: Pace | None = None) -> Translation:
    configuration = Configuration.read(text)
    lines = interface_lines(tuple(configuration.sections.items()))
    ports = tuple(Port(name, None, body) for name, body in lines.items() if str(name) in CABLED)
    return translate(configuration, ports, pace)


def entered(old: str, new: str) -> list[str]:
    """What is typed to come from one configuration to the other."""
    return typed(difference(translated(old).statements, translated(new).statements))


def without(*lines: str) -> str:
    kept = [line for line in SAMPLE.splitlines() if line.strip() not in lines]
    assert len(kept) + len(lines) == len(SAMPLE.splitlines())
    return "\n".join([*kept, ""])


def test_a_whole_configuration() -> None:
    found = translated(SAMPLE)
    assert "\n".join([*typed(difference((), found.statements)), ""]) == EXPECTED
    assert found.mtus == {"POS1-0": 4470, "Serial3-0": 4470}


def test_what_has_no_counterpart_is_told_without_its_secrets() -> None:
    assert translated(SAMPLE).left == (
        "version 12.0",
        "username lastresort privilege 15 secret <secret>",
        "access-list 10 permit 192.0.2.0 0.0.0.255",
        "tacacs-server key <secret>",
        "snmp-server community <secret> RO 10",
        "end",
        "interface Loopback0: no ip directed-broadcast",
        "interface POS1/0: encapsulation ppp",
        "interface Serial3/0: no cdp enable",
        "interface Serial3/1: no ip address",
        "interface Serial3/1: shutdown",
    )


def test_a_lab_may_go_quicker() -> None:
    lines = typed(difference((), translated(SAMPLE, Pace()).statements))
    added = [line for line in lines if line not in EXPECTED.splitlines()]
    assert sorted(added) == [
        "isis hello-interval 1",
        "isis hello-multiplier 3",
        "lsp-gen-interval 1",
        "neighbor IBGP timers connect 1",
        "spf-interval 1",
        "timers bgp 3 9",
    ]


@pytest.mark.parametrize(
    ("gone", "lines"),
    [
        (("description INTRA-POP|to cr1 POS1/1|",), ["interface POS1-0", "no description", "exit"]),
        (
            ("neighbor 10.2.2.2 password 7 05080F1C2243",),
            ["router bgp 64500", "no neighbor 10.2.2.2 password", "exit"],
        ),
        (
            ("passive-interface Serial3/0",),
            ["interface Serial3-0", "no isis passive", "no ip router isis core", "exit"],
        ),
        (
            ("metric-style wide",),
            ["router isis core", "metric-style narrow", "exit"],
        ),
        (
            ("ip prefix-list CUST-65102-IN seq 5 permit 203.0.113.0/24",),  # IOS: a list that is not there permits all
            [
                "router bgp 64500",
                "address-family ipv4 unicast",
                "no neighbor 10.2.2.2 prefix-list CUST-65102-IN in",
                "exit",
                "exit",
                "no ip prefix-list CUST-65102-IN seq 5 permit 203.0.113.0/24",
            ],
        ),
        (
            tuple(line.strip() for line in SAMPLE.splitlines() if line.startswith(" neighbor 10.2.2.2 ")),
            ["router bgp 64500", "no neighbor 10.2.2.2", "exit"],
        ),
    ],
)
def test_the_least_difference(gone: tuple[str, ...], lines: list[str]) -> None:
    assert entered(SAMPLE, without(*gone)) == lines


def test_nothing_changed_nothing_typed() -> None:
    assert entered(SAMPLE, SAMPLE) == []
    assert entered(SAMPLE, SAMPLE.replace("encapsulation ppp", "encapsulation hdlc")) == []


def test_another_value_replaces_and_takes_nothing_away() -> None:
    changed = SAMPLE.replace("remote-as 65102", "remote-as 65103").replace("maximum-prefix 10 80", "maximum-prefix 5")
    assert entered(SAMPLE, changed) == [
        "router bgp 64500",
        "neighbor 10.2.2.2 remote-as 65103",
        "exit",
        "router bgp 64500",
        "address-family ipv4 unicast",
        "neighbor 10.2.2.2 maximum-prefix 5",
        "exit",
        "exit",
    ]


def test_a_neighbour_that_is_made_anew_gets_all_its_lines_again() -> None:
    changed = SAMPLE.replace("neighbor 10.2.2.2 remote-as 65102", "neighbor 10.2.2.2 peer-group IBGP")
    lines = entered(SAMPLE, changed)
    assert lines[:2] == ["router bgp 64500", "no neighbor 10.2.2.2"]
    again = [
        line for line in EXPECTED.splitlines() if line.startswith("neighbor 10.2.2.2 ") and "remote-as" not in line
    ]
    assert len(again) == 5
    assert all(line in lines for line in again)


# --- a model of FRR: lines by section; `no` takes away; what makes a neighbour or a section takes all of it away


def run(state: dict[tuple[str, ...], list[str]], lines: list[str]) -> dict[tuple[str, ...], list[str]]:
    found = {section: list(body) for section, body in state.items()}
    here: tuple[str, ...] = ()
    for line in lines:
        if line == "exit":
            here = here[:-1]
        elif re.match(r"(interface|router|route-map|address-family) ", line):
            here = (*here, line)
            found.setdefault(here, [])
        elif re.match(r"no (router|route-map) ", line):
            found = {section: body for section, body in found.items() if section[:1] != (line[3:],)}
        elif match := re.fullmatch(r"no (neighbor \S+)( peer-group)?", line):
            for section, body in found.items():
                found[section] = [one for one in body if f" {match[1]} " not in f" {one} "]
        else:
            body = found.setdefault(here, [])
            body[:] = [one for one in body if _key(one) != _key(line)]
            if not line.startswith("no ") or line.startswith(("no bgp ebgp", "no shutdown")) or "send-comm" in line:
                body.append(line)
    return {section: sorted(body) for section, body in found.items() if body}


def _key(line: str) -> str:
    words = line.removeprefix("no ").split()
    if words[0] == "neighbor":
        two = words[2] in ("prefix-list", "route-map")
        return " ".join([*words[:3], *words[4:5]]) if two else " ".join(words[:3])
    if words[0] in ("isis", "timers", "bgp") and words[1] != "community-list":
        return " ".join(words[:2])
    return (
        words[0] if words[0] in ("description", "shutdown", "hostname", "metric-style", "is-type") else " ".join(words)
    )


# What somebody may do to it; every subset is a configuration that IOS could have.
PIECES = (
    " description INTRA-POP|to cr1 POS1/1|",
    " ip router isis",
    " isis metric 10 level-2",
    " passive-interface Serial3/0",
    " metric-style wide",
    " neighbor 10.2.2.2 password 7 05080F1C2243",
    " neighbor 10.2.2.2 prefix-list CUST-65102-IN in",
    " neighbor 10.2.2.2 maximum-prefix 10 80",
    " neighbor IBGP next-hop-self",
    "ip prefix-list CUST-65102-IN seq 5 permit 203.0.113.0/24",
    "ip route 198.51.100.0 255.255.255.0 Null0",
    "route-map CUST-IN permit 10\n set local-preference 120",
    "CUSTOMER",
    "BGP",
)


def _with(pieces: frozenset[str]) -> str:
    text = SAMPLE
    for piece in set(PIECES) - pieces - {"CUSTOMER", "BGP"}:
        text = text.replace(f"{piece}\n", "")
    lines = text.splitlines()
    if "CUSTOMER" not in pieces:
        lines = [line for line in lines if not line.startswith(" neighbor 10.2.2.2 ")]
    if "BGP" not in pieces:
        start, end = lines.index("router bgp 64500"), lines.index(" no auto-summary")
        lines = [*lines[:start], *lines[end + 1 :]]
    return "\n".join([*lines, ""])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.frozensets(st.sampled_from(PIECES)), min_size=2, max_size=4))
def test_any_way_leads_to_the_same_configuration(steps: list[frozenset[str]]) -> None:
    state = run({}, typed(difference((), translated(_with(steps[0])).statements)))
    for old, new in pairwise(steps):
        state = run(state, entered(_with(old), _with(new)))
    assert state == run({}, typed(difference((), translated(_with(steps[-1])).statements)))


def test_a_statement_that_cannot_be_taken_away_stays() -> None:
    one = Statement(("interface POS1-0",), "no shutdown", "shutdown")
    assert difference([one], []) == []
