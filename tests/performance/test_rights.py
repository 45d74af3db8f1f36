"""Rights to terminate (PASA 8.4): arisen, not arisen, or not configured."""

from __future__ import annotations

import pytest
from histories import DAY, at, book, interruption, story, to_service

from turnup.model.interruption import Cause
from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.performance.months import Month
from turnup.performance.recorded import Interruption
from turnup.performance.rights import Right, rights

LIVING = story(to_service())
SET = Clocks(
    availability_percent=99.9,
    availability_months=3,
    delay=Period.parse("10d"),
    inoperable=Period.parse("2d"),
)


def found(clause: str, recorded: list[Interruption], month: Month, clocks: Clocks = SET) -> list[Right]:
    kept = book(LIVING, recorded=recorded, clocks=clocks)
    return [one for one in rights(kept, month) if one.clause == clause]


def bad(month: int) -> Interruption:
    """Two hours down in that month."""
    return interruption(f"2001-{month:02}-12T10:00", f"2001-{month:02}-12T12:00", number=month)


@pytest.mark.parametrize(
    ("bad_months", "month", "told", "figures"),
    [
        ((8, 9, 10), 10, "arisen", "3 months in a row"),
        ((7, 8, 9, 10), 10, "arisen", "4 months in a row"),
        ((8, 9), 9, "not arisen", "2 months in a row"),
        ((8, 10), 10, "not arisen", "1 months in a row"),  # a good month between
    ],
)
def test_months_below_in_a_row(bad_months: tuple[int, ...], month: int, told: str, figures: str) -> None:
    (one,) = found("8.4(i)", [bad(n) for n in bad_months], Month(2001, month))
    assert one.told == told
    assert one.figures.startswith(figures)
    assert one.threshold == "3 months below 99.9 %"
    assert len(one.evidence) > len(bad_months) - 1


def test_a_good_month_tells_nothing() -> None:
    assert found("8.4(i)", [bad(8), bad(9), bad(10)], Month(2001, 11)) == []


def test_a_month_that_is_not_over_has_not_failed() -> None:
    kept = book(LIVING, recorded=[bad(8), bad(9), bad(10)], clocks=SET, now=at("2001-10-31T00:00"))
    assert [one for one in rights(kept, Month(2001, 10)) if one.clause == "8.4(i)"] == []


@pytest.mark.parametrize(
    "clocks", [Clocks(), Clocks(availability_percent=99.9), Clocks(availability_months=1)], ids=["none", "%", "months"]
)
def test_unset_is_never_a_right(clocks: Clocks) -> None:
    (one,) = found("8.4(i)", [bad(8), bad(9), bad(10)], Month(2001, 10), clocks)
    assert one.told == "not configured"
    assert one.arisen is None
    assert "99.7" in one.figures, "the figure is shown all the same"


@pytest.mark.parametrize(("cause"), [Cause.CARRIER, Cause.CUSTOMER, Cause.MAINTENANCE])
def test_inoperable_for_any_reason(cause: Cause) -> None:
    start = at("2001-08-02T10:00")
    over = interruption(start, start + 2 * DAY + DAY / 24, cause)
    (one,) = found("8.4(iii)", [over], Month(2001, 8))
    assert (one.told, one.threshold) == ("arisen", "more than 2d")
    just = interruption(start, start + 2 * DAY, cause)
    assert [one.told for one in found("8.4(iii)", [just], Month(2001, 8))] == ["not arisen"]
    assert [one.told for one in found("8.4(iii)", [over], Month(2001, 8), Clocks())] == ["not configured"]


def test_inoperable_days_are_counted_over_the_end_of_the_month() -> None:
    over = interruption("2001-08-31T10:00", "2001-09-05T10:00")
    assert [one.told for one in found("8.4(iii)", [over], Month(2001, 8))] == ["not arisen"]
    (one,) = found("8.4(iii)", [over], Month(2001, 9))
    assert one.told == "arisen"
    assert "inoperable 120:00:00 h" in one.figures


@pytest.mark.parametrize(
    ("clocks", "told"),
    [(SET, "arisen"), (Clocks(delay=Period.parse("30d")), "not arisen"), (Clocks(), "not configured")],
)
def test_a_delay(clocks: Clocks, told: str) -> None:
    steps = to_service()[:4]
    kept = book(story(steps), clocks=clocks, dates={"nyc": "2001-07-15"})
    (one,) = rights(kept, Month(2001, 7))
    assert (one.clause, one.told) == ("8.4(ii)", told)
    assert "since 2001-07-16" in one.figures
