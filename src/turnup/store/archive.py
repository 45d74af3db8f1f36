"""Back the store up into one file and restore it: the same file for both databases, proved by digests."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from turnup.errors import InputError, Refused
from turnup.store.checking import faults
from turnup.store.migrating import revision_of
from turnup.store.opening import Store
from turnup.store.tables import METADATA

FORMAT = "turnup/backup/1"
_MANIFEST = "manifest.json"
# What is raised where a file that says it is a backup holds something else: no archive, other fields, other rows.
_NO_BACKUP = (BadZipFile, OSError, KeyError, ValueError, AttributeError, TypeError, RuntimeError)
_NO_ROWS = (sa.exc.IntegrityError, sa.exc.DataError)


def backup(store: Store, target: Path, files: Callable[[], Mapping[str, Path]], now: datetime) -> tuple[int, int]:
    """Write tables, and files by the name they get in the archive, into one new file; how many rows and files.

    Rows are of one moment. `files` is asked after them: a record is on the disk before a row rests on it, so that no
    row in the archive lacks its file. Raises InputError when `target` is there already.
    """
    draft = target.with_name(f".{target.name}.new")
    if target.exists():
        raise InputError("is there already; a backup overwrites nothing", where=str(target))
    digests: dict[str, str] = {}
    rows = 0
    try:
        draft.touch(mode=0o600)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(target)) from error
    with ZipFile(draft, "w", ZIP_DEFLATED) as archive, store.reading() as connection:
        for table in METADATA.sorted_tables:
            lines = list(_lines(connection, table))
            rows += len(lines)
            _put(archive, f"tables/{table.name}.jsonl", "".join(lines).encode(), digests)
        found = files()
        for name, path in sorted(found.items()):
            _put(archive, f"files/{name}", path.read_bytes(), digests)
        manifest = {
            "format": FORMAT,
            "revision": revision_of(store.engine),
            "at": now.astimezone(UTC).isoformat(),
            "sha256": digests,
        }
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
    draft.chmod(0o600)
    draft.replace(target)
    return rows, len(found)


def restore(store: Store, source: Path, folder: Path, elsewhere: Mapping[str, Path] | None = None) -> tuple[int, int]:
    """Put a backup into a store that is empty and its files below `folder`; how many rows and files there are.

    `elsewhere` are folders that stand at other places, by the name they have in the backup.

    Raises InputError for a file that is not what was backed up, Refused when the store or a file would be overwritten.
    """
    try:
        with ZipFile(source) as archive:
            manifest = _proved(archive, source)
            if manifest["revision"] != revision_of(store.engine):
                raise InputError(
                    f"is of revision {manifest['revision']}; this store has {revision_of(store.engine)}",
                    where=str(source),
                    advice="Restore it with the turnup that wrote it; then run `turnup db migrate` with this one.",
                )
            targets = _targets(archive, {**(elsewhere or {}), "": folder}, source)
            with store.writing() as connection:
                rows = _fill(connection, archive)
                if found := list(faults(connection)):
                    raise InputError(f"holds a store that is not whole: {found[0]}", where=str(source))
                for name, path in targets.items():
                    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    path.write_bytes(archive.read(name))
    except (*_NO_BACKUP, *_NO_ROWS) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"is not a backup of turnup ({reason})", where=str(source)) from error
    return rows, len(targets)


def _put(archive: ZipFile, name: str, data: bytes, digests: dict[str, str]) -> None:
    digests[name] = hashlib.sha256(data).hexdigest()
    archive.writestr(name, data)


def _proved(archive: ZipFile, source: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if manifest.get("format") != FORMAT:
        raise InputError(f"is not a backup of turnup (format {manifest.get('format')!r})", where=str(source))
    names = set(archive.namelist()) - {_MANIFEST}
    if names != set(manifest["sha256"]):
        raise InputError(f"lacks or adds {sorted(names ^ set(manifest['sha256']))[0]}", where=str(source))
    for name, digest in manifest["sha256"].items():
        if hashlib.sha256(archive.read(name)).hexdigest() != digest:
            raise InputError(f"{name} is not what was backed up", where=str(source))
    return manifest


def _targets(archive: ZipFile, folders: Mapping[str, Path], source: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for name in archive.namelist():
        if not name.startswith("files/"):
            continue
        told = name.removeprefix("files/")
        part = max((one for one in folders if not one or told.startswith(f"{one}/")), key=len)
        folder = folders[part]
        path = (folder / told.removeprefix(f"{part}/" if part else "")).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise InputError(f"{name} would be written outside {folder}", where=str(source))
        if path.exists() and path.read_bytes() != archive.read(name):
            raise Refused(f"{path} is there already and is another", advice="Restore into an empty data folder.")
        found[name] = path
    return found


def _fill(connection: Connection, archive: ZipFile) -> int:
    rows = 0
    for table in METADATA.sorted_tables:
        held = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        if held and table.name != "head":
            raise Refused(f"the store is not empty: {held} rows in {table.name}", advice="Restore into a new store.")
        connection.execute(table.delete())
        lines = archive.read(f"tables/{table.name}.jsonl").splitlines()
        values = [_values(table, json.loads(line)) for line in lines]
        for chunk in _chunks(values):
            connection.execute(table.insert(), chunk)
        rows += len(values)
    return rows


def _chunks(values: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (values[start : start + 500] for start in range(0, len(values), 500))


def _lines(connection: Connection, table: sa.Table) -> Iterator[str]:
    order = list(table.primary_key.columns)
    for row in connection.execute(sa.select(table).order_by(*order)).mappings():
        yield json.dumps({name: _plain(value) for name, value in row.items()}, sort_keys=True) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _values(table: sa.Table, data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in table.columns:
        value = data[column.name]
        if value is not None and isinstance(column.type, sa.LargeBinary):
            value = base64.b64decode(value)
        elif value is not None and isinstance(getattr(column.type, "impl", None), sa.DateTime):
            value = datetime.fromisoformat(value)
        found[column.name] = value
    return found
