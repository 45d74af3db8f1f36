"""The YAML form of an order, for people: plain data only. Aliases, tags and depth are refused first."""

from __future__ import annotations

from typing import Any

from turnup.errors import InputError
from turnup.load.xml import LIMIT
from turnup.load.yaml import parse_yaml

DEPTH = 8
NODES = 5000  # an order with a thousand prefixes has a fifth of it


def plain_yaml(data: bytes, *, where: str) -> Any:
    """Content of a small YAML document without aliases, tags, directives, merge keys. Raises InputError."""
    if len(data) > LIMIT:
        raise InputError(f"is larger than {LIMIT} bytes", where=where)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text (byte {error.start})", where=where) from error
    _plain_events(text, where)
    return parse_yaml(data, where=where)


def _plain_events(text: str, where: str) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    depth = 0
    try:
        for count, event in enumerate(YAML(typ="rt", pure=True).parse(text)):
            here = f"{where}:{event.start_mark.line + 1}"
            name = type(event).__name__
            depth += name in ("MappingStartEvent", "SequenceStartEvent")
            depth -= name in ("MappingEndEvent", "SequenceEndEvent")
            if reason := _strange(event, name) or _too_much(depth, count):
                raise InputError(reason, where=here)
    except YAMLError:
        return  # parse_yaml says what is wrong, with the line


def _strange(event: Any, name: str) -> str:
    if name == "AliasEvent" or getattr(event, "anchor", None):
        return "holds an anchor or an alias (& or *); an order is plain data"
    if getattr(event, "tag", None):
        return f"holds a tag ({event.tag}); an order is plain data"
    if name == "DocumentStartEvent" and (event.version or event.tags):
        return "holds a % directive; an order is plain data"
    if name == "ScalarEvent" and event.value == "<<":
        return "holds a merge key (<<); an order is plain data"
    return ""


def _too_much(depth: int, count: int) -> str:
    if depth > DEPTH:
        return f"is nested deeper than {DEPTH} levels"
    return f"holds more than {NODES} values" if count > NODES else ""
