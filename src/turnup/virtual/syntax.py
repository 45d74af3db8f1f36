"""How IOS reads a command line: keywords in any unique abbreviation, typed parameters, the caret at the first wrong
character. A grammar is a text file (commands/*.txt), one line a command, in the order the configuration shows them.

Notation: `{a|b}` one of, `[a]` optional, `=` before a token marks a value (a second command with other values replaces
the first), `+` in front: on by default, only its `no` form is shown; `~` in front: both forms are shown;
`POS,Serial:` in front: only on these interfaces; `> mode` behind: enters that mode; `@name` behind: a rule of
`rules` decides. A line that begins with `no` is a `no` form of its own; it removes every line that begins so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from turnup.virtual.parameters import accept, is_parameter, specificity

_TOKEN = re.compile(r"\S+")
_PIECE = re.compile(r"[{}\[\]|]|[^\s{}\[\]|]+")


@dataclass(frozen=True)
class Command:
    """One line of a grammar. `rank` is its place in the file; `values` the positions of tokens that are values."""

    rank: int
    tokens: tuple[str, ...]
    values: frozenset[int]
    shown: str = ""  # "+", "~" or ""
    enters: str = ""
    rule: str = ""
    prefix: bool = False  # a `no` form that removes every line that begins with its words


@dataclass
class Node:
    """A place in the tree of commands."""

    keywords: dict[str, Node] = field(default_factory=dict)
    parameters: dict[str, Node] = field(default_factory=dict)
    end: Command | None = None
    no_end: Command | None = None


@dataclass(frozen=True)
class Match:
    """A command line understood: `words` are canonical, `typed` is how much of the command's tokens was given."""

    command: Command
    words: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The words without the values: what a later command replaces and a `no` form removes."""
        return tuple(word for at, word in enumerate(self.words) if at not in self.command.values)

    @property
    def text(self) -> str:
        """The line as the configuration shows it."""
        return " ".join(self.words)


@dataclass(frozen=True)
class Misread:
    """A command line not understood: what IOS says, and for `invalid` the column; `depth` counts words understood."""

    kind: str  # "invalid", "incomplete", "ambiguous"
    column: int = 0
    depth: int = 0


class Grammar:
    """The commands of one mode."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.commands = tuple(commands)
        self._root, self._no_root = Node(), Node()
        for command in commands:
            if command.prefix:
                _plant(self._no_root, command)
            else:
                _plant(self._root, command)
                _plant(self._no_root, command)

    def read(self, line: str, *, negated: bool = False, start: int = 0) -> Match | Misread:
        """Understand `line` from column `start` on; `negated` = what stands behind a `no`."""
        node, words, depth = self._no_root if negated else self._root, [], 0
        at = start
        while token := _TOKEN.search(line, at):
            step = _step(node, line, token)
            if isinstance(step, Misread):
                return Misread(step.kind, step.column, depth)
            node, word, at = step
            words.append(word)
            depth += 1
        if not words:
            return Misread("incomplete", len(line), 0)
        command = (node.no_end or node.end) if negated else node.end
        return Match(command, tuple(words)) if command else Misread("incomplete", len(line), depth)

    def next_words(self, line: str) -> tuple[str, ...]:
        """What may stand next, for `?`; empty when the line so far is wrong."""
        node, at = self._root, 0
        *_, last = ("", *line.split(" "))
        while (token := _TOKEN.search(line, at)) and not (last and token.end() == len(line)):
            step = _step(node, line, token)
            if isinstance(step, Misread):
                return ()
            node, _, at = step
        found = [key for key in node.keywords if key.lower().startswith(last.lower())]
        return (*sorted(found), *(() if last else node.parameters), *(("<cr>",) if node.end and not last else ()))


