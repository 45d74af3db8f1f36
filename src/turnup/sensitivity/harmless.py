"""Changes of evidence that may leave a PASS standing, each with its reason: files of templates/harmless/.

A file is called by the fact whose answer is changed. A platform adds its own in templates/<platform>/harmless/.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from turnup import folder
from turnup.errors import InputError
from turnup.load.strict import build

ROWS, UNREADABLE, SILENT = "rows", "unreadable", "silent"


@dataclass(frozen=True)
class Harmless:
    """One kind of change, and why it proves nothing.

    `fields` are the fields of the fact that the change touches, or `rows` (fewer or more of them), `unreadable` (the
    answer says nothing any more), `silent` (it says the same as before); empty = whatever. `line` and `change` are
    patterns for the changed line and for what was done to it, `subject` for what the test proves with that line, all
    of it; `checks` are the tests it counts for, all when empty; `second` = in the second reading of a command only.
    """

    why: str
    fields: tuple[str, ...] = ()
    line: str = ""
    change: str = ""
    subject: str = ""
    checks: tuple[str, ...] = ()
    second: bool = False
    fact: str = ""

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
        return re.compile(self.line), re.compile(self.change), re.compile(self.subject)

    def covers(
        self, check: str, touched: Set[str], line: str, change: str, subjects: Iterable[str], *, second: bool = False
    ) -> bool:
        """Whether a change of this fact is of this kind."""
        if self.second and not second:
            return False
        if (self.checks and check not in self.checks) or (self.fields and not touched <= set(self.fields)):
            return False
        of_line, of_change, of_subject = self._patterns
        proved = tuple(subjects)
        meant = not self.subject or (bool(proved) and all(map(of_subject.search, proved)))
        return meant and bool(of_line.search(line)) and bool(of_change.search(change))


@dataclass(frozen=True)
class _File:
    harmless: tuple[Harmless, ...]


@cache
def all_harmless(platform: str) -> dict[str, tuple[Harmless, ...]]:
    """Harmless changes by fact: those of every platform, and the platform's own. Raises InputError."""
    found: dict[str, tuple[Harmless, ...]] = {}
    home = folder("templates")
    for place in (home / "harmless", home / platform / "harmless"):
        for file in sorted(place.glob("*.toml")):
            found[file.stem] = (*found.get(file.stem, ()), *_read(file))
    return found


def _read(file: Path) -> tuple[Harmless, ...]:
    where = f"{file.parent.name}/{file.name}"
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    for entry in data.get("harmless", ()):
        entry["fact"] = file.stem
    listed = build(_File, data, where=where).harmless
    for one in listed:
        if not one.why.strip():
            raise InputError("a harmless change says why it is harmless", where=where)
        try:
            _ = one._patterns
        except re.error as error:
            raise InputError(f"no regular expression: {error}", where=where) from error
    return listed
