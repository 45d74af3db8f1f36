"""The monthly report and the worksheet as documents, in every format."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from histories import HOUR, Step, at, book, fee, interruption, story, to_service

from turnup.errors import UsageError
from turnup.model.interruption import Cause
from turnup.model.period import Period
from turnup.model.policy import Clocks, Fees
from turnup.order.states import Event
from turnup.performance.months import Month
from turnup.performance.report import hours, monthly_report
from turnup.performance.tables import WRITERS, Document, Table, write
from turnup.performance.worksheets import credits_document

CLOCKS = Clocks(availability_percent=99.9, repair=Period.parse("4h"))
CUT = interruption("2001-08-02T10:00", "2001-08-02T12:00", ticket="TT-1", answered=at("2001-08-02T10:15"))
KEPT = book(story(to_service()), recorded=[CUT], clocks=CLOCKS, fees=Fees("USD", interruption=fee("80.00")))
AUGUST = Month(2001, 8)


def rows(form_of_json: str) -> list[list[dict[str, Any]]]:
    return [table["rows"] for table in json.loads(form_of_json)["tables"]]


def test_the_report() -> None:
    document = monthly_report(KEPT, AUGUST)
    assert document.notes == (
        "report due by 2001-09-10, the fifth working day (MGS IV Schedule 2)",
        "agreed availability: 99.9 % (Schedule 2 (v))",
    )
    availability, outages = rows(write(document, "json"))
    assert availability[0]["in service"] == "744:00:00"
    assert availability[0]["down"] == "2:00:00"
    assert (availability[0]["available %"], availability[0]["level"]) == ("99.7311", "missed")
    assert len(availability[0]["evidence"]) == 2
    (one,) = outages
    assert (one["from"], one["until"]) == ("2001-08-02 06:00-04:00", "2001-08-02 08:00-04:00")
    assert (one["answered"], one["took"], one["allowed"], one["level"]) == (
        "2001-08-02 06:15-04:00",
        "1:45:00",
        "4h",
        "met",
    )
    assert (one["causes"], one["tickets"]) == ("carrier", "TT-1")


def test_unset_is_said_and_never_a_breach() -> None:
    text = write(monthly_report(book(story(to_service()), recorded=[CUT]), AUGUST), "terminal")
    assert "agreed availability: not configured" in text
    assert "missed" not in text
    assert "99.7311" in text


def test_a_month_under_way_and_one_to_come() -> None:
    kept = book(story(to_service()), now=at("2001-08-10T00:00"))
    assert "the month is not over: figures up to 2001-08-10 00:00 UTC" in monthly_report(kept, AUGUST).notes
    with pytest.raises(UsageError, match="2001-09 has not begun"):
        monthly_report(kept, Month(2001, 9))
    with pytest.raises(UsageError, match="2001-09 has not begun"):
        credits_document(kept, Month(2001, 9))


def test_nothing_measured_is_said() -> None:
    assert "no port was in service: nothing was measured" in monthly_report(book(), AUGUST).notes
    assert "no port was in service: nothing was measured" in monthly_report(KEPT, AUGUST, "chi").notes


def test_an_open_outage_and_one_without_a_call() -> None:
    steps: list[Step] = [*to_service(), (Event.FAULT, at("2001-08-30T10:00"), {})]
    kept = book(story(steps), recorded=[interruption("2001-08-02T10:00", "2001-08-02T12:00")], clocks=CLOCKS)
    _, (first, second) = rows(write(monthly_report(kept, AUGUST), "json"))
    assert (first["answered"], first["level"]) == ("no call recorded", "not judged")
    assert (second["until"], second["level"]) == ("open", "missed")


def test_the_worksheet() -> None:
    document = credits_document(KEPT, AUGUST)
    assert document.notes[0] == "reduction of the fees of 2001-08: 80.00 USD"
    lines, rights = rows(write(document, "json"))
    assert (lines[0]["rate"], lines[0]["quantity"], lines[0]["amount"]) == (
        "80.00 USD per month",
        "1",
        "80.00 USD",
    )
    assert lines[0]["evidence"] == [f"interruption entry 1 (sha256 {'ab' * 6})"]
    assert {one["right"] for one in rights} == {"not configured"}
    bare = credits_document(book(story(to_service()), recorded=[CUT]), AUGUST)
    assert bare.notes[:2] == (
        "reduction of the fees of 2001-08: no amount",
        "1 lines have no amount: theirs is not configured (fees in policy.yaml)",
    )
    assert rows(write(bare, "json"))[0][0]["amount"] == "not configured"


HOSTILE = "=cmd|' /C calc'!A0"
DOCUMENT = Document(
    "T", ("a | b",), (Table("X", ("one", "two"), ((HOSTILE, "<b>[x](y)|`"),), (("proof 1",),)), Table("Y", ("z",), ()))
)


def test_words_of_people_stay_words() -> None:
    (head, row, other) = csv.reader(io.StringIO(write(DOCUMENT, "csv")))
    assert head == ["table", "one", "two", "evidence"]
    assert row == ["X", f"'{HOSTILE}", "<b>[x](y)|`", "proof 1"]
    assert other == ["table", "z", "evidence"]
    marked = write(DOCUMENT, "md")
    assert "&lt;b&gt;\\[x](y)\\|\\`" in marked
    assert marked.count("\n## ") == 2
    (line,) = [line for line in marked.splitlines() if "calc" in line]
    assert line.replace("\\|", "").count("|") == 4, "no word opens a column"


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_tells_every_row(form: str) -> None:
    text = write(monthly_report(KEPT, AUGUST), form)
    for word in ("Performance 2001-08" if form != "csv" else "Availability", "99.7311", "TT-1", "PSO-1", "event 8"):
        assert word in text


def test_a_format_there_is_not() -> None:
    with pytest.raises(UsageError, match="'pdf' is no format: terminal, md, csv, json"):
        write(DOCUMENT, "pdf")


def test_hours() -> None:
    assert hours(745 * HOUR + timedelta(minutes=3, seconds=4.9)) == "745:03:04"
    assert hours(None) == ""


def test_the_causes_of_an_outage_are_all_told() -> None:
    theirs = interruption("2001-08-02T11:00", "2001-08-02T13:00", Cause.CUSTOMER, 2, ticket="TT-2")
    _, (one,) = rows(write(monthly_report(book(story(to_service()), recorded=[CUT, theirs]), AUGUST), "json"))
    assert (one["causes"], one["tickets"]) == ("carrier, customer", "TT-1, TT-2")
