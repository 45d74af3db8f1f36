"""TextFSM templates, run strictly.

The language is TextFSM's own (Next, Continue, Record, Clear; Required, Filldown, Fillup, List). What differs is that
nothing gets lost in silence:

- a line that no rule knows is an error, with or without `^. -> Error`; a blank line may go unmatched;
- a record that lacks a `Required` value is an error, not a row left out;
- a value said twice in one record, differently, is an error, not the last one (`Version` of the boot loader);
- an answer must end in a state named by the head's `# complete:` line; one without any row, in a state named by its
  `# empty:` line (`# empty: Start` therefore means that silence is an answer). Anything else was cut off.
- a `# words:` line gives a value's words those of the fact (`severity errors=3, warnings=4`).
- `List` values named by a `# glue:` line are put together without anything between (the `!!!.!` of a long ping).
- a value named by a `# count:` line is the router's own count of the rows since its last one: another number read is an
  error. It is no field of the fact.
- `End` and `Key` are not used: `End` would leave lines unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from turnup.errors import AnswerIncomplete, InputError, ParseError
from turnup.parse.fact_types import Said

_OPTIONS = {"Required", "Filldown", "Fillup", "List"}
_HEAD = re.compile(r"# (complete|empty|glue|count): *(.*)")
_WORDS = re.compile(r"# words: (?P<value>\w+) (?P<pairs>[^=,]+=[^=,]+(?:, [^=,]+=[^=,]+)*)")


@dataclass(frozen=True)
class Rule:
    """One line of a state: what it matches, the values it catches, what happens then."""

    match: Any
    catches: tuple[str, ...]
    goes_on: bool  # Continue: the next rule sees the line too
    record: str
    state: str
    error: str | None


@dataclass(frozen=True)
class Row:
    """What one record says, and the first and last line (from 1) that said it."""

    values: Mapping[str, Said]
    first: int
    last: int


@dataclass(frozen=True)
class Template:
    """One compiled template; safe to share among threads, for it keeps nothing of a run."""

    name: str
    states: Mapping[str, tuple[Rule, ...]]
    values: tuple[str, ...]
    options: Mapping[str, frozenset[str]]  # option -> values that have it
    complete: frozenset[str]
    empty: frozenset[str]
    glue: frozenset[str]
    counts: frozenset[str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # value -> word the router says -> ours

    def read(self, lines: Iterable[str]) -> tuple[Row, ...]:
        """All records of an answer. Raises ParseError and AnswerIncomplete."""
        run = Run(self)
        for number, line in enumerate(lines, start=1):
            run.take(number, line)
        return run.finish()


@cache
def load(path: Path) -> Template:
    """Compile a template file, once per process. Raises InputError when it is no template or not a strict one."""
    import textfsm

    text = path.read_text()
    with path.open() as file:
        try:
            fsm = textfsm.TextFSM(file)
        except textfsm.TextFSMTemplateError as error:
            raise InputError(str(error), where=path.name) from error
    options: dict[str, set[str]] = {name: set() for name in _OPTIONS}
    for value in fsm.values:
        for option in value.OptionNames():
            if option not in _OPTIONS:
                raise InputError(f"value {value.name}: option {option} is not used here", where=path.name)
            options[option].add(value.name)
    names = tuple(value.name for value in fsm.values)
    states = set(fsm.states)
    named = {"complete": states, "empty": states, "glue": options["List"], "count": set(names)}
    head = _head(text, path.name, named)
    return Template(
        name=path.name,
        states={state: tuple(_rule(rule, names, path.name) for rule in rules) for state, rules in fsm.states.items()},
        values=names,
        options={option: frozenset(found) for option, found in options.items()},
        complete=head["complete"],
        empty=head["empty"],
        glue=head["glue"],
        counts=head["count"],
        words=_words(text, path.name, names),
    )


def _words(text: str, where: str, names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found = {}
    for line in text.split("\n"):
        if match := _WORDS.fullmatch(line.rstrip()):
            if match["value"] not in names:
                raise InputError(f"`# words:` names {match['value']}, which is not there", where=where)
            found[match["value"]] = dict(pair.split("=", 1) for pair in match["pairs"].split(", "))
    return found


def _head(text: str, where: str, named: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {"empty": frozenset(), "glue": frozenset(), "count": frozenset()}
    for line in text.split("\n"):
        if match := _HEAD.fullmatch(line.rstrip()):
            found[match[1]] = frozenset(re.split(r"[, ]+", match[2].strip()))
            if unknown := found[match[1]] - named[match[1]]:
                raise InputError(f"`# {match[1]}:` names {min(unknown)}, which is not there", where=where)
    if "complete" not in found:
        raise InputError("no `# complete:` line names the states in which an answer may end", where=where)
    return found


def _rule(rule: Any, names: tuple[str, ...], where: str) -> Rule:
    if rule.new_state in ("End", "EOF"):
        raise InputError(f"rule {rule.match!r}: {rule.new_state} would leave lines unread", where=where)
    is_error = rule.line_op == "Error"
    pattern = rule.regex_obj.regex  # as TextFSM has compiled it: a second time would double the start
    return Rule(
        match=pattern.match,
        catches=tuple(name for name in pattern.groupindex if name in names),
        goes_on=rule.line_op == "Continue",
        record=rule.record_op,
        state="" if is_error else rule.new_state,
        error=(rule.new_state.strip('"') or "a line that the template does not know") if is_error else None,
    )


class Run:
    """One answer on its way through a template."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.state = "Start"
        self.rules = template.states["Start"]
        self.rows: list[Row] = []
        self.said: dict[str, Said] = {}  # the record being filled, values carried down included
        self.fresh: set[str] = set()  # values said since the last record, those carried down apart
        self.first = self.last = 0
        self.counted = 0  # rows that the router has counted itself
        self.tail = ""

    def take(self, number: int, line: str) -> None:
        """Read line `number` (from 1). Raises ParseError for one that no rule knows."""
        for rule in self.rules:
            if (match := rule.match(line)) is None:
                continue
            if rule.error is not None:
                break
            for name in rule.catches:
                if (text := match[name]) is not None:
                    self._say(name, text, number, line)
            if rule.record:
                self._act(rule.record, number, line)
            if rule.goes_on:
                continue
            if rule.state:
                self.state, self.rules = rule.state, self.template.states[rule.state]
            self.tail = line if line.strip() else self.tail
            return
        else:
            rule = _UNKNOWN
        if line.strip():
            raise ParseError(f"line {number}: {rule.error}: {line!r}", line=line, number=number)

    def finish(self) -> tuple[Row, ...]:
        """All rows, when the answer may end here. Raises AnswerIncomplete."""
        template, options = self.template, self.template.options
        if self.state not in template.complete | template.empty:
            raise AnswerIncomplete(f"the answer ends too early{self._after()}")
        if self.fresh - options["Fillup"]:
            if missing := self._missing():
                raise AnswerIncomplete(f"the answer ends before {missing} is said{self._after()}")
            self._save()
        if not self.rows and self.state not in template.empty:
            raise AnswerIncomplete(f"the answer holds no row{self._after()}")
        if self.rows and self.state not in template.complete:
            raise AnswerIncomplete(f"the answer ends too early{self._after()}")
        return tuple(self.rows)

    def _after(self) -> str:
        return f", after the line {self.tail!r}" if self.tail else ": it is empty"

    def _say(self, name: str, text: str, number: int, line: str) -> None:
        options = self.template.options
        if name in self.template.counts:
            self._compare(text, number, line)
            return
        if name in options["List"]:
            heard = self.said.setdefault(name, [])
            if isinstance(heard, list):
                heard.append(text)
        elif name in self.fresh and self.said[name] not in ("", text):
            raise ParseError(
                f"line {number}: {name} is {text!r} here and {self.said[name]!r} before: {line!r}",
                line=line,
                number=number,
            )
        else:
            self.said[name] = text
        if name in options["Fillup"]:
            self._fill_up(name, text)
        if name not in options["Filldown"]:
            self.fresh.add(name)
            if name not in options["Fillup"]:
                self.first, self.last = self.first or number, number

    def _compare(self, text: str, number: int, line: str) -> None:
        read, self.counted = len(self.rows) - self.counted, len(self.rows)
        if int(text) != read:
            raise ParseError(
                f"line {number}: the router counts {text} rows, {read} were read: {line!r}", line=line, number=number
            )

    def _fill_up(self, name: str, text: str) -> None:
        for index in range(len(self.rows) - 1, -1, -1):
            row = self.rows[index]
            if row.values.get(name):
                return
            self.rows[index] = Row({**row.values, name: text}, row.first, row.last)

    def _act(self, action: str, number: int, line: str) -> None:
        if action == "Clearall":
            self.said = {}
        if action in ("Clear", "Clearall"):
            self._clear()
        elif action == "Record" and self.fresh:
            if missing := self._missing():
                raise ParseError(
                    f"line {number}: a row ends here without {missing}: {line!r}", line=line, number=number
                )
            self.first, self.last = self.first or number, self.last or number
            self._save()

    def _missing(self) -> str:
        return ", ".join(sorted(name for name in self.template.options["Required"] if not self.said.get(name)))

    def _save(self) -> None:
        glue = self.template.glue
        values = {
            name: ("".join(said) if name in glue else list(said))
            if isinstance(said, list)
            else self.template.words.get(name, {}).get(said, said)
            for name, said in self.said.items()
        }
        self.rows.append(Row(values, self.first, self.last))
        self._clear()

    def _clear(self) -> None:
        kept = self.template.options["Filldown"]
        self.said = {name: said for name, said in self.said.items() if name in kept}
        self.fresh = set()
        self.first = self.last = 0


_UNKNOWN = Rule(None, (), False, "", "", "a line that the template does not know")
