"""Route policies of IOS-XR: whether one lets a stranger's route through (checklist 6).

A policy is run for a route that nobody named: no prefix-set, community or AS path of somebody fits it. What may fit
any route (a length, a metric, the neighbor's own AS) is tried both ways. A route is dropped unless `pass`, `done` or
a change of it (`set`, `prepend`) said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun
from turnup.rules.prefixes import lets_anybody_in, prefix_entry

_TOKEN = re.compile(r"\n|[(),]|[^\s(),]+")
_ANY_PATH = re.compile(r"ios-regex ['\"]?\^?_?\.\*\$?['\"]?(?=[\s,)]|$)")
_DEEPEST = 16
_DROPPED, _DONE = "dropped", "done"
_SOMEBODYS = ("community", "extcommunity", "large-community", "rd", "next-hop", "source", "tag")


@dataclass(frozen=True)
class _If:
    """Branches in order, each with the words of its condition; an `else` has none."""

    branches: tuple[tuple[tuple[str, ...], tuple[_Statement, ...]], ...]


_Statement = _If | tuple[str, ...]
_Outcome = bool | str  # whether the route has a ticket to pass so far, or what was decided of it


def passes_anybody(config: Configuration, called: str) -> bool:
    """Whether the policy that a neighbor calls, e.g. `CUST-IN` or `CUST(SET, 100)`, lets a stranger's route through.

    Raises CouldNotRun for a policy, or a set that it names, that is not there or not read.
    """
    return bool({True, _DONE} & _Run(config).outcomes(called, False, 0))


def policy_header(config: Configuration, called: str) -> str | None:
    """Header of the policy that is called so; its own has the names of its parameters."""
    name = called.partition("(")[0]
    found = config.headers("route-policy")
    return next((header for header in found if header.split()[1].partition("(")[0] == name), None)


@dataclass(frozen=True)
class _Run:
    config: Configuration

    def outcomes(self, called: str, ticket: bool, depth: int) -> set[_Outcome]:
        if depth > _DEEPEST:
            raise CouldNotRun(f"route-policy {called} applies itself")
        header = policy_header(self.config, called)
        if header is None:
            raise CouldNotRun(f"route-policy {called} is not in the configuration")
        given = dict(zip(_arguments(header), _arguments(called), strict=False))
        lines = [line for line in self.config.section(header) or () if not line.startswith("#")]
        tokens = [given.get(token, token) for token in _TOKEN.findall("\n".join(lines))]
        statements = _Reader(tokens).statements(())
        return self._body(statements, ticket, depth)

    def _body(self, statements: Sequence[_Statement], ticket: bool, depth: int) -> set[_Outcome]:
        decided: set[_Outcome] = set()
        open_ones: set[bool] = {ticket}
        for statement in statements:
            after = {found for one in open_ones for found in self._step(statement, one, depth)}
            decided |= {found for found in after if isinstance(found, str)}
            open_ones = {found for found in after if isinstance(found, bool)}
        return decided | set(open_ones)

    def _step(self, statement: _Statement, ticket: bool, depth: int) -> set[_Outcome]:
        if isinstance(statement, _If):
            return self._branches(statement, ticket, depth)
        if statement[0] == "drop":
            return {_DROPPED}
        if statement[0] == "done":
            return {_DONE}
        if statement[0] == "apply":
            return self.outcomes(" ".join(statement[1:]).replace(" ", ""), ticket, depth + 1)
        return {True}  # `pass`, and whatever changes the route

    def _branches(self, statement: _If, ticket: bool, depth: int) -> set[_Outcome]:
        found: set[_Outcome] = set()
        for condition, body in statement.branches:
            truth = _Condition(list(condition), lambda atom: self._atom(atom, depth)).value() if condition else {True}
            if True in truth:
                found |= self._body(body, ticket, depth)
            if False not in truth:
                return found
        return found | {ticket}

    def _atom(self, words: Sequence[str], depth: int) -> set[bool]:
        """Whether that fits a stranger's route: no, yes, or both ways."""
        if words[0] == "apply":
            found = self.outcomes("".join(words[1:]), False, depth + 1)
            return {outcome in (True, _DONE) for outcome in found}
        if words[:2] == ["destination", "in"]:
            return {self._prefixes(words[2:])}
        if words[0] in _SOMEBODYS or words[:2] == ["as-path", "originates-from"]:
            return {False}
        if words[:2] == ["as-path", "in"]:
            return {self._any_path(words[2:])}
        return {True, False}

    def _prefixes(self, words: Sequence[str]) -> bool:
        """A prefix-set, or one in place, that lets a stranger in."""
        if words[:1] == ["("]:
            entries = [entry for entry in " ".join(words[1:-1]).split(",") if entry.strip()]
        else:
            name = " ".join(words)
            if f"prefix-set {name}" not in self.config.top:
                raise CouldNotRun(f"prefix-set {name} is not in the configuration")
            head = f"ip prefix-list {name} permit"  # the words of IOS, by the reading table
            entries = [text.removeprefix(head) for text in self.config.headers(head)]
            if left := [line for line in self.config.section(f"prefix-set {name}") or () if not line.startswith("#")]:
                raise CouldNotRun(f"prefix-set {name} has an entry that is not read: {left[0]}")
        return lets_anybody_in(prefix_entry(f"permit {entry.strip()}") for entry in entries)

    def _any_path(self, words: Sequence[str]) -> bool:
        """An AS-path set, or one in place, with a pattern that fits every path."""
        lines: tuple[str, ...] = (" ".join(words),)
        if words[:1] != ["("] and (lines := self.config.section(f"as-path-set {' '.join(words)}") or ()) == ():
            raise CouldNotRun(f"as-path-set {' '.join(words)} is not in the configuration")
        return any(_ANY_PATH.search(line) for line in lines)


