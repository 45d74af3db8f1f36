"""Plans: what is sent, the way back, and everything that is refused before a byte is sent."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from fake_router import FakeRouter
from sample_orders import BGP, GOLDEN, IOS, POLICY, ROUTER, Case, assign, assignment_for, every_card, order_for

from turnup.change.footprint import canonical
from turnup.change.plan import Plan, make_plan
from turnup.change.transition import Steps
from turnup.configuration import Configuration
from turnup.errors import Refused
from turnup.model.equipment import Assignment, Router
from turnup.model.order import Layer3
from turnup.model.policy import Policy
from turnup.render import render_order
from turnup.render.fold import fold
from turnup.render.grammar import grammar_of
from turnup.render.intent import typed

DS3 = GOLDEN[0]


def plan_for(router: FakeRouter, assignment: Assignment, record: Router = ROUTER, policy: Policy = POLICY) -> Plan:
    intent = render_order(IOS, assignment, record, policy)
    return make_plan(IOS, intent, assignment, record, Configuration.read(router.show()))


def router_for(case: Case, extra: str = "") -> FakeRouter:
    return FakeRouter.with_ports(str(assignment_for(case).port.interface), extra=extra)


@pytest.mark.parametrize("case", [*GOLDEN, *every_card()], ids=str)
def test_every_service_and_card_can_be_planned(case: Case) -> None:
    router = router_for(case)
    plan = plan_for(router, assignment_for(case))
    assert not plan.empty
    before = Configuration.read(router.show()).sections
    forward = fold(before, (*plan.change.phase1, *plan.change.phase2), grammar_of(IOS), plan.change.hidden)
    back = fold(forward, plan.change.backout, grammar_of(IOS), plan.change.hidden)
    assert {header: sorted(lines) for header, lines in back.items()} == {
        header: sorted(lines) for header, lines in before.items()
    }


def test_the_contracts_own_example() -> None:
    plan = plan_for(router_for(DS3), assignment_for(DS3))
    assert [str(line) for line in typed(plan.change.backout)] == [
        "router bgp 64500",
        " neighbor 10.10.3.2 shutdown",
        "interface Serial5/0",
        " shutdown",
        "router bgp 64500",
        " no neighbor 10.10.3.2 remote-as 64603",
        "router isis",
        " no passive-interface Serial5/0",
        "interface Serial5/0",
        " cdp enable",
        " ip proxy-arp",
        " ip redirects",
        " no crc 32",
        " no encapsulation ppp",
        " no description",
        " no ip address",
        "no ip prefix-list CUST-64603-IN seq 5 permit 203.0.113.0/24",
    ]
    assert [near.customer for near in plan.blast.card] == ["EXAMPLE-B"]
    assert [near.interface for near in plan.blast.router] == ["POS6/0"]
    assert plan.blast.port == ()
    assert "+ ip address 10.10.3.1 255.255.255.252" in plan.diff.splitlines()
    assert "- shutdown" in plan.diff.splitlines()
    assert "<secret:LVL3-MD5>" in plan.diff
    assert len(plan.digest) == 64


def test_the_digest_follows_plan_and_snapshot() -> None:
    router = router_for(DS3)
    first = plan_for(router, assignment_for(DS3)).digest
    assert plan_for(router, assignment_for(DS3)).digest == first
    router.line("interface POS6/0", "bandwidth 100")
    second = plan_for(router, assignment_for(DS3)).digest
    other = replace(order_for(DS3), bgp=replace(BGP, maximum_prefix=99))
    third = plan_for(router, assign(other, DS3.card)).digest
    assert len({first, second, third}) == 3


def type_in(router: FakeRouter, plan: Plan) -> None:
    section = ""
    for line in typed((*plan.change.phase1, *plan.change.phase2)):
        section, said = router.line(section, line.text)
        assert said == ""


@pytest.mark.parametrize("case", every_card(), ids=str)
def test_the_same_order_twice_is_an_empty_plan(case: Case) -> None:
    router = router_for(case)
    type_in(router, plan_for(router, assignment_for(case)))
    again = plan_for(router, assignment_for(case))
    assert again.empty
    assert again.diff == ""
    assert not again.change.backout


BUSY = [
    ("a description", "interface Serial5/0", " description RESERVED", "description RESERVED"),
    ("an address", "interface Serial5/0", " ip address 10.77.0.1 255.255.255.0", "ip address 10.77.0.1"),
    ("in use", "interface Serial5/0", " no shutdown", "not shut down"),
    ("an access group", "interface Serial5/0", " ip access-group 10 in", "ip access-group 10 in"),
    ("a peer", "router bgp 64500", " neighbor 10.10.3.2 remote-as 64999", "neighbor 10.10.3.2 remote-as 64999"),
    ("a passive line", "router isis", " passive-interface Serial5/0", "passive-interface Serial5/0"),
    ("a longer list", "", "ip prefix-list CUST-64603-IN seq 10 permit 198.51.100.0/24", "seq 10 permit"),
    ("another list", "", "ip prefix-list CUST-64603-IN seq 5 permit 198.51.100.0/24", "seq 5 permit 198"),
]


@pytest.mark.parametrize(("section", "line", "said"), [row[1:] for row in BUSY], ids=[row[0] for row in BUSY])
def test_a_port_that_is_not_free_is_refused_with_both_texts(section: str, line: str, said: str) -> None:
    router = router_for(DS3)
    assert router.line(section, line.strip())[1] == ""
    with pytest.raises(Refused) as refused:
        plan_for(router, assignment_for(DS3))
    intended, _, running = str(refused.value).partition("running:")
    assert said in running
    assert "ip address 10.10.3.1 255.255.255.252" in intended


def test_a_subinterface_of_somebody_else_is_refused() -> None:
    case = next(case for case in GOLDEN if case.name == "ge-dot1q")
    router = router_for(case, extra="interface GigabitEthernet5/0.7\n encapsulation dot1Q 7\n")
    with pytest.raises(Refused, match=r"GigabitEthernet5/0\.7"):
        plan_for(router, assignment_for(case))


def test_a_leftover_that_the_order_would_not_take_away_is_refused() -> None:
    """Idle as the port is, the same order a second time would find a line that is not its own."""
    case = next(case for case in GOLDEN if case.name == "ge-dot1q")
    router = router_for(case)
    router.line("interface GigabitEthernet5/0", "no ip redirects")
    with pytest.raises(Refused, match="would keep lines of somebody else"):
        plan_for(router, assignment_for(case))


def test_a_way_back_that_does_not_lead_back_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turnup.change.plan.transition", lambda *_: Steps())
    with pytest.raises(Refused, match="the way back from line"):
        plan_for(router_for(DS3), assignment_for(DS3))


def test_one_line_more_than_the_order_is_refused() -> None:
    router = router_for(DS3)
    type_in(router, plan_for(router, assignment_for(DS3)))
    router.line("interface Serial5/0", "ip access-group 10 in")
    with pytest.raises(Refused, match="ip access-group 10 in"):
        plan_for(router, assignment_for(DS3))


def test_another_key_on_the_peer_is_refused() -> None:
    router = router_for(DS3)
    type_in(router, plan_for(router, assignment_for(DS3)))
    router.line("router bgp 64500", "neighbor 10.10.3.2 password <secret:#01234567>")
    with pytest.raises(Refused, match="<secret:#01234567>"):
        plan_for(router, assignment_for(DS3))


def test_a_forgotten_setting_of_a_free_port_is_overwritten_and_restored() -> None:
    router = router_for(DS3)
    router.line("interface Serial5/0", "framing m13")
    plan = plan_for(router, assignment_for(DS3))
    assert " framing m13" in [str(line) for line in typed(plan.change.backout)]


def test_a_list_the_customer_has_already_is_shared() -> None:
    """A second port for one customer: the list stands, is not sent as a change, and the back-out leaves it."""
    router = router_for(DS3)
    router.line("", "ip prefix-list CUST-64603-IN seq 5 permit 203.0.113.0/24")
    plan = plan_for(router, assignment_for(DS3))
    assert not any("no ip prefix-list" in str(line) for line in typed(plan.change.backout))


@pytest.mark.parametrize(
    ("record", "policy", "prefix", "said"),
    [
        (replace(ROUTER, name="nyc-hud-gsr2"), POLICY, "10.10.3.0/30", "calls itself nyc-hud-gsr1"),
        (replace(ROUTER, local_as=64501), POLICY, "10.10.3.0/30", "no 'router bgp 64501'"),
        (replace(ROUTER, isis_tag="CORE"), POLICY, "10.10.3.0/30", "no 'router isis CORE'"),
        (ROUTER, replace(POLICY, customer_route_map_in="NOWHERE"), "10.10.3.0/30", "route-map NOWHERE is not defined"),
        (ROUTER, POLICY, "10.10.1.0/30", "overlaps with 10.10.1.0/30 on POS6/0"),
        (ROUTER, POLICY, "10.255.1.0/30", "overlaps with 10.255.1.1/32 on Loopback0"),
    ],
    ids=["name", "as", "tag", "route-map", "overlap", "loopback"],
)
def test_what_the_order_builds_on_must_be_there(record: Router, policy: Policy, prefix: str, said: str) -> None:
    order = replace(order_for(DS3), layer3=Layer3(IPv4Network(prefix)))
    with pytest.raises(Refused) as refused:
        plan_for(router_for(DS3), assign(order, DS3.card), record, policy)
    assert said in str(refused.value)


def test_a_port_that_the_router_has_not_is_refused() -> None:
    with pytest.raises(Refused, match="no 'interface Serial5/0'"):
        plan_for(FakeRouter.with_ports("Serial5/1"), assignment_for(DS3))


def test_lines_in_a_banner_are_not_configuration() -> None:
    """The sample's banner shows an open Serial5/0; the port is free all the same."""
    plan = plan_for(router_for(DS3), assignment_for(DS3))
    assert ("interface Serial5/0", "shutdown") in plan.change.before


