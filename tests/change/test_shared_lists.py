"""Two ports of one customer with one prefix-list: it is both orders', and goes with the last of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from fake_router import FakeRouter, FakeSession, Killed, Trouble
from sample_orders import GOLDEN, IOS, POLICY, ROUTER, assign, order_for

from turnup.change.journal import Journals
from turnup.change.plan import Plan
from turnup.change.push import push
from turnup.change.radius import Neighbour
from turnup.change.recover import recover
from turnup.change.show import as_dict, as_text
from turnup.change.undertaking import Ground, Kind, Undertaking, plan_of
from turnup.configuration import Configuration
from turnup.errors import BackedOut, Refused
from turnup.home import Home
from turnup.model.equipment import Assignment
from turnup.model.order import Action, CrossConnect, Customer, Layer3, PortServiceOrder

DS3 = GOLDEN[0]
LIST = "ip prefix-list CUST-64603-IN "
OTHERS_PEER = "neighbor 10.10.9.2"


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turnup.durable.os.fsync", lambda descriptor: None)


@dataclass
class Two:
    """A router with two ports of one customer in service: `one` on Serial5/0, `two` on Serial5/1."""

    home: Home
    siblings: tuple[Assignment, ...] = ()

    def __post_init__(self) -> None:
        self.router = FakeRouter.with_ports("Serial5/0", "Serial5/1", "Serial5/2")
        self.one = assign(order_for(DS3), DS3.card)
        second = replace(
            self.one.order,
            order_id="PSO-2001-000052",
            cross_connect=CrossConnect("T3Z/NYC/0008", "Cage 12 panel 4 pos 9"),
            layer3=Layer3(IPv4Network("10.10.9.0/30")),
        )
        self.two = assign(second, DS3.card, 1)
        for assignment in (self.one, self.two):
            self.do(Undertaking(Kind.NEW, assignment))
        self.serving = self.router.show()
        self.router.heard.clear()
        self.siblings = (self.two,)

    def plan(self, work: Undertaking) -> Plan:
        ground = Ground(IOS, ROUTER, POLICY, Journals(self.home.part("journal")), self.siblings)
        return plan_of(work, ground, Configuration.read(self.router.show()))

    def do(self, work: Undertaking, session: FakeSession | None = None, **options: object) -> str:
        return push(session or FakeSession(self.router), self.plan(work), self.home, **options).state  # type: ignore[arg-type]

    def change(self, **bgp: Any) -> Undertaking:
        order = self.one.order
        assert order.bgp
        then = replace(order, bgp=replace(order.bgp, **bgp))
        asks = replace(order, order_id="PSO-2001-000061", action=Action.CHANGE)
        return Undertaking(Kind.CHANGE, Assignment(asks, self.one.port), self.one, then)

    def disconnect(self, which: Assignment, number: int = 62) -> Undertaking:
        order = replace(which.order, order_id=f"PSO-2001-{number:06}", action=Action.DISCONNECT)
        return Undertaking(Kind.DISCONNECT, Assignment(order, which.port), which)

    @property
    def list_lines(self) -> list[str]:
        return [line for line in self.router.sections[""] if line.startswith(LIST)]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(Home(tmp_path / "home"))


PREFIXES: dict[str, Any] = {"allowed_prefixes": (IPv4Network("198.51.100.0/25"), IPv4Network("203.0.113.0/25"))}


def test_a_change_of_it_rests_both_peers_and_names_both_ports(two: Two) -> None:
    plan = two.plan(two.change(**PREFIXES))
    lines = [item.text for item in (*plan.change.phase1, *plan.change.phase2)]
    first = min(at for at, text in enumerate(lines) if "prefix-list" in text)
    assert lines.index(f"{OTHERS_PEER} shutdown") < first
    assert f"no {OTHERS_PEER} shutdown" in lines
    assert plan.blast.shared == (Neighbour("Serial5/1", "LVL3"),)
    assert f"{OTHERS_PEER}" in plan.blast.interrupts
    assert plan.change.live
    text = as_text(plan)
    assert "by a shared prefix-list: LVL3 Serial5/1" in text
    assert as_dict(plan)["blast_radius"]["shared"] == [{"interface": "Serial5/1", "customer": "LVL3"}]
    assert two.do(two.change(**PREFIXES)) == "saved"
    assert two.list_lines == [f"{LIST}seq 5 permit 198.51.100.0/25", f"{LIST}seq 10 permit 203.0.113.0/25"]
    assert "shutdown" not in "".join(two.router.sections["router bgp 64500"])
    assert two.router.startup == two.router.show()


def test_nothing_of_the_other_order_changes_but_its_list(two: Two) -> None:
    before = set(two.serving.splitlines())
    two.do(two.change(**PREFIXES))
    gone = before ^ set(two.router.show().splitlines())
    assert gone
    assert all(line.startswith(LIST) for line in gone)


@pytest.mark.parametrize("stop", ["reject", "drop-after", "kill-before", "kill-after", "noise"])
def test_stopped_at_every_line_both_are_as_they_were(two: Two, stop: str, tmp_path: Path) -> None:
    count = len(two.plan(two.change(**PREFIXES)).change.phase1)
    for at in range(1, count + 2):
        site = Two(Home(tmp_path / f"{stop}{at}"))
        session = FakeSession(site.router, Trouble(stop, at))
        with suppress(BackedOut, Killed):
            site.do(site.change(**PREFIXES), session, reopen=lambda site=site: FakeSession(site.router))
        recover(FakeSession(site.router), site.home, ROUTER.name)
        assert site.router.show() == site.router.startup == site.serving, at


def test_it_goes_with_the_last_port(two: Two) -> None:
    assert two.do(two.disconnect(two.one)) == "saved"
    assert len(two.list_lines) == 1
    two.siblings = ()
    assert two.do(two.disconnect(two.two, 63)) == "saved"
    assert two.list_lines == []


def test_the_other_order_goes_on_after_a_change(two: Two) -> None:
    """Its list is what the change left: our records say so, and its own disconnect is not refused."""
    two.do(two.change(**PREFIXES))
    assert len(two.list_lines) == 2
    bgp = two.two.order.bgp
    assert bgp
    now = replace(two.two, order=replace(two.two.order, bgp=replace(bgp, **PREFIXES)))
    assert two.do(two.disconnect(now, 63)) == "saved"
    assert len(two.list_lines) == 2


@pytest.mark.parametrize("code", ["OTHR", None])
def test_of_another_customer_it_is_refused(two: Two, code: str | None) -> None:
    two.siblings = ()
    if code:
        other = replace(two.two.order, customer=Customer(code, code))
        two.siblings = (replace(two.two, order=other),)
    with pytest.raises(Refused, match="is used by a neighbour that is not this customer's"):
        two.plan(two.change(**PREFIXES))


def test_a_route_map_that_names_it_is_refused(two: Two) -> None:
    two.router.sections["route-map CUST-IN permit 10"] = ["match ip address prefix-list CUST-64603-IN"]
    two.router.sections[""].append("route-map CUST-IN permit 10")
    with pytest.raises(Refused, match="is used by a neighbour that is not this customer's"):
        two.plan(two.change(**PREFIXES))


def test_another_as_leaves_the_list_to_the_other_port(two: Two) -> None:
    """The list of the old AS: undefined, it would let everything through on the other port."""
    work = two.change(peer_as=64699)
    assert two.do(work) == "saved"
    assert len(two.list_lines) == 1
    assert two.plan(work).empty
    then = Assignment(work.then or two.one.order, two.one.port)
    assert two.do(two.disconnect(then, 63)) == "saved"
    assert len(two.list_lines) == 1


def test_redesignate_leaves_the_list_to_the_other_port(two: Two) -> None:
    order: PortServiceOrder = replace(
        two.one.order,
        order_id="PSO-2001-000064",
        action=Action.REDESIGNATE,
        customer=Customer("OTHR", "Other"),
        layer3=Layer3(IPv4Network("10.10.8.0/30")),
    )
    assert order.bgp
    order = replace(order, bgp=replace(order.bgp, peer_as=64777, md5_key_ref=None))
    work = Undertaking(Kind.REDESIGNATE, Assignment(order, two.one.port), two.one)
    assert two.do(work) == "saved"
    assert len(two.list_lines) == 1
    assert two.plan(work).empty


def other_customer(two: Two, port: int, link: str, number: int, action: Action) -> Assignment:
    order: PortServiceOrder = replace(
        two.one.order,
        order_id=f"PSO-2001-{number:06}",
        action=action,
        customer=Customer("OTHR", "Other"),
        layer3=Layer3(IPv4Network(link)),
    )
    assert order.bgp
    return assign(replace(order, bgp=replace(order.bgp, peer_as=64777, md5_key_ref=None)), DS3.card, port)


def test_redesignate_to_a_customer_who_has_a_port_here(two: Two) -> None:
    """Its list is there already, for its other port, with the same prefixes: nothing of it is sent."""
    two.do(Undertaking(Kind.NEW, other_customer(two, 2, "10.10.5.0/30", 70, Action.NEW)))
    two.router.heard.clear()
    work = Undertaking(Kind.REDESIGNATE, other_customer(two, 0, "10.10.8.0/30", 64, Action.REDESIGNATE), two.one)
    assert two.do(work) == "saved"
    assert not any(text.startswith("no ip prefix-list") for text in two.router.heard)
    assert two.plan(work).empty


def test_another_as_that_has_a_list_here(two: Two) -> None:
    there = replace(two.one.order, order_id="PSO-2001-000070", layer3=Layer3(IPv4Network("10.10.5.0/30")))
    assert there.bgp
    third = assign(replace(there, bgp=replace(there.bgp, peer_as=64699)), DS3.card, 2)
    two.do(Undertaking(Kind.NEW, third))
    two.siblings = (two.two, third)
    work = two.change(peer_as=64699)
    assert two.plan(work).blast.shared == ()
    assert two.do(work) == "saved"
    assert len(two.list_lines) == 1
    assert two.plan(work).empty


def test_a_new_port_does_not_widen_it_for_a_port_in_service(two: Two) -> None:
    two.do(two.disconnect(two.one))
    bgp = two.one.order.bgp
    assert bgp
    wider = replace(bgp, allowed_prefixes=(*bgp.allowed_prefixes, IPv4Network("203.0.113.128/25")))
    order = replace(two.one.order, bgp=wider)
    with pytest.raises(Refused, match="another port of the customer uses prefix-list") as refused:
        two.plan(Undertaking(Kind.NEW, replace(two.one, order=order)))
    assert "CHANGE" in refused.value.advice
