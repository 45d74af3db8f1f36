"""The worksheet of credits: amounts only where they are configured, each line with clause and evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from histories import DAY, HOUR, SERVICE, Step, at, book, fee, interruption, story, to_service
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError
from turnup.load.strict import build
from turnup.model.interruption import Cause
from turnup.model.policy import Fees, Per
from turnup.order.states import Event
from turnup.performance.book import Book
from turnup.performance.credits import Credit, units, worksheet
from turnup.performance.months import Month
from turnup.performance.recorded import Interruption
from turnup.performance.spans import Span

AUGUST = Month(2001, 8)
FEES = Fees(
    "USD",
    discontinued=fee("1000.00"),
    delay=fee("50.00", Per.BEGUN_DAY),
    interruption=fee("12.50", Per.BEGUN_HOUR),
    changes=fee("300.00"),
    partial_termination=fee("900.00"),
)
LIVING = story(to_service())


def lines(kept: Book, month: Month = AUGUST) -> list[tuple[str, int | None, Decimal | None]]:
    return [(one.clause, one.quantity, one.amount) for one in worksheet(kept, month).credits]


def test_an_interruption_is_credited_until_it_is_remedied() -> None:
    cut = interruption("2001-08-02T10:00", "2001-08-02T11:30")
    kept = book(LIVING, recorded=[cut], fees=FEES)
    assert lines(kept) == [("4.2", 2, Decimal("25.00"))]
    sheet = worksheet(kept, AUGUST)
    assert (sheet.total, sheet.open, sheet.currency) == (Decimal("25.00"), 0, "USD")
    assert sheet.credits[0].evidence == cut.evidence
    assert "1:30:00 h: 2001-08-02 06:00-04:00 to 2001-08-02 07:30-04:00" in sheet.credits[0].what


def test_without_an_amount_there_is_no_amount() -> None:
    sheet = worksheet(book(LIVING, recorded=[interruption("2001-08-02T10:00", "2001-08-02T11:30")]), AUGUST)
    assert [(one.clause, one.quantity, one.amount) for one in sheet.credits] == [("4.2", None, None)]
    assert (sheet.total, sheet.open) == (None, 1)


def test_what_the_customer_caused_is_not_credited() -> None:
    theirs = interruption("2001-08-02T10:00", "2001-08-02T11:30", Cause.CUSTOMER)
    assert lines(book(LIVING, recorded=[theirs], fees=FEES)) == []


def test_an_amount_for_a_month_is_due_once_for_each_port() -> None:
    cuts = [
        interruption("2001-08-02T10:00", "2001-08-02T11:30"),
        interruption("2001-08-03T10:00", "2001-08-03T11:30", number=2),
    ]
    found = worksheet(book(LIVING, recorded=cuts, fees=Fees(interruption=fee("80.00"))), AUGUST)
    assert [one.amount for one in found.credits] == [Decimal("80.00"), Decimal("0.00")]
    assert found.total == Decimal("80.00")
    twice = worksheet(book(LIVING, recorded=cuts, fees=Fees(interruption=fee("80.00", Per.OCCURRENCE))), AUGUST)
    assert twice.total == Decimal("160.00")


def test_an_occurrence_with_the_customers_part_in_its_middle_is_one() -> None:
    cuts = [
        interruption("2001-08-02T10:00", "2001-08-02T18:00", Cause.UNSTATED),
        interruption("2001-08-02T12:00", "2001-08-02T13:00", Cause.CUSTOMER, 2),
    ]
    found = worksheet(book(LIVING, recorded=cuts, fees=Fees(interruption=fee("80.00", Per.OCCURRENCE))), AUGUST)
    assert found.total == Decimal("80.00")


def ended(event: Event, at_: str, **detail: str) -> list[Step]:
    return [*to_service(), (event, at(at_), detail)]


@pytest.mark.parametrize(
    ("clause", "amount"),
    [("8.4(i)", "900.00"), ("8.4(ii)", "900.00"), ("8.4(iii)", "900.00"), ("5(a)", "300.00"), ("5(b)", "300.00")],
)
def test_a_termination_reduces_the_fees_from_then_on(clause: str, amount: str) -> None:
    kept = book(story(ended(Event.TERMINATE, "2001-08-20T15:00", clause=clause)), fees=FEES)
    assert lines(kept, Month(2001, 7)) == []
    assert lines(kept) == [(clause, 1, Decimal(amount))]
    assert lines(kept, Month(2001, 10)) == [(clause, 1, Decimal(amount))]
    assert "event 9 (terminate" in str(worksheet(kept, AUGUST).credits[0].evidence[0])


def test_a_disconnection_reduces_nothing() -> None:
    assert lines(book(story(ended(Event.DISCONNECT, "2001-08-20T15:00")), fees=FEES)) == []


def test_a_discontinued_port_cites_its_failed_tests_and_its_certificate() -> None:
    steps: list[Step] = to_service()[:4]
    start = at("2001-08-01T10:00")
    steps += [(Event.TEST_FAIL, start + n * HOUR, {"certificate": "cd" * 32}) for n in range(2)]
    kept = book(story([*steps, (Event.DISCONTINUE, start + DAY, {})]), fees=FEES)
    (one,) = worksheet(kept, AUGUST).credits
    assert (one.clause, one.amount) == ("1.4(b)(iii)", Decimal("1000.00"))
    assert [proof.kind for proof in one.evidence] == ["event", "event", "certificate"]
    assert one.evidence[-1].digest == "cd" * 32


def test_a_discontinued_port_reduces_the_fees_also_when_it_was_disconnected_since() -> None:
    steps: list[Step] = to_service()[:4]
    start = at("2001-08-01T10:00")
    steps += [(Event.TEST_FAIL, start + n * HOUR, {}) for n in range(2)]
    steps += [(Event.DISCONTINUE, start + DAY, {}), (Event.DISCONNECT, start + 2 * DAY, {})]
    kept = book(story([*steps, (Event.DISCONNECTED, start + 3 * DAY, {})]), fees=FEES)
    assert lines(kept) == lines(kept, Month(2001, 9)) == [("1.4(b)(iii)", 1, Decimal("1000.00"))]
    assert str(worksheet(kept, AUGUST).credits[0].evidence[1]).startswith("event 7 (discontinue")


def late(dates: dict[str, str] | None = None, recorded: tuple[Interruption, ...] = ()) -> list[Credit]:
    """An order that is accepted on July 20 at noon, New York."""
    steps = [
        (event, at("2001-07-20T16:00") if event is Event.ACCEPT else moment, detail)
        for event, moment, detail in to_service(at("2001-07-20T17:00"))
    ]
    kept = book(story(steps), fees=FEES, dates=dates, recorded=recorded)
    return list(worksheet(kept, Month(2001, 7)).credits)


def test_a_delay_runs_from_the_date_of_schedule_3() -> None:
    (one,) = late({"nyc": "2001-07-15"})
    assert (one.clause, one.quantity, one.amount) == ("4.1(a)", 5, Decimal("250.00"))
    assert "late 108:00:00 h" in one.what
    assert str(one.evidence[0]) == "Schedule 3 nyc by 2001-07-15"
    assert {proof.reference.split()[0] for proof in one.evidence[1:]} == {"1", "7"}


def test_a_delay_ends_when_silence_accepts_not_when_it_is_entered() -> None:
    """Five business days after its delivery on May 31 in Denver the port is accepted: at midnight after June 7."""
    seen = at("2001-06-20T00:00")
    steps = [*to_service()[:6], (Event.DEEM, seen, {}), (Event.BEGIN_SERVICE, seen, {})]
    june = Month(2001, 6)
    assert lines(book(story(steps), fees=FEES, dates={"nyc": "2001-06-09"}), june) == []
    late_ = worksheet(book(story(steps), fees=FEES, dates={"nyc": "2001-06-07"}), june)
    assert "late 2:00:00 h" in late_.credits[0].what


def test_no_delay_without_a_date_or_before_it() -> None:
    assert late() == []
    assert late({"chi": "2001-07-15"}) == []
    assert late({"nyc": "2001-07-20"}) == []
    assert late({"nyc": "2001-05-01"}) == [], "an order that came after that day waits for its own completion"
    with pytest.raises(InputError, match=r"schedule3_dates.nyc"):
        late({"nyc": "July 15"})


def test_the_customers_part_of_a_delay_is_not_credited() -> None:
    theirs = interruption("2001-07-16T04:00", "2001-07-18T04:00", Cause.CUSTOMER, order_id="PSO-1")
    assert [one.quantity for one in late({"nyc": "2001-07-15"}, (theirs,))] == [3]


STARTS = st.integers(0, 3000).map(lambda minutes: SERVICE + timedelta(minutes=minutes * 17))


@given(STARTS, st.integers(1, 60 * 24 * 90), st.sampled_from(list(Per)))
def test_over_all_months_every_unit_counts_once(start: datetime, minutes: int, per: Per) -> None:
    whole = Span(start, start + timedelta(minutes=minutes))
    windows = [Month(2001, 7).after(n).span("America/New_York") for n in range(9)]
    found = sum(units(per, (whole,), window) for window in windows)
    expected = {
        Per.MONTH: sum(window.start < whole.end and whole.start < window.end for window in windows),
        Per.OCCURRENCE: 1,
        Per.FULL_DAY: minutes // 1440,
        Per.BEGUN_DAY: -(-minutes // 1440),
        Per.FULL_HOUR: minutes // 60,
        Per.BEGUN_HOUR: -(-minutes // 60),
    }
    assert found == expected[per]
    assert all(one.end == other.start for one, other in pairwise(windows))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"interruption": {"amount": 12.5, "per": "month"}}, "decimal number as text"),
        ({"interruption": {"amount": "twelve", "per": "month"}}, "decimal number as text"),
        ({"interruption": {"amount": "NaN", "per": "month"}}, "not finite"),
        ({"interruption": {"amount": "-1.00", "per": "month"}}, "cannot be negative"),
        ({"interruption": {"amount": "1.00"}}, "per' is missing"),
        ({"interruption": {"amount": "1.00", "per": "day"}}, "cannot be 'day'"),
        ({"interuption": {}}, "did you mean 'interruption'"),
    ],
)
def test_amounts_are_loaded_strictly(said: dict[str, object], why: str) -> None:
    with pytest.raises(InputError, match=why):
        build(Fees, said)


def test_an_amount_is_decimal_to_the_last_place() -> None:
    loaded = build(Fees, {"interruption": {"amount": "0.10", "per": "begun hour"}})
    cuts = [interruption("2001-08-02T10:00", "2001-08-02T13:00")]
    assert str(worksheet(book(LIVING, recorded=cuts, fees=loaded), AUGUST).total) == "0.30"
