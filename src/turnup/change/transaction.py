"""One push at work: guard, phase 1, read back, phase 2, read back, acceptance, save; or everything back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from turnup.change.acceptance import NEVER, OWED, Accept
from turnup.change.books import Books
from turnup.change.committed import commit, confirm
from turnup.change.conditions import unmet
from turnup.change.footprint import Lines
from turnup.change.journal import Clock, Journal, Journals, State
from turnup.change.lease import LeaseLost
from turnup.change.methods import RELOAD, Committed, Method
from turnup.change.plan import Change
from turnup.change.restore import take_back
from turnup.change.told import told
from turnup.change.wire import Wire
from turnup.errors import BackedOut, CouldNotRun, NeedsHuman, Refused, TurnupError

_UNSAVED = "others have work that is not saved"


@dataclass(frozen=True)
class PushOutcome:
    """What a push did. `state` is saved, unsaved (verified; `notes` say why not saved) or unchanged (nothing sent).

    `owes` are the ports of other routers that the order has left, and that have its lines still; `notes` say why.
    """

    state: str
    sent: int = 0
    notes: tuple[str, ...] = ()
    journal: Path | None = None
    owes: tuple[str, ...] = ()

    @property
    def saved(self) -> bool:
        """Whether the port will survive a reload; true also when there was nothing to do."""
        return self.state in ("saved", "unchanged")

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be done: it is saved, and its old port bare where it came from another router."""
        return self.saved and not self.owes


@dataclass(frozen=True)
class Promise:
    """The acceptance tests of this push (None: none), and the word for them: see Record.promised, and NEVER."""

    accept: Accept | None
    word: str

    @property
    def kept_as(self) -> str:
        """What its journal says of them."""
        return (self.word or "always") if self.accept else ""


