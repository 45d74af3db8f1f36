"""What an order owns, and only that."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from fake_router import FakeRouter
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_orders import BGP, GOLDEN, IOS, POLICY, ROUTER, Case, assign, intent_for, order_for

from turnup.change.footprint import Footprint, canonical, footprint_of, sections_of
from turnup.change.transition import transition
from turnup.configuration import Configuration
from turnup.model.order import Layer3
from turnup.render import render_order
from turnup.render.fold import fold
from turnup.render.grammar import grammar_of
from turnup.render.intent import ConfigItem

DS3 = GOLDEN[0]


def footprint(case: Case = DS3) -> Footprint:
    intent = intent_for(case)
    return footprint_of((*intent.phase1, *intent.phase2))


def test_what_the_contracts_example_owns() -> None:
    assert footprint() == Footprint(
        ports=("Serial5/0",),
        peers=(("router bgp 64500", "10.10.3.2"),),
        prefix_lists=("CUST-64603-IN",),
        isis=("router isis",),
    )


@pytest.mark.parametrize("case", GOLDEN, ids=str)
def test_every_rendered_line_is_owned(case: Case) -> None:
    intent, owner = intent_for(case), footprint(case)
    assert all(owner.owns(item.section, item.text) for item in (*intent.phase1, *intent.phase2) if item.text)
    assert all(owner.owns(section, line) for section, line in intent.lines)


@pytest.mark.parametrize(
    ("section", "line", "owned"),
    [
        ("interface Serial5/0", "ip access-group 10 in", True),
        ("interface Serial5/0.16 point-to-point", "ip address 10.1.1.1 255.255.255.252", True),
        ("", "interface Serial5/0.16 point-to-point", True),
        ("", "no interface Serial5/0.16", True),
        ("", "interface Serial5/0", False),
        ("interface Serial5/01", "shutdown", False),
        ("interface Serial5/10", "shutdown", False),
        ("interface Serial15/0", "shutdown", False),
        ("router bgp 64500", "neighbor 10.10.3.2 shutdown", True),
        ("router bgp 64500", "no neighbor 10.10.3.2 remote-as 64603", True),
        ("router bgp 64500", "neighbor 10.10.3.21 shutdown", False),
        ("router bgp 64500", "neighbor 10.10.3.2", False),
        ("router bgp 64501", "neighbor 10.10.3.2 shutdown", False),
        ("router bgp 64500", "network 10.10.3.0 mask 255.255.255.252", False),
        ("router isis", "passive-interface Serial5/0", True),
        ("router isis", "passive-interface Serial5/0.16", True),
        ("router isis", "passive-interface Serial5/00", False),
        ("router isis", "passive-interface default", False),
        ("router isis", "net 49.0001.0102.5500.1001.00", False),
        ("", "ip prefix-list CUST-64603-IN seq 10 permit 0.0.0.0/0", True),
        ("", "ip prefix-list CUST-64603-IN2 seq 5 permit 0.0.0.0/0", False),
        ("", "hostname x", False),
        ("line vty 0 4", "neighbor 10.10.3.2 shutdown", False),
        ("banner motd ^C", "interface Serial5/0", False),
        ("", "interface", False),
        ("", "interface ???", False),
    ],
)
def test_owned_or_not(section: str, line: str, owned: bool) -> None:
    assert footprint().owns(section, line) is owned


def test_nothing_of_a_realistic_configuration_is_owned_but_the_port() -> None:
    sections = Configuration.read(FakeRouter.with_ports("Serial5/0").show()).sections
    assert {section for section, _ in footprint().owned(sections)} == {"interface Serial5/0"}
    together = len(footprint().owned(sections)) + len(footprint().foreign(sections))
    assert together == sum(map(len, sections.values()))


SLOTS = st.integers(0, 15)
LINKS = st.integers(0, 2**14 - 1).map(lambda n: IPv4Network((0x0A0A0000 + 4 * n, 30)))
NUMBERS = st.integers(64512, 65534)


@st.composite
def orders(draw: st.DrawFn) -> tuple[tuple[str, IPv4Network, int], tuple[ConfigItem, ...]]:
    """An order on some port, link and AS, with its lines."""
    case = draw(st.sampled_from(GOLDEN))
    link, number = draw(LINKS), draw(NUMBERS)
    order = replace(order_for(case), layer3=Layer3(link), bgp=replace(BGP, peer_as=number) if case.bgp else None)
    assignment = assign(order, case.card)
    slot = draw(SLOTS)
    kind = assignment.port.card
    interface = draw(st.sampled_from(kind.interfaces(slot)))
    assignment = replace(assignment, port=replace(assignment.port, interface=interface, slot=slot))
    intent = render_order(IOS, assignment, ROUTER, POLICY)
    return (str(interface), link, number if case.bgp else 0), (*intent.phase1, *intent.phase2)


@settings(max_examples=150, deadline=None)
@given(one=orders(), other=orders())
def test_two_orders_never_own_one_line(
    one: tuple[tuple[str, IPv4Network, int], tuple[ConfigItem, ...]],
    other: tuple[tuple[str, IPv4Network, int], tuple[ConfigItem, ...]],
) -> None:
    """Different port, link and AS: nothing in common. One AS on two ports shares its list; the plan sees to that."""
    (port, link, number), items = one
    (other_port, other_link, other_number), other_items = other
    if port == other_port or link == other_link or (number == other_number and number):
        return
    owner = footprint_of(items)
    assert not [item for item in other_items if item.text and owner.owns(item.section, item.text)]


@settings(max_examples=150, deadline=None)
@given(case=st.sampled_from(GOLDEN), data=st.data())
def test_from_any_part_of_an_order_to_any_of_its_ends(case: Case, data: st.DataObject) -> None:
    """From wherever a push may stop to before, halfway or after: what is typed leads there exactly, shut meanwhile."""
    intent, owner, grammar = intent_for(case), footprint(case), grammar_of(IOS)
    items = (*intent.phase1, *intent.phase2)
    port = owner.ports[0]
    free = sections_of(
        [(f"interface {port}", line) for line in ("no ip address", "no ip directed-broadcast", "shutdown")],
        owner.headers,
    )
    stops = (data.draw(st.integers(0, len(items))), data.draw(st.sampled_from((0, len(intent.phase1), len(items)))))
    states = [fold(free, items[:stop], grammar, intent.hidden_defaults) for stop in stops]
    now, then = (owner.owned(state) for state in states)
    steps = transition(now, then, owner, grammar)
    after = fold(states[0], steps.all, grammar, intent.hidden_defaults)
    assert canonical(owner.owned(after)) == canonical(then)
    quiet = fold(states[0], steps.quiet, grammar, intent.hidden_defaults)
    assert not steps.all or "shutdown" in quiet[f"interface {port}"]
