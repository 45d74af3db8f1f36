"""What a history says about service and repairs."""

from __future__ import annotations

import pytest
from histories import DAY, HOUR, NOW, PORT, ROUTER, SERVICE, Step, at, history, story, to_service
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError
from turnup.model.interruption import Cause
from turnup.order.states import Event
from turnup.performance.service import story_of

FAULT = at("2001-08-01T10:00")


def repaired(fault_detail: dict[str, str] | None = None) -> list[Step]:
    """A fault, its repair four hours later, the customer's acceptance the day after."""
    return [
        *to_service(),
        (Event.FAULT, FAULT, fault_detail or {}),
        (Event.TEST_PASS, FAULT + 4 * HOUR, {}),
        (Event.DELIVER, FAULT + 5 * HOUR, {}),
        (Event.ACCEPT, FAULT + DAY, {}),
        (Event.BEGIN_SERVICE, FAULT + DAY, {}),
    ]


def test_service_runs_from_its_beginning() -> None:
    found = story(to_service())
    (served,) = found.served
    assert (served.router, served.port, served.site, served.customer) == (ROUTER, PORT, "nyc", "LVL3")
    assert (served.starts, served.ends) == (SERVICE, None)
    assert str(served.evidence[0]).startswith("event 8 (begin service, PSO-1) (sha256 0000")
    assert found.repairs == ()


def test_nothing_is_served_before_service_begins() -> None:
    assert story(to_service()[:-1]).served == ()


@pytest.mark.parametrize("event", [Event.DISCONNECT, Event.TERMINATE])
def test_service_ends_when_the_customer_ends_it(event: Event) -> None:
    (served,) = story([*to_service(), (event, SERVICE + DAY, {})]).served
    assert (served.starts, served.ends) == (SERVICE, SERVICE + DAY)


def test_a_repair_interrupts_until_a_test_passes() -> None:
    found = story(repaired({"ticket": "TT-1", "cause": "third-party", "critical": "yes"}))
    (one,) = found.repairs
    assert (one.starts, one.ends, one.cause, one.ticket, one.critical) == (
        FAULT,
        FAULT + 4 * HOUR,
        Cause.THIRD_PARTY,
        "TT-1",
        True,
    )
    assert one.answered == FAULT, "the report of the fault is the call, where no other time is known"
    assert len(found.served) == 1, "a repair does not end the service"


def test_a_fault_without_a_cause_is_not_called_the_customers() -> None:
    assert story(repaired({"cause": "sunspots"})).repairs[0].cause is Cause.UNSTATED


def test_when_the_call_was_answered_is_taken_where_it_is_told() -> None:
    call = FAULT - HOUR
    assert story(repaired({"answered": call.isoformat()})).repairs[0].answered == call


def test_a_repair_that_the_customer_rejects_goes_on() -> None:
    steps = repaired()[:-2]
    (one,) = story([*steps, (Event.REJECT, FAULT + 6 * HOUR, {})]).repairs
    assert one.ends is None
    again = [*steps, (Event.REJECT, FAULT + 6 * HOUR, {}), (Event.TEST_PASS, FAULT + 8 * HOUR, {})]
    (one,) = story(again).repairs
    assert (one.starts, one.ends) == (FAULT, FAULT + 8 * HOUR)


def test_a_repair_that_is_tested_twice_was_over_with_the_first_test() -> None:
    (one,) = story([*repaired()[:-3], (Event.TEST_PASS, FAULT + 9 * HOUR, {})]).repairs
    assert one.ends == FAULT + 4 * HOUR


def test_a_rejection_in_time_takes_a_deemed_acceptance_back() -> None:
    tested = to_service()[:-2]
    deemed: list[Step] = [
        (Event.DEEM, BEGUN, {}),
        (Event.BEGIN_SERVICE, BEGUN, {}),
    ]
    new = story([*tested, *deemed])
    assert len(new.served) == 1
    assert new.first_accepted == at("2001-06-08T06:00"), "when the silence of five business days ended, in Denver"
    late = story([*tested, *deemed, (Event.REJECT, tested[-1][1] + HOUR, {})])
    assert late.served == ()
    assert late.first_accepted is None


BEGUN = SERVICE


