"""The XML form of an order (PASA 2.4): elements of the schema to the fields of the model."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from turnup.load.strict import fields_of
from turnup.load.xml import SCHEMA, line_number, local, schema_text
from turnup.model.order import Header, PortServiceOrder

if TYPE_CHECKING:
    from lxml import etree

_ELEMENTS = {"sender": "From", "recipient": "To", "allowed_prefixes": "AllowedPrefix"}
_FIELDS = {element: field for field, element in _ELEMENTS.items()}


class Lined(dict[str, Any]):
    """A mapping that remembers the line of each field, as YAML's mappings do."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.lc = SimpleNamespace(line=line - 1, data={})

    def put(self, name: str, value: object, line: int) -> None:
        """Enter one field; a field that repeats becomes a list."""
        self.lc.data.setdefault(name, (line - 1, 0))
        self[name] = value


def element_name(field: str) -> str:
    """Element that holds this field: `order_id` -> `OrderId`."""
    return _ELEMENTS.get(field) or "".join(word[:1].upper() + word[1:] for word in field.split("_"))


def field_name(element: str) -> str:
    """Field that this element fills: `OrderId` -> `order_id`."""
    return _FIELDS.get(element) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", element).lower()


@cache
def _places() -> dict[str, int]:
    names = re.findall(r'<xs:element name="(\w+)"', schema_text(SCHEMA))
    return {field_name(name): place for place, name in reversed(list(enumerate(names)))}


def schema_place(field: str) -> int:
    """Where the schema wants that field's element, against its neighbours; unknown ones last."""
    return _places().get(field, len(_places()))


def field_path(elements: Iterable[str]) -> str:
    """Path of a field by the elements that lead to it; the envelope's own names are left out."""
    names = [name for name in elements if name not in ("Message", "PortServiceOrder")]
    return ".".join(field_name(name) for name in names) or "message"


def element_path(path: str) -> str:
    """The same the other way: `bgp.allowed_prefixes[0]` -> `Bgp/AllowedPrefix[1]`."""
    parts = []
    for part in path.split("."):
        name, _, rest = part.partition("[")
        index = rest.rstrip("]")
        parts.append(element_name(name) + (f"[{int(index) + 1}]" if index.isdigit() else ""))
    return "/".join(parts)


def order_fields(body: etree._Element) -> Lined:
    """Fields of a PortServiceOrder element that the schema has accepted."""
    return _fields(body, PortServiceOrder)


def header_fields(header: etree._Element) -> Lined:
    """Fields of a Header element that the schema has accepted."""
    return _fields(header, Header)


def _fields(element: etree._Element, cls: type) -> Lined:
    found = Lined(line_number(element))
    annotations = fields_of(cls)
    for child in element.iterchildren("{*}*"):
        name, line = field_name(local(child.tag)), line_number(child)
        kind = _kind(annotations[name][0])
        if typing.get_origin(kind) is tuple:
            found.put(name, [*found.get(name, []), _value(child, str)], line)
        else:
            found.put(name, _value(child, kind), line)
    return found


def _value(element: etree._Element, kind: Any) -> object:
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and len(element):
        return _fields(element, kind)
    text = element.text or ""
    try:
        return _READERS[kind](text) if kind in _READERS else text
    except ValueError:
        return text  # the loader behind says what the field must be


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_READERS: dict[Any, Callable[[str], object]] = {int: int, bool: _flag, datetime: datetime.fromisoformat}


def _kind(annotation: Any) -> Any:
    """`X` of `X | None`."""
    options = [option for option in typing.get_args(annotation) if option is not type(None)]
    return options[0] if len(options) == 1 else annotation
