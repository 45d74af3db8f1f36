"""Take a change back by what the router shows now, never by memory; or hand it to a person with both texts."""

from __future__ import annotations

from turnup.change.footprint import Lines
from turnup.change.journal import Clock, Journal, State
from turnup.change.plan import Change
from turnup.change.transition import transition
from turnup.change.wire import Wire
from turnup.errors import NeedsHuman, TurnupError

_ROUNDS = 2  # a back-out line that is refused once is worked out anew from a fresh read, once


def take_back(wire: Wire, change: Change, journal: Journal, clock: Clock) -> None:
    """Restore the owned lines of the snapshot and verify; the journal says `backed-out`.

    Raises NeedsHuman: with the journal in that state when the router cannot be brought back, with the journal still
    at `backing-out` when it cannot be reached (`recover` goes on from there).
    """
    trouble = ""
    now: Lines = ()
    for _ in range(_ROUNDS):
        wire.settle()
        try:
            now = change.footprint.owned(wire.running())
            if not change.same(now, change.before):
                wire.send(transition(now, change.before, change.footprint, wire.grammar).all)
                now = change.footprint.owned(wire.running())
        except (TurnupError, OSError) as error:
            trouble = str(error)
            continue
        if change.same(now, change.before):
            journal.note(State.BACKED_OUT, clock(), trouble, now)
            return
        trouble = "the owned lines do not read back as they were"
    _last_look(wire, change, journal, clock, trouble)


def _last_look(wire: Wire, change: Change, journal: Journal, clock: Clock, trouble: str) -> None:
    wire.settle()
    try:
        now = change.footprint.owned(wire.running())
    except (TurnupError, OSError) as error:
        raise NeedsHuman(f"{change.router}: cannot be read to take the change back: {error}") from error
    if change.same(now, change.before):
        journal.note(State.BACKED_OUT, clock(), trouble, now)
        return
    journal.note(State.NEEDS_HUMAN, clock(), trouble, now)
    raise NeedsHuman(
        f"{change.router}: {change.port} could not be brought back ({trouble})\n{both_texts(change.before, now)}"
        f"\nJournal: {journal.path}"
    )


def both_texts(before: Lines, now: Lines) -> str:
    """What the port had, and what it has, line by line."""
    return "\n".join(("before:", *_indented(before), "now:", *_indented(now)))


def _indented(lines: Lines) -> list[str]:
    return [f"  {section or '(global)'} / {text}" for section, text in lines] or ["  (nothing)"]
