"""Take a change back by what the router shows now, never by memory; or hand it to a person with both texts."""

from __future__ import annotations

from turnup.change.committed import commit
from turnup.change.footprint import Lines
from turnup.change.journal import Clock, Journal, State
from turnup.change.lease import LeaseLost
from turnup.change.plan import Change
from turnup.change.transition import transition
from turnup.change.wire import LOST, Wire
from turnup.connect.session import ConfigurationUnknown
from turnup.errors import CouldNotRun, NeedsHuman, TurnupError, Unreachable

_ROUNDS = 2  # a back-out line that is refused once is worked out anew from a fresh read, once


def take_back(wire: Wire, change: Change, journal: Journal, clock: Clock) -> None:
    """Restore the owned lines of the snapshot and verify; the journal says `backed-out`.

    Raises NeedsHuman: with the journal in that state when the router cannot be brought back, with the journal still
    at `backing-out` when it cannot be reached (`recover` goes on from there).
    """
    trouble, lost = "", False
    now: Lines = ()
    for _ in range(_ROUNDS):
        wire.settle()
        try:
            now = change.footprint.owned(wire.running())
            if not change.same(now, change.before):
                steps = transition(now, change.before, change.footprint, wire.grammar).all
                if wire.commits:
                    commit(wire, steps, change)
                else:
                    wire.send(steps)
                now = change.footprint.owned(wire.running())
        except LeaseLost:
            raise
        except (TurnupError, OSError) as error:
            trouble, lost = str(error), isinstance(error, ConfigurationUnknown | Unreachable | OSError)
            continue
        if change.same(now, change.before):
            _back(wire, change, journal, clock, trouble, now)
            return
        trouble, lost = "the owned lines do not read back as they were", False
    _last_look(wire, change, journal, clock, trouble, lost)


def _last_look(wire: Wire, change: Change, journal: Journal, clock: Clock, trouble: str, lost: bool) -> None:
    wire.settle()
    try:
        now = change.footprint.owned(wire.running())
    except (TurnupError, OSError) as error:
        raise NeedsHuman(f"{change.router}: cannot be read to take the change back: {error}", advice=LOST) from error
    if change.same(now, change.before):
        _back(wire, change, journal, clock, trouble, now)
        return
    if lost:  # no answer is no refusal: recovery goes on when the line is good again, and needs nobody
        raise NeedsHuman(f"{change.router}: {change.port} is not brought back yet ({trouble})", advice=LOST)
    journal.note(State.NEEDS_HUMAN, clock(), trouble, now)
    raise NeedsHuman(
        f"{change.router}: {change.port} could not be brought back ({trouble})\n{both_texts(change.before, now)}",
        advice=ON_THE_CONSOLE.format(router=change.router, journal=journal.path),
    )


def _back(wire: Wire, change: Change, journal: Journal, clock: Clock, trouble: str, now: Lines) -> None:
    told = startup_too(wire, change, journal, clock, now)
    journal.note(State.BACKED_OUT, clock(), "; ".join(filter(None, (trouble, told))), now)


def startup_too(wire: Wire, change: Change, journal: Journal, clock: Clock, now: Lines) -> str:
    """See that the startup configuration holds nothing of a change that was taken back; what was done, in words.

    Somebody may have saved the router while the change was half way: a reload would bring that half back. Saved again
    when nothing else would be saved with it; raises NeedsHuman otherwise, with the journal in that state.
    """
    try:
        startup = wire.startup()
    except CouldNotRun as error:
        return f"the startup configuration could not be looked at: {error}"
    except (TurnupError, OSError) as error:
        raise NeedsHuman(f"{change.router}: its startup configuration cannot be read: {error}", advice=LOST) from error
    saved = change.footprint.owned(startup)
    if change.same(saved, change.before) or saved == journal.record.startup:
        return ""
    try:
        running = wire.running()
        if change.footprint.foreign(running) == change.footprint.foreign(startup):
            wire.save()
            if change.same(change.footprint.owned(wire.startup()), change.before):
                return "somebody had saved a part of it meanwhile; saved again without"
    except LeaseLost:
        raise
    except (TurnupError, OSError) as error:
        trouble = f"a part of it stands in the startup configuration, and saving again failed: {error}"
    else:
        trouble = "somebody saved a part of it meanwhile, and others have unsaved work that must not be saved with ours"
    journal.note(State.NEEDS_HUMAN, clock(), trouble, now)
    raise NeedsHuman(
        f"{change.router}: {change.port} runs as before, but a reload would bring a part of the change back: "
        f"{trouble}\n" + both_texts(change.before, saved),
        advice=f"Save {change.router} when the others agree (`write memory`), then: "
        f"turnup recover {change.router} --resolved 'WHO: WHAT'",
    )


ON_THE_CONSOLE = (
    "Compare the two texts on the console of {router}, put the port right by hand and save; the journal is {journal}. "
    "Until then turnup writes nothing to {router}. After that: turnup recover {router} --resolved 'WHO: WHAT'"
)


def both_texts(before: Lines, now: Lines) -> str:
    """What the port had, and what it has, line by line."""
    return "\n".join(("before:", *_indented(before), "now:", *_indented(now)))


def _indented(lines: Lines) -> list[str]:
    return [f"  {section or '(global)'} / {text}" for section, text in lines] or ["  (nothing)"]
