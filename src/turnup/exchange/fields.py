"""A message's body as plain data and back, strictly: every mistake is named, nothing is repaired."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

from turnup.errors import Clarification, InputError
from turnup.exchange.meaning import contradictions
from turnup.load.faults import Fault, below, faults
from turnup.load.order_xml import Lined
from turnup.load.strict import build, fields_of, line_of
from turnup.model import text
from turnup.model.interface_name import InterfaceName

T = TypeVar("T")
_RULES = {name: text.identifier for name in ("order_id", "ticket_id", "outage_id", "affected")}
_RULES |= {name: text.cli_text for name in ("responded_by", "by", "site", "person_notified")}
_RULES |= {name: text.host_name for name in ("router", "routers")}
_RULES |= {name: text.reference for name in ("message_id", "in_reply_to", "sender", "recipient")}


def plain(value: Any) -> Any:
    """Plain data of a record: mappings, lists, text, numbers; times as ISO 8601 UTC; what is not given is left out."""
    if isinstance(value, InterfaceName):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        given = ((one.name, getattr(value, one.name)) for one in dataclasses.fields(value))
        return {name: plain(item) for name, item in given if item is not None and item != ()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, bool | int) else str(value)


def built(cls: type[T], data: object, *, where: str, path: str = "") -> T:
    """The record of plain data. Raises Clarification with every mistake, contradictions in its meaning included."""
    found: list[Fault] = []
    prepared = _prepared(cls, data, where, path, found)
    found += faults(cls, prepared, where=where, path=path)
    if found:
        raise Clarification(_points(found), where=where)
    record = build(cls, prepared, where=where, path=path)
    if wrong := tuple(contradictions(record)):
        raise Clarification(wrong, where=where)
    return record


def _points(found: list[Fault]) -> tuple[tuple[str, str], ...]:
    first = {fault.path: (fault.path[:80], shown(fault.reason_and_line)) for fault in reversed(found)}
    return tuple(first.values())[::-1]


def shown(said: str, limit: int = 300) -> str:
    """What may be shown and sent back: printable ASCII of one line, not endless, never empty."""
    plain_text = "".join(one if " " <= one <= "~" else ascii(one)[1:-1] for one in said).strip() or "-"
    return plain_text if len(plain_text) <= limit else f"{plain_text[: limit - 3]}..."


def _prepared(annotation: Any, value: Any, where: str, path: str, found: list[Fault]) -> Any:
    """Times read, texts held against their rules; of any other shape left as it is, for the types to refuse."""
    kind = _kind(annotation)
    if isinstance(value, Mapping) and dataclasses.is_dataclass(kind):
        return _record(kind, value, where, path, found)
    if isinstance(value, list) and typing.get_origin(kind) is tuple:
        item = typing.get_args(kind)[0]
        return [_prepared(item, one, where, f"{path}[{index}]", found) for index, one in enumerate(value)]
    if isinstance(value, str):
        found += _text_faults(value, where, path)
        return _time(value) if kind is datetime else value
    return value


def _record(kind: Any, value: Mapping[Any, Any], where: str, path: str, found: list[Fault]) -> Any:
    known = fields_of(kind)
    made: dict[Any, Any] = Lined(value.lc.line + 1) if isinstance(value, Lined) else {}
    for name, item in value.items():
        here = line_of(value, name, where)
        annotation = known[name][0] if name in known else Any
        made[name] = _prepared(annotation, item, here, below(path, str(name)), found)
    if isinstance(made, Lined) and isinstance(value, Lined):
        made.lc = value.lc
    return made


def _text_faults(value: str, where: str, path: str) -> Iterator[Fault]:
    name = path.rpartition(".")[2].partition("[")[0]
    try:
        _RULES.get(name, text.line)(value)
    except InputError as error:
        yield Fault(path, str(error), where)


def _time(value: str) -> datetime | str:
    """The moment in UTC; without its zone it stays text, which the types refuse."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else value
    except (ValueError, OverflowError):
        return value


def _kind(annotation: Any) -> Any:
    """`X` of `X | None`."""
    options = [option for option in typing.get_args(annotation) if option is not type(None)]
    union = typing.get_origin(annotation) is not tuple and len(options) == 1
    return options[0] if union else annotation
