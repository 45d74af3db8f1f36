"""What people did and reported: notices of maintenance, cross-connects, cards, bad ports, emergencies. Append only.

One JSON document a kind in the data folder, replaced whole and synced, read strictly; who and when stand in every row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from turnup.durable import write_whole
from turnup.errors import InputError
from turnup.load.strict import build

VERSION = 1


class Fibre(StrEnum):
    """What field staff did to a cross-connect."""

    REMOVED = "removed"
    MADE = "made"


@dataclass(frozen=True)
class Notice:
    """Written notice of normal maintenance of a router in the window that begins at `starts` (PASA 2.3(a)). UTC."""

    router: str
    starts: datetime
    sent_at: datetime
    by: str
    recorded_at: datetime
    reference: str = ""  # such as the e-mail's message id


@dataclass(frozen=True)
class CrossConnectEvent:
    """The cross-connect of that order was removed or made (PASA 1.3(b)(i)); `at` in UTC."""

    order_id: str
    what: Fibre
    at: datetime
    by: str
    recorded_at: datetime
    note: str = ""


@dataclass(frozen=True)
class PortMark:
    """A port was found bad, or good again after a retest. The last row of a port counts."""

    router: str
    port: str
    bad: bool
    at: datetime
    by: str
    because: str


@dataclass(frozen=True)
class Emergency:
    """A change outside a window, and why: to be told in writing as soon as practicable (PASA 2.3(a))."""

    router: str
    order_id: str
    reason: str
    by: str
    at: datetime


class CardDeed(StrEnum):
    """What became of a replacement card (PASA 5(c))."""

    SUPPLIED = "supplied"  # the customer supplied it, or the carrier bought it as directed
    REPLACED = "replaced"  # it is in the router


@dataclass(frozen=True)
class CardEvent:
    """A card that the customer directs to be put into a slot came, or is in it (PASA 5(c)); `at` in UTC."""

    router: str
    slot: int
    what: CardDeed
    at: datetime
    by: str
    recorded_at: datetime
    card: str = ""  # part and serial number


Row = Notice | CrossConnectEvent | PortMark | Emergency | CardEvent
_FILES: dict[type[Row], str] = {
    Notice: "notices",
    CrossConnectEvent: "cross-connects",
    PortMark: "ports",
    Emergency: "emergencies",
    CardEvent: "cards",
}
_Kind = TypeVar("_Kind", Notice, CrossConnectEvent, PortMark, Emergency, CardEvent)


@dataclass(frozen=True)
class Records:
    """The records below one folder."""

    folder: Path

    def rows(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """All rows of one kind, oldest first. Raises InputError for a file that cannot be relied on."""
        path = self._path(kind)
        try:
            document = json.loads(path.read_bytes())
            if document["version"] != VERSION:
                raise _broken(path, f"version {document['version']}")
            return tuple(build(kind, _read(kind, row), where=str(path)) for row in document["rows"])
        except FileNotFoundError:
            return ()
        except InputError as error:
            raise _broken(path, str(error)) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _broken(path, f"{type(error).__name__}: {error}") from error

    def add(self, row: Row) -> None:
        """Enter a row; it is on disk when this returns. The same row twice is one."""
        path = self._path(type(row))
        with self._locked():
            rows: tuple[Row, ...] = self.rows(type(row))  # type: ignore[type-var]
            if row in rows:
                return
            document = {"version": VERSION, "rows": [_plain(asdict(one)) for one in (*rows, row)]}
            write_whole(path, json.dumps(document, indent=1), private=True)

    def check(self) -> None:
        """Read everything. Raises InputError for the first file that cannot be relied on."""
        _ = (self.rows(Notice), self.rows(CrossConnectEvent), self.rows(PortMark), self.rows(Emergency))
        _ = self.rows(CardEvent)

    def bad_ports(self) -> tuple[tuple[str, str], ...]:
        """(router, interface) of ports that are marked bad now."""
        last = {(row.router, row.port): row.bad for row in self.rows(PortMark)}
        return tuple(port for port, bad in last.items() if bad)

    def fibre(self, order_id: str, what: Fibre) -> CrossConnectEvent | None:
        """The last event of that order's cross-connect if it is such a one; None while it is another, or none at all.

        A cross-connect that was made and then removed is not made. What was recorded late stands where it happened.
        """
        rows = [row for row in self.rows(CrossConnectEvent) if row.order_id == order_id]
        last = max(reversed(rows), key=lambda row: row.at, default=None)  # of the same minute the one recorded last
        return last if last is not None and last.what is what else None

    def _path(self, kind: type[Row]) -> Path:
        return self.folder / f"{_FILES[kind]}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _read(kind: type[Row], row: dict[str, Any]) -> dict[str, Any]:
    times = {field.name for field in fields(kind) if field.type == "datetime"}
    return {name: datetime.fromisoformat(value) if name in times else value for name, value in row.items()}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _broken(path: Path, reason: str) -> InputError:
    return InputError(
        f"is not a file of records ({reason})", where=str(path), advice="Put it back from a backup; nothing was sent."
    )
