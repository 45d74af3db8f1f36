"""The transaction over SSH against the virtual GSR: every service on every card there and back, byte for byte."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sample_orders import GOLDEN, POLICY, Case, kinds, order_for

from turnup.change.journal import State
from turnup.change.plan import Plan, make_plan
from turnup.change.push import push
from turnup.change.recover import recover
from turnup.change.wire import Writable
from turnup.configuration import Configuration
from turnup.connect import Address, Credentials, open_session
from turnup.connect.router import RouterSession
from turnup.equipment.estate import load_equipment
from turnup.errors import BackedOut, NeedsHuman, Unreachable
from turnup.evidence.redact import Redactor
from turnup.home import Home
from turnup.model.equipment import Assignment, Port
from turnup.platforms import platform
from turnup.render import render_order
from turnup.render.intent import typed
from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.device import Device
from turnup.virtual.faults import Behaviour, Fault, fault_named
from turnup.virtual.lab import Plain, make_lab
from turnup.virtual.server import running
from turnup.virtual.shows import SimulatedState

NAME = "nyc-hud-gsr1"
KEY = "s3cret-of-level3"
SLOTS = {
    1: "OC48/POS", 2: "4OC3/POS", 3: "OC12/POS", 4: "GE-GBIC", 5: "6DS3-SMB", 6: "12DS3-SMB", 7: "8FE-TX",
    8: "8OC3/POS", 9: "4OC12/POS", 10: "3GE-GBIC", 11: "16OC3/POS", 12: "OC48/POS", 13: "GE-GBIC", 14: "4GE-SFP",
    15: "OC12/POS",
}  # fmt: skip
IOS = platform("ios")


@dataclass
class Bench:
    """One virtual router, how to reach it, and what turnup knows of it."""

    device: Device
    port: int
    home: Home

    def session(self, patience: float = IOS.settings.config_timeout) -> RouterSession:
        return open_session(
            Address(NAME, "127.0.0.1", self.port),
            replace(IOS, settings=replace(IOS.settings, config_timeout=patience)),
            Credentials("noc", "lab"),
            Redactor({"LVL3-MD5": KEY}, b"k" * 32),
            known_hosts=self.home.known_hosts,
            accept_new=True,
            reveal=lambda line: line.replace("<secret:LVL3-MD5>", KEY),
        )

    def plan(self, session: RouterSession, assignment: Assignment) -> Plan:
        text = session.command("show running-config").text
        intent = render_order(IOS, assignment, self.device.router, POLICY)
        return make_plan(IOS, intent, assignment, self.device.router, Configuration.read(text))

    @property
    def text(self) -> str:
        return self.device.config.text()


@contextmanager
def bench(tmp_path: Path, key: Path) -> Iterator[Bench]:
    equipment = load_equipment()
    router = replace(equipment.routers[NAME], chassis="12416", slots=SLOTS)
    lab = make_lab((router,), equipment.sites, equipment.policy, SimulatedState(), Plain("lab"))
    with running(lab, key) as ready:
        port = ready["routers"][NAME]["ssh"]  # type: ignore[index]
        yield Bench(lab.devices[NAME], port, Home(tmp_path / "home"))


@pytest.fixture
def lab(tmp_path: Path, host_key: Path) -> Iterator[Bench]:
    with bench(tmp_path, host_key) as found:
        yield found


@pytest.fixture(scope="module")
def host_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "host"


def assignment_for(case: Case) -> Assignment:
    """The order on the last port of the last card of that kind: the first ones are in use."""
    card = IOS.linecards[case.card]
    slot = max(slot for slot, part in SLOTS.items() if part == case.card)
    return Assignment(order_for(case), Port(NAME, "NYC-60HUDSON", card.interfaces(slot)[-1], card, slot))


SHAPES = [case for case in GOLDEN if case.name in ("ds3-ppp", "ge-dot1q", "ds3-frame-relay")]
PLACES = [(SHAPES[0], at) for at in (13, 20, 28)] + [(case, 18) for case in SHAPES[1:]]


@pytest.mark.parametrize("case", kinds(), ids=str)
def test_there_and_back_and_there_again(case: Case, lab: Bench) -> None:
    before, startup = lab.text, lab.device.startup
    session = lab.session()
    assignment = assignment_for(case)
    plan = lab.plan(session, assignment)
    with pytest.raises(BackedOut, match="test 9"):
        push(session, plan, lab.home, accept=lambda: "test 9")
    assert lab.text == before
    assert lab.device.startup == startup
    assert push(session, plan, lab.home).state == "saved"
    assert lab.device.startup == lab.text
    assert lab.text != before
    again = push(session, lab.plan(session, assignment), lab.home)
    assert (again.state, again.sent) == ("unchanged", 0)
    session.close()


class Breaking:
    """A session whose connection is cut before or after line `at`, counted over the whole push."""

    def __init__(self, session: RouterSession, at: int, after: bool) -> None:
        self._session, self._at, self._after, self._count = session, at, after, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    def config_line(self, line: str, mode: str | None) -> str:
        self._count += 1
        if self._count == self._at and not self._after:
            self._session.close()
        said = self._session.config_line(line, mode)
        if self._count == self._at:
            self._session.close()
            raise Unreachable("cut")
        return said

    def config_lines(self, lines: list[str], mode: str | None) -> list[object]:
        from fake_router import Said

        return [Said(line, self.config_line(line, mode)) for line in lines]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("case", "at"), PLACES, ids=lambda value: str(value))
def test_a_cut_connection_is_recovered(case: Case, at: int, after: bool, lab: Bench) -> None:
    before, startup = lab.text, lab.device.startup
    plan = lab.plan(lab.session(), assignment_for(case))
    cut: Writable = Breaking(lab.session(), at, after)  # type: ignore[assignment]
    assert sum(len(list(typed(phase))) for phase in (plan.change.phase1, plan.change.phase2)) > at
    with pytest.raises(NeedsHuman, match="session was lost"):
        push(cut, plan, lab.home)
    (done,) = recover(lab.session(), lab.home, NAME)
    assert done.state in (State.BACKED_OUT, State.ABORTED)
    assert lab.text == before
    assert lab.device.startup == startup


def test_a_cut_connection_is_opened_again(lab: Bench) -> None:
    before = lab.text
    plan = lab.plan(lab.session(), assignment_for(SHAPES[0]))
    cut: Writable = Breaking(lab.session(), 18, after=True)  # type: ignore[assignment]
    with pytest.raises(BackedOut):
        push(cut, plan, lab.home, reopen=lab.session)
    assert lab.text == before


def test_no_secret_is_on_disk(lab: Bench) -> None:
    session = lab.session()
    push(session, lab.plan(session, assignment_for(SHAPES[0])), lab.home)
    written = [path.read_text() for path in lab.home.path.rglob("*") if path.is_file()]
    assert any("<secret:LVL3-MD5>" in text for text in written)
    assert not any(KEY in text for text in written)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("refuses-mid-push", "another process holds the configuration"),
        ("authorization-failed-config", "Authorization failed"),
        ("drop-mid-push", "connection was lost"),
    ],
)
def test_a_fault_in_mid_push_takes_everything_back(fault: str, said: str, lab: Bench) -> None:
    session = lab.session()
    plan = lab.plan(session, assignment_for(SHAPES[0]))
    before, startup = lab.text, lab.device.startup
    lab.device.faults = (fault_named(fault),)
    with pytest.raises(BackedOut, match=said):
        push(session, plan, lab.home, reopen=lab.session)
    assert lab.text == before
    assert lab.device.startup == startup


@pytest.mark.parametrize("line", ["^neighbor .* maximum-prefix", "^no shutdown"])
def test_a_router_that_hangs_is_met_in_a_second_session(line: str, lab: Bench) -> None:
    before, startup = lab.text, lab.device.startup
    plan = lab.plan(lab.session(), assignment_for(SHAPES[0]))
    lab.device.faults = (Fault("hangs once", behaviour=(Behaviour(line, "hang", times=1),)),)
    began = time.monotonic()
    with pytest.raises(BackedOut, match="no whole answer came"):
        push(lab.session(4.0), plan, lab.home, reopen=lab.session)
    assert time.monotonic() - began < 7.9, "waited more than once for a session that hangs"
    assert (lab.text, lab.device.startup) == (before, startup)


def test_a_log_message_is_no_refusal(lab: Bench) -> None:
    lab.device.faults = (fault_named("log-lines-in-config"),)
    session = lab.session()
    assert push(session, lab.plan(session, assignment_for(SHAPES[0])), lab.home).state == "saved"


def test_the_customer_edits_the_router_meanwhile(lab: Bench) -> None:
    """PASA 2.2: the customer configures the same routers. His line stays, is told, and is not saved by us."""
    session = lab.session()
    plan = lab.plan(session, assignment_for(SHAPES[0]))
    startup = lab.device.startup
    mode = ConfigMode(lab.device)
    assert [mode.line(line) for line in ("interface POS1/0", "bandwidth 2000000")] == ["", ""]
    outcome = push(session, plan, lab.home)
    assert outcome.state == "unsaved"
    assert any("bandwidth 2000000" in note for note in outcome.notes)
    assert lab.device.startup == startup
    assert " bandwidth 2000000" in lab.text
