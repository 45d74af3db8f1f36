"""XML from outside, read safely: a size limit, UTF-8, no DOCTYPE, no attribute, no network; then a schema of ours.

Reference: engine, "XML safety". lxml by itself takes an external entity and gives empty text without a word, hence
a document with a DOCTYPE is refused before any parser sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from turnup.errors import InputError

if TYPE_CHECKING:
    from lxml import etree

LIMIT = 1024 * 1024  # bytes
NAMESPACE = "urn:turnup:port-access:1"
SCHEMA = "port-access-1.xsd"
_DECLARATION = re.compile(r"""<\?xml[^>]*?\bencoding\s*=\s*["'](?P<encoding>[^"']*)["']""")


@dataclass(frozen=True)
class SchemaFault:
    """One thing the schema refuses: the elements that lead to it, what it holds, why, its line."""

    elements: tuple[str, ...]
    text: str
    reason: str
    line: int


def parse_xml(data: bytes, *, where: str) -> etree._Element:
    """Root element. Raises InputError for anything that is not plain, small, well-formed UTF-8 XML."""
    from lxml import etree

    text = _decoded(data, where)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        reason = str(error.msg).partition(", line ")[0]
        raise InputError(f"is not well-formed XML: {reason}", where=f"{where}:{error.lineno}") from error
    _plain_elements(root, where)
    return root


def schema_faults(root: etree._Element, schema: str = SCHEMA) -> Iterator[SchemaFault]:
    """What the schema refuses, in the document's order; nothing when the document is valid."""
    compiled = _schema(schema)
    if compiled.validate(root):
        return
    seen = set()
    log: Any = compiled.error_log  # lxml's stubs do not know that it iterates
    for entry in log:
        element = _element(root, entry.path)
        names = tuple(local(one.tag) for one in reversed([element, *element.iterancestors()]))
        if (entry.path, names) not in seen:  # a facet's error is followed by the type's, which says less
            seen.add((entry.path, names))
            yield SchemaFault(names, element.text or "", _plain_words(entry.message), entry.line)


def local(tag: Any) -> str:
    """Name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def line_number(element: etree._Element) -> int:
    """Line of an element, from 1; 0 when it was not read from a file."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def schema_text(name: str) -> str:
    """A schema of ours, as it is packaged."""
    return (files("turnup.load") / "schema" / name).read_text(encoding="utf-8")


def _decoded(data: bytes, where: str) -> str:
    if len(data) > LIMIT:
        raise InputError(f"is larger than {LIMIT} bytes", where=where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text (byte {error.start})", where=where) from error
    declared = _DECLARATION.match(text)
    if declared and declared["encoding"].lower() not in ("utf-8", "us-ascii"):
        raise InputError(f"declares the encoding {declared['encoding']!r}; send UTF-8", where=f"{where}:1")
    if (start := text.find("<!DOCTYPE")) >= 0 or (start := text.find("<!ENTITY")) >= 0:
        line = text.count("\n", 0, start) + 1
        raise InputError("holds a DOCTYPE or an entity; neither is taken", where=f"{where}:{line}")
    return text


def _plain_elements(root: etree._Element, where: str) -> None:
    """No attribute (xsi:type and xsi:schemaLocation steer a validator), no comment that cuts a value in two."""
    for element in root.iter():
        here = f"{where}:{line_number(element)}"
        if not isinstance(element.tag, str):
            parent = element.getparent()
            if parent is not None and _is_leaf(parent):
                raise InputError(f"a comment stands inside the value of {local(parent.tag)}", where=here)
            continue
        if element.attrib:
            raise InputError(f"element {local(element.tag)} has attributes; none is taken", where=here)


def _is_leaf(element: etree._Element) -> bool:
    return not any(isinstance(child.tag, str) for child in element)


@cache
def _schema(name: str) -> etree.XMLSchema:
    from lxml import etree

    return etree.XMLSchema(etree.fromstring(schema_text(name).encode()))


def _element(root: etree._Element, path: str | None) -> etree._Element:
    found: list[etree._Element] = cast(Any, root.getroottree().xpath(path)) if path else []
    return found[0] if found else root


def _plain_words(message: str) -> str:
    """libxml2's message without its namespaces and its jargon."""
    text = message.replace(f"{{{NAMESPACE}}}", "")
    text = re.sub(r"^Element '[^']*': ", "", text)
    text = re.sub(r"^\[facet '[^']*'\] ", "", text)
    return text.rstrip(".")
