"""An answer that differs from another in a few lines, parsed from where it differs until it agrees again.

The result is that of `parse`, always (a test compares them); only the time is another one. Whoever changes one line of
a thousand lines a thousand times needs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from turnup.model.transcript import Answer, Ask
from turnup.parse.answer import lines_of, refuse
from turnup.parse.fact_types import Said
from turnup.parse.parsed import Parsed, parse, typed
from turnup.parse.template import Row, Run, Template, load
from turnup.platforms import Platform

_EVERY = 8  # lines between two marks


@dataclass(frozen=True)
class _Mark:
    """Where a run stood behind a line: all that decides what the lines below it mean."""

    state: str
    said: dict[str, Said]
    fresh: set[str]
    first: int
    last: int
    tail: str
    rows: int

    @classmethod
    def of(cls, run: Run) -> _Mark:
        said = {name: list(value) if isinstance(value, list) else value for name, value in run.said.items()}
        return cls(run.state, said, set(run.fresh), run.first, run.last, run.tail, len(run.rows))

    def agrees(self, run: Run, moved: int) -> bool:
        """Whether that run, `moved` lines further down, will say the same from here on."""
        return (
            (run.state, run.said, run.fresh, run.tail) == (self.state, self.said, self.fresh, self.tail)
            and run.first == (self.first and self.first + moved)
            and run.last == (self.last and self.last + moved)
        )


@dataclass(frozen=True)
class Trace:
    """A whole answer as it was parsed, with the marks from which it can be taken up."""

    template: Template
    lines: Sequence[str]
    rows: tuple[Row, ...]
    parsed: Parsed
    marks: Mapping[int, _Mark]  # by the number of lines read


def trace(platform: Platform, ask: Ask, answer: Answer) -> Trace | None:
    """The trace of an answer that can be parsed; None where rows may change later (Fillup), or it is no TextFSM."""
    path = platform.parser(ask.fact)
    if path is None or path.suffix != ".textfsm" or load(path).options["Fillup"]:
        return None
    template, lines = load(path), lines_of(answer.text, answer.command)
    parsed = parse(platform, ask, answer)
    run, marks = Run(template), {}
    for number, line in enumerate(lines, start=1):
        run.take(number, line)
        if number % _EVERY == 0:
            marks[number] = _Mark.of(run)
    return Trace(template, lines, run.finish(), parsed, marks)


def parse_again(platform: Platform, ask: Ask, answer: Answer, before: Trace) -> Parsed:
    """What `parse` says of that answer, by way of the trace of another one. Raises what `parse` raises."""
    lines = lines_of(answer.text, answer.command)
    refuse(lines, platform.settings.refusals)
    same_above = _alike(lines, before.lines)
    same_below = min(_alike(lines[::-1], before.lines[::-1]), len(lines) - same_above, len(before.lines) - same_above)
    start = same_above - same_above % _EVERY
    run, kept = Run(before.template), 0
    if start:
        kept = _resume(run, before.marks[start], before.rows)
    moved = len(lines) - len(before.lines)
    for number in range(start + 1, len(lines) + 1):
        run.take(number, lines[number - 1])
        mark = before.marks.get(number - moved)
        if mark is not None and len(lines) - number <= same_below and mark.agrees(run, moved):
            middle = run.rows[kept:]
            return _joined(ask, lines, before, kept, middle, mark.rows, moved)
    return _joined(ask, lines, before, kept, list(run.finish())[kept:], len(before.rows), moved)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _resume(run: Run, mark: _Mark, rows: Sequence[Row]) -> int:
    run.state, run.rules = mark.state, run.template.states[mark.state]
    run.said = {name: list(value) if isinstance(value, list) else value for name, value in mark.said.items()}
    run.fresh, run.first, run.last, run.tail = set(mark.fresh), mark.first, mark.last, mark.tail
    run.rows = list(rows[: mark.rows])
    return mark.rows


def _joined(
    ask: Ask, lines: list[str], before: Trace, above: int, middle: Sequence[Row], below: int, moved: int
) -> Parsed:
    """Rows of the old answer above and below, new ones between."""
    old = before.parsed
    new = typed(ask, middle, lines)
    return Parsed(
        (*old.rows[:above], *new.rows, *old.rows[below:]),
        (*old.places[:above], *new.places, *((first + moved, last + moved) for first, last in old.places[below:])),
    )
