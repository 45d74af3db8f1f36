"""JMESPath templates, run strictly: JSON in, rows out, and nothing that could change a verdict lost in silence.

A template is comment lines and one JMESPath expression:

    # vtysh -c 'show ip bgp summary json'                the command
    # documents: zebra kernel?                           names, where the answer is several documents (`?`: may lack)
    # object ipv4Unicast.peers.*: state pfxRcd desc?     keys of these objects: `?` may lack, `...` others do not matter
    # rows: ipv4Unicast.peers.*                          the objects that are rows
    # none: length(areas) > `0`                          no row at all is an answer when this holds
    # beside: kernel[] by ifname                         `_beside`: the object there whose ifname is the row's own key
    {neighbor: _key[-1], remote_as: to_string(remoteAs)}  the fact's fields, from one row

An object whose line does not end in `...` is closed: a key that the line does not name is an error, for it may say what
the template was never told. A key without `?` that is missing is an error too, and so is anything that is no object.
The expression sees the row's keys and `_key` (keys and indexes that lead to it), `_up` (what stands around it, nearest
first), `_root`. It may use no key that no `object` line names. `before(text, sign)` is what stands before the sign,
`times(number, factor)` a product, `seconds(text)` what `1m40s` is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jmespath
from jmespath import exceptions, functions

from turnup.errors import AnswerIncomplete, InputError, ParseError
from turnup.parse.json_lines import JsonText, read_json

_HEAD = re.compile(r"# (?P<word>documents|rows|none|beside|object(?: (?P<path>.+?))?): +(?P<rest>\S.*)")
_PERIOD = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_OWN = frozenset({"_key", "_up", "_root", "_beside"})
_OPEN = "..."


class _Words(functions.Functions):
    """Functions that JMESPath lacks."""

    @functions.signature({"types": ["string"]}, {"types": ["string"]})
    def _func_before(self, text: str, sign: str) -> str | None:
        """What stands before the sign; None where it does not stand."""
        head, found, _ = text.partition(sign)
        return head if found else None

    @functions.signature({"types": ["string"]})
    def _func_seconds(self, text: str) -> int | None:
        """`28s`, `1m40s`, `2h3m` in seconds; None for anything else."""
        if not text or not (match := _PERIOD.fullmatch(text)):
            return None
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds

    @functions.signature({"types": ["number"]}, {"types": ["number"]})
    def _func_times(self, number: float, factor: float) -> float:
        """One unit in another."""
        return number * factor


_OPTIONS = jmespath.Options(custom_functions=_Words())


@dataclass(frozen=True)
class Shape:
    """What the objects at one path may hold."""

    path: str
    must: frozenset[str]
    may: frozenset[str]
    closed: bool


@dataclass(frozen=True)
class JsonRow:
    """What one row says, and the first and last line (from 1) of its object."""

    values: Mapping[str, Any]
    first: int
    last: int


@dataclass(frozen=True)
class JsonTemplate:
    """One compiled template; safe to share among threads."""

    name: str
    documents: tuple[str, ...]
    shapes: tuple[Shape, ...]
    rows: str
    none: str
    beside: tuple[str, str] | None
    expression: str
    fields: frozenset[str]

    def read(self, lines: list[str]) -> tuple[JsonRow, ...]:
        """All rows of an answer. Raises ParseError and AnswerIncomplete."""
        text = read_json(lines)
        root = self._root(text, lines)
        for shape in self.shapes:
            _check(shape, root, text, lines)
        rows = _objects(self.rows, root, text, lines)
        if not rows and not (self.none and _search(self.none, root) is True):
            raise AnswerIncomplete(f"the answer holds no row ({self.rows})")
        return tuple(self._row(row, root, text) for row in rows)

    def _root(self, text: JsonText, lines: list[str]) -> Any:
        names = self.documents or ("",)
        if len(text.documents) > len(names):
            place = text.place(text.documents[len(names)])
            raise _at(place.first if place else 1, "a document that the template does not know", lines)
        must = [name for name in names if not name.endswith("?")]
        if len(text.documents) < len(must):
            raise AnswerIncomplete(f"the answer ends before the document {must[len(text.documents)]!r}")
        if not self.documents:
            return text.documents[0]
        absent = [None] * (len(names) - len(text.documents))
        return {name.rstrip("?"): found for name, found in zip(names, (*text.documents, *absent), strict=True)}

    def _row(self, row: dict[str, Any], root: Any, text: JsonText) -> JsonRow:
        keys, around = _way(row, text)
        seen = {**row, "_key": keys, "_up": around, "_root": root, "_beside": self._beside(keys, root)}
        place = text.place(row)
        values = _search(self.expression, seen)
        return JsonRow(values, place.first if place else 1, place.last if place else 1)

    def _beside(self, keys: list[str | int], root: Any) -> Any:
        if self.beside is None or not keys:
            return None
        path, name = self.beside
        found = _search(path, root)
        return next((other for other in found or () if other.get(name) == keys[-1]), None)


def _way(row: object, text: JsonText) -> tuple[list[str | int], list[Any]]:
    keys: list[str | int] = []
    around: list[Any] = []
    place = text.place(row)
    while place is not None and place.key is not None:
        keys.insert(0, place.key)
        around.append(place.around)
        place = text.place(place.around)
    return keys, around


def _check(shape: Shape, root: Any, text: JsonText, lines: list[str]) -> None:
    for found in _objects(shape.path, root, text, lines):
        place = text.place(found)
        first = place.first if place else 1
        if missing := sorted(shape.must - found.keys()):
            raise _at(first, f"{shape.path} lacks {', '.join(missing)}", lines)
        unknown = found.keys() - shape.must - shape.may
        if shape.closed and unknown:
            name = min(unknown)
            within = range(first, (place.last if place else 1) + 1)
            number = next((n for n in within if f'"{name}"' in lines[n - 1]), first)
            raise _at(number, f"{shape.path} has the key {name!r}, which the template does not know", lines)


def _objects(path: str, root: Any, text: JsonText, lines: list[str]) -> list[dict[str, Any]]:
    """The objects at a path. Raises ParseError when something else stands there."""
    found = _search(path, root)
    several = isinstance(found, list) and text.place(found) is None  # a projection; no list of the answer itself
    listed = found if several else [] if found is None else [found]
    for value in listed:
        if not isinstance(value, dict):
            place = text.place(value)
            raise _at(place.first if place else _saying(value, lines), f"{path} is no object", lines)
    return listed


def _saying(value: object, lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines, start=1) if str(value) in line), 1)


def _search(expression: str, data: Any) -> Any:
    try:
        return _compiled(expression).search(data, options=_OPTIONS)
    except exceptions.JMESPathError as error:
        raise ParseError(f"line 1: {expression}: {error}", line="", number=1) from error


def _at(number: int, what: str, lines: list[str]) -> ParseError:
    return ParseError(f"line {number}: {what}: {lines[number - 1]!r}", line=lines[number - 1], number=number)


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


@cache
def load_json(path: Path) -> JsonTemplate:
    """Compile a template file, once per process. Raises InputError when it is none, or not a strict one."""
    head: dict[str, str] = {}
    shapes: list[Shape] = []
    body: list[str] = []
    for line in path.read_text().split("\n")[1:]:
        match = _HEAD.fullmatch(line.rstrip())
        if match and match["word"].startswith("object"):
            shapes.append(_shape(match["path"] or "@", match["rest"].split()))
        elif match:
            head[match["word"]] = match["rest"].strip()
        elif not line.startswith("#"):
            body.append(line)
    expression = "\n".join(body).strip()
    if not head.get("rows") or not shapes:
        raise InputError(
            "no `# rows:` or no `# object PATH:` line says what is a row, and what it may hold", where=path.name
        )
    beside, _, name = head.get("beside", "").partition(" by ")
    return JsonTemplate(
        name=path.name,
        documents=tuple(head.get("documents", "").split()),
        shapes=tuple(shapes),
        rows=head["rows"],
        none=head.get("none", ""),
        beside=(beside.strip(), name.strip()) if beside else None,
        expression=expression,
        fields=_fields(expression, [*head.items(), *(("object", shape.path) for shape in shapes)], shapes, path.name),
    )


def _shape(path: str, words: list[str]) -> Shape:
    keys = [word for word in words if word != _OPEN]
    must = frozenset(key for key in keys if not key.endswith("?"))
    return Shape(path, must, frozenset(key[:-1] for key in keys if key.endswith("?")), _OPEN not in words)


def _fields(expression: str, head: list[tuple[str, str]], shapes: list[Shape], where: str) -> frozenset[str]:
    """The fields that the expression gives. Raises InputError for what is no such expression or uses unknown keys."""
    try:
        tree = _compiled(expression).parsed
        for word, text in head:
            if word in ("rows", "none", "object"):
                _compiled(text)
    except exceptions.JMESPathError as error:
        raise InputError(str(error), where=where) from error
    if tree["type"] != "multi_select_dict":
        raise InputError("the expression is not of the form {field: ..., field: ...}", where=where)
    documents = {name.rstrip("?") for word, text in head if word == "documents" for name in text.split()}
    known = _OWN | documents | {key for shape in shapes for key in shape.must | shape.may}
    if unknown := sorted(set(_keys_in(tree)) - known):
        raise InputError(f"the expression uses {unknown[0]!r}, which no `# object` line names", where=where)
    return frozenset(pair["value"] for pair in tree["children"])


def _keys_in(tree: Mapping[str, Any]) -> Iterator[str]:
    if tree["type"] == "field":
        yield tree["value"]
    for child in tree["children"]:
        yield from _keys_in(child)
