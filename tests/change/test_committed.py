"""The transaction with a candidate, on a look-alike of IOS XR: every line can be the last, and nothing stays half."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from fake_router import Killed, Trouble
from fake_xr import FREE, NAME, START, XR, FakeXr, FakeXrSession

from turnup.change.journal import Journals, State
from turnup.change.methods import Committed, Inverse, method_for
from turnup.change.plan import Plan
from turnup.change.push import push
from turnup.change.recover import recover
from turnup.change.undertaking import Ground, Kind, Undertaking, plan_of
from turnup.configuration import Configuration
from turnup.errors import BackedOut, NeedsHuman, Refused, TurnupError
from turnup.home import Home
from turnup.model.equipment import Assignment, Port, Router
from turnup.model.interface_name import InterfaceName
from turnup.model.order import Action, Bgp, CrossConnect, Customer, Encapsulation, Layer2, Layer3, Location
from turnup.model.order import PortServiceOrder as Order
from turnup.model.policy import Policy
from turnup.platforms import platform

SITE = "NYC-60HUDSON"
ROUTER = Router(
    name=NAME,
    site=SITE,
    platform="iosxr",
    chassis="12416",
    processor="PRP-2",
    loopback=IPv4Address("10.255.1.9"),
    net="49.0001.0102.5500.1009.00",
    local_as=64500,
)
POLICY = Policy(
    customer_route_map_in="CUST-IN", customer_route_map_out="CUST-OUT", secrets={"LVL3-MD5": "env:TURNUP_SECRET_KEY"}
)
CARD = XR.linecards["SPA-5X1GE"]
ORDER = Order(
    order_id="PSO-2001-000051",
    action=Action.NEW,
    location=Location(SITE),
    speed=CARD.speed,
    customer=Customer("LVL3", "Level 3"),
    requested_by="J. Smith",
    cross_connect=CrossConnect("GE/NYC/0007", "Cage 12 panel 4 pos 7"),
    layer2=Layer2(Encapsulation.ETHERNET),
    layer3=Layer3(IPv4Network("10.10.3.0/30")),
    bgp=Bgp(64603, 100, (IPv4Network("203.0.113.0/24"), IPv4Network("192.0.2.0/25")), md5_key_ref="LVL3-MD5"),
)
STANDING = Assignment(ORDER, Port(NAME, SITE, InterfaceName.parse(FREE), CARD, 5))
NEW = Undertaking(Kind.NEW, STANDING)
DISCONNECT = Undertaking(Kind.DISCONNECT, replace(STANDING, order=replace(ORDER, order_id="PSO-2001-000062")), STANDING)
CHANGED = replace(
    ORDER,
    layer3=Layer3(IPv4Network("10.10.7.0/30")),
    bgp=Bgp(64603, 250, (IPv4Network("203.0.113.0/25"),), md5_key_ref="LVL3-MD5"),
)
CHANGE = Undertaking(
    Kind.CHANGE,
    replace(STANDING, order=replace(ORDER, order_id="PSO-2001-000061", action=Action.CHANGE)),
    STANDING,
    CHANGED,
)


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turnup.durable.os.fsync", lambda descriptor: None)


class Site:
    """A router and a data folder."""

    def __init__(self, home: Home) -> None:
        self.router, self.home = FakeXr(), home

    def plan(self, work: Undertaking) -> Plan:
        assert XR.reading
        ground = Ground(XR, ROUTER, POLICY, Journals(self.home.part("journal")))
        return plan_of(work, ground, Configuration.read(self.router.show(), XR.reading.plain))

    def do(self, work: Undertaking, session: FakeXrSession | None = None, **options: object) -> str:
        chosen = session or FakeXrSession(self.router)
        return push(chosen, self.plan(work), self.home, method=lambda plan: Committed(), **options).state  # type: ignore[arg-type]

    def again(self) -> FakeXrSession:
        return FakeXrSession(self.router)

    @property
    def state(self) -> State:
        *_, last = Journals(self.home.part("journal")).of(NAME)
        return last.record.state


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(Home(tmp_path / "home"))


def test_in_one_commit_that_is_confirmed(site: Site) -> None:
    assert site.do(NEW) == "saved"
    assert site.router.commits == ["trial"]
    assert site.router.trial is None
    assert "  password encrypted <secret:LVL3-MD5>" in site.router.show()
    assert site.plan(NEW).empty
    assert site.do(NEW) == "unchanged"
    site.router.pass_time(10_000)
    assert site.plan(NEW).empty


@pytest.mark.parametrize("work", [CHANGE, DISCONNECT], ids=lambda work: str(work.kind))
def test_what_comes_later(work: Undertaking, site: Site) -> None:
    site.do(NEW)
    served = copy.deepcopy(site.router.running)
    with pytest.raises(BackedOut, match="test 9 failed"):
        site.do(work, accept=lambda: "test 9 failed")
    assert canonical(site.router.running) == canonical(served)
    assert site.do(work) == "saved"
    assert site.plan(work).empty
    if work is DISCONNECT:
        assert canonical(site.router.running) == canonical(START)


def test_a_trial_that_could_not_be_judged_is_not_confirmed(site: Site) -> None:
    """What stands on trial cannot be left unsaved: to keep it is to save it."""
    bare = canonical(site.router.running)
    with pytest.raises(BackedOut, match="could not be proved"):
        site.do(NEW, accept=lambda: None)
    assert canonical(site.router.running) == bare


TROUBLES = (
    "drop-before", "drop-after", "kill-before", "kill-after", "hang", "reject", "noise", "swallowed", "expired",
)  # fmt: skip


CASES = [
    pytest.param(work, kind, waits, id=f"{work.kind}-{kind}{'-and-the-trial-ends' if waits else ''}")
    for work in (NEW, CHANGE, DISCONNECT)
    for kind in TROUBLES
    for waits in (False, True)
    if (work is NEW or kind in ("kill-before", "kill-after", "drop-after")) and (not waits or kind == "kill-after")
]


@pytest.mark.parametrize(
    ("work", "kind", "waits"),
    [CASES[0], *(pytest.param(*case.values, id=case.id, marks=pytest.mark.proof) for case in CASES[1:])],
)
def test_every_line_can_be_the_last(work: Undertaking, kind: str, waits: bool, tmp_path: Path) -> None:
    number = 1
    while True:
        site = Site(Home(tmp_path / str(number)))
        if work is not NEW:
            site.do(NEW)
        before = copy.deepcopy(site.router.running)
        session = FakeXrSession(site.router, Trouble(kind, number))
        outcome = done(site, work, session, waits)
        if session.count < number:
            break
        after = site.plan(work).empty
        assert after or canonical(site.router.running) == canonical(before), f"line {number}"
        expected = {State.SAVED, State.ABORTED} if after else {State.BACKED_OUT, State.ABORTED}
        assert outcome in expected, f"line {number}: {outcome}"
        assert after == (outcome is State.SAVED), f"line {number}"
        site.router.pass_time(10_000)  # what a trial left behind would show now
        assert site.plan(work).empty == after, f"line {number}"
        number += 1
    assert number > 8


def canonical(sections: dict[str, list[str]]) -> dict[str, list[str]]:
    return {header: lines if "-" in header.split()[0] else sorted(lines) for header, lines in sections.items()}


def done(site: Site, work: Undertaking, session: FakeXrSession, waits: bool) -> State:
    with suppress(Killed, NeedsHuman, BackedOut):
        site.do(work, session, reopen=site.again)
    if waits:
        site.router.pass_time(10_000)
    if site.state not in (State.SAVED, State.BACKED_OUT, State.ABORTED):
        recover(site.again(), site.home, NAME)  # type: ignore[arg-type]
    return site.state


def test_somebody_elses_commit_is_kept_and_told(site: Site) -> None:
    outcome = push(
        FakeXrSession(site.router, Trouble("foreign", 3)),  # type: ignore[arg-type]
        site.plan(NEW),
        site.home,
        method=lambda plan: Committed(),
    )
    assert outcome.state == "saved"
    assert "others changed the configuration during the push" in outcome.notes[0]
    assert "mtu 9000" in site.router.show()


def test_a_commit_that_fails_says_why(site: Site) -> None:
    site.router.refuses = "the interface is busy"
    with pytest.raises(BackedOut, match=r"Failed to commit(?s:.*)the interface is busy"):
        site.do(NEW)
    assert site.router.running == START
    assert site.router.commits == []


def foreign_line(session: FakeXrSession) -> None:
    assert session.candidate is not None
    session.candidate["interface GigabitEthernet0/5/0/1"].append("mtu 9000")


def other_order(session: FakeXrSession) -> None:
    assert session.candidate is not None
    policy = session.candidate["route-policy CUST-64603-IN"]
    policy[1], policy[3] = policy[3], policy[1]


def peer_alive(session: FakeXrSession) -> None:
    assert session.candidate is not None
    session.candidate["router bgp 64500"].remove("neighbor 10.10.3.2 remote-as 64603")


@pytest.mark.parametrize("edit", [foreign_line, other_order, peer_alive])
def test_a_candidate_that_is_not_the_plan_is_never_committed(
    edit: Callable[[FakeXrSession], None], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, line = FakeXrSession(site.router), FakeXrSession.config_line

    def edited(self: FakeXrSession, text: str, mode: str | None) -> str:
        if text == "show configuration":
            edit(self)
        return line(self, text, mode)

    monkeypatch.setattr(FakeXrSession, "config_line", edited)
    with pytest.raises(BackedOut, match="the candidate"):
        site.do(NEW, session)
    assert site.router.running == START
    assert site.router.commits == []


@pytest.mark.parametrize(
    "cut", ["Building configuration...\nend\n", "!! IOS XR Configuration 6.1.2\ninterface X\n", ""]
)
def test_a_candidate_that_is_not_shown_whole(cut: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fake_xr.text_of", lambda sections, real=None: cut if len(sections) < 6 else _real(sections))
    with pytest.raises((BackedOut, TurnupError), match=r"candidate|begin or end|stands below"):
        site.do(NEW)
    assert site.router.running == START


from fake_xr import text_of as _real  # noqa: E402  the one that is put away above


def test_the_trial_ends_before_it_is_confirmed(site: Site) -> None:
    def slow() -> str:
        site.router.pass_time(301)
        return ""

    with pytest.raises(BackedOut, match=r"the confirmed commit does not read back as planned"):
        site.do(NEW, accept=slow)
    assert site.router.running == START


def test_only_where_policy_allows_what_was_never_proved() -> None:
    with pytest.raises(Refused, match="never did on a real one") as refused:
        method_for(XR, (), None, None)
    assert "unproven_methods: true" in refused.value.advice
    assert method_for(XR, (), None, None, unproven=True) == Committed()
    with pytest.raises(Refused, match="no proved method"):
        method_for(XR, ("reaches management",), 0, None, unproven=True)
    assert not Policy().unproven_methods


def test_without_its_method_nothing_is_typed(site: Site) -> None:
    """A caller that names no method: a line alone would be lost in a candidate."""
    with pytest.raises(BackedOut, match="they are not typed alone"):
        push(FakeXrSession(site.router), site.plan(NEW), site.home)  # type: ignore[arg-type]
    assert site.router.running == START


@pytest.mark.parametrize("name", ["ios", "iosxe", "frr"])
def test_line_by_line_where_a_platform_has_no_safe_commit(name: str) -> None:
    """NAPALM's archive, replace and confirm are not used on IOS and IOS-XE: docs/operating.md says why."""
    assert method_for(platform(name), (), None, None) == Inverse()
    assert "napalm" not in platform(name).settings.methods.values()
