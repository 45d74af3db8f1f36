"""The transaction on a real FRR: every action, every line's crash, foreign edits. Run by `make frr`, as root."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
from frr_rig import KEY, NAME, Frr, running

from turnup.change.journal import Journals, State
from turnup.change.plan import Plan
from turnup.change.push import push
from turnup.change.recover import recover
from turnup.change.undertaking import Ground, Kind, Undertaking, plan_of
from turnup.configuration import Configuration
from turnup.connect.router import RouterSession
from turnup.connect.session import ConfigurationUnknown, WrongMode
from turnup.errors import BackedOut, CommandRefused, NeedsHuman, Refused, Unreachable
from turnup.home import Home
from turnup.model.equipment import Assignment, Port, Router
from turnup.model.interface_name import InterfaceName
from turnup.model.order import (
    Action,
    Bgp,
    CrossConnect,
    Customer,
    Encapsulation,
    Layer2,
    Layer3,
    Location,
    PortServiceOrder,
)  # fmt: skip
from turnup.model.policy import Policy
from turnup.model.transcript import Answer
from turnup.platforms import platform

FRR = platform("frr")
SITE = "NYC-60HUDSON"
ROUTER = Router(
    name=NAME, site=SITE, platform="frr", chassis="host", processor="x86_64",
    loopback=IPv4Address("10.255.1.9"), net="49.0001.0102.5500.1009.00", local_as=64500,
)  # fmt: skip
POLICY = Policy(
    customer_route_map_in="CUST-IN", customer_route_map_out="CUST-OUT", secrets={"LVL3-MD5": "env:TURNUP_SECRET_KEY"}
)
CARD = FRR.linecards["LINUX-ETH"]
ORDER = PortServiceOrder(
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


def on(order: PortServiceOrder, port: str) -> Assignment:
    return Assignment(order, Port(NAME, SITE, InterfaceName.parse(port), CARD, 0))


STANDING = on(ORDER, "eth1")
NEW = Undertaking(Kind.NEW, STANDING)
DISCONNECT = Undertaking(
    Kind.DISCONNECT, on(replace(ORDER, order_id="PSO-2001-000062", action=Action.DISCONNECT), "eth1"), STANDING
)
CHANGED = replace(
    ORDER,
    layer3=Layer3(IPv4Network("10.10.7.0/30")),
    bgp=Bgp(64603, 250, (IPv4Network("203.0.113.0/25"),), md5_key_ref="LVL3-MD5"),
)
CHANGE = Undertaking(
    Kind.CHANGE, on(replace(ORDER, order_id="PSO-2001-000061", action=Action.CHANGE), "eth1"), STANDING, CHANGED
)
OTHER = replace(
    ORDER,
    order_id="PSO-2001-000063",
    action=Action.REDESIGNATE,
    customer=Customer("OTHR", "Other"),
    cross_connect=CrossConnect("GE/NYC/0044", "Cage 9 panel 1 pos 1"),
    layer3=Layer3(IPv4Network("10.10.8.0/30")),
    bgp=Bgp(64777, 50, (IPv4Network("192.0.2.128/25"),)),
)
REDESIGNATE = Undertaking(Kind.REDESIGNATE, on(OTHER, "eth1"), STANDING)
MOVE = Undertaking(Kind.MOVE, on(ORDER, "eth3"), STANDING, because="port is bad")
LATER = (DISCONNECT, CHANGE, REDESIGNATE, MOVE)


@pytest.fixture(scope="session")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frr]:
    with running(tmp_path_factory.mktemp("frr")) as found:
        yield found


@dataclass
class Bench:
    """The router and a data folder; sessions are closed with it."""

    router: Frr
    home: Home
    folder: Path

    def __post_init__(self) -> None:
        self.opened: list[RouterSession] = []

    def session(self, patience: float = FRR.settings.config_timeout) -> RouterSession:
        self.opened.append(self.router.session(self.folder, patience))
        return self.opened[-1]

    def plan(self, work: Undertaking) -> Plan:
        text = self.session().command(FRR.settings.running_config).text
        assert KEY not in text
        assert FRR.reading
        ground = Ground(FRR, ROUTER, POLICY, Journals(self.home.part("journal")))
        return plan_of(work, ground, Configuration.read(text, FRR.reading.plain))

    def do(self, work: Undertaking, session: Any = None, **options: Any) -> str:
        return push(session or self.session(), self.plan(work), self.home, **options).state

    @property
    def state(self) -> State:
        *_, last = Journals(self.home.part("journal")).of(NAME)
        return last.record.state

    def saved(self) -> bool:
        """Whether the startup configuration is what runs."""
        return self.router.startup.splitlines() == self.router.show().splitlines()[4:-1]


@pytest.fixture
def bench(router: Frr, tmp_path: Path) -> Iterator[Bench]:
    found = Bench(router, Home(tmp_path / "home"), tmp_path)
    yield found
    for session in found.opened:
        session.close()
    router.reset()


# --- every action ---------------------------------------------------------------------------------------------------


def test_a_new_port(bench: Bench) -> None:
    plan = bench.plan(NEW)
    outcome = push(bench.session(), plan, bench.home, approved=plan.digest)
    assert (outcome.state, outcome.notes) == ("saved", ())
    assert bench.saved()
    shown = bench.router.show()
    assert f"neighbor 10.10.3.2 password {KEY}" in shown
    assert "interface eth1\n bandwidth 1000\n description CUST|LVL3|GE|CKT:GE/NYC/0007|PSO:PSO-2001-000051|\n" in shown
    assert " ip address 10.10.3.1/30\nexit" in shown
    assert "  neighbor 10.10.3.2 prefix-list CUST-64603-IN in\n" in shown
    assert "neighbor 10.10.3.2 shutdown" not in shown
    assert "state UP" in bench.router.inside("ip", "link", "show", "eth1")  # the kernel's word, not FRR's
    again = bench.plan(NEW)
    assert again.empty
    assert push(bench.session(), again, bench.home).state == "unchanged"


@pytest.mark.parametrize("work", LATER, ids=lambda work: str(work.kind))
def test_what_comes_later(work: Undertaking, bench: Bench) -> None:
    bench.do(NEW)
    served = bench.router.show()
    with pytest.raises(BackedOut, match="not accepted"):
        bench.do(work, accept=lambda: "test 9 failed")
    assert bench.router.show() == served
    assert bench.saved()
    assert bench.do(work) == "saved"
    assert bench.saved()
    assert bench.plan(work).empty
    if work is DISCONNECT:
        assert bench.router.show() == bench.router.begun
    if work is MOVE:
        assert "interface eth1\n shutdown\nexit" in bench.router.show()
        assert "interface eth3\n bandwidth 1000\n" in bench.router.show()


# --- what goes wrong, at every line -----------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it but `finally`."""


