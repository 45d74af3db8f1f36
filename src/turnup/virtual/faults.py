"""Faults: files in lab/faults/ that make a virtual router wrong in one known way.

A fault changes the configuration at boot (`[[config]]`), overrides what the state provider shows (`[state]`) or how
the command line behaves (`[[behaviour]]`). Its file name is its name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from turnup import folder
from turnup.errors import InputError, UsageError
from turnup.load.strict import build, suggestion

_TEXT = (r"(?s).*", "a text")
# Kind of behaviour -> what its value looks like, as a pattern and in words.
KINDS = {
    "delay": (r"\d+(\.\d+)?", "a number of seconds"),
    "hang": (r"", "nothing"),
    "drop": (r"\d*", "a number of characters"),
    "dribble": (r"[1-9]\d*/\d+(\.\d+)?", "characters/seconds, as 1000/0.06"),
    "typeahead": (r"[1-9]\d*", "a number of characters"),
    "error": _TEXT,
    "syslog": _TEXT,
    "splice": _TEXT,
    "prompt": _TEXT,
    "authorization": _TEXT,
}


PROTOCOLS = ("interface", "isis", "bgp", "route", "ping", "tacacs")  # first words of states that may be real
Change = tuple[str, str, str]  # "removed" or "added", section, line


@dataclass(frozen=True)
class ConfigFault:
    """Lines to take out of and put into one section ("" = global). Header and lines to remove may hold `*` and `?`."""

    section: str = ""
    remove: tuple[str, ...] = ()
    add: tuple[str, ...] = ()


@dataclass(frozen=True)
class Behaviour:
    """How the command line misbehaves on commands (expanded) that match the regular expression `command`.

    kind and value: `delay` seconds before the answer; `hang` no answer ever; `drop` characters of the answer before
    the connection breaks; `dribble` the answer in pieces of so many characters, so many seconds apart; `error` the text
    answered instead; `syslog` a message between the lines of the answer, `splice` one inside a line of it; `prompt` the
    prompt shown instead of the right one; `authorization` the answer of TACACS+ that refuses (empty: IOS's own words);
    `typeahead` what the line keeps of what is typed before it reads (any command; the rest is lost).
    `times` 0 = always, otherwise so many times; `after` = leave that many matching commands alone first.
    """

    command: str
    kind: str
    value: str = ""
    times: int = 0
    after: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"no behaviour {self.kind!r}{suggestion(self.kind, list(KINDS))}")
        pattern, words = KINDS[self.kind]
        if not re.fullmatch(pattern, self.value):
            raise InputError(f"the value of {self.kind} is {words}, not {self.value!r}")
        try:
            re.compile(self.command)
        except re.error as error:
            raise InputError(f"{self.command!r} is no regular expression: {error}") from error


class Tree(Protocol):
    """What a fault needs of a configuration."""

    def take_out(self, section: str, pattern: str) -> list[tuple[str, str]]:
        """Remove lines by pattern; (section, text) of each."""
        ...

    def put_in(self, section: str, line: str) -> str | None:
        """Insert a line at its place, unchecked; the other line that it replaces."""
        ...

    def has_section(self, header: str) -> bool:
        """Whether the configuration has that section."""
        ...


@dataclass(frozen=True)
class Cause:
    """What a certificate must call the fault (the beginning of it), and whose side it must say it is on."""

    name: str
    side: str


@dataclass(frozen=True)
class Fault:
    """One file of lab/faults/. `tests` are the numbers of Schedule 2 that it should turn red; `routers` a pattern."""

    title: str
    tests: tuple[int, ...] = ()
    routers: str = "*"
    config: tuple[ConfigFault, ...] = ()
    state: Mapping[str, object] = field(default_factory=dict)
    behaviour: tuple[Behaviour, ...] = ()
    cause: Cause | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if wrong := [number for number in self.tests if not 1 <= number <= 20]:
            raise InputError(f"Schedule 2 has tests 1 to 20, not {wrong[0]}")

    def of_protocols(self) -> str:
        """The first state that it makes up of what a router with real protocols really has; "" when of none."""
        return next((name for name in self.state if name.split(".")[0] in PROTOCOLS), "")

    def applies(self, router: str) -> bool:
        """Whether the router of that name has this fault."""
        return fnmatchcase(router, self.routers)

    def change(self, tree: Tree, router: str) -> list[Change]:
        """Make the configuration faulty: ("removed" | "added", section, line) of what was done.

        Raises InputError when a line to remove is not there: a fault that does nothing would let a test of it pass
        for nothing.
        """
        done: list[Change] = []
        for part in self.config if self.applies(router) else ():
            for pattern in part.remove:
                gone = tree.take_out(part.section, pattern)
                if not gone:
                    take_back(tree, done)
                    raise InputError(f"{router} has no line {pattern!r} in section {part.section!r}", where=self.name)
                done += [("removed", section, line) for section, line in reversed(gone)]
            if part.add and part.section and "*" not in part.section and not tree.has_section(part.section):
                done.append(("added", "", part.section))  # the repair takes away the section as well
            for line in part.add:
                replaced = tree.put_in(part.section, line)
                done += [("removed", part.section, replaced)] if replaced else []
                done.append(("added", part.section, line))
        return done


def take_back(tree: Tree, changes: Sequence[Change]) -> None:
    """Undo what a fault did to a configuration, last first."""
    for what, section, line in reversed(changes):
        if what == "removed":
            tree.put_in(section, line)
        else:
            tree.take_out(section, line)


def load_fault(path: Path) -> Fault:
    """Read one file. Raises InputError on an unknown field, a wrong kind or broken TOML."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(str(error), where=path.name) from error
    state = data.pop("state", {})
    if not isinstance(state, dict):
        raise InputError("state must be a table of dotted names", where=path.name)
    try:
        fault = build(Fault, data, where=path.name)
    except InputError as error:
        raise InputError(str(error), where="" if str(error).startswith(path.name) else path.name) from error
    return replace(fault, name=path.stem, state=dict(_flat("", state)))


def _flat(prefix: str, table: Mapping[str, object]) -> list[tuple[str, object]]:
    """Dotted names of nested tables, so that `a.b = 1` and `"a.b" = 1` mean the same."""
    found: list[tuple[str, object]] = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        found += _flat(f"{name}.", value) if isinstance(value, dict) else [(name, value)]
    return found


def all_faults(home: Path | None = None) -> dict[str, Fault]:
    """Every fault by name. Raises InputError when one of the files is wrong."""
    home = home or folder("lab") / "faults"
    return {path.stem: load_fault(path) for path in sorted(home.glob("*.toml"))}


def fault_named(name: str, home: Path | None = None) -> Fault:
    """The fault of that name. Raises UsageError with a suggestion."""
    faults = all_faults(home)
    if name not in faults:
        raise UsageError(f"no fault {name!r}{suggestion(name, list(faults))}", advice="See lab/faults/.")
    return faults[name]
