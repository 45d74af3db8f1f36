"""Carry out a plan: the router's lease, what is unfinished first, the plan, its approval, the transaction."""

from __future__ import annotations

from collections.abc import Callable

from turnup.change.acceptance import Accept, Prove
from turnup.change.books import NO_BOOKS, Books, entered
from turnup.change.journal import Clock, Journals, utc_now
from turnup.change.lease import FileLeases, Leases
from turnup.change.methods import Inverse, Method
from turnup.change.plan import Plan
from turnup.change.recover import finish_open
from turnup.change.transaction import Promise, PushOutcome, Transaction
from turnup.change.wire import Wire, Writable
from turnup.errors import Refused
from turnup.home import Home

__all__ = ["PushOutcome", "plan_and_push", "push"]


def push(
    session: Writable,
    plan: Plan,
    home: Home,
    *,
    approved: str | None = None,
    save_all: bool = False,
    accept: Accept | None = None,
    promise: str = "",
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
        promise=promise,
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
    accept: Accept | None = None,
    promise: str = "",
    prove: Prove | None = None,
    reopen: Callable[[], Writable] | None = None,
    permit: Callable[[Plan], str] | None = None,
    method: Callable[[Plan], Method] | None = None,
    leases: Leases | None = None,
    books: Books = NO_BOOKS,
    wait: float = 0.0,
    clock: Clock = utc_now,
) -> tuple[Plan, PushOutcome]:
    """Bring the router from `plan.change.before` to `plan.change.after`, or back.

    `make` gives the plan; it is called when the router is ours (`subject`: router, order) and nothing unfinished stands
    on it. `approved` is the digest that was approved. `accept` runs between read-back and save; what it returns
    other than "" takes the change back; `promise` goes with it into the journal (see Record), or is NEVER when a
    person waived tests that an earlier run had promised. `prove` runs them for what a crash left. `reopen` gives a
    new session when this one is lost. `permit` is asked before anything is sent: it raises Refused (PASA 2.3(a)),
    or returns what is to be noted; `method` gives what stands around the lines, or raises Refused. `leases` are
    those of the data folder when left out. `books` are told of its beginning and its standing. `wait` is for
    another writer, seconds. `save_all` saves even if somebody else's unsaved work is saved with it.

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
            f"order {one.order_id} had not been finished; it is {one.state} now: {one.note}"
            for one in finish_open(wire, journals, router, clock, books, prove)
        ]
        try:
            plan = make()
            if approved is not None and approved != plan.digest:
                raise Refused(_other_plan(approved, plan.digest))
            allowed = permit(plan) if permit is not None and not plan.empty else ""
            chosen = method(plan) if method is not None and not plan.empty else Inverse()
        except Refused as error:
            raise Refused("; ".join((str(error), *earlier)), advice=error.advice) from error
        work = Transaction(wire, plan.change, journals, clock, chosen, books, entered, Promise(accept, promise))
        work.notes += [*earlier, *filter(None, [allowed])]
        return plan, work.settled(save_all) if plan.empty else work.run(plan.foreign, save_all)


def _other_plan(approved: str, digest: str) -> str:
    return f"approved was plan {approved[:12]}, this is plan {digest[:12]}: the order or the router changed since"
