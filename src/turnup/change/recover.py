"""After a crash: decide from the journal and the router, never from memory (provisioning 3.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from turnup.change.acceptance import Prove, proved
from turnup.change.books import NO_BOOKS, Books, entered
from turnup.change.committed import confirm
from turnup.change.footprint import Lines
from turnup.change.journal import Clock, Journal, Journals, State, by_hand, utc_now
from turnup.change.lease import FileLeases, Leases
from turnup.change.methods import cancelled
from turnup.change.restore import startup_too, take_back
from turnup.change.wire import Wire, Writable
from turnup.errors import CouldNotRun, NeedsHuman
from turnup.home import Home


@dataclass(frozen=True)
class Recovered:
    """What became of one unfinished change."""

    order_id: str
    state: State
    note: str
    journal: Path


def recover(
    session: Writable,
    home: Home,
    router: str,
    *,
    reopen: Callable[[], Writable] | None = None,
    leases: Leases | None = None,
    wait: float = 0.0,
    clock: Clock = utc_now,
    books: Books = NO_BOOKS,
    prove: Prove | None = None,
) -> tuple[Recovered, ...]:
    """Bring every unfinished change of that router to before or after.

    Nothing of it there: aborted. All of it there: saved, once the acceptance tests that were promised for it have
    passed; `prove` runs them, and without it such a change is left unsaved. Anything between: taken back. Raises
    NeedsHuman when that fails, and for a journal that already waits for a person.
    """
    leases = leases or FileLeases(home.part("locks"))
    with leases.held(router, "recovery", wait) as lease, Wire(session, reopen, lease) as wire:
        return finish_open(wire, Journals(home.part("journal")), router, clock, books, prove)


def finish_open(
    wire: Wire, journals: Journals, router: str, clock: Clock, books: Books = NO_BOOKS, prove: Prove | None = None
) -> tuple[Recovered, ...]:
    """The same for whoever holds the router's lock already."""
    return tuple(_with_its_reload(wire, journal, clock, books, prove) for journal in journals.open(router))


def _with_its_reload(wire: Wire, journal: Journal, clock: Clock, books: Books, prove: Prove | None) -> Recovered:
    """Finish one, and cancel the reload that it had scheduled: the router is in order again."""
    pushing = next((event.note for event in journal.record.history if event.state is State.PUSHING), "")
    done = _one(wire, journal, clock, books, prove)
    told = cancelled(wire.session, pushing)
    return replace(done, note=f"{done.note}; {told}") if told else done


def _one(wire: Wire, journal: Journal, clock: Clock, books: Books, prove: Prove | None) -> Recovered:
    record = journal.record
    if record.state is State.NEEDS_HUMAN:
        raise NeedsHuman(
            f"{record.change.router}: order {record.change.order_id} on {record.change.port} waits for a person",
            advice=by_hand(record.change.router, journal.path),
        )
    if record.state is State.PLANNED:
        return _end(journal, clock, State.ABORTED, "nothing had been sent")
    change = record.change
    wire.settle()
    now = change.footprint.owned(wire.running())
    if change.same(now, change.before):
        done = State.BACKED_OUT if record.state is State.BACKING_OUT else State.ABORTED
        told = startup_too(wire, change, journal, clock, now)
        return _end(journal, clock, done, f"nothing of the change is on the router{told and f'; {told}'}")
    if change.same(now, change.after) and record.state is not State.BACKING_OUT:
        journal.note(State.VERIFIED, clock(), "all of it is on the router", now)
        return _complete(wire, journal, books, clock, prove)
    return _taken_back(wire, journal, clock, "found half way", now)


def _complete(wire: Wire, journal: Journal, books: Books, clock: Clock, prove: Prove | None) -> Recovered:
    """All of it is on the router: save it, unless tests that were promised say or leave otherwise."""
    with wire.waiting():
        good, said = proved(journal, prove, clock)
    if good is False or (good is None and wire.commits):  # a commit on trial would go back by itself, unseen
        return _taken_back(wire, journal, clock, said)
    change = journal.record.change
    if good is None:
        return _end(journal, clock, State.UNSAVED, "; ".join((said, *entered(books, change))))
    if wire.commits:
        return _confirmed(wire, journal, books, clock)
    state, why = _save(wire, journal)
    return _end(journal, clock, state, "; ".join(filter(None, (why, said, *entered(books, change)))))


def _taken_back(wire: Wire, journal: Journal, clock: Clock, why: str, now: Lines | None = None) -> Recovered:
    journal.note(State.BACKING_OUT, clock(), why, now)
    take_back(wire, journal.record.change, journal, clock)
    done = _told(journal)
    return replace(done, note="; ".join(filter(None, (why, done.note))))


def _confirmed(wire: Wire, journal: Journal, books: Books, clock: Clock) -> Recovered:
    """It may be on trial, and may go back while we look: confirm, and read what became of it."""
    change = journal.record.change
    confirm(wire)
    now = change.footprint.owned(wire.running())
    if change.same(now, change.after):
        return _end(journal, clock, State.SAVED, "; ".join(("complete, and confirmed", *entered(books, change))))
    if change.same(now, change.before):
        return _end(journal, clock, State.ABORTED, "the router had taken the commit on trial back by itself")
    return _taken_back(wire, journal, clock, "found half way", now)


def _save(wire: Wire, journal: Journal) -> tuple[State, str]:
    footprint = journal.record.change.footprint
    running = footprint.foreign(wire.running())
    try:
        unsaved = footprint.foreign(wire.startup()) != running
    except CouldNotRun:
        unsaved = True
    if unsaved:
        return State.UNSAVED, NOT_SAVED
    wire.save()
    if not journal.record.change.same(footprint.owned(wire.startup()), journal.record.change.after):
        return State.UNSAVED, "complete; the startup configuration does not hold it"
    return State.SAVED, "complete"


NOT_SAVED = (
    "complete and running, but NOT SAVED: a reload would lose it. Others have unsaved work, which would be saved too;"
    " when they agree, push the order again with --save-all"
)


def _end(journal: Journal, clock: Clock, state: State, note: str) -> Recovered:
    journal.note(state, clock(), note)
    return _told(journal)


def _told(journal: Journal) -> Recovered:
    last = journal.record.history[-1]
    return Recovered(journal.record.change.order_id, last.state, last.note, journal.path)
