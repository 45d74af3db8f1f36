"""Disconnects: what an order put on the port goes, in the safe order, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_router import FakeRouter, FakeSession, Trouble
from sample_orders import GOLDEN, IOS, POLICY, ROUTER, Case, assignment_for, kinds

from turnup.change.footprint import Footprint
from turnup.change.plan import Plan, make_plan
from turnup.change.push import push
from turnup.change.release import make_release_plan
from turnup.change.shared import used_by_others
from turnup.configuration import Configuration
from turnup.errors import BackedOut, Refused
from turnup.home import Home
from turnup.model.order import Action
from turnup.render import render_order
from turnup.render.intent import typed

DS3 = GOLDEN[0]


def in_service(case: Case, home: Home) -> tuple[FakeRouter, str]:
    """A router with that order in service, and what it showed before."""
    assignment = assignment_for(case)
    router = FakeRouter.with_ports(str(assignment.port.interface))
    before = router.show()
    intent = render_order(IOS, assignment, ROUTER, POLICY)
    plan = make_plan(IOS, intent, assignment, ROUTER, Configuration.read(before))
    push(FakeSession(router), plan, home)
    return router, before


def release(case: Case, router: FakeRouter) -> Plan:
    new = assignment_for(case)
    gone = replace(new, order=replace(new.order, order_id="PSO-2001-000099", action=Action.DISCONNECT))
    intent = render_order(IOS, new, ROUTER, POLICY)
    return make_release_plan(IOS, intent, gone, ROUTER, Configuration.read(router.show()))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.mark.parametrize("case", kinds(), ids=str)
def test_a_port_in_service_becomes_bare(case: Case, home: Home) -> None:
    router, before = in_service(case, home)
    outcome = push(FakeSession(router), release(case, router), home)
    assert outcome.state == "saved"
    assert router.show() == before
    assert router.startup == before
    assert release(case, router).empty


def test_the_order_of_a_disconnect(home: Home) -> None:
    router, _ = in_service(DS3, home)
    texts = [
        line.text for line in typed(release(DS3, router).change.phase1) if line.child or line.text.startswith("no")
    ]
    assert texts[:4] == [
        "neighbor 10.10.3.2 shutdown",
        "shutdown",
        "no neighbor 10.10.3.2 remote-as 64603",
        "no passive-interface Serial5/0",
    ]
    assert texts[-1] == "no ip prefix-list CUST-64603-IN seq 5 permit 203.0.113.0/24"
    assert sum(text.startswith("no neighbor") for text in texts) == 1


@pytest.mark.parametrize("at", range(1, 20))
def test_a_disconnect_that_stops_leaves_the_customer_in_service(at: int, home: Home) -> None:
    router, _ = in_service(DS3, home)
    serving = router.show()
    plan = release(DS3, router)
    lines = len(list(typed(plan.change.phase1)))
    if at > lines:
        assert lines >= 15  # the table is longer than the plan, never shorter than most of it
        return
    with pytest.raises(BackedOut):
        push(FakeSession(router, Trouble("reject", at)), plan, home)
    assert router.show() == serving
    assert router.startup == serving


def test_a_list_that_another_port_uses_stays(home: Home) -> None:
    router, _ = in_service(DS3, home)
    for line in ("neighbor 10.10.9.2 remote-as 64603", "neighbor 10.10.9.2 prefix-list CUST-64603-IN in"):
        assert router.line("router bgp 64500", line)[1] == ""
    router.startup = router.show()
    push(FakeSession(router), release(DS3, router), home)
    assert "ip prefix-list CUST-64603-IN seq 5 permit 203.0.113.0/24" in router.show()
    assert "10.10.3.2" not in router.show()


@pytest.mark.parametrize(
    ("header", "line", "stays"),
    [
        ("route-map PEERS-IN permit 10", "match ip address prefix-list CUST-64603-IN", True),
        ("route-map PEERS-IN permit 10", "match ip address prefix-list OTHERS CUST-64603-IN", True),
        ("router bgp 64500", "distribute-list prefix CUST-64603-IN in", True),
        ("interface Serial5/1", "description CUST-64603-IN once had it", False),
        ("route-map PEERS-IN permit 10", "match ip address prefix-list CUST-64603-IN-OLD", False),
    ],
)
def test_who_uses_a_list(header: str, line: str, stays: bool) -> None:
    """A list that a route-map still names lets everything through once it is gone."""
    footprint = Footprint(ports=("Serial5/0",), prefix_lists=("CUST-64603-IN",))
    own = "ip prefix-list CUST-64603-IN seq 5 permit 203.0.113.0/24"
    sections = {"": (own, "ip prefix-list CUST-64603-IN description theirs", header), header: (line,)}
    assert used_by_others("CUST-64603-IN", footprint, sections) is stays


def test_a_port_that_carries_something_else_is_left_alone(home: Home) -> None:
    router, _ = in_service(DS3, home)
    router.line("interface Serial5/0", "ip access-group 10 in")
    with pytest.raises(Refused, match="does not carry exactly this order"):
        release(DS3, router)
