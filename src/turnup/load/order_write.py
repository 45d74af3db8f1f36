"""An order back to its two forms; what is written here reads back as the same order."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from turnup.load.order_xml import element_name, schema_place
from turnup.load.xml import NAMESPACE
from turnup.model.interface_name import InterfaceName
from turnup.model.order import Header, OrderMessage, PortServiceOrder

if TYPE_CHECKING:
    from lxml import etree


def order_fields(order: PortServiceOrder) -> dict[str, Any]:
    """The order as plain text, numbers and mappings; what is not given is left out."""
    found: dict[str, Any] = _plain(order)
    found.pop("origin", None)
    return found


def order_yaml(order: PortServiceOrder) -> str:
    """The form for people."""
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    text = io.StringIO()
    yaml.dump(order_fields(order), text)
    return text.getvalue()


def order_xml(message: OrderMessage, header: Header | None = None) -> bytes:
    """The form of PASA 2.4; `header` for an order that came without envelope. Raises ValueError without any."""
    if (envelope := message.header or header) is None:
        raise ValueError("an order in XML needs a header")
    return document(envelope, "PortServiceOrder", order_fields(message.order))


def document(header: Header, name: str, body: Mapping[str, Any]) -> bytes:
    """A Message of the schema: its header, and one body with these fields in the schema's order."""
    from lxml import etree

    namespaces: Any = {None: NAMESPACE}  # the stubs know no default namespace
    root = etree.Element(f"{{{NAMESPACE}}}Message", nsmap=namespaces)
    _fill(_child(root, "Header"), _plain(header))
    _fill(_child(root, name), body)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(element: etree._Element, fields: Mapping[str, Any]) -> None:
    for field, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            child = _child(element, element_name(field))
            if isinstance(one, Mapping):
                _fill(child, one)
            else:
                child.text = str(one).lower() if isinstance(one, bool) else str(one)


def _child(parent: etree._Element, name: str) -> etree._Element:
    from lxml import etree

    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")


def _plain(value: Any) -> Any:
    """Plain data of a record; times as ISO 8601 in UTC."""
    if isinstance(value, InterfaceName):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = sorted((field.name for field in dataclasses.fields(value)), key=schema_place)
        given = ((name, getattr(value, name)) for name in names)
        return {name: _plain(item) for name, item in given if item is not None and item != ()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, bool | int) else str(value)
