"""The table of states: what may follow what, by whom, and that nothing is ever undefined."""

from __future__ import annotations

import pytest

from turnup.errors import Refused
from turnup.order.states import OVER, START, TABLE, Actor, Event, State, When, possible, step_of


def test_every_state_is_reached_and_left_or_over() -> None:
    reached, found = {START}, {START}
    while found:
        found = {step.to for step in TABLE if step.state in found} - reached
        reached |= found
    assert reached == set(State)
    assert {State.AVAILABLE, State.TERMINATED, State.CANCELLED} == OVER


def test_no_two_rows_answer_the_same_question() -> None:
    keys = [(step.state, step.event, step.when) for step in TABLE]
    assert len(keys) == len(set(keys))
    always = {(step.state, step.event) for step in TABLE if step.when is When.ALWAYS}
    assert not always & {(step.state, step.event) for step in TABLE if step.when is not When.ALWAYS}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_pair_has_one_answer(state: State, event: Event) -> None:
    for opened in (False, True):
        legal = [actor for actor in Actor if _legal(state, event, actor, opened)]
        rows = {step for step in possible(state) if step.event is event}
        assert bool(legal) is bool(rows)


def _legal(state: State, event: Event, actor: Actor, opened: bool) -> bool:
    try:
        step_of(state, event, actor, choice_open=opened)
    except Refused:
        return False
    return True


def test_only_the_clock_deems_and_only_the_customer_answers() -> None:
    assert {actor for step in TABLE if step.event is Event.DEEM for actor in step.actors} == {Actor.CLOCK}
    for event in (Event.ACCEPT, Event.REJECT, Event.CONTINUE, Event.DIFFERENT_PORT, Event.DISCONTINUE):
        assert {actor for step in TABLE if step.event is event for actor in step.actors} == {Actor.CUSTOMER}


def test_acceptance_is_reached_from_delivered_results_alone() -> None:
    into = {step.state for step in TABLE if step.to in (State.ACCEPTED, State.DEEMED_ACCEPTED)}
    assert into == {State.DELIVERED}
    delivered = {step.state for step in TABLE if step.to is State.DELIVERED and step.event is not Event.RESTORE}
    assert delivered == {State.TESTED}
    by = {step.event for step in TABLE if step.to is State.TESTED and step.state is not State.TESTED}
    assert by == {Event.TEST_PASS}


def test_a_refusal_says_what_is_possible() -> None:
    with pytest.raises(Refused, match="cannot take the event `accept`") as refused:
        step_of(State.ACKNOWLEDGED, Event.ACCEPT, Actor.CUSTOMER)
    assert "cross-connect" in refused.value.advice
    with pytest.raises(Refused, match="is the customer's, not the carrier's"):
        step_of(State.DELIVERED, Event.ACCEPT, Actor.CARRIER)
