"""The whole life of an order at the desk: from its receipt to acceptance, by people, proofs and the clock."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pop import ORDER, Command

from turnup import folder
from turnup.laboratory import Lab
from turnup.noc import Noc

PSO = "PSO-2001-000051"
PERIODS = """clocks:
  acknowledgement: 24h
  completion: 10bd
  acceptance_new: 5bd
  acceptance_repaired: 48h
"""


def states(turnup: Command, *lab: str) -> list[tuple[str, str]]:
    rows = json.loads(turnup(*lab, "order", "history", PSO, "--json").out)
    return [(row["event"], row["state"]) for row in rows]


def due(turnup: Command, *lab: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(turnup(*lab, "due", "--json").out)
    return found


def test_the_job_writes_the_history(turnup: Command, pop: Lab) -> None:
    ran = turnup("--lab", "run", ORDER, "--confirm")
    assert ran.code == 0, ran.err
    assert states(turnup, "--lab") == [
        ("receive", "received"),
        ("acknowledge", "acknowledged"),
        ("provision", "provisioned"),
        ("test passed", "tested"),
    ]
    (row,) = due(turnup, "--lab")
    assert (row["action"], row["whose"], row["red"]) == ("deliver the results", "carrier", [])
    told = turnup("--lab", "order", "deliver", PSO, "--by", "J. Smith", "--proof", "mail 17")
    assert told.code == 0
    assert "no period configured" in told.out
    assert turnup("--lab", "order", "accept", PSO, "--by", "Q. West").code == 0
    assert states(turnup, "--lab")[-3:] == [
        ("deliver results", "results delivered"),
        ("accept", "accepted"),
        ("begin service", "in service"),
    ]
    assert due(turnup, "--lab") == []
    assert turnup("--lab", "db", "check").code == 0


def test_a_failing_test_after_delivery_is_never_accepted_by_silence(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    assert turnup("--lab", "order", "deliver", PSO, "--by", "J. Smith", "--proof", "mail 17").code == 0
    assert turnup("lab", "fault", "bgp-active").code == 0
    assert turnup("--lab", "test", PSO).code == 4
    assert states(turnup, "--lab")[-1] == ("test failed", "rejected")
    (row,) = due(turnup, "--lab")
    assert row["red"]


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample inventory with periods."""
    target = tmp_path / "inventory"
    shutil.copytree(folder("inventory"), target)
    policy = target / "policy.yaml"
    policy.write_text(policy.read_text().replace("clocks: {}", PERIODS))
    monkeypatch.setenv("TURNUP_INVENTORY", str(target))
    return target


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What time it is: the first of this list."""
    now = [datetime.now(UTC)]
    opened = Noc.__init__

    def at(self: Noc, *args: Any, **more: Any) -> None:
        opened(self, *args, **{**more, "clock": lambda: now[0]})

    monkeypatch.setattr(Noc, "__init__", at)
    return now


def test_an_order_without_a_router_waits_for_its_clocks(
    turnup: Command, inventory: Path, clock: list[datetime]
) -> None:
    assert turnup("order", "ack", ORDER, "--offline").code == 0
    (row,) = due(turnup)
    assert (row["state"], row["clock"]) == ("acknowledged", "completion")
    assert row["left_seconds"] > 0
    clock[0] += timedelta(days=30)
    assert "LATE by" in turnup("due").out
    refused = turnup("order", "accept", PSO, "--by", "Q. West")
    assert refused.code == 6
    assert "cannot take the event `accept`" in refused.err


def test_an_order_with_points_waits_for_the_customer(turnup: Command, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text(ORDER.read_text().replace("60 Hudson Street", "61 Hudson Street"))
    assert turnup("order", "ack", wrong, "--offline").code == 2
    (row,) = due(turnup)
    assert (row["state"], row["whose"]) == ("clarify", "customer")
    assert turnup("order", "ack", ORDER, "--offline").code == 0
    assert [state for _, state in states(turnup)] == ["received", "clarify", "received", "acknowledged"]


def test_nobody_answers_for_another(turnup: Command) -> None:
    assert turnup("order", "history", "PSO-9").code == 2
    assert turnup("order", "elect", "PSO-9", "perhaps", "--by", "x").code == 2
    assert turnup("order", "deliver", PSO, "--by", "x", "--proof", "y", "--at", "2001-07-15").code == 2


def test_a_store_that_cannot_be_reached_hides_nothing(
    turnup: Command, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TURNUP_STORE", "postgresql://turnup:plain-secret@127.0.0.1:9/none?connect_timeout=2")
    ran = turnup("order", "ack", ORDER, "--offline")
    assert ran.code == 0
    assert "accepted" in ran.out
    assert "`turnup order advance` completes it" in caplog.text
    assert "plain-secret" not in caplog.text + ran.out + ran.err
    monkeypatch.delenv("TURNUP_STORE")
    assert turnup("order", "advance").code == 0
    assert [state for _, state in states(turnup)] == ["received", "acknowledged"]


def test_a_backup_goes_with_everything_but_the_keys(turnup: Command, tmp_path: Path) -> None:
    assert turnup("order", "ack", ORDER, "--offline").code == 0
    target = tmp_path / "backup.zip"
    assert turnup("db", "backup", target).code == 0
    again = tmp_path / "again"
    assert turnup("--home", again, "db", "restore", target).code == 0
    assert (again / "orders" / f"{PSO}.json").is_file()
    with ZipFile(target) as archive:
        assert not [name for name in archive.namelist() if "key" in name or "known_hosts" in name]
    assert states(turnup, "--home", str(again)) == states(turnup)
    assert turnup("--home", again, "db", "check").code == 0
    history = tmp_path / "home" / "turnup.db"
    import sqlite3

    with sqlite3.connect(history) as connection:
        connection.execute("""UPDATE event SET "by" = 'another' WHERE seq = 1""")
    connection.close()
    altered = turnup("db", "check")
    assert altered.code == 4
    assert "its words are not those that were entered" in altered.out