def _step(node: Node, line: str, token: re.Match[str]) -> tuple[Node, str, int] | Misread:
    """One token further down: the node reached, the canonical word, where the next token begins."""
    if "INTERFACE" in node.parameters and (taken := accept("INTERFACE", line, token)):
        return node.parameters["INTERFACE"], *taken  # `pos 2/0`: before the keyword `pos`
    typed = token.group().lower()
    near = [key for key in node.keywords if key.lower().startswith(typed)]
    exact = [key for key in near if key.lower() == typed]
    if len(near) == 1 or exact:
        key = (exact or near)[0]
        return node.keywords[key], key, token.end()
    for kind in sorted(node.parameters, key=specificity):
        if taken := accept(kind, line, token):
            return node.parameters[kind], *taken
    if near:
        return Misread("ambiguous")
    return Misread("invalid", token.start() + _common(typed, node.keywords))


def _common(typed: str, keywords: dict[str, Node]) -> int:
    """How many characters of the token begin some keyword: the caret stands behind them."""
    best = 0
    for key in keywords:
        same = next((i for i, (a, b) in enumerate(zip(typed, key.lower(), strict=False)) if a != b), len(key))
        best = max(best, min(same, len(typed)))
    return best


def _plant(root: Node, command: Command) -> None:
    node = root
    last_fixed = max((i for i in range(len(command.tokens)) if i not in command.values), default=-1)
    for at, token in enumerate(command.tokens):
        branch = node.parameters if is_parameter(token) else node.keywords
        node = branch.setdefault(token, Node())
        if at >= last_fixed and (node.no_end is None or command.prefix):
            node.no_end = command
    node.end = node.end or command


def _expand(pieces: list[str]) -> list[tuple[str, ...]]:
    """All sequences of tokens that the notation allows. `pieces` is consumed up to a closing bracket."""
    alternatives: list[list[tuple[str, ...]]] = [[()]]
    while pieces and pieces[0] not in "}]":
        piece = pieces.pop(0)
        if piece == "|":
            alternatives.append([()])
            continue
        inner: list[tuple[str, ...]] = [(piece,)]
        if piece in "{[":
            inner = _expand(pieces)
            pieces.pop(0)
            inner = inner if piece == "{" else [*inner, ()]
        alternatives[-1] = [(*left, *right) for left in alternatives[-1] for right in inner]
    return [sequence for branch in alternatives for sequence in branch]


_LINE = re.compile(
    r"(?:(?P<only>[\w,]+): )?(?:(?P<shown>[+~]) )?(?P<no>no )?(?P<syntax>.*?)"
    r"(?: > (?P<enters>\S+))?(?: @(?P<rule>\S+))?"
)


def _commands(rank: int, line: str, kind: str) -> Iterator[Command]:
    match = _LINE.fullmatch(line)
    if match is None or (match["only"] and kind not in match["only"].split(",")):
        return
    for sequence in _expand(_PIECE.findall(match["syntax"])):
        values = frozenset(at for at, token in enumerate(sequence) if token.startswith("="))
        tokens = tuple(token.removeprefix("=") for token in sequence)
        yield Command(
            rank, tokens, values, match["shown"] or "", match["enters"] or "", match["rule"] or "", bool(match["no"])
        )


@cache
def _lines(file: str) -> tuple[tuple[str, int, str], ...]:
    """(mode, rank, line) of every command line of a file of commands/."""
    mode, found = "", []
    text = (Path(__file__).parent / "commands" / f"{file}.txt").read_text()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("["):
            mode = line.strip("[]")
        elif line and not line.startswith("#"):
            found.append((mode, number, line))
    return tuple(found)


@cache
def grammar(file: str, mode: str, kind: str = "") -> Grammar:
    """The grammar of a mode; `kind` is the type of interface for mode `interface`. Shared by all routers."""
    commands: list[Command] = []
    modes = ("user", "privileged") if mode == "privileged" else (mode,)
    for here, rank, line in _lines(file):
        if here in modes and line != "!":
            commands += _commands(rank, line, kind)
    return Grammar(commands)


@cache
def separators(file: str, mode: str) -> tuple[int, ...]:
    """Ranks at which `show running-config` puts a `!`."""
    return tuple(rank for here, rank, line in _lines(file) if here == mode and line == "!")
