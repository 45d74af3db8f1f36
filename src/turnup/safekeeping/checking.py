"""Whether the records are whole, and whether every event of a history still has the record that it was read from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from turnup.attestation.book import Book
from turnup.certificate.document import from_json
from turnup.change.journal import read_journal
from turnup.desk.checking import all_faults as store_faults
from turnup.desk.entering import Desk
from turnup.desk.sources import DataFolder, happenings
from turnup.errors import InputError, Refused
from turnup.load.order import order_of
from turnup.noc import Noc
from turnup.order.answers import digest_of
from turnup.order.entries import read_entries
from turnup.order.life import Happening
from turnup.order.records import Records
from turnup.repair.batch import read_batch
from turnup.safekeeping.records import INSIDE
from turnup.store import Connection
from turnup.store.events import Entered, history, standings
from turnup.store.messages import all_received


def all_faults(desk: Desk, inside: Path | None = None) -> Iterator[str]:
    """Every fault of store, evidence and records, in words; `inside` is where messages arrive, when it is elsewhere."""
    yield from store_faults(desk)
    broken = list(record_faults(desk.noc))
    yield from broken
    with desk.store.reading() as connection:
        if not broken:
            yield from history_faults(desk.noc, connection)
        yield from message_faults(connection, inside or desk.noc.home.path / INSIDE)


def record_faults(noc: Noc) -> Iterator[str]:
    """Records that cannot be relied on, each by itself."""
    for read in _reads(noc.home.path):
        try:
            read()
        except (InputError, Refused, OSError, UnicodeDecodeError) as error:
            yield str(error)


def _reads(home: Path) -> Iterator[Callable[[], object]]:
    yield partial(_ledger, home / "orders")
    yield Records(home / "records").check
    for name, read in (("journal", read_journal), ("retests", read_batch), ("certificates", _certificate)):
        for path in sorted((home / name).glob("*.json")):
            yield partial(read, path)
    if (home / "attestations").is_dir():
        yield partial(_attestations, home / "attestations")


def _certificate(path: Path) -> object:
    return from_json(path.read_text(), where=str(path))


def _ledger(folder: Path) -> None:
    """The ledger's own digest of each order, under which it was accepted, is still that of what it holds."""
    for file in read_entries(folder):
        for entry in file.entries:
            where = f"orders/{file.order_id}.json"
            if digest_of(order_of(entry.order, where)) != entry.digest:
                raise Refused(f"{where}: revision {entry.revision} is not the order that was accepted")


def _attestations(folder: Path) -> None:
    for one in Book(folder).read():
        if one.void:
            raise Refused(one.void)


def history_faults(noc: Noc, connection: Connection) -> Iterator[str]:
    """Events that say which record they were read from, and whose record is gone or says something else now."""
    folder = DataFolder(noc)
    for life in list(standings(connection)):
        proved = {one.detail["source"]: one for one in happenings(folder, life.order_id)}
        for one in history(connection, life.order_id):
            if source := one.happening.detail.get("source"):
                yield from _against(noc, one, proved.get(source), source)


# What may change in a record after it was entered: a moved order's port in the ledger; that a revision came first.
_MAY_CHANGE = {"ledger": ("router", "port", "site"), "journal": (), "certificate": (), "cross-connect": ()}


def _against(noc: Noc, one: Entered, record: Happening | None, source: str) -> Iterator[str]:
    said = one.happening
    where = f"event {one.seq} of {said.order_id} ({said.event.value})"
    kind, _, name = source.partition(" ")
    if record is None:
        # A change that was taken back later stands in its journal all the same; that it was made is no less true.
        if not (kind == "journal" and (noc.home.path / "journal" / name).is_file()):
            yield f"{where} rests on {source}, which is not in the data folder"
        return
    different = [
        key
        for key, value in record.detail.items()
        if key not in _MAY_CHANGE.get(kind, ()) and said.detail.get(key, value) != value
    ]
    if record.at != said.at:
        different.insert(0, "time")
    if different:
        yield f"{where} rests on {source}, which now says something else ({', '.join(different)})"


def message_faults(connection: Connection, inside: Path) -> Iterator[str]:
    """Messages kept by their hash that are not what arrived, and messages taken in of which nothing is kept."""
    kept = set()
    for part in ("archive", "quarantine", ".work"):
        for path in sorted((inside / part).iterdir()) if (inside / part).is_dir() else ():
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            kept.add(found)
            if part == "archive" and found != path.stem:
                yield f"{path} is not the message that arrived"
    for message in all_received(connection, None):
        found = hashlib.sha256(message.body).hexdigest()
        if message.body and inside.is_dir() and message.sha256 not in {found, *kept}:
            yield f"the message {message.message_id} of {message.sender} is not what arrived, nor is that archived"
