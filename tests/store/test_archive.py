"""Backups: whole, proved, restored on either database, never over something."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from lives import START, TO_SERVICE
from test_orders_kept import LATER, all_faults, live

from turnup.errors import InputError, Refused, UsageError
from turnup.store import Store, open_store
from turnup.store.archive import backup, restore
from turnup.store.events import standings
from turnup.store.migrating import migrate
from turnup.store.tables import INBOX, METADATA


@pytest.fixture
def archive(store: Store, tmp_path: Path) -> Path:
    live(store, "PSO-1", *TO_SERVICE)
    live(store, "PSO-2", *TO_SERVICE[:3])
    with store.writing() as connection:
        connection.execute(
            INBOX.insert().values(
                message_id="M-1",
                sender="customer",
                kind="order",
                order_id="PSO-1",
                received_at=START,
                sha256="0" * 64,
                body=b"\x00\xff<xml/>",
                result="",
            )
        )
    evidence = tmp_path / "old" / "evidence" / "ab"
    evidence.mkdir(parents=True)
    (evidence / "abc.zst").write_bytes(b"answer")
    target = tmp_path / "backup.zip"
    rows, files = backup(store, target, lambda: {"evidence/ab/abc.zst": evidence / "abc.zst"}, LATER)
    assert (rows > 10, files) == (True, 1)
    return target


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
        }


def test_a_backup_restored_is_the_same_store(store: Store, archive: Path, tmp_path: Path) -> None:
    """Into SQLite from either database: moving from one to the other is a backup and a restore."""
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    restore(other, archive, tmp_path / "new")
    assert rows(other) == rows(store)
    assert all_faults(other) == []
    assert (tmp_path / "new" / "evidence" / "ab" / "abc.zst").read_bytes() == b"answer"
    live(other, "PSO-3", *TO_SERVICE[:2])  # the chain goes on
    assert all_faults(other) == []
    other.close()


def test_nothing_is_overwritten(store: Store, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="overwrites nothing"):
        backup(store, archive, dict, LATER)
    with pytest.raises(Refused, match="not empty"):
        restore(store, archive, tmp_path / "new")
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    target = tmp_path / "new" / "evidence" / "ab" / "abc.zst"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"another answer")
    with pytest.raises(Refused, match="is another"):
        restore(other, archive, tmp_path / "new")
    with other.reading() as connection:
        assert list(standings(connection)) == []
    other.close()


def altered(archive: Path, tmp_path: Path, name: str, old: bytes, new: bytes, *, resign: bool = False) -> Path:
    import hashlib

    target = tmp_path / "altered.zip"
    with ZipFile(archive) as source, ZipFile(target, "w") as copy:
        manifest = json.loads(source.read("manifest.json"))
        for member in source.namelist():
            data = source.read(member)
            if member == name:
                assert old in data
                data = data.replace(old, new)
            if resign and member == name:
                manifest["sha256"][member] = hashlib.sha256(data).hexdigest()
            if member != "manifest.json":
                copy.writestr(member, data)
        copy.writestr("manifest.json", json.dumps(manifest))
    return target


def test_an_altered_backup_is_refused(archive: Path, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    changed = altered(archive, tmp_path, "tables/event.jsonl", b"a carrier", b"another person")
    with pytest.raises(InputError, match=r"tables/event.jsonl is not what was backed up"):
        restore(other, changed, tmp_path / "new")
    resigned = altered(archive, tmp_path, "tables/event.jsonl", b"a carrier", b"another person", resign=True)
    with pytest.raises(InputError, match="not whole"):
        restore(other, resigned, tmp_path / "new")
    with other.reading() as connection:
        assert list(standings(connection)) == []
    other.close()


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_backup(content: bytes, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputError, match="not a backup"):
        restore(other, tmp_path / "x.zip", tmp_path / "new")
    other.close()


@pytest.mark.parametrize(
    "manifest",
    [
        [1],
        {"format": "turnup/backup/1"},
        {"format": "turnup/backup/1", "revision": "0003", "sha256": []},
        {"format": "turnup/backup/1", "revision": "0003", "sha256": 7},
    ],
)
def test_an_archive_of_something_else_is_refused_in_words(manifest: object, store: Store, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(InputError, match="is not a backup of turnup"):
        restore(store, tmp_path / "other.zip", tmp_path / "new")


def test_rows_that_no_store_has_are_refused_in_words(store: Store, archive: Path, tmp_path: Path) -> None:
    """With digests of their own: whoever made it has done it right, and it is no backup all the same."""
    with ZipFile(archive) as whole:
        held = {name: whole.read(name) for name in whole.namelist()}
    manifest = json.loads(held.pop("manifest.json"))
    held["tables/event.jsonl"] *= 2
    manifest["sha256"] = {name: sha256(data).hexdigest() for name, data in held.items()}
    with ZipFile(tmp_path / "twice.zip", "w") as twice:
        for name, data in held.items():
            twice.writestr(name, data)
        twice.writestr("manifest.json", json.dumps(manifest))
    migrate(store.engine, "base")
    migrate(store.engine)
    with pytest.raises(InputError, match="is not a backup of turnup"):
        restore(store, tmp_path / "twice.zip", tmp_path / "new")


def test_a_backup_that_cannot_be_written_is_said_in_words(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        backup(store, tmp_path / "no" / "backup.zip", dict, LATER)


def test_a_revision_that_there_is_not_is_said_in_words(store: Store) -> None:
    with pytest.raises(UsageError, match="'0099' is no revision: 0001, "):
        migrate(store.engine, "0099")
