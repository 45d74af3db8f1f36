"""The second opinion: the mended rules, what is never sent, and that it agrees with every plan of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_service import DS3, Site
from sample_orders import IOS, Case, card, kinds

from turnup.change.footprint import Footprint, Lines
from turnup.change.hierarchy import must_agree, opinion, why_not
from turnup.change.undertaking import Kind
from turnup.errors import CouldNotRun, Refused, UsageError
from turnup.home import Home
from turnup.render.grammar import grammar_of

GRAMMAR = grammar_of(IOS)
PORT, BGP = "interface Serial5/0", "router bgp 64500"
OURS = Footprint(("Serial5/0",), ((BGP, "10.10.3.2"),), ("CUST-64603-IN",), ("router isis",))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.NEW])
@pytest.mark.parametrize("case", [case for case in kinds() if card(case.card).ports > 1], ids=str)
def test_it_has_nothing_against_our_plans(case: Case, kind: Kind, tmp_path: Path) -> None:
    site = Site(case, Home(tmp_path))
    change = site.plan(site.work(kind)).change
    found = opinion("ios", change.before, change.after, change.footprint, GRAMMAR)
    assert found.lines
    assert found.refused == ()
    back = opinion("ios", change.after, change.before, change.footprint, GRAMMAR)
    assert back.refused == ()
    assert opinion("ios", change.after, change.after, change.footprint, GRAMMAR).empty


PEER: Lines = (
    (BGP, "neighbor 10.10.3.2 remote-as 64603"),
    (BGP, "neighbor 10.10.3.2 description X"),
    (BGP, "neighbor 10.10.3.2 prefix-list CUST-64603-IN in"),
    ("", "ip prefix-list CUST-64603-IN seq 5 permit 203.0.113.0/24"),
)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        # One `no neighbor`, and the list goes last: a neighbour without its list would take every route.
        (
            PEER,
            (),
            (
                BGP,
                " no neighbor 10.10.3.2 remote-as 64603",
                "no ip prefix-list CUST-64603-IN seq 5 permit 203.0.113.0/24",
            ),
        ),
        # A value replaces the old one; it is not taken away first.
        (((PORT, "crc 32"),), ((PORT, "crc 16"),), (PORT, " crc 16")),
        # A secondary address goes before its primary.
        (
            ((PORT, "ip address 10.1.1.1 255.255.255.0"), (PORT, "ip address 10.1.2.1 255.255.255.0 secondary")),
            ((PORT, "ip address 10.1.3.1 255.255.255.0"),),
            (PORT, " no ip address 10.1.2.1 255.255.255.0 secondary", " ip address 10.1.3.1 255.255.255.0"),
        ),
        (((PORT, "ip address 10.1.1.1 255.255.255.252"),), ((PORT, "shutdown"),),
         (PORT, " shutdown", " no ip address 10.1.1.1 255.255.255.252")),
        (((BGP, "neighbor 10.10.3.2 password 7 <secret:X>"),), ((BGP, "neighbor 10.10.3.2 password <secret:X>"),), ()),
    ],
)  # fmt: skip
def test_the_mended_rules(before: Lines, after: Lines, lines: tuple[str, ...]) -> None:
    assert opinion("ios", before, after, OURS, GRAMMAR).lines == lines


NEVER = [
    ("", "no access-list 10 permit 192.0.2.0 0.0.0.255"),
    ("", "ip access-list extended X"),
    ("ip access-list extended X", "permit tcp any any"),
    ("", "no aaa new-model"),
    ("", "line vty 0 4"),
    ("line vty 0 4", "no access-class 10 in"),
    ("", "no banner motd ^C"),
    ("", "crypto key generate rsa"),
    ("", "no username noc"),
    ("", "enable secret 5 <secret:#x>"),
    ("", "no interface Serial5/0"),
    ("", "no router bgp 64500"),
    ("", "no router isis"),
    ("", "no ip route 0.0.0.0 0.0.0.0 10.0.0.1"),
    (PORT, "no ip access-group 10 in"),
    (PORT, "ip policy route-map X"),
    ("interface Serial5/1", "shutdown"),
    (BGP, "no neighbor 10.10.9.2 remote-as 64603"),
    (BGP, "neighbor 10.10.3.2 ebgp-multihop 255"),
    ("", "ip prefix-list OTHER seq 5 permit 0.0.0.0/0"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "text"), NEVER)
def test_never(section: str, text: str) -> None:
    assert why_not(section, text, OURS, GRAMMAR)


@given(st.sampled_from(["access-list", "aaa", "line", "banner", "crypto", "username", "enable"]), st.text(max_size=30))
def test_never_whatever_follows(first: str, rest: str) -> None:
    for text in (f"{first} {rest}", f"no {first} {rest}"):
        assert why_not("", text, OURS, GRAMMAR)
        assert why_not(text.removeprefix("no "), "anything", OURS, GRAMMAR)


def test_a_plan_that_needs_what_is_never_sent_is_refused() -> None:
    before = ((PORT, "ip access-group 10 in"), (PORT, "shutdown"))
    with pytest.raises(Refused, match="not in the order's own grammar"):
        must_agree("ios", before, ((PORT, "shutdown"),), OURS, GRAMMAR)
    must_agree("ios", before, (*before, (PORT, "crc 32")), OURS, GRAMMAR)


def test_a_line_twice_is_no_whole_capture() -> None:
    with pytest.raises(CouldNotRun, match="twice"):
        opinion("ios", ((PORT, "crc 32"), (PORT, "crc 32")), (), OURS, GRAMMAR)


def test_no_driver() -> None:
    with pytest.raises(UsageError, match="no driver"):
        opinion("frr", (), ((PORT, "crc 32"),), OURS, GRAMMAR)


def test_the_rules_of_others_are_not_changed() -> None:
    """hier_config's own driver for IOS is somebody else's too."""
    from hier_config.platforms.cisco_ios.driver import HConfigDriverCiscoIOS

    opinion("ios", (), PEER, OURS, GRAMMAR)
    stock = HConfigDriverCiscoIOS()
    assert stock.rules.post_load_callbacks
    assert DS3.name
