"""Whether router, startup, journal, ledger and store agree after a fault, and what had to be sent for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crash_commands import Standing
from crash_faults import Fault
from crash_scenes import Scene, owes

from turnup.change.journal import State

APPLIED = (State.SAVED, State.UNSAVED)
TAKEN_BACK = (State.BACKED_OUT, State.ABORTED, State.REFUSED)


@dataclass(frozen=True)
class Texts:
    """The router before and after the action, and the same with somebody else's edit."""

    before: str
    after: str
    edited_before: str
    edited_after: str


@dataclass(frozen=True)
class End:
    """How a case ended. `states` are the last states of its journals; `codes` of the command and of recover.

    `first` is the exit code of the recovery that something happened to; None where there was one recovery only.
    `line` is what it happened at.
    """

    states: tuple[State, ...]
    codes: tuple[int, int]
    running: str
    startup: str
    standing: Standing
    heard: Sequence[Mapping[str, Any]]
    first: int | None = None
    line: str = ""

    @property
    def outcome(self) -> str:
        """The word of the table."""
        if not self.states:
            return "nothing sent"
        words = {
            State.SAVED: "applied",
            State.UNSAVED: "applied, not saved",
            State.BACKED_OUT: "backed out",
            State.ABORTED: "aborted",
            State.REFUSED: "refused",
            State.NEEDS_HUMAN: "needs human",
        }
        return words.get(self.states[-1], f"left {self.states[-1]}")


def divergences(scene: Scene, texts: Texts, fault: Fault, at: int, end: End) -> Iterator[str]:
    """Everything that is not as it has to be, in words."""
    again = bool(owes(scene)) and set(end.states[:-1]) == {State.UNSAVED}  # what is owed is tried again
    if len(end.states) > 1 and not again:
        yield f"{len(end.states)} journals for one push: {end.states}"
    state = end.states[-1] if end.states else None
    applied = state in APPLIED
    if fault.killed != (end.codes[0] == -9):
        yield f"exit code {end.codes[0]}"
    if bool(fault.begun) != (end.first == -9):
        yield f"the first recovery ended with {end.first}"
    good = (0, 8) if state in (State.UNSAVED, State.NEEDS_HUMAN) else (0,) if applied else (owes(scene),)
    if end.codes[1] not in good:
        yield f"recover ended with {end.codes[1]}"
    if state is State.NEEDS_HUMAN:
        if not fault.human and not fault.saves:
            yield "a person is called where none is needed"
        yield from _outside(texts, end)
        return
    if state is not None and not applied and state not in TAKEN_BACK:
        yield f"the journal is left at {state}"
    yield from _router(scene, texts, fault, at, end, applied)
    yield from _said(scene, texts, end, applied)
    yield from _sent(fault, at, end)


def _router(scene: Scene, texts: Texts, fault: Fault, at: int, end: End, applied: bool) -> Iterator[str]:
    plain, edited = (texts.after, texts.edited_after) if applied else (texts.before, texts.edited_before)
    happened = bool(fault.edit) and len(end.heard) >= at
    allowed = {plain} if not happened else {plain, edited} if fault.inside else {edited}
    if end.running not in allowed:
        yield f"running is neither before nor after:\n{changes(plain, end.running)}"
    good = {texts.before}
    if applied:
        good.add(texts.after)
        if happened and at > _last_look(scene):  # between our last look and `write memory`: no router of 12.0S can tell
            good.add(texts.edited_after)
    if end.startup not in good:
        yield f"startup holds what was not verified:\n{changes(plain, end.startup)}"
    if end.states and end.states[-1] is State.SAVED and end.startup == texts.before != texts.after:
        yield "said to be saved, and is not in the startup configuration"


def _last_look(scene: Scene) -> int:
    looks = [number for number, step in enumerate(scene.steps, start=1) if step["text"] == "show running-config"]
    return looks[-1]


def _outside(texts: Texts, end: End) -> Iterator[str]:
    """With a person called, everything outside is still as it was."""
    known = set(texts.before.splitlines()) | set(texts.after.splitlines()) | set(texts.edited_before.splitlines())
    if strange := [line for line in end.running.splitlines() if line not in known]:
        yield f"lines that nobody sent: {strange}"


def _said(scene: Scene, texts: Texts, end: End, applied: bool) -> Iterator[str]:
    wanted = scene.said_after if applied else scene.said_before
    if wanted is not None and end.states[-1:] == (State.UNSAVED,) and end.startup != texts.after:
        wanted = replace(wanted, owed=scene.said_before.owed)  # with a reload it would be there again
    if wanted is not None and end.standing != wanted:
        yield f"ledger and store say {end.standing}, not {wanted}"


def _sent(fault: Fault, at: int, end: End) -> Iterator[str]:
    """Silence is success, and no line goes out twice unless the router was read in between."""
    sent: set[tuple[str, str]] = set()
    in_flight = False  # what was typed ahead behind a line that is refused: it may be refused as well, and does no more
    for number, step in enumerate(end.heard, start=1):
        section, text = str(step["section"]), str(step["text"])
        if section == "exec":
            in_flight = False
            if text.startswith("show running"):
                sent.clear()
            continue
        in_flight |= fault.refuses and number == (fault.rejected or at)
        if step["answer"] and not in_flight:
            yield f"the router refused {text!r} below {section!r}: {step['answer']!r}"
        if text in ("end", "shutdown") or text.startswith(("interface ", "router ")):
            continue  # opens or leaves a section, or quiesces: the same every time
        if (section, text) in sent:
            yield f"{text!r} was sent twice without a look at the router"
        sent.add((section, text))


def changes(before: str, after: str) -> str:
    """The lines that differ."""
    import difflib

    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
