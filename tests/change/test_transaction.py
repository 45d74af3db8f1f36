"""Pushes on the fake router: applied, taken back, or handed to a person; never between."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from fake_router import FakeRouter, FakeSession, Killed, Trouble
from sample_orders import BGP, GOLDEN, IOS, POLICY, ROUTER, Case, assign, assignment_for, kinds, order_for

from turnup.change.journal import Journals, State, read_journal
from turnup.change.plan import Plan, make_plan
from turnup.change.push import push
from turnup.change.recover import recover
from turnup.configuration import Configuration
from turnup.errors import BackedOut, InputError, NeedsHuman, Refused, TurnupError, Unreachable
from turnup.home import Home
from turnup.model.order import Layer3
from turnup.render import render_order
from turnup.render.intent import typed

DS3 = GOLDEN[0]
SHAPES = [case for case in GOLDEN if case.name in ("ds3-ppp", "ds3-frame-relay", "ge-dot1q", "fe-ethernet-no-bgp")]


def router_for(case: Case) -> FakeRouter:
    return FakeRouter.with_ports(str(assignment_for(case).port.interface))


@cache
def fresh_plan(case: Case) -> Plan:
    """The plan on a router nobody has touched; made once, for it is the same each time."""
    return plan_on(router_for(case), case)


def plan_on(router: FakeRouter, case: Case = DS3) -> Plan:
    assignment = assignment_for(case)
    intent = render_order(IOS, assignment, ROUTER, POLICY)
    return make_plan(IOS, intent, assignment, ROUTER, Configuration.read(router.show()))


def state(home: Home) -> State:
    *_, last = Journals(home.part("journal")).of(ROUTER.name)
    return last.record.state


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hundreds of pushes here: the disk is told to sync in name only. Gives the calls."""
    calls: list[str] = []
    monkeypatch.setattr("turnup.durable.os.fsync", lambda descriptor: calls.append("sync"))
    return calls


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.mark.parametrize("case", kinds(), ids=str)
def test_applied_verified_saved_and_the_second_time_nothing_is_sent(case: Case, home: Home) -> None:
    router = router_for(case)
    plan = plan_on(router, case)
    outcome = push(FakeSession(router), plan, home, approved=plan.digest)
    assert outcome.state == "saved"
    assert outcome.notes == ()
    assert router.startup == router.show()
    assert outcome.sent == len(router.heard)
    assert state(home) is State.SAVED
    heard = len(router.heard)
    again = push(FakeSession(router), plan_on(router, case), home)
    assert again.state == "unchanged"
    assert again.sent == 0
    assert len(router.heard) == heard
    assert router.saves == 1


@pytest.mark.parametrize("case", kinds(), ids=str)
def test_a_port_that_is_not_accepted_goes_back_byte_for_byte(case: Case, home: Home) -> None:
    router = router_for(case)
    before, startup = router.show(), router.startup
    with pytest.raises(BackedOut, match="test 9 failed"):
        push(FakeSession(router), plan_on(router, case), home, accept=lambda: "test 9 failed")
    assert router.show() == before
    assert router.startup == startup
    assert router.saves == 0
    assert state(home) is State.BACKED_OUT


def test_everything_is_shut_until_phase_1_is_read_back(home: Home) -> None:
    router = router_for(DS3)
    session = FakeSession(router)
    shown: list[str] = []
    session.before_command = lambda text: shown.append(router.show()) if text == "show running-config" else None
    push(session, plan_on(router), home)
    guard, halfway, done = (Configuration.read(text).sections for text in shown)
    assert "shutdown" in guard["interface Serial5/0"]
    assert "shutdown" in halfway["interface Serial5/0"]
    assert "neighbor 10.10.3.2 shutdown" in halfway["router bgp 64500"]
    assert "ip address 10.10.3.1 255.255.255.252" in halfway["interface Serial5/0"]
    assert "shutdown" not in done["interface Serial5/0"]
    assert "neighbor 10.10.3.2 shutdown" not in done["router bgp 64500"]


# --- refused before anything is sent --------------------------------------------------------------------------------


def refused(router: FakeRouter, plan: Plan, home: Home, said: str, **options: str) -> None:
    with pytest.raises(Refused, match=said):
        push(FakeSession(router), plan, home, approved=options.get("approved"))


def test_another_plan_than_the_approved_one(home: Home) -> None:
    router = router_for(DS3)
    refused(router, plan_on(router), home, "approved was plan", approved="0" * 64)
    assert router.heard == []