class Failing:
    """A live session that breaks at one configuration line (from 1)."""

    def __init__(self, session: RouterSession, kind: str, at: int, router: Frr) -> None:
        self._session, self._kind, self._at, self._router = session, kind, at, router
        self.count = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def config_line(self, line: str, mode: str | None) -> str:
        self.count += 1
        here = self._kind if self.count == self._at else ""
        if here in ("drop-before", "kill-before"):
            self._break(here)
        if here == "foreign":
            self._router.type("interface eth2", "bandwidth 100000")
        if here == "reject":
            line, mode = "neighbor 10.99.99.99 description nobody", None
        said = self._session.config_line(line, mode)
        if here in ("drop-after", "kill-after"):
            self._break(here)
        return said

    def config_lines(self, lines: Sequence[str], mode: str | None) -> list[Any]:
        return [_Said(line, self.config_line(line, mode)) for line in lines]

    def _break(self, kind: str) -> None:
        self._session.close()
        raise Killed if kind.startswith("kill") else Unreachable("the session was lost")


@dataclass
class _Said:
    line: str
    text: str


KINDS = ("drop-before", "drop-after", "kill-before", "kill-after", "reject", "foreign")


CRASHES = [
    pytest.param(work, kind, id=f"{work.kind}-{kind}")
    for work in (NEW, *LATER)
    for kind in KINDS
    if work in (NEW, DISCONNECT) or kind in ("drop-after", "kill-before") or os.environ.get("TURNUP_ALL_CASES")
]


@pytest.mark.parametrize(("work", "kind"), CRASHES)
def test_every_line_can_be_the_last(work: Undertaking, kind: str, bench: Bench) -> None:
    if work is not NEW:
        bench.do(NEW)
    before = bench.router.show()
    plan = bench.plan(work)  # the same each time: after every stop the router is where it was
    number, tried = 1, 0
    while True:
        session = Failing(bench.session(), kind, number, bench.router)
        done = run(bench, plan, session)
        if session.count < number:
            assert done == "saved"
            break
        tried += 1
        if done == "saved":  # killed behind the very last line: recovery found all of it, and saved it
            assert kind == "kill-after"
            assert bench.plan(work).empty
            assert bench.saved()
            break
        if kind == "foreign":  # outside the footprint: kept, told, and not saved with ours
            assert done == "unsaved"
            assert "bandwidth 100000" in bench.router.show()
            break  # one line is enough: the router would have to be put back for each
        assert bench.router.show() == before, f"line {number}"
        assert bench.saved(), f"line {number}"
        assert done in (State.BACKED_OUT, State.ABORTED), f"line {number}"
        number += 1
    assert tried >= (1 if kind == "foreign" else 9)


def run(bench: Bench, plan: Plan, session: Failing) -> str:
    with suppress(BackedOut, Killed, NeedsHuman):
        return push(session, plan, bench.home, reopen=bench.session).state
    if bench.state not in (State.BACKED_OUT, State.ABORTED):
        (recovered,) = recover(bench.session(), bench.home, NAME)
        return recovered.state
    return bench.state