def test_a_rejection_after_a_deemed_repair_opens_the_repair_again() -> None:
    steps = [
        *repaired()[:-2],
        (Event.DEEM, FAULT + 10 * DAY, {}),
        (Event.BEGIN_SERVICE, FAULT + 10 * DAY, {}),
        (Event.REJECT, FAULT + 6 * HOUR, {}),
    ]
    (one,) = story(steps).repairs
    assert (one.starts, one.ends) == (FAULT, None)


def test_a_different_port_goes_on_with_the_service_still_interrupted() -> None:
    steps: list[Step] = [
        *to_service(),
        (Event.FAULT, FAULT, {}),
        (Event.TEST_FAIL, FAULT + HOUR, {}),
        (Event.TEST_FAIL, FAULT + 2 * HOUR, {}),
        (Event.DIFFERENT_PORT, FAULT + 3 * HOUR, {"router": ROUTER, "port": "Serial6/0"}),
        (Event.PROVISION, FAULT + 4 * HOUR, {}),
        (Event.TEST_PASS, FAULT + 5 * HOUR, {}),
    ]
    found = story(steps)
    assert [(one.port, one.starts, one.ends) for one in found.served] == [
        (PORT, SERVICE, FAULT + 3 * HOUR),
        ("Serial6/0", FAULT + 3 * HOUR, None),
    ]
    (one,) = found.repairs
    assert (one.starts, one.ends) == (FAULT, FAULT + 5 * HOUR)


def test_ending_ends_the_repair_too() -> None:
    steps: list[Step] = [*to_service(), (Event.FAULT, FAULT, {}), (Event.TERMINATE, FAULT + DAY, {})]
    found = story(steps)
    assert found.repairs[0].ends == FAULT + DAY
    assert found.served[0].ends == FAULT + DAY
    assert found.ended is not None


@given(st.integers(0, len(repaired())))
def test_every_beginning_of_a_history_can_be_read(count: int) -> None:
    entries = history(repaired())[:count]
    if not entries:
        with pytest.raises(InputError, match="without an event"):
            story_of(entries)
        return
    found = story_of(entries)
    spans = [*((one.starts, one.ends) for one in found.served), *((one.starts, one.ends) for one in found.repairs)]
    assert all(end is None or start < end <= NOW for start, end in spans)


MOVED = at("2001-10-01T00:00")
SILENCE: list[Step] = [  # of a repaired port, 48 hours after its delivery
    (Event.TEST_PASS, MOVED + 2 * HOUR, {}),
    (Event.DELIVER, MOVED + 3 * HOUR, {}),
    (Event.DEEM, MOVED + 4 * DAY, {}),
    (Event.BEGIN_SERVICE, MOVED + 4 * DAY, {}),
]


def test_the_rejection_of_a_port_it_was_moved_to_opens_no_earlier_repair_again() -> None:
    rejected = (Event.REJECT, MOVED + DAY, {"reason": "no route"})
    found = story([*repaired(), (Event.MOVE, MOVED, {}), *SILENCE, rejected])
    first, second = found.repairs
    assert (first.starts, first.ends) == (FAULT, FAULT + 4 * HOUR)
    assert (second.starts, second.ends, second.answered) == (MOVED + DAY, None, MOVED + DAY)
    assert [one.starts for one in found.served] == [SERVICE, MOVED], "it serves all the same, interrupted"
    assert found.first_accepted is not None


def test_a_failed_test_of_a_port_it_was_moved_to_interrupts_until_one_passes() -> None:
    steps = [*to_service(), (Event.MOVE, MOVED, {}), (Event.TEST_FAIL, MOVED + HOUR, {}), *SILENCE]
    (one,) = story(steps).repairs
    assert (one.starts, one.ends, one.answered) == (MOVED + HOUR, MOVED + 2 * HOUR, None)
    (again,) = story([*steps, (Event.REJECT, MOVED + DAY, {})]).repairs
    assert (again.starts, again.ends) == (MOVED + HOUR, None)


def test_a_rejection_in_time_of_a_port_it_was_moved_to_before_service_leaves_nothing_accepted() -> None:
    steps: list[Step] = [*to_service()[:4], (Event.MOVE, MOVED, {}), *SILENCE[:2]]
    steps += [(event, MOVED + 20 * DAY, {}) for event in (Event.DEEM, Event.BEGIN_SERVICE)]
    found = story([*steps, (Event.REJECT, MOVED + DAY, {})])
    assert (found.first_accepted, found.served, found.repairs) == (None, (), ())