EDITS: list[tuple[str, str, str]] = [
    ("interface Serial5/0", "description SOMEBODY ELSE", "the port was changed since the plan"),
    ("router bgp 64500", "neighbor 10.10.3.2 remote-as 64777", "the port was changed since the plan"),
    ("interface POS6/0", "ip address 10.10.3.5 255.255.255.0", "overlaps"),
]


@pytest.mark.parametrize(("section", "line", "said"), EDITS)
def test_an_edit_between_plan_and_push_that_touches_it(section: str, line: str, said: str, home: Home) -> None:
    router = router_for(DS3)
    plan = plan_on(router)
    router.line(section, line)
    heard, shown = list(router.heard), router.show()
    refused(router, plan, home, said)
    assert router.heard == heard
    assert router.show() == shown
    assert state(home) is State.REFUSED


def test_an_edit_elsewhere_is_kept_reported_and_not_saved(home: Home) -> None:
    router = router_for(DS3)
    plan = plan_on(router)
    startup = router.startup
    router.line("interface POS6/0", "bandwidth 100000")
    outcome = push(FakeSession(router), plan, home)
    assert outcome.state == "unsaved"
    assert any("bandwidth 100000" in note and "since the plan" in note for note in outcome.notes)
    assert any("--save-all" in note for note in outcome.notes)
    assert router.startup == startup
    assert "bandwidth 100000" in router.show()
    assert state(home) is State.UNSAVED


def test_an_order_that_was_left_unsaved_is_saved_the_next_time(home: Home) -> None:
    """All of it runs, nothing is to be sent; but a reload would lose it."""
    router = router_for(DS3)
    router.line("interface POS6/0", "bandwidth 100000")
    assert push(FakeSession(router), plan_on(router), home).state == "unsaved"
    heard = len(router.heard)
    again = push(FakeSession(router), plan_on(router), home)
    assert again.state == "unsaved"
    router.startup = router.startup.replace("interface POS6/0\n", "interface POS6/0\n bandwidth 100000\n")
    router.line("interface POS6/0", "no bandwidth")
    router.line("interface POS6/0", "bandwidth 100000")
    router.startup = "\n".join(line for line in router.show().splitlines() if "10.10.3" not in line)
    done = push(FakeSession(router), plan_on(router), home)
    assert done.state == "saved"
    assert router.startup == router.show()
    assert done.sent == 0
    assert len(router.heard) == heard + 2


def test_save_all_saves_the_work_of_others_too(home: Home) -> None:
    router = router_for(DS3)
    router.line("interface POS6/0", "bandwidth 100000")
    outcome = push(FakeSession(router), plan_on(router), home, save_all=True)
    assert outcome.state == "saved"
    assert any("saved with ours" in note for note in outcome.notes)
    assert "bandwidth 100000" in router.startup


@pytest.mark.parametrize("startup", ["", "%% Non-volatile configuration memory invalid or not present\n"])
def test_a_startup_that_cannot_be_read_is_not_written(startup: str, home: Home) -> None:
    router = router_for(DS3)
    router.startup = startup
    assert push(FakeSession(router), plan_on(router), home).state == "unsaved"
    assert router.startup == startup


def test_a_save_that_did_not_take_is_told(home: Home) -> None:
    router = router_for(DS3)
    session = FakeSession(router)
    before = router.startup
    session.save = lambda: session.command("show startup-config")  # type: ignore[method-assign]
    outcome = push(session, plan_on(router), home)
    assert outcome.state == "unsaved"
    assert not outcome.saved
    assert any("not what was saved" in note for note in outcome.notes)
    assert router.startup == before


def test_a_router_that_cannot_be_read_is_not_written(home: Home) -> None:
    router = router_for(DS3)
    plan = plan_on(router)
    session = FakeSession(router)
    session.dead = True
    with pytest.raises(Unreachable):
        push(session, plan, home)
    assert state(home) is State.ABORTED


# --- trouble at every line ----------------------------------------------------------------------------------------


def places(case: Case) -> range:
    plan = fresh_plan(case)
    return range(1, sum(len(list(typed(phase))) for phase in (plan.change.phase1, plan.change.phase2)) + 1)


def every(*kinds: str, cases: Sequence[Case] = SHAPES) -> list[tuple[Case, str, int]]:
    return [(case, kind, at) for case in cases for kind in kinds for at in places(case)]


def named(row: object) -> str:
    return str(row)


