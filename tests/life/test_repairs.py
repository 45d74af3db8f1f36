"""Repairs, moves and old certificates: what may count for a port, and that no path accepts one that fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import HOUR, SET, START, TO_SERVICE, UNSET, happening, lived

from turnup.errors import Refused
from turnup.model.policy import Clocks
from turnup.order.clocks import clocks_of
from turnup.order.decisions import choice_open, failed_attempts, happen, opportunities_used
from turnup.order.due import due_list
from turnup.order.life import Happening, Life, Occasion, fold, next_attempt
from turnup.order.states import Event, State

HERE = {"router": "nyc-hud-gsr1", "port": "Serial5/0"}
OTHER = {"router": "nyc-hud-gsr1", "port": "Serial6/1"}
SERVING = lived(*TO_SERVICE)
LATER = START + 100 * HOUR


def then(life: Life, event: Event, at: datetime, **detail: str) -> Life:
    return happen(life, happening(event, at, None, **detail), SET)[1]


def test_a_test_from_before_the_call_does_not_end_the_repair() -> None:
    life = then(SERVING, Event.FAULT, LATER)
    for event in (Event.TEST_PASS, Event.TEST_FAIL):
        with pytest.raises(Refused, match="before what has happened since"):
            then(life, event, LATER - HOUR, occasion="REPAIR", **HERE)
    assert then(life, Event.TEST_PASS, LATER + HOUR, occasion="REPAIR", **HERE).state is State.TESTED


def test_a_first_test_proves_no_repair_but_its_failure_counts() -> None:
    life = then(SERVING, Event.FAULT, LATER)
    with pytest.raises(Refused, match="tests run for it"):
        then(life, Event.TEST_PASS, LATER + HOUR, occasion="INITIAL", **HERE)
    failed = then(life, Event.TEST_FAIL, LATER + HOUR, occasion="INITIAL", **HERE)
    assert failed.state is State.REJECTED
    with pytest.raises(Refused, match="tests run for it"):
        then(failed, Event.TEST_PASS, LATER + 2 * HOUR, occasion="INITIAL", **HERE)


def test_an_old_failure_does_not_reject_what_passed_since() -> None:
    life = then(SERVING, Event.FAULT, LATER)
    life = then(life, Event.TEST_PASS, LATER + 2 * HOUR, occasion="REPAIR")
    with pytest.raises(Refused, match="before what has happened since"):
        then(life, Event.TEST_FAIL, LATER + HOUR)


def test_of_two_tests_that_ended_in_one_moment_the_good_one_does_not_count() -> None:
    for first in (Event.TEST_FAIL, Event.TEST_PASS):
        life = then(lived(*TO_SERVICE[:4]), first, LATER, **HERE)
        with pytest.raises(Refused, match="before what has happened since"):
            then(life, Event.TEST_PASS, LATER, **{**HERE, "certificate": "another"})
    assert then(life, Event.TEST_FAIL, LATER, **HERE).state is State.REJECTED


def test_a_pass_from_before_the_choice_does_not_count_after_it() -> None:
    twice = (*TO_SERVICE[:4], Event.TEST_FAIL, Event.PROVISION, Event.TEST_FAIL, Event.CONTINUE)
    life = lived(*twice)
    assert life.state is State.REJECTED
    with pytest.raises(Refused, match="became rejected"):
        then(life, Event.TEST_PASS, START + 6.5 * HOUR)


@pytest.mark.parametrize("event", [Event.TEST_PASS, Event.TEST_FAIL])
def test_a_test_of_another_port_does_not_count(event: Event) -> None:
    life = lived(*TO_SERVICE[:4])
    with pytest.raises(Refused, match="is on nyc-hud-gsr1 Serial5/0"):
        then(life, event, LATER, **OTHER)
    assert then(life, event, LATER, **HERE).attempts


@pytest.mark.parametrize("length", range(2, len(TO_SERVICE) + 1))
def test_a_move_takes_back_what_was_proved_of_the_old_port(length: int) -> None:
    """Silence must not accept a port that was never tested."""
    life = then(lived(*TO_SERVICE[:length]), Event.MOVE, LATER, **OTHER)
    assert (life.router, life.port) == tuple(OTHER.values())
    assert life.bad_ports == ("nyc-hud-gsr1 Serial5/0",)
    assert (life.certificate, life.delivered_at) == ("", None)
    assert life.state in (State.PROVISIONED, State.REPAIRING)
    assert (life.state is State.REPAIRING) is (length >= 7)
    for event in (Event.DELIVER, Event.ACCEPT, Event.BEGIN_SERVICE, Event.DEEM):
        with pytest.raises(Refused):
            then(life, event, LATER + 900 * HOUR)


def test_a_port_moved_back_is_no_longer_left() -> None:
    life = then(lived(*TO_SERVICE[:4]), Event.MOVE, LATER, **OTHER)
    back = then(life, Event.MOVE, LATER + HOUR, **HERE)
    assert (back.port, back.bad_ports) == ("Serial5/0", ("nyc-hud-gsr1 Serial6/1",))


def test_the_history_follows_the_elected_port() -> None:
    twice = (*TO_SERVICE[:4], Event.TEST_FAIL, Event.PROVISION, Event.TEST_FAIL)
    chosen = happen(lived(*twice), replace(happening(Event.DIFFERENT_PORT, LATER), detail={}), SET)[1]
    assert (chosen.state, chosen.port, chosen.accepted_order_at) == (State.ACKNOWLEDGED, "", LATER)
    (row,) = due_list([chosen], SET, LATER)
    assert row.action == "give the order a different port (`turnup move PSO-1 --because WHY`)"
    with pytest.raises(Refused, match="has left"):  # an old push, entered late
        then(chosen, Event.PROVISION, LATER + HOUR, **HERE)
    moved = then(chosen, Event.MOVE, LATER + HOUR, **OTHER)
    assert (moved.state, moved.port, moved.bad_ports) == (
        State.PROVISIONED,
        "Serial6/1",
        ("nyc-hud-gsr1 Serial5/0",),
    )
    assert next_attempt(moved) == 3
    assert then(moved, Event.TEST_FAIL, LATER + 2 * HOUR, **OTHER).state is State.ELECTION


def test_a_discontinued_port_is_still_to_be_disconnected() -> None:
    twice = (*TO_SERVICE[:4], Event.TEST_FAIL, Event.PROVISION, Event.TEST_FAIL, Event.DISCONTINUE)
    life = lived(*twice)
    (row,) = due_list([life], SET, LATER)
    assert "disconnect" in row.action
    assert not [clock for clock in clocks_of(life, SET) if clock.stopped is None]
    gone = then(then(life, Event.DISCONNECT, LATER), Event.DISCONNECTED, LATER + HOUR)
    assert (gone.state, gone.fee_reduced) == (State.AVAILABLE, True)
    assert due_list([gone], SET, LATER) == ()


def test_a_repair_is_closed_once_by_its_certificate_and_between_call_and_proof() -> None:
    life = then(SERVING, Event.FAULT, LATER)
    with pytest.raises(Refused):
        then(life, Event.RESTORE, LATER + HOUR)
    life = then(life, Event.TEST_PASS, LATER + 3 * HOUR, occasion="REPAIR", certificate="new")
    for at, certificate in ((LATER + 2 * HOUR, "good"), (LATER - HOUR, "new"), (LATER + 4 * HOUR, "new")):
        with pytest.raises(Refused):
            then(life, Event.RESTORE, at, certificate=certificate)
    closed = then(life, Event.RESTORE, LATER + 2 * HOUR, certificate="new")
    (clock,) = [one for one in clocks_of(closed, SET) if one.name == "repair"]
    assert clock.stopped == LATER + 2 * HOUR
    with pytest.raises(Refused, match="was closed"):
        then(closed, Event.RESTORE, LATER + 2 * HOUR, certificate="new")
    with pytest.raises(Refused, match="no repair"):
        then(SERVING, Event.RESTORE, LATER)


def test_a_repair_that_fails_again_is_open_again() -> None:
    life = then(SERVING, Event.FAULT, LATER)
    life = then(life, Event.TEST_PASS, LATER + HOUR, certificate="new")
    life = then(life, Event.RESTORE, LATER + HOUR, certificate="new")
    life = then(life, Event.TEST_FAIL, LATER + 2 * HOUR)
    assert (life.repaired_at, life.restored_at) == (None, None)
    assert [one.name for one in clocks_of(life, SET) if one.stopped is None] == ["repair"]


def test_a_fault_from_before_the_acceptance_is_a_rejection() -> None:
    with pytest.raises(Refused, match="when the last results were delivered"):
        then(SERVING, Event.FAULT, START)


@pytest.mark.parametrize(
    ("events", "number"),
    [
        (TO_SERVICE[:4], 1),
        ((*TO_SERVICE[:4], Event.TEST_INCOMPLETE), 1),
        ((*TO_SERVICE[:4], Event.TEST_FAIL), 2),
        ((*TO_SERVICE[:4], Event.TEST_FAIL, Event.TEST_INCOMPLETE), 2),
        (TO_SERVICE[:5], 1),  # tested again before the answer
        (TO_SERVICE, 1),  # a port that serves is not in an attempt
        ((*TO_SERVICE, Event.FAULT), 1),
        ((*TO_SERVICE, Event.FAULT, Event.TEST_FAIL), 2),
    ],
)
def test_the_next_run_has_the_number_that_it_is_then_given(events: tuple[Event, ...], number: int) -> None:
    life = lived(*events)
    assert next_attempt(life) == number
    if life.state is not State.IN_SERVICE:
        assert then(life, Event.TEST_FAIL, LATER).attempts[-1].number == number


def test_opportunities_used_follow_the_setting() -> None:
    life = lived(*TO_SERVICE[:4], Event.TEST_FAIL, Event.PROVISION, Event.TEST_FAIL)
    assert (opportunities_used(life, UNSET), failed_attempts(life, UNSET)) == (2, 2)
    strict = Clocks(count_initial=False)
    assert (opportunities_used(life, strict), choice_open(life, strict)) == (1, False)
    (row,) = due_list([life], replace(SET, opportunities=3), LATER)
    assert (row.attempts, row.unsuccessful, row.opportunities) == (2, 2, 3)


TESTS = (Event.TEST_PASS, Event.TEST_FAIL, Event.TEST_INCOMPLETE)
TO_ACCEPTANCE = (Event.DELIVER, Event.ACCEPT, Event.BEGIN_SERVICE)
TO_SILENCE = (Event.DELIVER, Event.DEEM, Event.BEGIN_SERVICE)
# What people and machines do together; a random event in between is always possible.
MOVES = [(Event.TEST_PASS,), (Event.TEST_FAIL,), (Event.MOVE,), (Event.FAULT,), TO_ACCEPTANCE, TO_SILENCE]
STEP = st.tuples(
    st.one_of(st.sampled_from(MOVES), st.sampled_from([(event,) for event in Event])),
    st.sampled_from([1, 200, -3]),  # hours; tests are told late too: certificates are offered again and again
    st.sampled_from([HERE, OTHER]),
    st.sampled_from(["INITIAL", "REPAIR"]),
)
BEGINNINGS = st.sampled_from([(), TO_SERVICE[:4], TO_SERVICE[:6], TO_SERVICE, (*TO_SERVICE, Event.FAULT)])
Step = tuple[tuple[Event, ...], int, dict[str, str], str]


@settings(max_examples=300)
@given(BEGINNINGS, st.lists(STEP, max_size=8), st.sampled_from([SET, replace(SET, restart_on_move=True)]))
def test_no_path_accepts_a_port_that_fails(beginning: tuple[Event, ...], steps: list[Step], clocks: Clocks) -> None:
    """Whatever happens in whatever order: who is accepted, and who serves, passed its newest test, on that port."""
    history: list[Happening] = []
    life: Life | None = None
    newest: dict[str, tuple[datetime, bool, str]] = {}  # port -> when its newest test was, how it ended, certificate
    at = START
    for number, (events, hours, place, occasion) in enumerate([(beginning, 1, HERE, "INITIAL"), *steps]):
        for event in events:
            at += abs(hours) * HOUR
            late = min(hours, 0) * 2 * HOUR if event in TESTS else 0 * HOUR
            said = _said(life, event, at + late, place, occasion, f"c{number}")
            try:
                done, life = happen(life, said, clocks)
            except Refused:
                continue
            history.append(done)
            if event in (Event.TEST_PASS, Event.TEST_FAIL):
                port, ended = " ".join(place.values()), (said.at, event is Event.TEST_PASS, f"c{number}")
                newest[port] = max(newest.get(port, ended), ended, key=lambda one: one[0])
            _must_be_proved(life, newest)
    assert fold(history) == life


def _said(
    life: Life | None, event: Event, at: datetime, place: dict[str, str], occasion: str, certificate: str
) -> Happening:
    said = happening(event, at)
    detail = dict(said.detail)
    if event in TESTS:
        detail |= {**place, "occasion": occasion, "certificate": certificate}
    elif event is Event.MOVE:
        detail |= place
    elif event in (Event.DELIVER, Event.RESTORE) and life is not None:
        detail["certificate"] = life.certificate
    return replace(said, detail=detail)


def _must_be_proved(life: Life, newest: dict[str, tuple[datetime, bool, str]]) -> None:
    if life.state in (State.ACCEPTED, State.DEEMED_ACCEPTED, State.IN_SERVICE) or life.restored_at is not None:
        assert newest[f"{life.router} {life.port}"][1:] == (True, life.certificate)
        assert life.attempts[-1].satisfied
    if life.restored_at is not None:
        assert life.occasion is Occasion.REPAIRED