@pytest.mark.parametrize("case", every_card(), ids=str)
def test_the_model_says_what_the_router_shows(case: Case) -> None:
    """The plan's expected lines against the router, line by line, after each phase."""
    router = router_for(case)
    plan = plan_for(router, assignment_for(case))
    section = ""
    for phase, expected in ((plan.change.phase1, plan.change.halfway), (plan.change.phase2, plan.change.after)):
        for line in typed(phase):
            section, _ = router.line(section, line.text)
        shown = plan.change.footprint.owned(Configuration.read(router.show()).sections)
        assert canonical(shown) == canonical(expected)


def test_a_router_of_nine_thousand_lines() -> None:
    """A full GSR: the plan stays within its footprint, the diff within a screen or two."""
    ports = "".join(
        f"interface Serial{slot}/{port}\n description CUST|X{slot}-{port}|DS3|\n"
        f" ip address 10.{100 + slot}.{port}.1 255.255.255.252\n no ip redirects\n crc 32\n"
        for slot in range(10, 16)
        for port in range(12)
    )
    router = router_for(DS3, extra=ports)
    lists = "\n".join(
        f"ip prefix-list P{i} seq {5 * j} permit 10.{i}.{j}.0/24" for i in range(40) for j in range(1, 215)
    )
    text = router.show().replace("ip classless\n", f"ip classless\n{lists}\n")
    assert len(text.splitlines()) > 9000
    assignment = assignment_for(DS3)
    configuration = Configuration.read(text)
    plan = make_plan(IOS, render_order(IOS, assignment, ROUTER, POLICY), assignment, ROUTER, configuration)
    assert len(plan.blast.router) == 73
    changed = [line for line in plan.diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert len(changed) < 40