@pytest.mark.parametrize(("case", "kind", "at"), [*every("reject"), *every("noise", cases=[DS3])], ids=named)
def test_a_line_that_is_answered_takes_everything_back(case: Case, kind: str, at: int, home: Home) -> None:
    router = router_for(case)
    before = router.show()
    with pytest.raises(BackedOut, match="the router said"):
        push(FakeSession(router, Trouble(kind, at)), fresh_plan(case), home)
    assert router.show() == before
    assert router.startup == before
    assert state(home) is State.BACKED_OUT


@pytest.mark.parametrize(
    ("case", "kind", "at"), [*every("drop-after"), *every("drop-before", "hang", cases=[DS3])], ids=named
)
def test_a_lost_session_is_opened_again_and_everything_taken_back(case: Case, kind: str, at: int, home: Home) -> None:
    router = router_for(case)
    before = router.show()
    with pytest.raises(BackedOut):
        push(
            FakeSession(router, Trouble(kind, at)),
            fresh_plan(case),
            home,
            reopen=lambda: FakeSession(router),
        )
    assert router.show() == before
    assert state(home) is State.BACKED_OUT


@pytest.mark.parametrize(
    ("case", "kind", "at"),
    [*every("kill-after"), *every("drop-before", "drop-after", "hang", "kill-before", cases=[DS3])],
    ids=named,
)
def test_a_crash_at_every_line_is_recovered(case: Case, kind: str, at: int, home: Home) -> None:
    router = router_for(case)
    before = router.show()
    with pytest.raises((NeedsHuman, Killed)):
        push(FakeSession(router, Trouble(kind, at)), fresh_plan(case), home)
    assert router.startup == before
    (done,) = recover(FakeSession(router), home, ROUTER.name)
    after = router.show()
    if done.state is State.SAVED:
        assert router.startup == after
        assert plan_on(router, case).empty
    else:
        assert done.state in (State.ABORTED, State.BACKED_OUT)
        assert after == before
        assert router.startup == before
    assert recover(FakeSession(router), home, ROUTER.name) == ()
    push(FakeSession(router), plan_on(router, case), home)
    assert router.startup == router.show()


@pytest.mark.parametrize("at", places(DS3))
def test_a_push_finishes_what_a_crash_left(at: int, home: Home) -> None:
    """No `recover` in between: the next push does it under its lock, and goes on only where its plan still holds."""
    router = router_for(DS3)
    with pytest.raises(Killed):
        push(FakeSession(router, Trouble("kill-after", at)), fresh_plan(DS3), home)
    if at == places(DS3)[-1]:  # all was sent: it is completed, and the plan is out of date
        with pytest.raises(Refused, match="changed since the plan"):
            push(FakeSession(router), fresh_plan(DS3), home)
    else:
        outcome = push(FakeSession(router), fresh_plan(DS3), home)
        assert any("had not been finished" in note for note in outcome.notes)
    assert plan_on(router).empty
    assert router.startup == router.show()


def test_a_crash_after_the_last_line_is_completed(home: Home) -> None:
    router = router_for(DS3)
    with pytest.raises(Killed):
        push(FakeSession(router, Trouble("kill-after", places(DS3)[-1])), plan_on(router), home)
    (done,) = recover(FakeSession(router), home, ROUTER.name)
    assert done.state is State.SAVED
    assert router.startup == router.show()
    assert plan_on(router).empty


def killed_while(home: Home, router: FakeRouter, at: State, then: Callable[[], str] | None = None) -> None:
    """A push that is killed as its journal enters that state."""
    real = Journals.begin

    def begin(journals: Journals, *args: object) -> object:
        journal = real(journals, *args)  # type: ignore[arg-type]
        noted = journal.note

        def note(state: State, *rest: object) -> None:
            noted(state, *rest)  # type: ignore[arg-type]
            if state is at:
                raise Killed

        journal.note = note  # type: ignore[method-assign, assignment]
        return journal

    Journals.begin = begin  # type: ignore[method-assign, assignment]
    try:
        with pytest.raises(Killed):
            push(FakeSession(router), plan_on(router), home, accept=then)
    finally:
        Journals.begin = real  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("at", "becomes"),
    [
        (State.PUSHING, State.ABORTED),
        (State.PHASE1, State.BACKED_OUT),
        (State.PHASE2, State.SAVED),
        (State.VERIFIED, State.SAVED),
    ],
)
def test_a_crash_between_two_states(at: State, becomes: State, home: Home) -> None:
    router = router_for(DS3)
    before = router.show()
    killed_while(home, router, at)
    (done,) = recover(FakeSession(router), home, ROUTER.name)
    assert done.state is becomes
    assert (router.show() == before) == (becomes is not State.SAVED)


