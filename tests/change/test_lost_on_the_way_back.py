"""Sessions that fall silent at a read-back, and lines that are lost on the way back, once and twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest
from fake_router import FakeRouter, FakeSession, Trouble
from sample_orders import GOLDEN, IOS, POLICY, ROUTER, assignment_for

from turnup.change.journal import Journals, State
from turnup.change.plan import Plan, make_plan
from turnup.change.push import push
from turnup.change.recover import recover
from turnup.configuration import Configuration
from turnup.errors import AnswerIncomplete, BackedOut, NeedsHuman
from turnup.home import Home
from turnup.render import render_order
from turnup.render.intent import typed

DS3 = GOLDEN[0]
READS = {"guard": 1, "after phase 1": 2, "after phase 2": 3}  # which `show running-config` of a push that is


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turnup.durable.os.fsync", lambda descriptor: None)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def router() -> FakeRouter:
    return FakeRouter.with_ports(str(assignment_for(DS3).port.interface))


def plan_on(router: FakeRouter) -> Plan:
    assignment = assignment_for(DS3)
    intent = render_order(IOS, assignment, ROUTER, POLICY)
    return make_plan(IOS, intent, assignment, ROUTER, Configuration.read(router.show()))


def state(home: Home) -> State:
    *_, last = Journals(home.part("journal")).of(ROUTER.name)
    return last.record.state


def silent_at(router: FakeRouter, read: int) -> FakeSession:
    """A session that answers no more from its nth look at the running configuration on."""
    session = FakeSession(router)
    looks: list[str] = []

    def silent(command: str) -> None:
        looks.extend([command] if command == "show running-config" else [])
        if len(looks) >= read:
            raise AnswerIncomplete(f"{command}: no answer in time")

    session.before_command = silent
    return session


@pytest.mark.parametrize("read", [READS["after phase 1"], READS["after phase 2"]], ids=["phase 1", "phase 2"])
def test_silent_at_a_read_back_takes_everything_back_by_another_session(
    read: int, router: FakeRouter, home: Home
) -> None:
    before = router.show()
    with pytest.raises(BackedOut, match="no answer in time"):
        push(silent_at(router, read), plan_on(router), home, reopen=lambda: FakeSession(router))
    assert (router.show(), router.startup) == (before, before)
    assert state(home) is State.BACKED_OUT


def test_silent_at_the_guard_sends_nothing(router: FakeRouter, home: Home) -> None:
    before = router.show()
    with pytest.raises(AnswerIncomplete):
        push(silent_at(router, READS["guard"]), plan_on(router), home, reopen=lambda: FakeSession(router))
    assert router.heard == []
    assert router.show() == before
    assert state(home) is State.ABORTED


@pytest.mark.parametrize("read", [READS["after phase 1"], READS["after phase 2"]], ids=["phase 1", "phase 2"])
def test_silent_in_every_session_is_left_to_recovery(read: int, router: FakeRouter, home: Home) -> None:
    """No answer is no refusal: nobody is called for a router that recovery can finish later."""
    before, heard = router.show(), len(router.heard)
    plan = plan_on(router)
    with pytest.raises(NeedsHuman, match="cannot be read"):
        push(silent_at(router, read), plan, home, reopen=lambda: silent_at(router, 1))
    assert state(home) is State.BACKING_OUT
    assert len(router.heard) > heard
    assert router.startup == before
    (done,) = recover(FakeSession(router), home, ROUTER.name)
    assert done.state is State.BACKED_OUT
    assert (router.show(), router.startup) == (before, before)


def back_out_lines(router: FakeRouter) -> int:
    """How many lines the way back of the whole change has, as they are typed."""
    return len(list(typed(plan_on(router).change.backout)))


WAY = back_out_lines(FakeRouter.with_ports("Serial5/0"))
LOST = [
    *(("drop-after", at) for at in range(1, WAY + 1)),
    ("drop-before", 2),
    ("hang", 3),
]


def losing(router: FakeRouter, kind: str, *at: int) -> Iterator[FakeSession]:
    """Sessions for the way back: each is lost at its line, and the ones after these are good."""
    return chain((FakeSession(router, Trouble(kind, one)) for one in at), (FakeSession(router) for _ in repeat(None)))


@pytest.mark.parametrize(("kind", "at"), LOST)
def test_a_line_lost_once_on_the_way_back_is_worked_out_anew(
    at: int, kind: str, router: FakeRouter, home: Home
) -> None:
    before = router.show()
    sessions = losing(router, kind, at)
    with pytest.raises(BackedOut):
        push(silent_at(router, READS["after phase 2"]), plan_on(router), home, reopen=lambda: next(sessions))
    assert (router.show(), router.startup) == (before, before)
    assert state(home) is State.BACKED_OUT


@pytest.mark.parametrize(("kind", "at"), LOST)
def test_a_line_lost_twice_on_the_way_back_is_left_to_recovery(
    at: int, kind: str, router: FakeRouter, home: Home
) -> None:
    before = router.show()
    sessions = losing(router, kind, at, 1)
    with pytest.raises((BackedOut, NeedsHuman)) as ended:
        push(silent_at(router, READS["after phase 2"]), plan_on(router), home, reopen=lambda: next(sessions))
    assert router.startup == before
    if isinstance(ended.value, NeedsHuman):
        assert state(home) is State.BACKING_OUT  # nobody is called: the line was lost, not refused
        assert router.show() != before
        (done,) = recover(FakeSession(router), home, ROUTER.name)
        assert done.state is State.BACKED_OUT
    else:
        assert at >= WAY - 1, "where one line or none is left, the second session takes it away before it is lost"
    assert (router.show(), router.startup) == (before, before)
