"""`turnup due` tells what is to be done beside the orders: cards, emergencies, outages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pop import Command

from turnup import folder

ROUTER = "nyc-hud-gsr1"


def test_a_card_an_emergency_and_an_outage_are_due(
    turnup: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "inventory"
    shutil.copytree(folder("inventory"), target)
    policy = target / "policy.yaml"
    policy.write_text(policy.read_text().replace("clocks: {}", "clocks: { card_replacement: 5d }"))
    monkeypatch.setenv("TURNUP_INVENTORY", str(target))
    card = ("logbook", "card", "supplied", ROUTER)
    assert turnup(*card, 99, "--by", "Q. West").code == 2
    assert turnup("logbook", "card", "lost", ROUTER, 5, "--by", "Q. West").code == 2
    assert turnup(*card, 5, "--by", "Q. West", "--at", "2001-07-09T14:00+00:00", "--card", "6DS3-SMB 42").code == 0
    out = ("--to", "QWEST", "--out", tmp_path / "out")
    outage = ("notice", "outage", "OUT-7", "--site", "NYC-60HUDSON", "--began", "2001-07-09T14:00+00:00")
    assert turnup(*outage, "--stage", "first", "--notified", "Q. West", *out).code == 0
    rows = json.loads(turnup("due", "--json").out)
    assert [(row["order"], row["about"], row["clause"]) for row in rows] == [
        (None, f"{ROUTER} slot 5", "5(c)"),
        (None, "outage OUT-7", "MGS IV Schedule 2"),
    ]
    assert rows[0]["left_seconds"] < 0 < rows[1]["left_seconds"]
    told = turnup("due").out
    assert "nyc-hud-gsr1 slot 5 (5(c))\n  LATE by" in told
    assert "update of outage OUT-7 at NYC-60HUDSON" in told
    assert turnup("logbook", "card", "replaced", ROUTER, 5, "--by", "field staff").code == 0
    assert "slot 5" not in turnup("due").out, "no port of it is in service"
    assert [row["card"] for row in json.loads(turnup("logbook", "list", "--json").out)["cards"]] == ["6DS3-SMB 42", ""]
    assert turnup("db", "check").code == 0


def test_the_table_of_states_is_shown_as_it_is(turnup: Command) -> None:
    from turnup.order.states import TABLE

    rows = json.loads(turnup("order", "states", "--json").out)
    assert len(rows) == len(TABLE)
    deemed = [row for row in rows if row["event"] == "deem accepted"]
    assert [(row["state"], row["to"], row["by"]) for row in deemed] == [
        ("results delivered", "deemed accepted", ["clock"])
    ]
    told = turnup("order", "states").out
    assert max(map(len, told.splitlines())) <= 80
    assert "terminated: nothing follows" in told
    assert turnup("order", "states", "in service").out.startswith("in service\n")
    assert turnup("order", "states", "in servce").code == 2
