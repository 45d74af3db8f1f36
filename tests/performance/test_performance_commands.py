"""`turnup interruption|performance|credits` as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from histories import history, to_service
from pop import Command

from turnup.model.policy import Clocks
from turnup.store import open_store
from turnup.store.events import append

ROUTER = "nyc-hud-gsr1"


def opened(turnup: Command, *more: str) -> int:
    words = ("interruption", "open", ROUTER, "Serial5/0", "--by", "J. Smith", "--cause", "carrier", "--ticket", "TT-1")
    code: int = turnup(*words, *more).code
    return code


def living(folder: Path) -> None:
    store = open_store(folder=folder)
    with store.writing() as connection:
        for one in history(to_service()):
            append(connection, one.happening, Clocks(), one.entered_at)
    store.close()


def test_an_interruption_from_its_opening_to_the_worksheet(turnup: Command, tmp_path: Path) -> None:
    living(tmp_path / "home")
    assert opened(turnup, "--at", "2001-08-02T10:00+00:00", "--answered", "2001-08-02T10:05+00:00") == 0
    told = turnup("interruption", "close", ROUTER, "Serial5/0", "--by", "J. Smith", "--at", "2001-08-02T12:00+00:00")
    assert told.code == 0, told.err
    assert "2001-08-02 10:00 UTC to 2001-08-02 12:00 UTC, carrier, ticket TT-1" in told.out
    corrected = turnup(
        "interruption", "correct", "1", "--by", "K", "--because", "log", "--until", "2001-08-02T13:00+00:00"
    )
    assert corrected.code == 0
    (one,) = json.loads(turnup("interruption", "list", ROUTER, "--json").out)
    assert (one["ends"], len(one["evidence"])) == ("2001-08-02 13:00:00+00:00", 3)
    report = json.loads(turnup("performance", "2001-08", "--format", "json").out)
    assert report["tables"][0]["rows"][0]["down"] == "3:00:00"
    sheet = turnup("credits", "2001-08", "--format", "md")
    assert sheet.code == 0
    assert "| 4.2 | PSO-1 |" in sheet.out
    assert "not configured" in sheet.out
    assert turnup("interruption", "correct", "1", "--by", "K", "--because", "none", "--withdraw").code == 0
    assert "WITHDRAWN" in turnup("interruption", "list").out
    assert "| 4.2 |" not in turnup("credits", "2001-08", "--format", "md").out
    assert turnup("db", "check").code == 0


def test_an_order_and_a_whole_router(turnup: Command, tmp_path: Path) -> None:
    living(tmp_path / "home")
    words = (
        "--by",
        "J",
        "--cause",
        "third-party",
        "--at",
        "2001-08-02T10:00+00:00",
        "--until",
        "2001-08-02T11:00+00:00",
    )
    assert "PSO-1: 2001-08-02" in turnup("interruption", "open", "PSO-1", *words).out
    assert f"{ROUTER}: 2001-08-02" in turnup("interruption", "open", ROUTER, *words).out
    rows = json.loads(turnup("performance", "2001-08", "--format", "json").out)["tables"][1]["rows"]
    assert [(row["took"], row["answered"]) for row in rows] == [("", "no call recorded")], "both are one outage"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (
            ("open", "nyc-hud-gsr9", "--by", "J", "--cause", "carrier"),
            2,
            "neither an order with a history nor a router",
        ),
        (("open", ROUTER, "Serial99/0", "--by", "J", "--cause", "carrier"), 2, "no port"),
        (("open", ROUTER, "--by", "J", "--cause", "weather"), 2, "is no cause: carrier, customer"),
        (("open", ROUTER, "--by", "J", "--cause", "not stated"), 2, "is no cause"),
        (("open", ROUTER, "--by", " ", "--cause", "carrier"), 2, "--by wants words"),
        (("open", ROUTER, "--by", "J", "--cause", "carrier", "--at", "2999-01-01T00:00+00:00"), 6, "is to come"),
        (("open", ROUTER, "--by", "J", "--cause", "carrier", "--at", "2001-08-01"), 2, "has no zone"),
        (("open", ROUTER, "--by", "J", "--cause", "carrier", "--ticket", "TT\n1"), 2, "control character"),
        (("close", "5", "--by", "J"), 6, "there is no interruption 5"),
        (("close", ROUTER, "--by", "J"), 2, "there are: none"),
        (("correct", "1", "--by", "J", "--because", "x"), 2, "say what is to be corrected"),
    ],
)
def test_what_is_refused(turnup: Command, words: tuple[str, ...], code: int, told: str) -> None:
    ran = turnup("interruption", *words)
    assert ran.code == code, ran.err
    assert told in ran.err
    assert json.loads(turnup("interruption", "list", "--json").out) == []


@pytest.mark.parametrize("command", ["performance", "credits"])
def test_months_sites_and_formats_are_checked(turnup: Command, command: str) -> None:
    for words, told in (
        (("2001-13",), "is no month"),
        (("2999-01",), "has not begun"),
        (("2001-08", "--site", "nowhere"), "no site 'nowhere'"),
        (("2001-08", "--format", "pdf"), "is no format"),
    ):
        ran = turnup(command, *words)
        assert ran.code == 2
        assert told in ran.err


def test_one_open_interruption_is_closed_by_its_port_and_two_are_not(turnup: Command) -> None:
    assert opened(turnup) == 0
    assert opened(turnup) == 0
    ran = turnup("interruption", "close", ROUTER, "Serial5/0", "--by", "J")
    assert ran.code == 2
    assert "there are: 1, 2" in ran.err


def test_a_secret_in_a_note_is_not_kept(turnup: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TURNUP_SECRET_LAST_RESORT", "Sup3r-Secret-Word")
    assert opened(turnup, "--note", "used Sup3r-Secret-Word on the console") == 0
    files = [path.read_bytes() for path in (tmp_path / "home").rglob("turnup.db*")]
    assert files
    assert not any(b"Sup3r-Secret-Word" in data for data in files)
