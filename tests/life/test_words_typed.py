"""What people type at the commands of an order's life, and what they are told when it cannot be meant."""

from __future__ import annotations

import pytest
from pop import Command


@pytest.mark.parametrize(
    "words",
    [
        ("order", "terminate", "PSO-1", "--by", "Q", "--clause", "8.4(i)", "--at", "0001-01-01T00:00+14:00"),
        ("order", "accept", "PSO-1", "--by", "Q", "--at", "9999-12-31T23:00-14:00"),
        ("interruption", "open", "nyc-hud-gsr1", "--by", "Q", "--cause", "carrier", "--at", "0001-01-01T00:00+00:00"),
        ("notice", "maintenance", "nyc-hud-gsr1", "--because", "x", "--window", "0001-01-01T00:00+00:00"),
        ("logbook", "notice", "nyc-hud-gsr1", "--by", "Q", "--window", "9999-12-31T23:00+00:00"),
        ("interruption", "open", "nyc-hud-gsr1", "--by", "Q", "--cause", "carrier", "--at", "0001-01-01T00:00+14:00"),
        ("logbook", "emergency", "nyc-hud-gsr1", "--by", "Q", "--because", "fire", "--at", "0001-01-01T00:00+14:00"),
    ],
)
def test_a_time_that_is_in_no_year_is_no_time(turnup: Command, words: tuple[str, ...]) -> None:
    ran = turnup(*words)
    assert ran.code == 2, ran.err
    assert "defect of turnup" not in ran.err


def test_more_customers_than_there_are_is_refused_by_either_database(turnup: Command) -> None:
    words = ("interruption", "open", "nyc-hud-gsr1", "--by", "Q", "--cause", "carrier", "--customers")
    assert turnup(*words, "9" * 20).code == 6
    assert turnup(*words, "3000000000").code == 6


def test_an_order_nobody_knows_is_not_passed_over_in_silence(turnup: Command) -> None:
    ran = turnup("order", "advance", "PSO-NONE")
    assert ran.code == 2
    assert "no order PSO-NONE was received" in ran.err


@pytest.mark.parametrize("by", ["", "  ", "a\nb"])
def test_what_is_recorded_says_who_says_so(turnup: Command, by: str) -> None:
    for words in (("accept",), ("reject", "--reason", "x"), ("deliver", "--proof", "x")):
        ran = turnup("order", words[0], "PSO-1", "--by", by, *words[1:])
        assert ran.code == 2
        assert "no order" not in ran.err


def test_a_blank_proves_no_delivery(turnup: Command) -> None:
    ran = turnup("order", "deliver", "PSO-1", "--by", "Q", "--proof", " ")
    assert (ran.code, "say --by and --proof" in ran.err) == (2, True)
