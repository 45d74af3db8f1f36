"""Carry out a plan: lock, guard, phase 1, read back, phase 2, read back, save; or take everything back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from turnup.change.books import NO_BOOKS, Books, entered
from turnup.change.committed import commit, confirm
from turnup.change.conditions import unmet
from turnup.change.footprint import Lines
from turnup.change.journal import Clock, Journal, Journals, State, utc_now
from turnup.change.lease import FileLeases, LeaseLost, Leases
from turnup.change.methods import RELOAD, Committed, Inverse, Method
from turnup.change.plan import Change, Plan
from turnup.change.recover import finish_open
from turnup.change.restore import take_back
from turnup.change.told import told
from turnup.change.wire import Wire, Writable
from turnup.errors import BackedOut, CouldNotRun, NeedsHuman, Refused, TurnupError
from turnup.home import Home


@dataclass(frozen=True)
class PushOutcome:
    """What a push did. `state` is saved, unsaved (verified; `notes` say why not saved) or unchanged (nothing sent)."""

    state: str
    sent: int = 0
    notes: tuple[str, ...] = ()
    journal: Path | None = None

    @property
    def saved(self) -> bool:
        """Whether the port will survive a reload; true also when there was nothing to do."""
        return self.state in ("saved", "unchanged")


def push(
    session: Writable,
    plan: Plan,
    home: Home,
    *,
    approved: str | None = None,
    save_all: bool = False,
    accept: Callable[[], str] | None = None,
    reopen: Callable[[], Writable] | None = None,
    permit: Callable[[Plan], str] | None = None,
    method: Callable[[Plan], Method] | None = None,
    leases: Leases | None = None,
    wait: float = 0.0,
    clock: Clock = utc_now,
) -> PushOutcome:
    """Bring the router from `plan.change.before` to `plan.change.after`, or back; see `plan_and_push`."""
    change = plan.change
    return plan_and_push(
        session,
        lambda: plan,
        home,
        (change.router, change.order_id),
        approved=approved,
        save_all=save_all,
        accept=accept,
        reopen=reopen,
        permit=permit,
        method=method,
        leases=leases,
        wait=wait,
        clock=clock,
    )[1]


def plan_and_push(
    session: Writable,
    make: Callable[[], Plan],
    home: Home,
    subject: tuple[str, str],
    *,
    approved: str | None = None,
    save_all: bool = False,
    accept: Callable[[], str] | None = None,
    reopen: Callable[[], Writable] | None = None,
    permit: Callable[[Plan], str] | None = None,
    method: Callable[[Plan], Method] | None = None,
    leases: Leases | None = None,
    books: Books = NO_BOOKS,
    wait: float = 0.0,
    clock: Clock = utc_now,
) -> tuple[Plan, PushOutcome]:
    """Bring the router from `plan.change.before` to `plan.change.after`, or back.

    `make` gives the plan; it is called when the router is ours (`subject`: router, order) and nothing unfinished
    stands on it. `approved` is the digest that was approved. `accept` runs between read-back and save; what it
    returns other than "" takes the change back. `reopen` gives a new session when this one is lost. `permit` is asked
    before anything is sent: it raises Refused (PASA 2.3(a)), or returns what is to be noted; `method` gives what stands
    around the lines, or raises Refused. `leases` are those of the data folder when left out. `books` are told of
    its beginning and its standing. `wait` is for another writer, seconds. `save_all` saves even if somebody else's
    unsaved work is saved with it.

    A change of this router that a crash left unfinished is finished first (see recover); the guard then looks.

    Raises Refused (nothing was sent), BackedOut (taken back, verified), NeedsHuman (both texts in the journal, the
    router is blocked; or the session or the lease is lost and the journal open).
    """
    router, order_id = subject
    leases = leases or FileLeases(home.part("locks"))
    with leases.held(router, order_id, wait) as lease, Wire(session, reopen, lease) as wire:
        journals = Journals(home.part("journal"))
        journals.must_be_clear(router)
        earlier = [
            f"order {one.order_id} had not been finished; it is {one.state} now"
            for one in finish_open(wire, journals, router, clock, books)
        ]
        try:
            plan = make()
            if approved is not None and approved != plan.digest:
                raise Refused(_other_plan(approved, plan.digest))
            allowed = permit(plan) if permit is not None and not plan.empty else ""
            chosen = method(plan) if method is not None and not plan.empty else Inverse()
        except Refused as error:
            raise Refused("; ".join((str(error), *earlier)), advice=error.advice) from error
        work = _Push(wire, plan.change, journals, clock, chosen, books)
        work.notes += [*earlier, *filter(None, [allowed])]
        return plan, work.settled(save_all) if plan.empty else work.run(plan.foreign, accept, save_all)


def _other_plan(approved: str, digest: str) -> str:
    return f"approved was plan {approved[:12]}, this is plan {digest[:12]}: the order or the router changed since"


class _Push:
    """One push at work; the journal is one step ahead of the router."""

    def __init__(
        self, wire: Wire, change: Change, journals: Journals, clock: Clock, method: Method, books: Books
    ) -> None:
        self.wire, self.books = wire, books
        self.change = change
        self.journals = journals
        self.journal: Journal | None = None  # none before there is something to tell
        self.clock = clock
        self.method = method
        self.notes: list[str] = []
        self.foreign: Lines = ()
        self.others_unsaved = False
        self.startup: Lines | None = None  # the order's own lines in it before we began, where it could be read

    def begin(self) -> None:
        """Open the journal: from here on it is one step ahead of the router."""
        self.journal = self.journals.begin(self.change, self.clock())

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
            self.others_unsaved = True
            self.notes.append(f"the startup configuration cannot be compared: {error}")
            return
        self.startup = self.change.footprint.owned(sections)
        startup = self.change.footprint.foreign(sections)
        if startup != self.foreign:
            self.others_unsaved = True
            self.notes.append(f"others have work that is not saved: {told(startup, self.foreign)}")

    # --- the change --------------------------------------------------------------------------------------------

    def settled(self, save_all: bool) -> PushOutcome:
        """The router runs the order already: nothing to send, but a startup without it would lose it."""
        self.guard(())
        if self.startup is not None and self.change.same(self.startup, self.change.after):
            self.notes += entered(self.books, self.change)
            return self._outcome("unchanged")
        self.begin()
        self.note(State.VERIFIED, "already there", self.change.after)
        return self._save(save_all)

    def run(self, planned_foreign: Lines, accept: Callable[[], str] | None, save_all: bool) -> PushOutcome:
        """Guard, both phases, acceptance, save; on any trouble back, once something was sent."""
        self.begin()
        try:
            self.books.begin()
            self.guard(planned_foreign)
        except (TurnupError, OSError) as error:
            self.note(State.REFUSED if isinstance(error, Refused) else State.ABORTED, f"nothing was sent: {error}")
            raise
        try:
            self._both_phases(accept)
        except LeaseLost:  # the router is somebody else's: not even back
            raise
        except Exception as error:  # a defect of ours as well: the router must not stay half way
            why = str(error) if isinstance(error, TurnupError | OSError) else f"{type(error).__name__}: {error}"
            self._back(why)
            raise BackedOut(f"{self.change.router}: {why}; the change was taken back") from error
        return self._save(save_all)

    def _both_phases(self, accept: Callable[[], str] | None) -> None:
        if self.journal is not None:
            self.journal.saved_before(self.startup)
        self.note(State.PUSHING, self.method.note)
        if isinstance(self.method, Committed):
            self._in_one_commit(self.method, accept)
            return
        self.method.arm(self.wire)
        self.wire.send(self.change.phase1)
        self._read_back(self.change.halfway, "phase 1")
        self.note(State.PHASE1)
        self.wire.send(self.change.phase2)
        self.note(State.PHASE2)
        self.note(State.VERIFIED, running=self._read_back(self.change.after, "phase 2"))
        if accept is not None and (reason := accept()):
            raise CouldNotRun(f"the port was not accepted: {reason}")
        self.method.disarm(self.wire)

    def _in_one_commit(self, method: Committed, accept: Callable[[], str] | None) -> None:
        commit(self.wire, (*self.change.phase1, *self.change.phase2), self.change, method.seconds)
        self.note(State.PHASE2)
        self.note(State.VERIFIED, running=self._read_back(self.change.after, "the commit on trial"))
        if accept is not None and (reason := accept()):
            raise CouldNotRun(f"the port was not accepted: {reason}")
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
            self.foreign, self.others_unsaved = foreign, True
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
        return self._ended(State.SAVED)

    def _ended(self, state: State, why: str = "") -> PushOutcome:
        """The change stands: entered in the books first, while the journal is still open."""
        self.notes += [*filter(None, [why]), *entered(self.books, self.change)]
        self.note(state, why)
        return self._outcome(state.value)

    def _outcome(self, state: str) -> PushOutcome:
        return PushOutcome(state, self.wire.sent, tuple(self.notes), self.journal.path if self.journal else None)