def test_a_line_that_frr_refuses(bench: Bench) -> None:
    """Not by our doing: the peer's AS is taken away by somebody between two lines."""
    session = bench.session()
    answer = session.config_lines

    def taken(lines: Sequence[str], mode: str | None) -> Any:
        if lines[0].startswith("neighbor"):
            said = answer(lines[:1], mode)
            bench.router.type("router bgp 64500", "no neighbor 10.10.3.2 remote-as 64603")
            return (*said, *answer(lines[1:], mode))
        return answer(lines, mode)

    session.config_lines = taken  # type: ignore[method-assign]
    with pytest.raises(BackedOut, match="Specify remote-as or peer-group commands first"):
        bench.do(NEW, session)
    assert bench.router.show() == bench.router.begun


def test_a_daemon_that_dies(bench: Bench) -> None:
    """bgpd ends in the middle: nobody can say what it had; the port is shut again, and a person is told."""
    session = bench.session()
    answer = session.config_lines

    def killed(lines: Sequence[str], mode: str | None) -> Any:
        if lines[0].startswith("neighbor"):
            bench.router.inside("sh", "-c", "kill -9 $(cat /run/frr/bgpd.pid)")
        return answer(lines, mode)

    session.config_lines = killed  # type: ignore[method-assign]
    try:
        with pytest.raises((BackedOut, NeedsHuman)):
            bench.do(NEW, session, reopen=bench.session)
        assert "interface eth1\n shutdown\nexit" in bench.router.show()
    finally:
        bench.router.inside("sh", "-c", "/usr/lib/frr/bgpd -d && sleep 0.5 && vtysh -b")


# --- refused before anything is sent --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("interface eth1", "description SOMEBODY ELSE"), "the port was changed since the plan"),
        (("router bgp 64500", "neighbor 10.10.3.2 remote-as 64777"), "the port was changed since the plan"),
        (("interface eth3", "ip address 10.10.3.2/24"), "overlaps with 10.10.3.0/24 on eth3"),
        (("no route-map CUST-IN permit 10",), "route-map CUST-IN is not defined"),
    ],
)
def test_a_foreign_edit_that_touches_it(lines: tuple[str, ...], said: str, bench: Bench) -> None:
    plan = bench.plan(NEW)
    bench.router.type(*lines)
    shown = bench.router.show()
    try:
        with pytest.raises(Refused, match=said):
            push(bench.session(), plan, bench.home)
        assert bench.router.show() == shown
    finally:
        bench.router.type("router bgp 64500", "no neighbor 10.10.3.2", *["exit"])
        if "no route-map" in lines[0]:
            bench.router.type("route-map CUST-IN permit 10", "set local-preference 120")


def test_a_line_of_the_peer_in_another_family_is_seen(bench: Bench) -> None:
    """IPv6 of the same peer: nothing an order has; a DISCONNECT would take it away unseen."""
    bench.do(NEW)
    bench.router.type("router bgp 64500", "address-family ipv6 unicast", "neighbor 10.10.3.2 activate")
    with pytest.raises(Refused, match="does not carry exactly this order"):
        bench.do(DISCONNECT)


# --- the session ------------------------------------------------------------------------------------------------------


def test_in_and_out_of_vtysh(bench: Bench) -> None:
    session = bench.session()
    for _ in range(2):
        session.enter_config()
        session.leave_config()  # never went in: nothing was typed
        session.enter_config()
        assert session.config_line("router bgp 64500", "config-router") == ""
        assert session.config_line("neighbor 10.9.9.9 description x", "config-router").startswith("% Specify remote-as")
        assert session.config_line("interface eth1", "config-if") == ""
        with pytest.raises(WrongMode):
            session.config_line("router bgp 64500", "config-if")
        session.leave_config()
        assert session.command("echo $0").text in ("-bash", "bash")
    assert bench.router.show() == bench.router.begun


def test_vtysh_that_does_not_start(bench: Bench) -> None:
    session = bench.session()
    bench.router.inside("sh", "-c", "mv /run/frr /run/away")
    try:
        session.enter_config()
        with pytest.raises(CommandRefused, match="failed to connect to any daemons"):
            session.config_line("interface eth1", "config-if")
        assert session.command("echo $0").text in ("-bash", "bash")
    finally:
        bench.router.inside("sh", "-c", "mv /run/away /run/frr")


def test_a_session_that_ends_inside_vtysh(bench: Bench) -> None:
    session = bench.session(patience=5.0)
    session.enter_config()
    session.config_line("interface eth1", "config-if")
    bench.router.inside("pkill", "-9", "-x", "-u", "noc", "vtysh")
    with pytest.raises((ConfigurationUnknown, WrongMode)):
        session.config_line("interface eth3", "config-if")
    session.close()


def test_half_a_startup_configuration_is_no_configuration(bench: Bench) -> None:
    """The `end` comes only when the file was read to its end."""
    bench.router.inside("mv", "/etc/frr/frr.conf", "/etc/frr/away")
    try:
        answer: Answer = bench.session().command(FRR.settings.startup_config)
        assert "end" not in answer.text.split("\n")
    finally:
        bench.router.inside("mv", "/etc/frr/away", "/etc/frr/frr.conf")
