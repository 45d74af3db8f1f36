"""The ledger's files: one JSON document an order, replaced whole and synced, read strictly."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from turnup.durable import write_whole
from turnup.errors import InputError
from turnup.load.strict import build
from turnup.model.order import Action

VERSION = 1
# Orders that have a port of their own; a REDESIGNATE shares it with the order it ends, until it is carried out.
HOLDING = (Action.NEW, Action.REDESIGNATE)
_TIMES = ("received_at", "accepted_at", "committed_by", "since", "scrapped_at")


@dataclass(frozen=True)
class Entry:
    """One accepted revision of an order, and the port it was given."""

    revision: int
    action: Action
    digest: str
    order: Mapping[str, object]
    received_at: datetime
    accepted_at: datetime
    committed_by: datetime | None = None
    message_id: str | None = None
    site: str | None = None
    router: str | None = None
    port: str | None = None

    @property
    def link_prefix(self) -> IPv4Network | None:
        """The link network of the order."""
        layer3 = self.order.get("layer3")
        return IPv4Network(layer3["link_prefix"]) if isinstance(layer3, Mapping) else None


@dataclass(frozen=True)
class Left:
    """A port of another router that an order was moved away from, with that revision and so many changes carried out.

    Until it is `bare`, lines of the order are on it, or may be. `scrapped` is a person's word that the router will not
    come back, as `WHO: WHY`, given at that time; it holds as long as the inventory lacks the router.
    """

    router: str
    port: str
    revision: int
    changes: int
    since: datetime
    bare: bool = False
    scrapped: str = ""
    scrapped_at: datetime | None = None


@dataclass(frozen=True)
class OrderFile:
    """Everything known of one order. `started`: work on its port has begun; `released`: the port was given back.

    `changes` are the CHANGE orders that were carried out on its port, in that order, and as `ORDER prefixes` those of
    the customer's other ports that changed the list they have together; `follows` is the order whose port
    it took over (REDESIGNATE); `left` are ports of other routers that it was moved away from.
    """

    order_id: str
    entries: tuple[Entry, ...] = ()
    started: bool = False
    released: bool = False
    changes: tuple[str, ...] = ()
    follows: str = ""
    left: tuple[Left, ...] = ()
    version: int = VERSION

    @property
    def holding(self) -> Entry | None:
        """The latest entry that gives the order a port of its own."""
        if self.released:
            return None
        return next((entry for entry in reversed(self.entries) if entry.action in HOLDING and entry.port), None)


def read_entries(folder: Path) -> Iterator[OrderFile]:
    """Every order of the ledger. Raises InputError for a file that cannot be relied on: a port might be given twice."""
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        yield _read(path)


def read_entry(folder: Path, order_id: str) -> OrderFile | None:
    """One order of the ledger by its own file; None when it was never accepted. Raises InputError as `read_entries`."""
    path = folder / f"{order_id}.json"
    if path.parent != folder or not path.is_file():
        return None
    return _read(path)


_Mark = tuple[int, int, int]
_READ: dict[Path, tuple[_Mark, OrderFile]] = {}  # files are replaced, never written to: the mark tells a new one
_SETTLED = 10**9  # nanoseconds; a younger file may be replaced within one tick of the clock, and nobody could tell


def _read(path: Path) -> OrderFile:
    """The file, read again only when it is another than last time: one command asks the ledger several times."""
    try:
        status = path.stat()
        mark = (status.st_ino, status.st_mtime_ns, status.st_size)
        if (known := _READ.get(path)) is not None and known[0] == mark:
            return known[1]
        content = json.loads(path.read_bytes())
        for entry in content["entries"]:
            entry.update({name: datetime.fromisoformat(entry[name]) for name in _TIMES if entry.get(name)})
        for left in content.get("left", ()):
            left.update({name: datetime.fromisoformat(left[name]) for name in _TIMES if left.get(name)})
        file = build(OrderFile, content, where=str(path))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(path, f"{type(error).__name__}: {error}") from error
    except InputError as error:
        raise _broken(path, str(error)) from error
    if file.version != VERSION or path.stem != file.order_id:
        raise _broken(path, f"version {file.version}, order {file.order_id}")
    if time.time_ns() - status.st_mtime_ns > _SETTLED:
        _READ[path] = (mark, file)
    return file


def write_entries(folder: Path, file: OrderFile) -> None:
    """Replace an order's file; after a crash there is the old one or the new one, never a part of it."""
    write_whole(folder / f"{file.order_id}.json", json.dumps(file, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else {one.name: getattr(value, one.name) for one in fields(value)}


def _broken(path: Path, reason: str) -> InputError:
    return InputError(
        f"is not a file of the ledger ({reason})",
        where=str(path),
        advice="Put it back from a backup, or move it away after you know which port it held.",
    )