def _arguments(called: str) -> list[str]:
    inside = called.partition("(")[2].rpartition(")")[0]
    return [word.strip() for word in inside.split(",") if word.strip()]


@dataclass
class _Reader:
    """Statements out of tokens; a line break ends a statement, and nothing else."""

    tokens: list[str]

    def statements(self, until: tuple[str, ...]) -> tuple[_Statement, ...]:
        found: list[_Statement] = []
        while self.tokens and self.tokens[0] not in until:
            word = self.tokens.pop(0)
            if word == "if":
                found.append(self._if())
            elif word != "\n":
                found.append((word, *self._up_to("\n")))
        return tuple(found)

    def _if(self) -> _If:
        branches = []
        keyword = "if"
        while keyword != "endif":
            condition = () if keyword == "else" else tuple(self._up_to("then"))
            body = self.statements(("elseif", "else", "endif"))
            branches.append((condition, body))
            if not self.tokens:
                raise CouldNotRun("a route-policy has an `if` without `endif`")
            keyword = self.tokens.pop(0)
        return _If(tuple(branches))

    def _up_to(self, end: str) -> Iterator[str]:
        while self.tokens:
            word = self.tokens.pop(0)
            if word == end:
                return
            if word != "\n":
                yield word


@dataclass
class _Condition:
    """`A and (B or not C)`, each atom asked with its words."""

    tokens: list[str]
    ask: Callable[[Sequence[str]], set[bool]]

    def value(self) -> set[bool]:
        found = self._all()
        while self._takes("or"):
            other = self._all()
            found = {a or b for a in found for b in other}
        return found

    def _all(self) -> set[bool]:
        found = self._one()
        while self._takes("and"):
            other = self._one()
            found = {a and b for a in found for b in other}
        return found

    def _one(self) -> set[bool]:
        if self._takes("not"):
            return {not value for value in self._one()}
        if self._takes("("):
            found = self.value()
            if not self._takes(")"):
                raise CouldNotRun("a route-policy has a condition whose parentheses do not close")
            return found
        return self.ask(self._atom())

    def _atom(self) -> list[str]:
        words: list[str] = []
        open_ones = 0
        while self.tokens and (open_ones or self.tokens[0] not in ("and", "or", ")")):
            words.append(self.tokens.pop(0))
            open_ones += {"(": 1, ")": -1}.get(words[-1], 0)
        if not words:
            raise CouldNotRun("a route-policy has a condition without words")
        return words

    def _takes(self, word: str) -> bool:
        taken = self.tokens[:1] == [word]
        if taken:
            self.tokens.pop(0)
        return taken
