"""Messages in XML (PASA 2.4): read safely, first by the schema, then by meaning; written in the schema's order."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from turnup.errors import Clarification, InputError
from turnup.exchange.fields import built, plain, shown
from turnup.load.order import parse_order_xml
from turnup.load.order_write import document, order_fields
from turnup.load.order_xml import Lined, element_name, field_name
from turnup.load.strict import fields_of
from turnup.load.xml import NAMESPACE, SCHEMA, line_number, local, parse_xml, schema_faults, schema_text
from turnup.model.messages import KINDS, Body, Message
from turnup.model.order import Header, OrderMessage, PortServiceOrder

if TYPE_CHECKING:
    from lxml import etree

# Elements that repeat are named in the singular, their field in the plural.
_MANY = {
    "tests": "Test",
    "defects": "Defect",
    "entries": "Entry",
    "orders": "OrderStatus",
    "tickets": "TicketState",
    "routers": "Router",
    "remarks": "Remark",
}
_READERS: dict[Any, Callable[[str], object]] = {int: int, bool: lambda text: text == "true"}
_XS = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True)
class Envelope:
    """A document whose header could be read. `kind` is the element behind it; `points` what the schema refuses."""

    header: Header
    kind: str
    data: bytes
    where: str
    points: tuple[tuple[str, str], ...] = ()

    def message(self) -> Message:
        """What it says. Raises Clarification with every point; InputError for a kind nobody knows."""
        if self.kind not in KINDS:
            raise InputError(f"holds a message of no known kind: {shown(self.kind, 60)}", where=self.where)
        if self.kind == PortServiceOrder.__name__:
            return Message(self.header, parse_order_xml(self.data, where=self.where).order)
        if self.points:
            raise Clarification(self.points, where=self.where)
        _, body = _parts(parse_xml(self.data, where=self.where), self.where)
        kind = KINDS[self.kind]
        made: Body = built(kind, _fields(body, kind), where=self.where)
        return Message(self.header, made)

    @property
    def order_id(self) -> str:
        """The order it says it is about, if that much can be read; "" otherwise."""
        _, body = _parts(parse_xml(self.data, where=self.where), self.where)
        found = (one.text or "" for one in body.iterchildren("{*}OrderId"))
        return shown(next(found, ""), 40) if self.kind in KINDS else ""


def open_envelope(data: bytes, *, where: str) -> Envelope:
    """The header of a message, whatever its body is. Raises InputError when not even that can be read."""
    root = parse_xml(data, where=where)
    if root.tag != f"{{{NAMESPACE}}}Message":
        raise InputError(
            f"the root element must be Message of {NAMESPACE}, not {shown(str(root.tag), 80)}", where=where
        )
    header, body = _parts(root, where)
    points: list[tuple[str, str]] = []
    for fault in schema_faults(root):
        if fault.elements[:2] == ("Message", "Header"):
            raise InputError(f"the header cannot be read: {fault.reason}", where=f"{where}:{fault.line}")
        path = "/".join(fault.elements[2:]) or fault.elements[-1]
        points.append((path[:80], f"{shown(fault.reason)} (line {fault.line})"))
    envelope = built(Header, _fields(header, Header), where=where, path="header")
    first = tuple({path: (path, reason) for path, reason in reversed(points)}.values())[::-1]
    return Envelope(envelope, local(body.tag), data, where, first)


def read_xml(data: bytes, *, where: str) -> Message:
    """The message of a document. Raises InputError, Clarification."""
    return open_envelope(data, where=where).message()


def message_xml(message: Message) -> bytes:
    """The document of a message."""
    if isinstance(message.body, PortServiceOrder):
        from turnup.load.order_write import order_xml

        return order_xml(OrderMessage(message.body, message.header))
    return document(message.header, message.kind, _elements(plain(message.body), message.kind))


def body_fields(body: Body) -> dict[str, Any]:
    """The body as plain data, an order's as its loader writes it."""
    found: dict[str, Any] = order_fields(body) if isinstance(body, PortServiceOrder) else plain(body)
    return found


def _parts(root: etree._Element, where: str) -> tuple[etree._Element, etree._Element]:
    children = [child for child in root if isinstance(child.tag, str)]
    if len(children) != 2 or children[0].tag != f"{{{NAMESPACE}}}Header":
        raise InputError("a Message has a Header and one body behind it", where=where)
    return children[0], children[1]


def _element_of(field: str) -> str:
    return _MANY.get(field) or element_name(field)


def _elements(fields: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Fields in the schema's order, by names that the writer turns into the schema's."""
    order = _order_of(kind)
    named = {_element_of(name): value for name, value in fields.items()}
    found: dict[str, Any] = {}
    for name in sorted(named, key=order.index):
        value = named[name]
        below = _TYPES.get(name, name)
        if isinstance(value, Mapping):
            value = _elements(value, below)
        elif isinstance(value, list):
            value = [_elements(one, below) if isinstance(one, Mapping) else one for one in value]
        found[field_name(name)] = value
    return found


_TYPES = {"Assigned": "Location"}


@cache
def _order_of(kind: str) -> tuple[str, ...]:
    """Names of the elements inside that type, or inside that element, as the schema has them."""
    from lxml import etree

    root = etree.fromstring(schema_text(SCHEMA).encode())
    found = root.find(f"{_XS}complexType[@name='{kind}']")
    if found is None:
        found = root.find(f".//{_XS}element[@name='{kind}']/{_XS}complexType")
    if found is None:
        raise InputError(f"the schema has no {kind}", where=SCHEMA)
    return tuple(dict.fromkeys(str(one.get("name")) for one in found.iter(f"{_XS}element")))


def _fields(element: etree._Element, cls: type) -> Lined:
    """Fields of an element by the class it becomes; what the class has not is given on, to be refused by name."""
    found = Lined(line_number(element))
    known = {_element_of(name): (name, annotation) for name, (annotation, _) in fields_of(cls).items()}
    for child in element.iterchildren("{*}*"):
        element_, line = local(child.tag), line_number(child)
        name, annotation = known.get(element_, (field_name(element_), str))
        if typing.get_origin(annotation) is tuple:
            item = typing.get_args(annotation)[0]
            found.put(name, [*found.get(name, []), _value(child, item)], line)
        else:
            found.put(name, _value(child, annotation), line)
    return found


def _value(element: etree._Element, annotation: Any) -> object:
    options = [option for option in typing.get_args(annotation) if option is not type(None)]
    kind = options[0] if len(options) == 1 else annotation
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and (len(element) or not fields_of(kind)):
        return _fields(element, kind)
    text = element.text or ""
    try:
        return _READERS[kind](text) if kind in _READERS else text
    except ValueError:
        return text  # the types behind say what it must be
