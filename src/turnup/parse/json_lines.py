"""JSON documents with the line of every object, so that a row read from JSON can be shown as it stood in the answer."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from turnup.errors import AnswerIncomplete, ParseError

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?P<fraction>\.\d+)?(?P<power>[eE][-+]?\d+)?")
_STRING = re.compile(r'"(?:[^"\\\n]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BLANK = re.compile(r"[ \t\n]*")
_WORDS = {"true": True, "false": False}
# A byte that is no UTF-8 is shown as `\xNN` by the session; JSON itself has no such escape. FRR 8.4 shows freed memory
# as the name of a parent interface.
_SHOWN_BYTE = re.compile(r"(?<!\\)(?P<pairs>(?:\\\\)*)\\x(?=[0-9a-f]{2})")
_LONGEST_NUMBER = 40
_DEEPEST = 60  # nothing a router says is nested deeper


@dataclass(frozen=True)
class Place:
    """Where a value stands: first and last line (from 1), the object or list around it, its key or index there."""

    first: int
    last: int
    around: Any = None
    key: str | int | None = None


@dataclass(frozen=True)
class JsonText:
    """All documents of one answer, in order, and the places of their objects and lists, by `id`."""

    documents: tuple[Any, ...]
    places: dict[int, Place] = field(default_factory=dict)

    def place(self, value: object) -> Place | None:
        """Where that very object or list stands; None for any other value."""
        return self.places.get(id(value))


def read_json(lines: list[str]) -> JsonText:
    """Every document of an answer that is nothing but JSON.

    Raises ParseError for text before, between or behind documents, a key given twice, and whatever is no JSON;
    AnswerIncomplete for a document that is cut off, and for an answer without any.
    """
    reader = _Reader(lines)
    documents = []
    while not reader.at_end():
        if reader.text[reader.at] not in "{[":
            raise reader.wrong("this is not JSON")
        documents.append(reader.value(None, None, 0))
    if not documents:
        raise AnswerIncomplete("the answer is empty")
    return JsonText(tuple(documents), reader.places)


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self.lines = [_SHOWN_BYTE.sub(r"\g<pairs>\\\\x", line) for line in lines]
        self.text = "\n".join(self.lines)
        self.at = 0
        self.places: dict[int, Place] = {}
        self._starts = [0]
        for line in self.lines[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def line(self) -> int:
        return bisect_right(self._starts, self.at)

    def at_end(self) -> bool:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at >= len(self.text)

    def wrong(self, what: str) -> ParseError:
        number = self.line()
        line = self.lines[number - 1]
        return ParseError(f"line {number}: {what}: {line!r}", line=line, number=number)

    def cut(self) -> AnswerIncomplete:
        last = next((line for line in reversed(self.lines) if line.strip()), "")
        return AnswerIncomplete(f"the JSON ends too early, after the line {last!r}")

    def sign(self) -> str:
        """The next character that is no blank. Raises AnswerIncomplete at the end."""
        if self.at_end():
            raise self.cut()
        return self.text[self.at]

    def value(self, around: Any, key: str | int | None, depth: int) -> Any:
        sign = self.sign()
        if depth > _DEEPEST:
            raise self.wrong("nested too deep")
        if sign == "{":
            return self._object(around, key, depth)
        if sign == "[":
            return self._list(around, key, depth)
        return self._string() if sign == '"' else self._plain()

    def _object(self, around: Any, key: str | int | None, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first = self._open()
        while self.sign() != "}":
            if found:
                self._comma("}")
            if self.sign() != '"':
                raise self.wrong("a key is expected here")
            name = self._string()
            if name in found:
                raise self.wrong(f"the key {name!r} is given twice")
            if self.sign() != ":":
                raise self.wrong("a colon is expected here")
            self.at += 1
            found[name] = self.value(found, name, depth + 1)
        self._close(found, first, around, key)
        return found

    def _list(self, around: Any, key: str | int | None, depth: int) -> list[Any]:
        found: list[Any] = []
        first = self._open()
        while self.sign() != "]":
            if found:
                self._comma("]")
            found.append(self.value(found, len(found), depth + 1))
        self._close(found, first, around, key)
        return found

    def _open(self) -> int:
        first = self.line()
        self.at += 1
        return first

    def _close(self, found: Any, first: int, around: Any, key: str | int | None) -> None:
        self.places[id(found)] = Place(first, self.line(), around, key)
        self.at += 1

    def _comma(self, end: str) -> None:
        if self.sign() != ",":
            raise self.wrong("a comma is expected here")
        self.at += 1
        if self.sign() == end:
            raise self.wrong("nothing stands behind the comma")

    def _string(self) -> str:
        if not (match := _STRING.match(self.text, self.at)):
            raise self.wrong("this is no text of JSON") if _QUOTED.match(self.text, self.at) else self.cut()
        found = str(json.loads(match[0], strict=False))
        if not found.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in found):
            raise self.wrong("half a character")
        self.at = match.end()
        return found

    def _plain(self) -> Any:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        if self.text.startswith("null", self.at):
            raise self.wrong("null says nothing")
        if match := _NUMBER.match(self.text, self.at):
            if len(match[0]) > _LONGEST_NUMBER:
                raise self.wrong("a number without end")
            self.at = match.end()
            return float(match[0]) if match["fraction"] or match["power"] else int(match[0])
        if any(word.startswith(self.text[self.at :]) for word in (*_WORDS, "null", "-")):
            raise self.cut()
        raise self.wrong("this is not JSON")
