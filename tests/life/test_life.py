"""Lives of orders: attempts, elections, silence, rejections in time and too late, repairs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lives import HOUR, SET, START, TO_SERVICE, UNSET, actor_of, happening, lived

from turnup.errors import Refused, TurnupError
from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.order.calendars import ContractCalendar
from turnup.order.clocks import Clock, clocks_of, next_due
from turnup.order.decisions import deadline, failed_attempts, happen
from turnup.order.life import Happening, Life, Occasion, fold
from turnup.order.states import Actor, Event, State

TO_DELIVERED = TO_SERVICE[:6]
FAILED_TWICE = (*TO_SERVICE[:4], Event.TEST_FAIL, Event.PROVISION, Event.TEST_FAIL)
AFTER = START + 30 * 24 * HOUR


def test_an_order_lives_to_service() -> None:
    life = lived(*TO_SERVICE)
    assert life.state is State.IN_SERVICE
    assert life.accepted_certificate == "good"
    assert [attempt.number for attempt in life.attempts] == [1]


def test_the_second_failed_attempt_opens_the_choice() -> None:
    assert lived(*FAILED_TWICE[:5]).state is State.REJECTED
    assert lived(*FAILED_TWICE).state is State.ELECTION


def test_a_rejection_is_a_failed_attempt_too() -> None:
    life = lived(*TO_SERVICE[:4], Event.TEST_FAIL, Event.TEST_PASS, Event.DELIVER, Event.REJECT)
    assert life.state is State.ELECTION
    assert [(one.number, one.satisfied) for one in life.attempts] == [(1, False), (2, False)]
    assert life.attempts[1].failed_by is Actor.CUSTOMER


def test_a_test_that_was_not_completed_is_no_attempt() -> None:
    life = lived(*TO_SERVICE[:4], *[Event.TEST_INCOMPLETE] * 5)
    assert (life.attempts, life.state) == ((), State.PROVISIONED)


def test_whether_the_first_failure_counts_is_a_setting() -> None:
    clocks = replace(SET, count_initial=False)
    assert lived(*FAILED_TWICE, clocks=clocks).state is State.REJECTED
    assert lived(*FAILED_TWICE, Event.TEST_FAIL, clocks=clocks).state is State.ELECTION


@pytest.mark.parametrize(("restart", "failed", "state"), [(False, 3, State.ELECTION), (True, 1, State.REJECTED)])
def test_opportunities_go_on_over_alternate_ports_unless_policy_says_not(
    restart: bool, failed: int, state: State
) -> None:
    clocks = replace(SET, restart_on_move=restart)
    events = (*FAILED_TWICE, Event.DIFFERENT_PORT, Event.CROSS_CONNECT, Event.PROVISION, Event.TEST_FAIL)
    life = lived(*events, clocks=clocks)
    assert (failed_attempts(life, clocks), life.state) == (failed, state)
    assert life.bad_ports == ("nyc-hud-gsr1 Serial5/0",)
    assert life.port == "Serial6/0"


def test_a_different_port_starts_the_completion_clock_again() -> None:
    life = lived(*FAILED_TWICE, Event.DIFFERENT_PORT)
    (clock,) = [one for one in clocks_of(life, SET) if one.name == "completion"]
    assert clock.started == START + len(FAILED_TWICE) * HOUR
    assert clock.stopped is None


def test_discontinuing_reduces_the_fee() -> None:
    life = lived(*FAILED_TWICE, Event.DISCONTINUE)
    assert (life.state, life.fee_reduced) == (State.DISCONTINUED, True)


def deem(life: Life, at: datetime, clocks: Clocks = SET) -> Life:
    return happen(life, happening(Event.DEEM, at), clocks)[1]


def test_silence_accepts_after_the_period_and_not_before() -> None:
    life = lived(*TO_DELIVERED)
    end = deadline(life, SET)
    assert end is not None
    with pytest.raises(Refused, match="runs until"):
        deem(life, end)
    assert deem(life, end + timedelta(microseconds=1)).state is State.DEEMED_ACCEPTED


def test_silence_accepts_nothing_without_a_period() -> None:
    with pytest.raises(Refused, match="not configured"):
        deem(lived(*TO_DELIVERED, clocks=UNSET), START + timedelta(days=40_000), UNSET)


def test_the_period_begins_with_the_delivery_not_with_the_test() -> None:
    tested = lived(*TO_SERVICE[:5])
    assert deadline(tested, SET) is None
    late = happen(tested, happening(Event.DELIVER, AFTER), SET)[1]
    assert deadline(late, SET) == Period.parse("5bd").end(AFTER, ContractCalendar())


@pytest.mark.parametrize("detail", [{"delivery": ""}, {"certificate": "another"}])
def test_results_are_delivered_with_proof_and_of_the_last_test(detail: dict[str, str]) -> None:
    with pytest.raises(Refused):
        happen(lived(*TO_SERVICE[:5]), happening(Event.DELIVER, AFTER, None, **detail), SET)


def test_a_test_without_certificate_proves_nothing() -> None:
    with pytest.raises(Refused, match="without a certificate"):
        happen(lived(*TO_SERVICE[:4]), happening(Event.TEST_PASS, AFTER, certificate=""), SET)


def test_a_late_rejection_is_a_trouble_report() -> None:
    life = lived(*TO_DELIVERED)
    with pytest.raises(Refused, match="acceptance period ended") as refused:
        happen(life, happening(Event.REJECT, AFTER), SET)
    assert "repair open" in refused.value.advice


@pytest.mark.parametrize("served", [False, True])
def test_a_rejection_that_arrived_in_time_wins_over_silence(served: bool) -> None:
    life = lived(*TO_DELIVERED)
    end = deadline(life, SET)
    assert end is not None
    deemed = deem(life, end + HOUR)
    if served:
        deemed = happen(deemed, happening(Event.BEGIN_SERVICE, end + 2 * HOUR), SET)[1]
    rejected = happen(deemed, happening(Event.REJECT, end), SET)[1]
    assert rejected.state is State.REJECTED
    with pytest.raises(Refused, match="acceptance period ended"):
        happen(deemed, happening(Event.REJECT, end + timedelta(seconds=1)), SET)


def test_an_accepted_port_is_not_rejected() -> None:
    with pytest.raises(Refused, match="was accepted"):
        happen(lived(*TO_SERVICE), happening(Event.REJECT, START + 8 * HOUR), SET)


def test_a_rejection_before_the_delivery_is_none() -> None:
    with pytest.raises(Refused, match="after they were delivered"):
        happen(lived(*TO_DELIVERED), happening(Event.REJECT, START), SET)


def test_a_policy_changed_later_changes_nothing_that_was_decided() -> None:
    history: list[Happening] = []
    life: Life | None = None
    for number, event in enumerate(FAILED_TWICE):
        done, life = happen(life, happening(event, START + number * HOUR), SET)
        history.append(done)
    assert fold(history) == life
    assert life is not None
    assert life.state is State.ELECTION  # under `count_initial=False` it would not have been


def test_a_history_with_a_step_that_is_none_is_refused() -> None:
    done, _ = happen(None, happening(Event.RECEIVE, START), SET)
    with pytest.raises(TurnupError, match="no step leads"):
        fold([done, replace(happening(Event.ACCEPT, START), to=State.ACCEPTED)])
    with pytest.raises(TurnupError, match="does not begin with its receipt"):
        fold([replace(happening(Event.ACCEPT, START), to=State.ACCEPTED)])


def test_a_repair_has_a_period_and_opportunities_of_its_own() -> None:
    life = lived(*TO_SERVICE, Event.FAULT)
    assert (life.state, life.occasion, life.attempts) == (State.REPAIRING, Occasion.REPAIRED, ())
    again = lived(*TO_SERVICE, Event.FAULT, Event.TEST_PASS, Event.DELIVER)
    assert again.delivered_at is not None
    assert deadline(again, SET) == again.delivered_at + 48 * HOUR


def test_the_clock_of_a_critical_repair_is_shorter() -> None:
    life = lived(*TO_SERVICE)
    at = START + 100 * HOUR
    critical = happen(life, happening(Event.FAULT, at, Actor.CARRIER, critical="yes"), SET)[1]
    clock = next_due(critical, SET)
    assert clock is not None
    assert (clock.name, clock.due) == ("repair (critical)", at + 4 * HOUR)
    assert clock.late(at + 5 * HOUR)


def test_nothing_is_late_that_is_not_configured() -> None:
    for length in range(1, len(TO_SERVICE) + 1):
        life = lived(*TO_SERVICE[:length], clocks=UNSET)
        assert not any(clock.late(START + timedelta(days=9000)) for clock in clocks_of(life, UNSET))
        assert all(clock.left(AFTER) is None for clock in clocks_of(life, UNSET))


TRIAL = {"trial": "a journal", "router": "nyc-hud-gsr2", "port": "Serial5/1", "certificate": "red"}


@pytest.mark.parametrize(
    ("before", "attempts", "state"),
    [
        (TO_SERVICE[:2], 1, State.REJECTED),
        (TO_SERVICE[:3], 1, State.REJECTED),
        (TO_SERVICE[:4], 1, State.REJECTED),
        ((*TO_SERVICE[:4], Event.TEST_FAIL), 2, State.ELECTION),
        ((*FAILED_TWICE, Event.DIFFERENT_PORT), 3, State.ELECTION),
        ((*TO_SERVICE, Event.FAULT), 1, State.REJECTED),
    ],
)
def test_a_red_test_of_a_push_that_was_taken_back_is_an_attempt_where_nothing_was_proved(
    before: tuple[Event, ...], attempts: int, state: State
) -> None:
    life = lived(*before)
    _, tried = happen(life, happening(Event.TEST_FAIL, AFTER, None, **TRIAL), SET)
    assert (len(tried.attempts), tried.state) == (attempts, state)
    assert tried.attempts[-1].port == "nyc-hud-gsr2 Serial5/1"
    assert (tried.router, tried.port, tried.bad_ports) == (life.router, life.port, life.bad_ports)


@pytest.mark.parametrize("before", [TO_SERVICE[:5], TO_SERVICE[:6], TO_SERVICE[:7], TO_SERVICE])
def test_it_is_none_where_the_port_was_proved_and_has_stayed(before: tuple[Event, ...]) -> None:
    with pytest.raises(Refused):
        happen(lived(*before), happening(Event.TEST_FAIL, AFTER, None, **TRIAL), SET)


@pytest.mark.parametrize("event", [Event.TEST_FAIL, Event.TEST_PASS])
@pytest.mark.parametrize("before", [TO_SERVICE[:2], TO_SERVICE[:3]])
def test_a_port_that_has_nothing_of_the_order_is_not_tested_for_it(before: tuple[Event, ...], event: Event) -> None:
    with pytest.raises(Refused):
        happen(lived(*before), happening(event, AFTER), SET)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(Event), st.sampled_from([*Actor, None]), st.integers(0, 90), st.sampled_from([{}, {}, TRIAL])
    ),
    max_size=25,
)


@given(STEPS, st.sampled_from([SET, UNSET]), st.booleans())
def test_no_sequence_of_events_loses_one_or_accepts_a_failing_port(
    steps: list[tuple[Event, Actor | None, int, dict[str, str]]], clocks: Clocks, first: bool
) -> None:
    """Random events in random order: a state is always defined, every legal one is kept, silence accepts no failure."""
    at, life, history = START, None, []
    for event, actor, hours, trial in [(Event.RECEIVE, None, 0, {}), (Event.ACKNOWLEDGE, None, 1, {})] * first + steps:
        at += hours * HOUR
        more = trial if event is Event.TEST_FAIL else {}
        try:
            done, life = happen(life, happening(event, at, actor or actor_of(event), **more), clocks)
        except Refused:
            continue
        history.append(done)
        assert life.state is done.to
        if life.state in (State.ACCEPTED, State.DEEMED_ACCEPTED):
            assert life.attempts[-1].satisfied
            assert life.delivery
        if life.state is State.DEEMED_ACCEPTED:
            assert clocks is SET
    assert fold(history) == life
    assert (life.count if life else 0) == len(history)


@pytest.mark.parametrize("event", [Event.TEST_PASS, Event.TEST_FAIL])
def test_a_test_from_before_the_port_was_provisioned_never_counts(event: Event) -> None:
    """Certificates are offered again and again: one of a bare port, or of a push that was taken back, must not."""
    provisioned = lived(*TO_SERVICE[:4])
    before = happening(event, provisioned.entered[State.PROVISIONED] - HOUR / 2)
    with pytest.raises(Refused, match="before what has happened since"):
        happen(provisioned, before, SET)


def test_the_trial_that_was_taken_back_is_an_attempt_also_when_it_is_entered_late() -> None:
    provisioned = lived(*TO_SERVICE[:4])
    before = happening(Event.TEST_FAIL, provisioned.entered[State.PROVISIONED] - HOUR / 2, trial="journal")
    _, life = happen(provisioned, before, SET)
    assert (life.state, failed_attempts(life, SET)) == (State.REJECTED, 1)


def test_results_are_not_delivered_before_their_test() -> None:
    """A mistyped day would have the period over in the moment it begins: silence would accept at once (1.4(c))."""
    tested = lived(*TO_SERVICE[:5])
    with pytest.raises(Refused, match="is before the test whose results these are"):
        happen(tested, happening(Event.DELIVER, tested.attempts[-1].at - HOUR), SET)
    _, life = happen(tested, happening(Event.DELIVER, tested.attempts[-1].at - timedelta(minutes=1)), SET)
    assert life.state is State.DELIVERED, "two machines' clocks differ"


def test_the_acceptance_clock_stops_with_the_answer_not_with_what_follows_it() -> None:
    accepted = lived(*TO_SERVICE[:7])
    _, serving = happen(accepted, happening(Event.BEGIN_SERVICE, AFTER), SET)
    (clock,) = [one for one in clocks_of(serving, SET) if one.name == "acceptance"]
    assert clock.stopped == accepted.entered[State.ACCEPTED]
    assert not clock.late(AFTER)


def test_the_acceptance_clock_of_silence_stops_at_its_end() -> None:
    delivered = lived(*TO_DELIVERED)
    _, life = happen(delivered, happening(Event.DEEM, AFTER), SET)
    (clock,) = [one for one in clocks_of(life, SET) if one.name == "acceptance"]
    assert clock.stopped == clock.due == deadline(delivered, SET)


def clock(life: Life, name: str) -> Clock:
    (one,) = [one for one in clocks_of(life, SET) if one.name == name]
    return one


def test_the_disconnect_clock_of_a_discontinued_port_runs() -> None:
    """PASA 1.3(c) counts from the request, whatever ended the services before (1.4(b)(iii))."""
    discontinued = lived(*FAILED_TWICE, Event.DISCONTINUE)
    asked = START + 48 * HOUR
    _, life = happen(discontinued, happening(Event.DISCONNECT, asked), SET)
    assert (clock(life, "disconnect").started, clock(life, "disconnect").stopped) == (asked, None)
    running = next_due(life, SET)
    assert running is not None
    assert running.name == "disconnect"
    _, gone = happen(life, happening(Event.DISCONNECTED, asked + HOUR), SET)
    assert clock(gone, "disconnect").stopped == asked + HOUR


def test_a_different_port_does_not_acknowledge_the_order_again() -> None:
    """PASA 1.3(b): it was acknowledged an hour after its receipt, in time, whatever the customer chose weeks later."""
    failed = lived(*FAILED_TWICE)
    _, life = happen(failed, happening(Event.DIFFERENT_PORT, AFTER), SET)
    assert clock(life, "acknowledgement").stopped == START + HOUR
    assert clock(life, "completion").started == AFTER
    _, revised = happen(life, happening(Event.SUPPLEMENT, AFTER + HOUR), SET)
    assert clock(revised, "acknowledgement").stopped is None


@pytest.mark.parametrize(
    ("events", "name"), [((*TO_SERVICE, Event.FAULT), "repair"), (TO_SERVICE[:4], "completion")], ids=["repair", "new"]
)
def test_what_is_to_be_disconnected_is_no_longer_to_be_repaired_or_completed(
    events: tuple[Event, ...], name: str
) -> None:
    life = lived(*events, Event.DISCONNECT)
    assert clock(life, name).stopped == life.disconnect_since
    running = next_due(life, SET)
    assert running is not None
    assert running.name == "disconnect"


@pytest.mark.parametrize("event", [Event.CONTINUE, Event.DIFFERENT_PORT, Event.DISCONTINUE])
def test_a_choice_answers_the_attempt_that_opened_it(event: Event) -> None:
    failed = lived(*FAILED_TWICE)
    opened = failed.entered[State.ELECTION]
    with pytest.raises(Refused, match="this choice came"):
        happen(failed, happening(event, opened - HOUR), SET)
    happen(failed, happening(event, opened), SET)


def test_nothing_is_terminated_before_it_was_ordered() -> None:
    """A mistyped year would take the whole service out of every report."""
    with pytest.raises(Refused, match="is before the order"):
        happen(lived(*TO_SERVICE), happening(Event.TERMINATE, START - HOUR, clause="8.4(i)"), SET)