def test_a_back_out_that_was_killed_goes_on_and_does_not_turn_round(home: Home) -> None:
    """Refused by the acceptance test, killed before the first back-out line: all of it stands, and it must still go."""
    router = router_for(DS3)
    before = router.show()
    killed_while(home, router, State.BACKING_OUT, lambda: "no")
    assert router.show() != before
    (done,) = recover(FakeSession(router), home, ROUTER.name)
    assert done.state is State.BACKED_OUT
    assert router.show() == before


def test_an_edit_inside_the_footprint_during_the_push_needs_a_person(home: Home) -> None:
    router = router_for(DS3)
    with pytest.raises(NeedsHuman) as asked:
        push(FakeSession(router, Trouble("foreign-inside", 5)), plan_on(router), home)
    assert "keepalive 30" in str(asked.value)
    assert "before:" in str(asked.value)
    assert state(home) is State.NEEDS_HUMAN
    assert "keepalive 30" in router.show()
    assert "shutdown" in router.sections["interface Serial5/0"]
    assert "neighbor 10.10.3.2" not in router.show()


def test_a_router_that_needs_a_person_takes_no_push_until_it_is_resolved(home: Home) -> None:
    router = router_for(DS3)
    plan = plan_on(router)
    with pytest.raises(NeedsHuman):
        push(FakeSession(router, Trouble("foreign-inside", 5)), plan, home)
    router.sections["interface Serial5/0"].remove("keepalive 30")
    with pytest.raises(Refused, match="waits for a person"):
        push(FakeSession(router), plan, home)
    with pytest.raises(NeedsHuman, match="waits for a person"):
        recover(FakeSession(router), home, ROUTER.name)
    journals = Journals(home.part("journal"))
    (resolved,) = journals.resolve(ROUTER.name, "J. Doe", "removed by hand", datetime(2001, 7, 1, tzinfo=UTC))
    assert resolved.record.state is State.RESOLVED
    assert push(FakeSession(router), plan, home).state == "saved"


@pytest.mark.parametrize("at", places(DS3))
def test_an_edit_outside_during_the_push_is_kept_and_reported(at: int, home: Home) -> None:
    router = router_for(DS3)
    outcome = push(FakeSession(router, Trouble("foreign-outside", at)), plan_on(router), home)
    assert outcome.state == "unsaved"
    assert any("during the push" in note for note in outcome.notes)
    assert "bandwidth 100000" in router.show()
    assert "bandwidth 100000" not in router.startup


def test_a_back_out_line_that_is_refused_is_worked_out_anew(home: Home) -> None:
    router = router_for(DS3)
    before = router.show()
    plan = plan_on(router)
    last = places(DS3)[-1]
    session = FakeSession(router, Trouble("reject", last + 5))
    with pytest.raises(BackedOut):
        push(session, plan, home, accept=lambda: "no")
    assert router.show() == before


def test_a_back_out_that_is_refused_twice_needs_a_person(home: Home) -> None:
    router = router_for(DS3)
    plan = plan_on(router)
    session = FakeSession(router)
    real = session.config_line
    session.config_line = (  # type: ignore[method-assign]
        lambda line, mode: "% Authorization failed." if line == "no description" else real(line, mode)
    )
    with pytest.raises(NeedsHuman, match="Authorization failed"):
        push(session, plan, home, accept=lambda: "no")
    assert state(home) is State.NEEDS_HUMAN
    assert router.saves == 0


def test_two_orders_planned_on_one_snapshot_both_succeed(home: Home) -> None:
    """The second finds the first one's lines: outside its footprint, told, and no obstacle."""
    router = FakeRouter.with_ports("Serial5/0", "Serial5/1")
    other = replace(
        order_for(DS3),
        order_id="PSO-2001-000052",
        layer3=Layer3(IPv4Network("10.10.4.0/30")),
        bgp=replace(BGP, peer_as=64604),
    )
    plans = []
    for assignment in (assignment_for(DS3), assign(other, DS3.card, port=1)):
        intent = render_order(IOS, assignment, ROUTER, POLICY)
        plans.append(make_plan(IOS, intent, assignment, ROUTER, Configuration.read(router.show())))
    first, second = (push(FakeSession(router), plan, home) for plan in plans)
    assert (first.state, second.state) == ("saved", "saved")
    assert any("since the plan" in note for note in second.notes)
    assert router.startup == router.show()
    assert {"neighbor 10.10.3.2 remote-as 64603", "neighbor 10.10.4.2 remote-as 64604"} <= set(
        router.sections["router bgp 64500"]
    )


