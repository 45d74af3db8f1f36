"""MGS measurements, read strictly, and the service levels they show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnup.errors import InputError, UsageError
from turnup.mgs.levels import Levels, Measured, Met, failing_months
from turnup.mgs.measured import (
    BusyHours,
    Circuit,
    CustomersNotice,
    Measurements,
    MgsCause,
    MgsOutage,
    read_measurements,
)
from turnup.mgs.order import Agreement
from turnup.mgs.report import mgs_report
from turnup.model.period import Period
from turnup.model.policy import MgsPeriods
from turnup.performance.months import Month

YAML = """agreement: II
measured_until: 2001-09-01T04:00:00Z
circuits:
  - { circuit: LA-1, since: "2001-07-01T00:00:00-04:00", market_area: LA }
  - { circuit: LA-2, since: "2001-07-01T00:00:00-04:00" }
busy_hours:
  - { circuit: LA-1, month: 2001-08, offered: 10000, blocked: 100 }
outages:
  - { circuit: LA-1, start: "2001-08-02T10:00+00:00", end: "2001-08-02T10:04+00:00", cause: carrier }
notices:
  - { month: 2001-08, at: "2001-09-10T12:00+00:00" }
"""
CSV = """kind,agreement,measured_until,circuit,since,until,market_area,month,offered,blocked,start,cause,end,answered,at
file,II,2001-09-01T04:00:00+00:00,,,,,,,,,,,,
circuit,,,LA-1,2001-07-01T00:00:00-04:00,,LA,,,,,,,,
circuit,,,LA-2,2001-07-01T00:00:00-04:00,,,,,,,,,,
busy,,,LA-1,,,,2001-08,10000,100,,,,,
outage,,,LA-1,,,,,,,2001-08-02T10:00+00:00,carrier,2001-08-02T10:04+00:00,,
notice,,,,,,,2001-08,,,,,,,2001-09-10T12:00+00:00
"""
AUGUST = Month(2001, 8)
NOW = datetime(2001, 12, 1, tzinfo=UTC)


def read(text: str, tmp_path: Path, suffix: str) -> Measurements:
    path = tmp_path / f"measured{suffix}"
    path.write_text(text)
    return read_measurements(path)


def test_yaml_and_csv_say_the_same(tmp_path: Path) -> None:
    assert read(YAML, tmp_path, ".yaml") == read(CSV, tmp_path, ".csv")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("blocked: 100 ", "blocked: 10001 ", "cannot be blocked"),
        ("blocked: 100 ", "blockd: 100 ", "did you mean 'blocked'"),
        ("circuit: LA-1, month", "circuit: LA-3, month", "did you mean 'LA-2'"),
        ("cause: carrier", "cause: weather", "cannot be 'weather'"),
        ("10:04+00:00", "10:00+00:00", "cannot end"),
        ('"2001-08-02T10:00+00:00"', "2001-08-02T10:00:00", "must be a time with its zone"),
        ("month: 2001-08, offered", "month: 2001-8, offered", "is no month"),
        ("measured_until: 2001-09-01T04:00:00Z\n", "", "'measured_until' is missing"),
        ("circuit: LA-2", "circuit: LA-1", "listed twice"),
        ("offered: 10000", "offered: ten", "a whole number"),
    ],
)
def test_yaml_is_read_strictly(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in YAML
    with pytest.raises(InputError, match=r"measured\.yaml") as raised:
        read(YAML.replace(old, new, 1), tmp_path, ".yaml")
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("offered,blocked", "offered,blockd", "csv:1: unknown column 'blockd'; did you mean 'blocked'"),
        ("10000,100", "10000,1e2", "csv:5: column 'blocked' holds whole numbers"),
        ("10000,100", "10000,101,", "csv:5: has 16 cells, not 15"),
        ("10000,100", "10000,", "csv:5: field 'blocked' is missing"),
        ("busy,", "bussy,", "csv:5: unknown kind 'bussy'; did you mean 'busy'"),
        ("carrier", "wether", "csv:6"),
        ("2001-08-02T10:00+00:00", "2001-08-02T10:00", "must be a time with its zone"),
        ("file,II,2001-09-01T04:00:00+00:00", "file,II,", "one row of kind `file`"),
        ("LA-2", '"LA-2', "is not CSV"),
        ("busy,,,LA-1,", "busy,,,LA-1,2001-08-01T00:00Z", "unknown field 'since'"),
    ],
)
def test_csv_is_read_strictly(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in CSV
    with pytest.raises(InputError) as raised:
        read(CSV.replace(old, new, 1), tmp_path, ".csv")
    assert told in str(raised.value)


def test_an_empty_or_foreign_file_is_refused(tmp_path: Path) -> None:
    for text, suffix in (("", ".csv"), ("", ".yaml"), ("kind\n", ".csv"), ("\ufffe", ".csv")):
        with pytest.raises(InputError, match="measured"):
            read(text, tmp_path, suffix)
    with pytest.raises(InputError, match="cannot be read"):
        read_measurements(tmp_path / "none.csv")


BEGAN = datetime(2001, 1, 1, 5, tzinfo=UTC)
UNTIL = datetime(2001, 12, 1, 5, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def outage(start: str, end: str | None, cause: MgsCause = MgsCause.CARRIER, answered: str = "") -> MgsOutage:
    return MgsOutage("C-0", at(start), cause, at(end) if end else None, at(answered) if answered else None)


def measured(
    *outages: MgsOutage,
    busy: tuple[BusyHours, ...] = (),
    agreement: Agreement = Agreement.II,
    periods: MgsPeriods | None = None,
    until: datetime = UNTIL,
    circuits: int = 1,
    notices: tuple[CustomersNotice, ...] = (),
) -> Measured:
    names = tuple(Circuit(f"C-{n}", BEGAN) for n in range(circuits))
    return Measured(Measurements(agreement, until, names, busy, outages, notices), periods or MgsPeriods(), NOW)


def level(found: Measured, month: Month = AUGUST) -> Levels:
    return found.levels(month)[0]


@pytest.mark.parametrize(
    ("offered", "blocked", "met"),
    [(10000, 100, Met.MET), (10000, 101, Met.MISSED), (100, 1, Met.MET), (99, 1, Met.MISSED), (0, 0, Met.NOT_MEASURED)],
)
def test_p01(offered: int, blocked: int, met: Met) -> None:
    assert level(measured(busy=(BusyHours("C-0", "2001-08", offered, blocked),))).grade is met


def test_another_months_calls_measure_nothing() -> None:
    assert level(measured(busy=(BusyHours("C-0", "2001-07", 100, 0),))).grade is Met.NOT_MEASURED


@pytest.mark.parametrize(
    ("end", "met"),
    [("2001-08-02T10:04", Met.MET), ("2001-08-02T10:05", Met.MISSED)],  # 4.464 minutes of 31 days
)
def test_uptime_of_the_second_is_four_nines(end: str, met: Met) -> None:
    assert level(measured(outage("2001-08-02T10:00", end))).up is met


@pytest.mark.parametrize("cause", [MgsCause.CUSTOMER, MgsCause.CUSTOMER_EQUIPMENT, MgsCause.FORCE_MAJEURE])
def test_what_is_not_the_carriers_is_excluded(cause: MgsCause) -> None:
    one = level(measured(outage("2001-08-02T10:00", "2001-08-09T10:00", cause, "2001-08-02T10:00")))
    assert (one.uptime, one.up, one.repair) == (Fraction(1), Met.MET, Met.MET)


def test_time_that_was_not_measured_is_never_met() -> None:
    one = level(measured(until=at("2001-08-15T00:00")))
    assert (one.grade, one.up, one.repair, one.failed) == (Met.NOT_MEASURED,) * 3 + (False,)


@pytest.mark.parametrize(
    ("end", "met"), [("2001-08-02T14:00", Met.MET), ("2001-08-02T14:01", Met.MISSED), (None, Met.MISSED)]
)
def test_four_hours_from_the_answered_call(end: str | None, met: Met) -> None:
    assert level(measured(outage("2001-08-02T09:00", end, answered="2001-08-02T10:00"))).repair is met


def test_a_figure_of_the_fourth_that_is_not_configured_is_never_missed() -> None:
    down = outage("2001-08-02T10:00", "2001-08-20T10:00", answered="2001-08-02T10:00")
    one = level(measured(down, agreement=Agreement.IV))
    assert (one.up, one.repair, one.failed) == (Met.NOT_CONFIGURED, Met.NOT_CONFIGURED, False)
    periods = MgsPeriods(repair=Period.parse("8h"), uptime_percent=Decimal("99.9"))
    one = level(measured(down, agreement=Agreement.IV, periods=periods))
    assert (one.up, one.repair) == (Met.MISSED, Met.MISSED)


@pytest.mark.parametrize(
    ("agreement", "hours"),
    [(Agreement.II, 10), (Agreement.IV, 2)],  # five hours in one week, two in the next, one and two in others
)
def test_scheduled_maintenance_of_three_hours_a_week(agreement: Agreement, hours: int) -> None:
    planned = [
        outage("2001-08-01T06:00", "2001-08-01T09:00", MgsCause.MAINTENANCE),  # Wednesday
        outage("2001-08-05T06:00", "2001-08-05T08:00", MgsCause.MAINTENANCE),  # Sunday of that week: two too many
        outage("2001-08-08T06:00", "2001-08-08T08:00", MgsCause.MAINTENANCE),
        outage("2001-08-20T03:00", "2001-08-20T06:00", MgsCause.MAINTENANCE),  # Sunday 23:00 to Monday 02:00 there
    ]
    one = level(measured(*planned, agreement=agreement))
    assert one.uptime is not None
    down = (1 - one.uptime) * 31 * 24
    assert down == hours


def failing(months: list[int], circuits: int = 10, notices: tuple[CustomersNotice, ...] = ()) -> Measured:
    """One circuit of so many is down for an hour in each of these months."""
    return measured(
        *(outage(f"2001-{n:02}-12T10:00", f"2001-{n:02}-12T11:00") for n in months), circuits=circuits, notices=notices
    )


def test_ten_percent_of_circuits() -> None:
    (one,) = failing_months(failing([8]), AUGUST)
    assert (one.failed, one.circuits, one.due, one.noticed) == (1, 10, date(2001, 9, 17), False)
    assert failing_months(failing([8], circuits=11), AUGUST) == ()


@pytest.mark.parametrize(
    ("months", "notices", "told"),
    [
        ([8], (), "two are needed: not failed"),
        ([3, 8], ("2001-04-05", "2001-09-05"), "deemed failed"),
        ([2, 8], ("2001-03-05", "2001-09-05"), "two are needed: not failed"),  # seven months
        ([7, 8], ("2001-08-05", "2001-09-18"), "not recorded in time"),  # the eleventh business day
        ([7, 8], ("2001-08-05", "2001-08-31"), "not recorded in time"),  # before the month was over
        ([7, 8], (), "not recorded in time"),
    ],
)
def test_two_months_of_six_with_the_customers_notice(months: list[int], notices: tuple[str, ...], told: str) -> None:
    said = tuple(
        CustomersNotice(f"2001-{month:02}", at(f"{day}T15:00")) for month, day in zip(months, notices, strict=False)
    )
    assert told in mgs_report(failing(months, notices=said), AUGUST).notes[-1]


def test_a_month_that_is_not_over_has_not_failed() -> None:
    kept = Measured(failing([11]).data, MgsPeriods(), at("2001-11-20T00:00"))
    assert failing_months(kept, Month(2001, 11)) == ()
    assert any("the month is not over" in note for note in mgs_report(kept, Month(2001, 11)).notes)
    with pytest.raises(UsageError, match="has not begun"):
        mgs_report(kept, Month(2001, 12))


def test_the_report_says_what_it_is_held_against() -> None:
    document = mgs_report(measured(), AUGUST)
    assert document.notes[0].startswith("report due by 2001-09-10")
    assert document.notes[1] == "held against: P.01, uptime 99.99 %, repair 4h"
    fourth = mgs_report(measured(agreement=Agreement.IV), AUGUST)
    assert fourth.notes[1] == "held against: P.01, uptime not configured, repair not configured"
    assert len(fourth.tables) == 1, "the rule of ten percent is not in the fourth"
    before = mgs_report(measured(), Month(2000, 8))
    assert "no circuit was in service: nothing was measured" in before.notes[-2:]


MINUTES = st.integers(0, 31 * 1440)


@given(st.lists(st.tuples(MINUTES, st.integers(1, 3000), st.sampled_from(list(MgsCause))), max_size=6))
def test_uptime_is_a_share(found: list[tuple[int, int, MgsCause]]) -> None:
    start = AUGUST.span("America/New_York").start
    outages = [
        MgsOutage("C-0", start + timedelta(minutes=a), cause, start + timedelta(minutes=a + n)) for a, n, cause in found
    ]
    for agreement in Agreement:
        one = level(measured(*outages, agreement=agreement))
        assert one.uptime is not None
        assert 0 <= one.uptime <= 1
        if not any(cause in (MgsCause.CARRIER, MgsCause.THIRD_PARTY, MgsCause.MAINTENANCE) for _, _, cause in found):
            assert one.uptime == 1
