"""Availability of a port in a month: only time in service, each second once, the customer's own excluded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from histories import DAY, HOUR, NOW, PORT, ROUTER, SERVICE, Step, at, book, interruption, story, to_service
from hypothesis import given
from hypothesis import strategies as st

from turnup.model.interruption import Cause
from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.order.states import Event
from turnup.performance.availability import Level, PortMonth, repairs
from turnup.performance.months import Month
from turnup.performance.recorded import Interruption

AUGUST = Month(2001, 8)
LIVING = story(to_service())


def month_of(*recorded: Interruption, month: Month = AUGUST, steps: list[Step] | None = None) -> PortMonth:
    (found,) = book(story(steps or to_service()), recorded=recorded).months(month)
    return found


def test_a_month_without_an_interruption() -> None:
    one = month_of()
    assert (one.in_service, one.down, one.percent) == (31 * DAY, timedelta(0), Decimal(100))
    assert one.complete


@pytest.mark.parametrize(
    ("month", "length"),
    [(Month(2001, 10), 745 * HOUR), (Month(2001, 7), 22 * DAY)],  # clocks go back; service began on the tenth
)
def test_only_time_in_service_counts(month: Month, length: timedelta) -> None:
    assert month_of(month=month).in_service == length


def test_a_month_before_service_or_to_come_is_not_there() -> None:
    assert book(LIVING).months(Month(2001, 6)) == ()
    assert book(LIVING).months(Month(2002, 1)) == ()


def test_an_interruption_over_the_end_of_a_month_counts_in_both() -> None:
    cut = interruption("2001-09-01T03:00", "2001-09-01T06:00")  # 23:00 to 02:00 in New York
    assert month_of(cut).down == HOUR
    assert month_of(cut, month=Month(2001, 9)).down == 2 * HOUR


def test_an_outage_is_told_in_its_own_months_only() -> None:
    cut = interruption("2001-08-31T10:00", "2001-09-02T10:00")
    told = [len(month_of(cut, month=Month(2001, number)).outages) for number in (7, 8, 9, 10)]
    assert told == [0, 1, 1, 0]


def test_interruptions_that_overlap_count_once() -> None:
    one = month_of(
        interruption("2001-08-02T10:00", "2001-08-02T12:00"),
        interruption("2001-08-02T11:00", "2001-08-02T14:00", number=2, port=""),
        interruption("2001-08-02T14:00", "2001-08-02T15:00", number=3, order_id="PSO-1"),
    )
    assert one.down == 5 * HOUR
    assert len(one.outages) == 1
    assert len(one.outages[0].parts) == 3


def test_a_repair_and_its_record_are_one() -> None:
    steps: list[Step] = [
        *to_service(),
        (Event.FAULT, at("2001-08-02T11:00"), {}),
        (Event.TEST_PASS, at("2001-08-02T13:00"), {}),
    ]
    recorded = interruption("2001-08-02T10:00", "2001-08-02T12:30")
    one = month_of(recorded, steps=steps)
    assert one.down == 3 * HOUR
    assert len(one.outages) == 1


def test_other_ports_are_not_touched() -> None:
    one = month_of(
        interruption("2001-08-02T10:00", "2001-08-02T12:00", port="Serial5/1"),
        interruption("2001-08-02T10:00", "2001-08-02T12:00", number=2, router="chi-gsr1", port=""),
        interruption("2001-08-02T10:00", "2001-08-02T12:00", number=3, order_id="PSO-2"),
    )
    assert one.outages == ()


def test_what_was_withdrawn_counts_no_more() -> None:
    assert month_of(replace(interruption("2001-08-02T10:00", "2001-08-02T12:00"), withdrawn=True)).outages == ()


def test_an_open_interruption_counts_up_to_now() -> None:
    one = month_of(interruption(NOW - 2 * HOUR, None), month=Month(2001, 11))
    assert one.down == 2 * HOUR
    assert one.outages[0].open
    unfinished = book(LIVING, recorded=[interruption(NOW - HOUR, None)], now=NOW - timedelta(minutes=30))
    (one,) = unfinished.months(Month(2001, 11))
    assert (one.down, one.complete) == (timedelta(minutes=30), False)


@pytest.mark.parametrize(
    ("cause", "down", "excluded"),
    [
        (Cause.CARRIER, 2, 0),
        (Cause.THIRD_PARTY, 2, 0),
        (Cause.MAINTENANCE, 2, 0),  # PASA excludes none
        (Cause.UNSTATED, 2, 0),
        (Cause.CUSTOMER, 0, 2),
    ],
)
def test_only_the_customers_own_doing_is_excluded(cause: Cause, down: int, excluded: int) -> None:
    one = month_of(interruption("2001-08-02T10:00", "2001-08-02T12:00", cause))
    assert (one.down, one.excluded) == (down * HOUR, excluded * HOUR)


def test_a_stated_cause_stands_beside_the_customers_and_an_untagged_repair_does_not() -> None:
    theirs = interruption("2001-08-02T10:00", "2001-08-02T12:00", Cause.CUSTOMER)
    ours = interruption("2001-08-02T11:00", "2001-08-02T13:00", Cause.CARRIER, 2)
    assert month_of(theirs, ours).down == 2 * HOUR
    untagged = interruption("2001-08-02T11:00", "2001-08-02T13:00", Cause.UNSTATED, 2)
    assert month_of(theirs, untagged).down == HOUR


@pytest.mark.parametrize(
    ("minutes", "target", "level"),
    [
        (0, None, Level.NOT_CONFIGURED),
        (44640, None, Level.NOT_CONFIGURED),
        (0, 100.0, Level.MET),
        (45, 99.9, Level.MISSED),
        (44, 99.9, Level.MET),  # 44.64 minutes of 31 days are one in a thousand
        (44640, 0.1, Level.MISSED),
    ],
)
def test_against_what_was_agreed(minutes: int, target: float | None, level: Level) -> None:
    start = at("2001-08-01T04:00")
    ends = start + timedelta(minutes=minutes)
    recorded = [interruption(start, ends)] if minutes else []
    assert month_of(*recorded).level(target) is level


def test_a_percentage_is_cut_off_never_rounded_up() -> None:
    one = month_of(interruption("2001-08-02T10:00", at("2001-08-02T10:00") + timedelta(milliseconds=1)))
    assert one.percent == Decimal("99.9999")
    assert one.share < 1
    assert one.level(100.0) is Level.MISSED


CAUSES = st.sampled_from(list(Cause))
STARTS = st.integers(-200, 4000).map(lambda hours: SERVICE + timedelta(hours=hours))
RECORDED = st.lists(
    st.builds(
        lambda start, length, cause, port: interruption(
            start, start + timedelta(minutes=length) if length else None, cause, 1, ROUTER, port
        ),
        STARTS,
        st.integers(0, 60000),
        CAUSES,
        st.sampled_from([PORT, "", "Serial9/9"]),
    ),
    max_size=6,
)
LAST = st.integers(1, 4500).map(lambda hours: SERVICE + timedelta(hours=hours))


@given(RECORDED, LAST)
def test_availability_is_a_share_and_months_sum_up(recorded: list[Interruption], now: datetime) -> None:
    kept = book(LIVING, recorded=recorded, now=now)
    months = [one for n in range(12) for one in kept.months(Month(2001, 6).after(n))]
    for one in months:
        assert 0 <= one.share <= 1
        assert Decimal(0) <= one.percent <= Decimal(100)
        assert one.down + one.excluded <= one.in_service
    assert sum((one.in_service for one in months), timedelta(0)) == now - SERVICE
    down = sum((one.down for one in months), timedelta(0))
    if not any(one.cause in (Cause.UNSTATED, Cause.CUSTOMER) for one in recorded):
        assert down == down_by_hand(recorded, now)


def down_by_hand(recorded: list[Interruption], now: datetime) -> timedelta:
    """Minute edges walked one by one: a piece is down when any interruption of the port holds its start."""
    live = [(max(one.starts, SERVICE), min(one.ends or now, now)) for one in recorded if one.port != "Serial9/9"]
    edges = sorted({edge for pair in live for edge in pair})
    return sum(
        (end - start for start, end in pairwise(edges) if any(first <= start and end <= last for first, last in live)),
        timedelta(0),
    )


@given(RECORDED, RECORDED)
def test_the_customers_interruptions_never_lower_it(recorded: list[Interruption], theirs: list[Interruption]) -> None:
    excluded = [replace(one, cause=Cause.CUSTOMER) for one in theirs]
    before = book(LIVING, recorded=recorded).months(AUGUST)
    after = book(LIVING, recorded=[*recorded, *excluded]).months(AUGUST)
    assert after[0].share >= before[0].share


@given(RECORDED, RECORDED)
def test_other_interruptions_never_raise_it(recorded: list[Interruption], more: list[Interruption]) -> None:
    before = book(LIVING, recorded=recorded).months(AUGUST)
    after = book(LIVING, recorded=[*recorded, *(one for one in more if one.cause is not Cause.CUSTOMER)]).months(AUGUST)
    assert after[0].share <= before[0].share
    assert Fraction(0) <= after[0].share


CALL = at("2001-08-02T10:30")


def repair_level(clocks: Clocks, hours: int, **said: object) -> tuple[Level, timedelta | None, bool]:
    one = interruption("2001-08-02T10:00", at("2001-08-02T10:00") + hours * HOUR, **said)  # type: ignore[arg-type]
    (found,) = repairs(book(LIVING, recorded=[one], clocks=clocks).months(AUGUST), clocks)
    return found.level, found.took, found.outage.critical


def test_time_to_repair_runs_from_the_answered_call() -> None:
    clocks = Clocks(repair=Period.parse("4h"), repair_critical=Period.parse("2h"))
    assert repair_level(clocks, 4, answered=CALL) == (Level.MET, 3.5 * HOUR, False)
    assert repair_level(clocks, 5, answered=CALL) == (Level.MISSED, 4.5 * HOUR, False)
    assert repair_level(clocks, 5) == (Level.NOT_CONFIGURED, None, False), "no call was recorded: nothing is judged"
    assert repair_level(Clocks(), 500, answered=CALL)[0] is Level.NOT_CONFIGURED


def test_more_than_four_customers_make_it_critical() -> None:
    clocks = Clocks(repair=Period.parse("4h"), repair_critical=Period.parse("2h"))
    for count, critical in ((4, False), (5, True)):
        stories = [story(to_service(), f"PSO-{n}", f"customer {n}") for n in range(count)]
        one = interruption("2001-08-02T10:00", "2001-08-02T13:00", port="", answered=CALL)
        found = list(repairs(book(*stories, recorded=[one]).months(AUGUST), clocks))
        assert {row.outage.critical for row in found} == {critical}
        assert {row.level for row in found} == {Level.MISSED if critical else Level.MET}


def test_a_stated_number_of_customers_makes_it_critical() -> None:
    cut = interruption("2001-08-02T10:00", "2001-08-02T13:00")
    for count, critical in ((4, False), (5, True)):
        assert month_of(replace(cut, customers=count)).outages[0].critical is critical


def test_customers_of_one_ticket_are_counted_together() -> None:
    stories = [story(to_service(), f"PSO-{n}", f"customer {n}") for n in range(5)]
    apart = [
        interruption("2001-08-02T10:00", "2001-08-02T13:00", number=n + 1, order_id=f"PSO-{n}", ticket="TT-7")
        for n in range(5)
    ]
    assert all(one.outages[0].critical for one in book(*stories, recorded=apart).months(AUGUST))
    fewer = book(*stories, recorded=apart[:4]).months(AUGUST)
    assert not any(outage.critical for one in fewer for outage in one.outages)
