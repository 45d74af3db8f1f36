"""The ways to fail, and not to know, that the code of a test has: its calls of `compare` and `holds`, and of what says
that nothing was proved. Found in the source, so that a way written tomorrow counts from tomorrow on.

A way belongs to a test when it stands in the test's file or in a function of rules/ that the test's code names, however
far down. `watched` tells which of them a run met, and with what verdict.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import turnup.checks
import turnup.rules
from turnup import folder
from turnup.errors import CouldNotRun
from turnup.model.verdict import Finding

HOMES = {"acceptance": folder("acceptance"), "rules": Path(turnup.rules.__path__[0])}
_PART = turnup.checks.part.__code__
_FAILS = frozenset({"compare", "holds", "Finding"})
_UNPROVED = frozenset({"inconclusive", "need", "CouldNotRun"})


@dataclass(frozen=True)
class Way:
    """One call: `name` is the function it stands in and what it is about, as the source says it."""

    file: str  # acceptance/flash
    function: str
    name: str
    fails: bool  # else it says that nothing was proved
    first: int
    last: int


Met = set[tuple[Way, str]]  # (way, verdict)


@cache
def ways_of(check: str) -> frozenset[Way]:
    """All ways of that test."""
    known = {(file, function) for file in _files() for function in _functions(file)}
    todo = [(f"acceptance/{check}", function) for function in _functions(f"acceptance/{check}")]
    done: set[tuple[str, str]] = set()
    while todo:
        place = todo.pop()
        if place not in done:
            done.add(place)
            todo += [named for named in _named(*place) if named in known]
    return frozenset(way for file, function in done for way in _ways(file) if way.function == function)


@contextmanager
def watched() -> Iterator[Met]:
    """Ways met inside the block."""
    met: Met = set()
    born, raised = Finding.__init__, CouldNotRun.__init__

    def finding(self: Any, *args: Any, **named: Any) -> None:
        born(self, *args, **named)
        if (way := _here(str(self.verdict) == "INCONCLUSIVE")) is not None:
            met.add((way, str(self.verdict)))

    def unproved(self: Any, *args: Any, **named: Any) -> None:
        raised(self, *args, **named)
        if (way := _here(unproved=True)) is not None:
            met.add((way, "INCONCLUSIVE"))

    with patch.object(Finding, "__init__", finding), patch.object(CouldNotRun, "__init__", unproved):
        yield met


def _here(unproved: bool) -> Way | None:
    """The way whose call is running, by the innermost frame of a test's or a rule's code."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code is not _PART:
        path = Path(frame.f_code.co_filename)
        home = next((name for name, home in HOMES.items() if path.parent == home), None)
        if home is not None:
            return _at(f"{home}/{path.stem}", frame.f_lineno, unproved)
        frame = frame.f_back
    return None


@cache
def _at(file: str, line: int, unproved: bool) -> Way | None:
    around = [way for way in _ways(file) if way.first <= line <= way.last]
    around.sort(key=lambda way: (way.fails is unproved, way.last - way.first))
    return around[0] if around else None


@cache
def _files() -> tuple[str, ...]:
    return tuple(f"{name}/{path.stem}" for name, home in HOMES.items() for path in sorted(home.glob("*.py")))


@cache
def _tree(file: str) -> ast.Module:
    home, _, stem = file.partition("/")
    return ast.parse((HOMES[home] / f"{stem}.py").read_text())


@cache
def _functions(file: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.walk(_tree(file)) if isinstance(node, ast.FunctionDef)}


@cache
def _named(file: str, function: str) -> tuple[tuple[str, str], ...]:
    """(file, function) of whatever that function names, in its own file or imported from rules/."""
    imported = {
        name.asname or name.name: (f"rules/{(node.module or '').rpartition('.')[2]}", name.name)
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("turnup.rules.")
        for name in node.names
    }
    names = {node.id for node in ast.walk(_functions(file)[function]) if isinstance(node, ast.Name)}
    return tuple(imported.get(name, (file, name)) for name in sorted(names))


@cache
def _ways(file: str) -> tuple[Way, ...]:
    found: list[Way] = []
    for function, node in _functions(file).items():
        calls = sorted(
            (call for call in ast.walk(node) if isinstance(call, ast.Call) and _counts(call)),
            key=lambda call: (call.lineno, call.col_offset),
        )
        names = Counter[str]()
        for call in calls:
            about = ast.unparse(call.args[0]) if call.args else ""
            name = f"{function}: {_called(call)} {about}"
            names[name] += 1
            name += f" #{names[name]}" if names[name] > 1 else ""
            last = call.end_lineno or call.lineno
            found.append(Way(file, function, name, _called(call) in _FAILS, call.lineno, last))
    return tuple(found)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _counts(call: ast.Call) -> bool:
    """Not a call that cannot fail: `holds(what, True)`, `compare(what, x, x)`, a finding whose verdict is PASS."""
    name = _called(call)
    said = [ast.unparse(argument) for argument in call.args]
    if name in _UNPROVED:
        return True
    never = (name == "holds" and said[1:2] == ["True"]) or (name == "compare" and said[1:2] == said[2:3])
    return name in _FAILS and not never and "Verdict.PASS" not in said
