"""Measurements of MGS circuits, read strictly from YAML or CSV. What is not in the file was not measured."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from turnup.errors import InputError, UsageError
from turnup.load.strict import build, suggestion
from turnup.load.yaml import read_yaml
from turnup.mgs.order import Agreement
from turnup.performance.months import Month

CSV_LIMIT = 16 * 1024 * 1024  # bytes


class MgsCause(StrEnum):
    """What caused an outage (MGS II 9.b, Schedule 2 1(v))."""

    CARRIER = "carrier"
    THIRD_PARTY = "third-party"
    CUSTOMER = "customer"
    CUSTOMER_EQUIPMENT = "customer-equipment"  # Qwest-Required Equipment: no part of what is measured
    FORCE_MAJEURE = "force-majeure"
    MAINTENANCE = "maintenance"  # scheduled


@dataclass(frozen=True)
class Circuit:
    """A circuit and when it was in service; `until` None = still."""

    circuit: str
    since: datetime
    until: datetime | None = None
    market_area: str = ""


@dataclass(frozen=True)
class BusyHours:
    """Calls of the peak busy hours of a month: offered, and of them blocked."""

    circuit: str
    month: str
    offered: int
    blocked: int

    def __post_init__(self) -> None:
        Month.parse(self.month)
        if not 0 <= self.blocked <= self.offered:
            raise InputError(f"{self.circuit} {self.month}: {self.blocked} of {self.offered} calls cannot be blocked")


@dataclass(frozen=True)
class MgsOutage:
    """An outage of a circuit. `end` None = still open; `answered` = the customer's call (Schedule 2, 1(iii))."""

    circuit: str
    start: datetime
    cause: MgsCause
    end: datetime | None = None
    answered: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise InputError(f"{self.circuit}: an outage cannot end {self.end} when it started {self.start}")


@dataclass(frozen=True)
class CustomersNotice:
    """When the customer told the carrier in writing of a month's failures (MGS II Schedule 2, 2(ii))."""

    month: str
    at: datetime

    def __post_init__(self) -> None:
        Month.parse(self.month)


@dataclass(frozen=True)
class Measurements:
    """A file of them. `measured_until`: every outage up to then is in the file; later time was not measured."""

    agreement: Agreement
    measured_until: datetime
    circuits: tuple[Circuit, ...]
    busy_hours: tuple[BusyHours, ...] = ()
    outages: tuple[MgsOutage, ...] = ()
    notices: tuple[CustomersNotice, ...] = ()

    def __post_init__(self) -> None:
        names = [one.circuit for one in self.circuits]
        known = set(names)
        if len(known) != len(names):
            raise InputError("a circuit is listed twice")
        for name in (*(one.circuit for one in self.busy_hours), *(one.circuit for one in self.outages)):
            if name not in known:
                raise InputError(f"circuit {name!r} is not among the circuits{suggestion(name, names)}")
        pairs = [(one.circuit, one.month) for one in self.busy_hours]
        if len(set(pairs)) != len(pairs):
            raise InputError("a circuit's busy hours of one month are given twice")


def read_measurements(path: Path) -> Measurements:
    """Read a file of measurements: `.csv`, or YAML. Raises InputError."""
    content = _read_csv(path) if path.suffix.lower() == ".csv" else read_yaml(path)
    _zoned(content)
    try:
        return build(Measurements, content, where=str(path))
    except UsageError as error:
        raise _at(error, str(path)) from error


_TIMES = frozenset(("since", "until", "start", "end", "answered", "at", "measured_until"))


def _zoned(data: object) -> None:
    """Put every time in UTC, in place; a time without its zone becomes text, which the types then refuse."""
    if isinstance(data, list):
        for one in data:
            _zoned(one)
    elif isinstance(data, MutableMapping):
        for name, value in data.items():
            if name in _TIMES and isinstance(value, datetime | str):
                data[name] = _utc(str(value)) or str(value)
            else:
                _zoned(value)


def _utc(text: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
        return value.astimezone(UTC) if value.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _at(error: UsageError, where: str) -> InputError:
    """The same with its place, when it has none: what a row's own rules say knows no line."""
    if isinstance(error, InputError) and error.where:
        return error
    return InputError(str(error), where=where)


# CSV: one row a thing; `kind` says which. Columns that a kind has not stay empty.
_KINDS: Mapping[str, tuple[str, type[Any]]] = {
    "circuit": ("circuits", Circuit),
    "busy": ("busy_hours", BusyHours),
    "outage": ("outages", MgsOutage),
    "notice": ("notices", CustomersNotice),
}
_HEAD = ("agreement", "measured_until")
_COLUMNS = ("kind", *_HEAD, *dict.fromkeys(one.name for _, kind in _KINDS.values() for one in fields(kind)))
_WHOLE = ("offered", "blocked")


def _read_csv(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text (byte {error.start})", where=str(path)) from error
    if len(data) > CSV_LIMIT:
        raise InputError(f"is larger than {CSV_LIMIT} bytes", where=str(path))
    reader = csv.reader(io.StringIO(text), strict=True)
    found: dict[str, Any] = {name: [] for name, _ in _KINDS.values()}
    try:
        columns = _head(next(reader, []), str(path))
        for cells in reader:
            if cells:
                _row(found, columns, cells, f"{path}:{reader.line_num}")
    except csv.Error as error:
        raise InputError(f"is not CSV: {error}", where=f"{path}:{reader.line_num}") from error
    return found


def _head(columns: list[str], where: str) -> list[str]:
    for name in columns:
        if name not in _COLUMNS:
            raise InputError(f"unknown column {name!r}{suggestion(name, _COLUMNS)}", where=f"{where}:1")
    if "kind" not in columns or len(set(columns)) != len(columns):
        raise InputError("the first line names the columns, each once, `kind` among them", where=f"{where}:1")
    return columns


def _row(found: dict[str, Any], columns: list[str], cells: list[str], where: str) -> None:
    if len(cells) != len(columns):
        raise InputError(f"has {len(cells)} cells, not {len(columns)}", where=where)
    said = {name: _cell(name, cell, where) for name, cell in zip(columns, cells, strict=True) if cell != ""}
    kind = said.pop("kind", "")
    if kind == "file":
        if set(said) != set(_HEAD) or _HEAD[0] in found:
            raise InputError("one row of kind `file` holds agreement and measured_until, and nothing else", where=where)
        found.update(said)
        return
    if kind not in _KINDS:
        raise InputError(f"unknown kind {kind!r}{suggestion(str(kind), ['file', *_KINDS])}", where=where)
    name, row = _KINDS[str(kind)]
    _zoned(said)
    try:
        build(row, said, where=where)  # here, because the whole knows no lines of a CSV
    except UsageError as error:
        raise _at(error, where) from error
    found[name].append(said)


def _cell(name: str, cell: str, where: str) -> object:
    if name not in _WHOLE:
        return cell
    if not (cell.isascii() and cell.isdigit()):
        raise InputError(f"column {name!r} holds whole numbers, not {cell!r}", where=where)
    return int(cell)
