"""Backups hold every record; `turnup db check` holds the records against the histories that rest on them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from office_samples import PSO, START, Office, accepted, office
from sample_messages import level3

from turnup.exchange.delivering import post_results
from turnup.exchange.dropbox import DropBox
from turnup.order.records import CrossConnectEvent, Fibre
from turnup.order.states import State
from turnup.repair.batch import Row, begin
from turnup.safekeeping.checking import all_faults
from turnup.safekeeping.records import INSIDE, NO_RECORDS, OUTSIDE, RECORDS, record_files
from turnup.store import Store, open_store
from turnup.store.archive import backup, restore


@pytest.fixture
def here(tmp_path: Path, store: Store) -> Office:
    """In service, a message waiting in the folder, one in quarantine; cross-connect recorded, a retest begun."""
    here = office(tmp_path / "here", store)
    here.ordered()
    now = here.clock[0]
    here.desk.noc.records.add(CrossConnectEvent(PSO, Fibre.MADE, now, "field staff", now))
    here.tested()
    post_results(here.exchange, PSO)
    here.round()
    here.at(5).drop(accepted(), "Q-2")
    here.drop_file(b"noise", "noise.xml")
    here.round()
    assert here.state() is State.IN_SERVICE
    from turnup.model.certificate import Occasion

    begin(here.desk.noc, [Row(PSO, "nyc-hud-gsr1", "Serial5/0", Occasion.REPAIR, 1)])
    here.at(6).drop(replace(level3().order, origin="", order_id="PSO-2001-000099"), "Q-9")
    return here


def elsewhere(here: Office) -> dict[str, Path]:
    return {INSIDE: here.inside, OUTSIDE: here.exchange.outgoing}


def found(here: Office) -> list[str]:
    """Every fault, but that the sample certificate's answers are not here."""
    return [fault for fault in all_faults(here.desk, here.inside) if not fault.endswith("is not in the store")]


def test_a_backup_restored_elsewhere_goes_on_with_nothing_lost(here: Office, tmp_path: Path) -> None:
    target = tmp_path / "backup.zip"
    noc = here.desk.noc
    with here.exchange.incoming.locked():
        list(here.exchange.incoming.arrivals())
        rows, files = backup(here.desk.store, target, lambda: record_files(noc.home.path, elsewhere(here)), START)
    assert rows
    assert files
    there = office(tmp_path / "there", open_store(f"sqlite:///{tmp_path}/there.db"))
    home = there.desk.noc.home
    assert restore(there.desk.store, target, home.path, elsewhere(there)) == (rows, files)
    for part in ("retests", "records", "orders", "certificates"):
        names = [path.name for path in (noc.home.path / part).glob("*.json")]
        assert names
        assert [path.name for path in (home.path / part).glob("*.json")] == names, part
    for part in ("archive", "quarantine"):
        names = sorted(path.name for path in (here.inside / part).iterdir())
        assert names
        assert sorted(path.name for path in (there.inside / part).iterdir()) == names, part
    assert len(there.out()) == len(here.out()) > 0
    assert found(there) == []
    there.appeared.update(here.appeared)
    there.at(8).round()
    with there.desk.store.reading() as connection:
        from turnup.store.messages import received

        late = received(connection, "QWEST", "Q-9")
    assert late is not None
    assert late.received_at.hour == 13, "the message that waited counts from its arrival before the backup"
    assert there.state("PSO-2001-000099") is not None
    there.desk.store.close()


def test_every_part_of_the_data_folder_is_a_record_or_is_none() -> None:
    from turnup import noc

    source = Path(noc.__file__).parent
    parts = set()
    for path in source.rglob("*.py"):
        parts |= set(re.findall(r'home(?:\(\))?\.part\("(\w+)"\)', path.read_text()))
    assert parts
    assert parts <= {*RECORDS, *NO_RECORDS}, "a new part of the data folder: say whether it is a record"
    assert not {*RECORDS} & {*NO_RECORDS}


def altered(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, path
    path.write_text(text.replace(old, new))


def one(here: Office, part: str, pattern: str = "*.json") -> Path:
    return next(iter(sorted((here.desk.noc.home.path / part).glob(pattern))))


def _another_time(here: Office) -> None:
    path = one(here, "records", "cross-connects.json")
    document = json.loads(path.read_text())
    document["rows"][0]["at"] = "2026-11-21T07:00:00+00:00"
    path.write_text(json.dumps(document))


SPOILED: list[tuple[Callable[[Office], object], str]] = [
    (lambda here: one(here, "orders").unlink(), f"rests on ledger {PSO} 1, which is not in the data folder"),
    (lambda here: altered(one(here, "orders"), "T3Z/NYC/0007", "T3Z/NYC/0008"), "is not the order that was accepted"),
    (
        lambda here: altered(one(here, "orders"), 'accepted_at": "2026-11-22T07', 'accepted_at": "2026-11-22T06'),
        "(time",
    ),
    (lambda here: one(here, "records").unlink(), "rests on cross-connect 2026-11-22T07:00:00+00:00, which is not"),
    (_another_time, "rests on cross-connect 2026-11-22T07:00:00+00:00, which is not"),
    (lambda here: one(here, "records").write_text("[]"), "is not a file of records"),
    (lambda here: one(here, "retests").write_text("{}"), "is not a file of retests"),
    (lambda here: one(here, "certificates").unlink(), "is not in the data folder"),
    (lambda here: altered(one(here, "certificates"), "SATISFIED", "INCONCLUSIVE"), "sample.json"),
    (lambda here: next((here.inside / "archive").iterdir()).write_bytes(b"<x/>"), "is not the message that arrived"),
]


def test_what_is_whole_has_no_fault(here: Office) -> None:
    assert found(here) == []


@pytest.mark.parametrize(("spoil", "told"), SPOILED)
def test_a_record_that_was_altered_or_lost_is_told(spoil: Callable[[Office], object], told: str, here: Office) -> None:
    spoil(here)
    assert told in "\n".join(found(here))


def test_a_message_whose_words_were_changed_in_the_store_is_told(here: Office) -> None:
    from turnup.store.tables import INBOX

    with here.desk.store.writing() as connection:
        connection.execute(INBOX.update().where(INBOX.c.message_id == "Q-2").values(body=b"<x/>"))
    assert found(here) == [], "what arrived is in the archive"
    for path in (here.inside / "archive").iterdir():
        path.unlink()
    assert any("Q-2 of QWEST is not what arrived" in fault for fault in found(here))


def test_a_run_that_says_something_else_than_its_certificate_is_told(here: Office) -> None:
    from turnup.store.tables import RUN

    with here.desk.store.writing() as connection:
        connection.execute(RUN.update().values(red=[4]))
    assert any("is not what it says" in fault for fault in found(here))


def test_drafts_locks_and_what_is_still_written_are_no_records(tmp_path: Path) -> None:
    for name in (
        "orders/.lock",
        "orders/.PSO.new",
        "records/x.new",
        "journal/x.tmp",
        "exchange/in/half.xml.tmp",
        "exchange/in/whole.xml",
        "exchange/out/.x.xml",
        "keys/signing.pem",
        "locks/r1",
        "lab/env",
        "known_hosts",
        "fingerprint.key",
        "turnup.db",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert record_files(tmp_path) == {}
    claimed = tmp_path / "exchange/in/.work/1.2.x.xml"
    claimed.parent.mkdir()
    claimed.write_text("x")
    assert record_files(tmp_path) == {"exchange/in/.work/1.2.x.xml": claimed}
    assert DropBox(tmp_path / "exchange/in", 0.0).folder.is_dir()
