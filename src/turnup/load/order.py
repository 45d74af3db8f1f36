"""From a file to a Port Service Order, in two forms: XML (schema first) and YAML. Every mistake is named.

What is not an order at all raises InputError; an order with mistakes raises Clarification with all of its points.
What only the network can tell (site, card, free port, unused link) is `turnup.order.meaning`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from turnup.errors import Clarification, InputError
from turnup.load.faults import Fault, below, faults
from turnup.load.order_xml import field_path, header_fields, order_fields
from turnup.load.order_yaml import plain_yaml
from turnup.load.strict import build, line_of
from turnup.load.xml import LIMIT, NAMESPACE, SchemaFault, local, parse_xml, schema_faults
from turnup.model.order import Header, OrderMessage, PortServiceOrder
from turnup.model.text import cli_text, host_name, identifier, plain, reference

T = TypeVar("T")
Rule = Callable[[str], str]

REASON_LIMIT = 300
_TIMES = frozenset(("requested_due", "sent_at"))


def _one_of(*words: str) -> Rule:
    def rule(value: str) -> str:
        if value not in words:
            raise InputError(f"must be {' or '.join(words)}")
        return value

    return rule


# The character rule of every text field (reference: provisioning, section 5). A test holds this table complete.
RULES: Mapping[str, Rule] = {
    "order_id": identifier,
    "supersedes": identifier,
    "location.site": cli_text,
    "location.router": host_name,
    "equipment_model": cli_text,
    "customer.code": identifier,
    "customer.name": cli_text,
    "customer.cage": cli_text,
    "cross_connect.circuit_id": reference,
    "cross_connect.customer_demarc": cli_text,
    "cross_connect.letter_of_authority": reference,
    "layer2.framing": identifier,
    "layer3.router_end": _one_of("LOW", "HIGH"),
    "bgp.policy_name": identifier,
    "bgp.md5_key_ref": identifier,
    "requested_by": cli_text,
    "header.message_id": reference,
    "header.in_reply_to": reference,
    "header.sender": reference,
    "header.recipient": reference,
}


def read_order(path: Path) -> OrderMessage:
    """The order in that file; the suffix says which form. Raises InputError, Clarification."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    match path.suffix.lower():
        case ".xml":
            return parse_order_xml(data, where=str(path))
        case ".yaml" | ".yml":
            return parse_order_yaml(data, where=str(path))
    raise InputError("is not an order", where=str(path), advice="Name the file .xml or .yaml after its form.")


def parse_order_xml(data: bytes, *, where: str) -> OrderMessage:
    """A Message with a Port Service Order. Raises InputError, Clarification."""
    root = parse_xml(data, where=where)
    if root.tag != f"{{{NAMESPACE}}}Message":
        raise InputError(f"the root element must be Message of {NAMESPACE}, not {_cut(root.tag)}", where=where)
    if points := [_schema_point(fault) for fault in schema_faults(root)]:
        raise Clarification(_first_of_each(points), where=where)
    header, body = [child for child in root if isinstance(child.tag, str)]
    if local(body.tag) != "PortServiceOrder":
        raise InputError(f"holds a message of another kind: {local(body.tag)}", where=where)
    envelope = _typed(Header, header_fields(header), where, "header")
    return OrderMessage(_order(order_fields(body), where), envelope)


def parse_order_yaml(data: bytes, *, where: str) -> OrderMessage:
    """A Port Service Order without envelope. Raises InputError, Clarification."""
    content = plain_yaml(data, where=where)
    if not isinstance(content, MutableMapping):
        raise InputError("is not an order: its fields are missing", where=where)
    return OrderMessage(_order(content, where))


def order_of(fields: Mapping[str, Any], where: str) -> PortServiceOrder:
    """An order from its plain fields, as `order_write.order_fields` gives them. Raises Clarification."""
    return _order({**fields}, where)


def _order(data: MutableMapping[Any, Any], where: str) -> PortServiceOrder:
    order = _typed(PortServiceOrder, data, where, "")
    return dataclasses.replace(order, origin=where)


def _typed(cls: type[T], data: MutableMapping[Any, Any], where: str, path: str) -> T:
    """An instance of `cls`; first every text by its character rule, then every field by its type."""
    points = [_point(fault) for fault in _text_faults(data, where, path)]
    _zoned(data)
    points += [_point(fault) for fault in faults(cls, data, where=where, path=path, computed=frozenset({"origin"}))]
    if points:
        raise Clarification(_first_of_each(points), where=where)
    return build(cls, data, where=where, path=path)


def _text_faults(value: object, where: str, path: str) -> Iterator[Fault]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _text_faults(item, line_of(value, key, where), below(path, str(key)))
    elif isinstance(value, str):
        rule = RULES.get(path, _typed_text)
        try:
            rule(value)
        except InputError as error:
            yield Fault(path, str(error), where)
    elif isinstance(value, Sequence):
        for index, item in enumerate(value):
            yield from _text_faults(item, where, f"{path}[{index}]")


def _typed_text(value: str) -> str:
    """Text that becomes an address, a number, a word of a list: its type says the rest."""
    if plain(value) != value.strip() or not value.isascii():
        raise InputError("must be printable ASCII without blanks around it")
    return value


def _zoned(data: MutableMapping[Any, Any]) -> None:
    """Put every time in UTC; a time without its zone becomes text, which the types then refuse."""
    for name in _TIMES & set(data):
        if isinstance(data[name], datetime | str):
            data[name] = _utc(str(data[name])) or str(data[name])


def _utc(text: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
        return value.astimezone(UTC) if value.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _schema_point(fault: SchemaFault) -> tuple[str, str]:
    path = field_path(fault.elements)
    reason = fault.reason
    try:
        if path in RULES:  # says it in plainer words than the schema's pattern
            RULES[path](fault.text)
    except InputError as error:
        reason = str(error)
    return path, f"{_cut(reason)} (line {fault.line})"


def _point(fault: Fault) -> tuple[str, str]:
    return _cut(fault.path, 80), _cut(fault.reason_and_line)


def _first_of_each(points: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple({field: (field, reason) for field, reason in reversed(points)}.values())[::-1]


def _cut(text: str, limit: int = REASON_LIMIT) -> str:
    """What may be shown and sent back: printable ASCII, not endless."""
    shown = re.sub(r"[^ -~]", lambda found: ascii(found[0])[1:-1], text)
    return shown if len(shown) <= limit else f"{shown[: limit - 3]}..."
