"""Acceptance tests that were promised outlive the process; what was saved of others' work is told as saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_router import FakeRouter, FakeSession, Killed, Trouble
from sample_orders import GOLDEN, IOS, POLICY, ROUTER, assignment_for

from turnup.change.acceptance import NEVER
from turnup.change.journal import Journals, State, read_journal
from turnup.change.plan import Change, Plan, make_plan
from turnup.change.push import PushOutcome, plan_and_push, push
from turnup.change.recover import Recovered, recover
from turnup.configuration import Configuration
from turnup.errors import CouldNotRun
from turnup.home import Home
from turnup.render import render_order

DS3 = GOLDEN[0]
NAME = ROUTER.name


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turnup.durable.os.fsync", lambda descriptor: None)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def router() -> FakeRouter:
    return FakeRouter.with_ports(str(assignment_for(DS3).port.interface))


def plan(router: FakeRouter) -> Plan:
    assignment = assignment_for(DS3)
    intent = render_order(IOS, assignment, ROUTER, POLICY)
    return make_plan(IOS, intent, assignment, ROUTER, Configuration.read(router.show()))


def killed_in_the_tests(router: FakeRouter, home: Home, promise: str = "always") -> None:
    def tests() -> str:
        raise Killed

    with pytest.raises(Killed):
        push(FakeSession(router), plan(router), home, accept=tests, promise=promise)


def recovered(router: FakeRouter, home: Home, said: str | Exception | None) -> tuple[Recovered, list[tuple[str, str]]]:
    asked: list[tuple[str, str]] = []

    def prove(change: Change, promised: str) -> str | None:
        asked.append((change.order_id, promised))
        if isinstance(said, Exception):
            raise said
        return said

    (done,) = recover(FakeSession(router), home, NAME, prove=prove)
    return done, asked


def journal(home: Home) -> Path:
    (path,) = home.part("journal").glob("*.json")
    return path


def test_recovery_runs_the_tests_before_it_saves(router: FakeRouter, home: Home) -> None:
    before = router.startup
    killed_in_the_tests(router, home)
    assert router.startup == before
    done, asked = recovered(router, home, "")
    assert asked == [("PSO-2001-000051", "always")]
    assert (done.state, router.startup) == (State.SAVED, router.show())
    assert "tests have passed" in done.note
    assert State.ACCEPTED in [event.state for event in read_journal(journal(home)).record.history]


def test_recovery_takes_back_what_fails_them(router: FakeRouter, home: Home) -> None:
    before = router.show()
    killed_in_the_tests(router, home)
    done, _ = recovered(router, home, "failed: 9 bgp")
    assert done.state is State.BACKED_OUT
    assert "failed: 9 bgp" in done.note
    assert router.show() == router.startup == before


@pytest.mark.parametrize("said", [None, CouldNotRun("the inventory is gone")], ids=str)
def test_recovery_that_cannot_run_them_leaves_it_unsaved(
    said: Exception | None, router: FakeRouter, home: Home
) -> None:
    before = router.startup
    killed_in_the_tests(router, home, "ask")
    done, asked = recovered(router, home, said)
    assert asked == [("PSO-2001-000051", "ask")]
    assert done.state is State.UNSAVED
    assert "acceptance tests that were promised" in done.note
    assert router.startup == before


def test_recovery_without_a_way_to_run_them_leaves_it_unsaved(router: FakeRouter, home: Home) -> None:
    killed_in_the_tests(router, home)
    (done,) = recover(FakeSession(router), home, NAME)
    assert done.state is State.UNSAVED
    assert router.startup != router.show()


def test_tests_that_have_passed_are_not_run_again(router: FakeRouter, home: Home) -> None:
    session = FakeSession(router)
    session.save = lambda: (_ for _ in ()).throw(Killed())  # type: ignore[method-assign]
    with pytest.raises(Killed):
        push(session, plan(router), home, accept=lambda: "")
    done, asked = recovered(router, home, "must not be asked")
    assert (done.state, asked) == (State.SAVED, [])


def test_without_a_promise_recovery_saves(router: FakeRouter, home: Home) -> None:
    last = len(plan(router).change.phase1) + 100
    session = FakeSession(router, Trouble("reject", last))
    session.save = lambda: (_ for _ in ()).throw(Killed())  # type: ignore[method-assign]
    with pytest.raises(Killed):
        push(session, plan(router), home)
    done, asked = recovered(router, home, "must not be asked")
    assert (done.state, asked) == (State.SAVED, [])


def again(router: FakeRouter, home: Home, **options: object) -> PushOutcome:
    _, outcome = plan_and_push(FakeSession(router), lambda: plan(router), home, (NAME, "again"), **options)  # type: ignore[arg-type]
    return outcome


def test_the_next_push_pays_the_debt_or_leaves_it(router: FakeRouter, home: Home) -> None:
    killed_in_the_tests(router, home)
    left = again(router, home)
    assert left.state == "unsaved"
    assert any("acceptance tests that were promised" in note for note in left.notes)
    assert again(router, home).state == "unsaved", "a push without tests does not forget them"
    red = again(router, home, accept=lambda: "failed: 9")
    assert (red.state, router.startup == router.show()) == ("unsaved", False)
    assert any("failed: 9" in note for note in red.notes)
    assert again(router, home, accept=lambda: "").state == "saved"
    assert router.startup == router.show()


def test_tests_that_could_not_be_completed_save_nothing(router: FakeRouter, home: Home) -> None:
    """Not proved is not accepted: it stands on the router, the tests are owed, and the next push runs them."""
    before = router.startup
    left = push(FakeSession(router), plan(router), home, accept=lambda: None, promise="always")
    assert left.state == "unsaved"
    assert any("acceptance tests that were promised" in note for note in left.notes)
    assert router.startup == before
    assert "accepted" not in journal(home).read_text()
    assert again(router, home).state == "unsaved", "nor does a push without tests save it"
    assert again(router, home, accept=lambda: None).state == "unsaved"
    assert router.startup == before
    assert again(router, home, accept=lambda: "").state == "saved"
    assert router.startup == router.show()


def test_what_took_an_earlier_change_back_is_not_counted_as_sent(router: FakeRouter, home: Home) -> None:
    push(FakeSession(router), plan(router), home)
    lines = len(router.heard)
    router.load(FakeRouter.with_ports(str(assignment_for(DS3).port.interface)).show())
    with pytest.raises(Killed):
        push(FakeSession(router, Trouble("kill-before", 4)), plan(router), home)
    outcome = again(router, home)
    assert any("had not been finished; it is backed-out now: found half way" in note for note in outcome.notes)
    assert outcome.sent == lines


def test_a_person_may_waive_them(router: FakeRouter, home: Home) -> None:
    killed_in_the_tests(router, home)
    assert again(router, home).state == "unsaved"
    assert again(router, home, promise=NEVER).state == "saved"


def test_a_journal_of_before_has_promised_nothing(router: FakeRouter, home: Home) -> None:
    push(FakeSession(router), plan(router), home)
    path = journal(home)
    old = json.loads(path.read_text())
    del old["promised"], old["change"]["interrupts"], old["change"]["footprint"]["beside"]
    path.write_text(json.dumps(old))
    assert not read_journal(path).record.owes_tests
    assert not Journals(home.part("journal")).open(NAME)


def test_what_save_all_saved_is_not_called_unsaved(router: FakeRouter, home: Home) -> None:
    router.line("interface POS6/0", "bandwidth 100000")
    outcome = push(FakeSession(router), plan(router), home, save_all=True)
    assert outcome.state == "saved"
    assert not any("not saved" in note for note in outcome.notes)
    assert any("saved with ours (--save-all): +interface POS6/0 / bandwidth 100000" in note for note in outcome.notes)
    router.startup = router.startup.replace(" bandwidth 100000\n", "")
    settled = again(router, home, save_all=True)
    assert settled.state == "unchanged"
    assert any("others have work that is not saved" in note for note in settled.notes)