# --- journal ---------------------------------------------------------------------------------------------------------


def test_the_journal_is_on_disk_before_the_router_hears_anything(home: Home, quick_disk: list[str]) -> None:
    router = router_for(DS3)
    session = FakeSession(router)
    real = session.enter_config

    def enter_config() -> None:
        quick_disk.append("config")
        real()

    session.enter_config = enter_config  # type: ignore[method-assign]
    push(session, plan_on(router), home)
    # file and folder, for: the lease, planned, pushing | phase1 | phase2, verified, saved
    assert quick_disk == ["sync"] * 6 + ["config"] + ["sync"] * 2 + ["config"] + ["sync"] * 6


def test_the_journal_tells_what_happened_and_no_secret(home: Home) -> None:
    router = router_for(DS3)
    push(FakeSession(router), plan_on(router), home)
    (path,) = home.part("journal").glob("*.json")
    record = read_journal(path).record
    assert [event.state.value for event in record.history] == [
        "planned", "pushing", "phase1", "phase2", "verified", "saved",
    ]  # fmt: skip
    assert record.change.customer == "LVL3"
    data = json.loads(path.read_text())
    assert data["version"] == 1
    assert "<secret:LVL3-MD5>" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', '{"version": 1, "chnage": {}}'])
def test_a_damaged_journal_stops_everything(text: str, home: Home) -> None:
    router = router_for(DS3)
    (home.part("journal") / "x.json").write_text(text)
    with pytest.raises(InputError):
        push(FakeSession(router), plan_on(router), home)
    assert router.heard == []


def test_a_damaged_journal_of_another_router_is_no_obstacle(home: Home) -> None:
    router = router_for(DS3)
    (home.part("journal") / "lax-wil-gsr1--PSO-1-r1--x.json").write_text("{")
    assert push(FakeSession(router), plan_on(router), home).state == "saved"
    (home.part("journal") / f"{ROUTER.name}--PSO-1-r1--x.json").write_text("{")
    with pytest.raises(InputError):
        push(FakeSession(router), plan_on(router), home)


def test_what_others_changed_at_the_moment_of_saving_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    router = router_for(DS3)
    session, save = FakeSession(router), FakeSession.save
    monkeypatch.setattr(
        FakeSession, "save", lambda self: router.line("interface POS6/0", "bandwidth 100000") and save(self)
    )
    outcome = push(session, plan_on(router), home)
    assert outcome.state == "saved"
    assert any("bandwidth 100000" in note and "saved with ours" in note for note in outcome.notes)


def test_a_half_saved_by_somebody_is_taken_out_of_the_startup(home: Home) -> None:
    router = router_for(DS3)
    plan = plan_on(router)
    with pytest.raises(Killed):
        push(FakeSession(router, Trouble("kill-after", 18)), plan, home)
    router.startup = router.show()
    (done,) = recover(FakeSession(router), home, ROUTER.name)
    assert (done.state, router.startup) == (State.BACKED_OUT, router.show())
    assert "saved again without" in done.note


def test_a_defect_in_mid_push_takes_everything_back(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    router = router_for(DS3)
    before, plan = router.show(), plan_on(router)
    monkeypatch.setattr("turnup.change.transaction.Transaction._read_back", lambda *_: 1 / 0)
    with pytest.raises(BackedOut, match="ZeroDivisionError"):
        push(FakeSession(router), plan, home)
    assert router.show() == before
    assert state(home) is State.BACKED_OUT


def test_the_journal_of_another_router_is_no_obstacle(home: Home) -> None:
    router = router_for(DS3)
    plan = plan_on(router)
    with pytest.raises(Killed):
        push(FakeSession(router, Trouble("kill-after", 3)), plan, home)
    assert Journals(home.part("journal")).open("lax-wil-gsr1") == ()
    assert recover(FakeSession(router), home, "lax-wil-gsr1") == ()
    assert len(Journals(home.part("journal")).open(ROUTER.name)) == 1


def test_trouble_is_always_one_of_ours() -> None:
    assert issubclass(BackedOut, TurnupError)
