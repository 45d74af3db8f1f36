"""`turnup exchange`, `turnup notice`, `turnup order deliver --send` as a person uses them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from any_messages import EXAMPLES
from office_samples import PSO, SATISFIED, inventory
from pop import ORDER, Command

from turnup.certificate.document import from_json
from turnup.exchange.xml import message_xml, read_xml
from turnup.home import Home
from turnup.model.messages import Message, OutageReport
from turnup.model.order import Header
from turnup.noc import open_noc
from turnup.order.records import Notice
from turnup.order.states import Actor, Event


@pytest.fixture
def ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The folders, and an inventory with one partner."""
    told = inventory(tmp_path / "inventory")
    (told / "exchange.yaml").write_text("us: KMC\npartners:\n  QWEST: {}\n")
    monkeypatch.setenv("TURNUP_INVENTORY", str(told))
    ways = tmp_path / "in", tmp_path / "out"
    monkeypatch.setenv("TURNUP_EXCHANGE_IN", str(ways[0]))
    monkeypatch.setenv("TURNUP_EXCHANGE_OUT", str(ways[1]))
    ways[0].mkdir()
    return ways


def out(ways: tuple[Path, Path]) -> list[Message]:
    return [read_xml(path.read_bytes(), where=path.name) for path in sorted(ways[1].glob("*.xml"))]


def test_from_an_order_in_the_folder_to_results_sent(turnup: Command, ways: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copy(ORDER, ways[0] / "order.xml")
    (ways[0] / "noise.xml").write_text("noise")
    ran = turnup("exchange", "run", "--once", "--offline")
    assert ran.code == 0, ran.err
    assert "quarantine" in ran.out
    assert "accepted, port nyc-hud-gsr1 Serial5/0" in ran.out
    assert [message.kind for message in out(ways)] == ["OrderAcknowledgement"]
    early = turnup("order", "deliver", PSO, "--send")
    assert early.code == 6
    _tested(tmp_path)
    assert turnup("order", "deliver", PSO, "--send", "--by", "x").code == 2
    assert turnup("order", "deliver", PSO, "--by", "x").code == 2
    sent = turnup("order", "deliver", PSO, "--send")
    assert sent.code == 0, sent.err
    assert "results delivered" in sent.out
    rows = json.loads(turnup("order", "history", PSO, "--json").out)
    assert rows[-1]["detail"]["delivery"].startswith("R-")
    listed = turnup("exchange", "list").out
    assert "PortServiceOrder" in listed
    assert "AcceptanceResult" in listed
    assert "sha256" in listed
    shown = json.loads(turnup("exchange", "list", "--json").out)
    assert {row["kind"] for row in shown["sent"]} == {"OrderAcknowledgement", "AcceptanceResult"}
    assert turnup("exchange", "run", "--once", "--offline", "--json").code == 0
    assert turnup("exchange", "retry", "R-none").code == 2


def _tested(tmp_path: Path) -> None:
    """As if it had been pushed before the sample certificate was made, which is from the past."""
    from turnup.desk.entering import Desk

    noc = open_noc(inventory=tmp_path / "inventory", home=Home(tmp_path / "home"))
    shutil.copy(SATISFIED, noc.home.part("certificates") / f"{PSO}--Serial5-0--sample.json")
    store = noc.store()
    try:
        pushed = from_json(SATISFIED.read_text()).started
        Desk(noc, store).enter(PSO, Event.PROVISION, Actor.CARRIER, "turnup", pushed)
    finally:
        store.close()


def test_a_notice_is_sent_and_the_logbook_has_it(turnup: Command, ways: tuple[Path, Path], tmp_path: Path) -> None:
    ran = turnup("notice", "maintenance", "nyc-hud-gsr1", "--because", "line card software")
    assert ran.code == 0, ran.err
    assert "sent" in ran.out
    noc = open_noc(inventory=tmp_path / "inventory", home=Home(tmp_path / "home"))
    (row,) = noc.records.rows(Notice)
    assert row.sent_at + timedelta(hours=48) <= row.starts
    assert row.reference in {message.header.message_id for message in out(ways)}
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert turnup("notice", "maintenance", "nyc-hud-gsr1", "--because", "x", "--window", soon).code == 2
    assert turnup("notice", "emergency", "NYC-60HUDSON", "--because", "fan tray").code == 0
    assert turnup("notice", "emergency", "NYC-60HUDSON", "--because", "fan tray", "--to", "ACME").code == 2
    assert turnup("exchange", "status", "QWEST").code == 0


def test_an_outage_is_reported_and_what_is_due_is_shown(turnup: Command, ways: tuple[Path, Path]) -> None:
    assert "nothing is to be told of any outage" in turnup("notice", "due").out
    began = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    first = ("--stage", "first", "--site", "NYC-60HUDSON", "--began", began, "--notified", "Q. West")
    assert turnup("notice", "outage", "OUT-7", *first).code == 0
    assert "update by" in turnup("notice", "due").out
    assert turnup("notice", "outage", "OUT-7", "--cause", "line card").code == 0
    assert turnup("notice", "outage", "OUT-7", "--stage", "restored").code == 0
    (left,) = json.loads(turnup("notice", "due", "--json").out)
    assert (left["what"], left["due"]) == ("summary", None)
    told = [message.body for message in out(ways) if isinstance(message.body, OutageReport)]
    assert sorted(body.stage.value for body in told) == ["FIRST", "RESTORED", "UPDATE"]
    assert turnup("notice", "outage", "OUT-7", "--stage", "perhaps").code == 2


@pytest.mark.parametrize("body", EXAMPLES, ids=lambda body: type(body).__name__)
def test_convert_there_and_back(turnup: Command, tmp_path: Path, body: Any) -> None:
    message = Message(Header("Q-1", "QWEST", "KMC", datetime(2001, 7, 9, 14, tzinfo=UTC)), body)
    file = tmp_path / "message.xml"
    file.write_bytes(message_xml(message))
    there = turnup("exchange", "convert", file, "--to", "json")
    assert there.code == 0, there.err
    (tmp_path / "message.json").write_text(there.out)
    back = turnup("exchange", "convert", tmp_path / "message.json", "--to", "xml")
    assert back.out.encode().strip() == file.read_bytes().strip()


def test_what_cannot_be_converted_is_said(turnup: Command, tmp_path: Path) -> None:
    assert turnup("exchange", "convert", tmp_path / "none.xml", "--to", "json").code == 2
    assert turnup("exchange", "convert", ORDER, "--to", "pdf").code == 2