class Transaction:
    """One push at work; the journal is one step ahead of the router."""

    def __init__(
        self,
        wire: Wire,
        change: Change,
        journals: Journals,
        clock: Clock,
        method: Method,
        books: Books,
        enter: Callable[[Books, Change], tuple[str, ...]],
        promise: Promise,
    ) -> None:
        self.wire, self.books, self.enter = wire, books, enter
        self.typed_before = wire.sent  # lines that took an earlier change back are not this one's
        self.change = change
        self.journals = journals
        self.journal: Journal | None = None  # none before there is something to tell
        self.clock = clock
        self.method = method
        self.promise = promise
        self.notes: list[str] = []
        self.foreign: Lines = ()
        self.unproved = False  # the acceptance tests could not be completed: it stands, and is not saved
        self.others_unsaved = ""  # their work that is not saved, in words
        self.startup: Lines | None = None  # the order's own lines in it before we began, where it could be read

    def begin(self, owed: str = "") -> None:
        """Open the journal: from here on it is one step ahead of the router. `owed` are tests of an earlier push."""
        self.journal = self.journals.begin(self.change, self.clock(), self.promise.kept_as or owed)

    def note(self, state: State, why: str = "", running: Lines | None = None) -> None:
        """Enter a state, on disk before the next step."""
        if self.journal is not None:
            self.journal.note(state, self.clock(), why, running)

    # --- before anything is sent -------------------------------------------------------------------------------

    def guard(self, planned_foreign: Lines) -> None:
        """Read the router again. Raises Refused when anything the plan rests on has changed."""
        running = self.wire.running()
        now = self.change.footprint.owned(running)
        if not self.change.same(now, self.change.before):
            raise Refused(f"{self.change.router}: the port was changed since the plan: {told(self.change.before, now)}")
        if reasons := unmet(self.change.needs, self.change.footprint, running):
            raise Refused(f"{self.change.router}: {'; '.join(reasons)}")
        self.foreign = self.change.footprint.foreign(running)
        if planned_foreign and planned_foreign != self.foreign:
            said = told(planned_foreign, self.foreign)
            self.notes.append(f"others changed the configuration since the plan: {said}")
        self._look_at_startup()
        if self.others_unsaved and self.method.note.startswith(RELOAD):
            raise Refused(f"{self.change.router}: a reload would lose the unsaved work of others; have it saved first")

    def _look_at_startup(self) -> None:
        try:
            sections = self.wire.startup()
        except CouldNotRun as error:
            self.others_unsaved = f"the startup configuration cannot be compared: {error}"
            return
        self.startup = self.change.footprint.owned(sections)
        startup = self.change.footprint.foreign(sections)
        if startup != self.foreign:
            self.others_unsaved = f"{_UNSAVED}: {told(startup, self.foreign)}"

    # --- the change --------------------------------------------------------------------------------------------

    def settled(self, save_all: bool) -> PushOutcome:
        """The router runs the order already: nothing to send, but a startup without it would lose it."""
        self.guard(())
        if self.startup is not None and self.change.same(self.startup, self.change.after):
            self.notes += [*filter(None, [self.others_unsaved]), *self.enter(self.books, self.change)]
            return self._outcome("unchanged")
        owed = "" if self.promise.word == NEVER else self.journals.owed_tests(self.change)
        self.begin(owed)
        self.note(State.VERIFIED, "already there", self.change.after)
        if self.promise.accept is not None:
            with self.wire.waiting():
                reason = self.promise.accept()
            if reason is None:
                return self._ended(State.UNSAVED, OWED)
            if reason:
                return self._ended(State.UNSAVED, f"not saved: the port was not accepted: {reason}")
            self.note(State.ACCEPTED)
        elif owed:
            return self._ended(State.UNSAVED, OWED)
        return self._save(save_all)

    def run(self, planned_foreign: Lines, save_all: bool) -> PushOutcome:
        """Guard, both phases, acceptance, save; on any trouble back, once something was sent."""
        self.begin()
        try:
            self.books.begin()
            self.guard(planned_foreign)
        except (TurnupError, OSError) as error:
            self.note(State.REFUSED if isinstance(error, Refused) else State.ABORTED, f"nothing was sent: {error}")
            raise
        try:
            self._both_phases()
        except LeaseLost:  # the router is somebody else's: not even back
            raise
        except Exception as error:  # a defect of ours as well: the router must not stay half way
            why = str(error) if isinstance(error, TurnupError | OSError) else f"{type(error).__name__}: {error}"
            self._back(why)
            raise BackedOut(f"{self.change.router}: {why}; the change was taken back") from error
        return self._ended(State.UNSAVED, OWED) if self.unproved else self._save(save_all)

    def _both_phases(self) -> None:
        if self.journal is not None:
            self.journal.saved_before(self.startup)
        self.note(State.PUSHING, self.method.note)
        if isinstance(self.method, Committed):
            self._in_one_commit(self.method)
            return
        self.method.arm(self.wire)
        self.wire.send(self.change.phase1)
        self._read_back(self.change.halfway, "phase 1")
        self.note(State.PHASE1)
        self.wire.send(self.change.phase2)
        self.note(State.PHASE2)
        self.note(State.VERIFIED, running=self._read_back(self.change.after, "phase 2"))
        self._accept()
        self.method.disarm(self.wire)

    def _accept(self) -> None:
        if self.promise.accept is None:
            return
        with self.wire.waiting():
            reason = self.promise.accept()
        if reason:
            raise CouldNotRun(f"the port was not accepted: {reason}")
        self.unproved = reason is None
        if self.unproved and self.wire.commits:  # to keep it is to save it there
            raise CouldNotRun("the port could not be proved while the commit was on trial")
        if not self.unproved:
            self.note(State.ACCEPTED)

    def _in_one_commit(self, method: Committed) -> None:
        commit(self.wire, (*self.change.phase1, *self.change.phase2), self.change, method.seconds)
        self.note(State.PHASE2)
        self.note(State.VERIFIED, running=self._read_back(self.change.after, "the commit on trial"))
        self._accept()
        confirm(self.wire)
        self._read_back(self.change.after, "the confirmed commit")

    def _read_back(self, expected: Lines, phase: str) -> Lines:
        running = self.wire.running()
        now = self.change.footprint.owned(running)
        if not self.change.same(now, expected):
            raise CouldNotRun(f"{phase} does not read back as planned: {told(expected, now)}")
        foreign = self.change.footprint.foreign(running)
        if foreign != self.foreign:
            self.notes.append(f"others changed the configuration during the push: {told(self.foreign, foreign)}")
            self.foreign = foreign
            self.others_unsaved = self.others_unsaved or f"{_UNSAVED}: what they changed meanwhile"
        return now

    def _back(self, why: str) -> None:
        self.note(State.BACKING_OUT, why)
        if self.journal is not None:
            take_back(self.wire, self.change, self.journal, self.clock)
        try:
            self.method.stand_down(self.wire.session)
        except (TurnupError, OSError) as error:
            raise NeedsHuman(
                f"{self.change.router}: {why}; taken back, but its reload could not be cancelled: {error}",
                advice="Type `reload cancel` on the router's console now, then `show reload`.",
            ) from error

    # --- save --------------------------------------------------------------------------------------------------

    def _save(self, save_all: bool) -> PushOutcome:
        if self.others_unsaved and not save_all and not self.wire.commits:
            return self._ended(State.UNSAVED, "not saved: saving would save the work of others too (--save-all does)")
        try:
            self.wire.save()
            sections = self.wire.startup()
        except LeaseLost:
            raise
        except (TurnupError, OSError) as error:
            return self._ended(State.UNSAVED, f"not saved: {error}")
        startup = self.change.footprint.owned(sections)
        saved = self.change.footprint.foreign(sections)
        if saved != self.foreign:
            self.notes.append(f"others changed the router in that moment; saved with ours: {told(self.foreign, saved)}")
        if not self.change.same(startup, self.change.after):
            why = told(self.change.after, startup)
            return self._ended(State.UNSAVED, f"the startup configuration is not what was saved: {why}")
        if self.others_unsaved and not self.wire.commits:
            self.notes.append(f"saved with ours (--save-all): {self.others_unsaved.removeprefix(f'{_UNSAVED}: ')}")
            self.others_unsaved = ""
        return self._ended(State.SAVED)

    def _ended(self, state: State, why: str = "") -> PushOutcome:
        """The change stands: entered in the books first, while the journal is still open."""
        self.notes += [*filter(None, [self.others_unsaved, why]), *self.enter(self.books, self.change)]
        self.note(state, why)
        return self._outcome(state.value)

    def _outcome(self, state: str) -> PushOutcome:
        return PushOutcome(
            state, self.wire.sent - self.typed_before, tuple(self.notes), self.journal.path if self.journal else None
        )
