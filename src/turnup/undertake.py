"""Plan and push any undertaking through the Nornir tasks, and keep the ledger true to what the router has.

A MOVE to another router is two changes, each with a way back of its own: the order is brought into service on the new
port first, then the old one is vacated (PASA 1.4(b)(ii)). What stands in the way of either is found before anything is
sent. When the second fails all the same the order stands on the new port, and the ledger knows what the old one owes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from turnup.bookkeeping import LedgerBooks
from turnup.carry import Terms, must_be_permitted, needs_permission
from turnup.certify import secret_names
from turnup.change.journal import NOTHING_LEFT, State
from turnup.change.plan import Plan
from turnup.change.push import PushOutcome
from turnup.change.undertaking import Kind, Undertaking
from turnup.desk.noting import noted
from turnup.errors import InputError, Refused, TurnupError, Unreachable
from turnup.noc import Noc
from turnup.runner import run_on, task_named, value_of


def planned_work(noc: Noc, work: Undertaking) -> Plan:
    """What would be sent to the router, and the way back; nothing is sent. Raises Refused."""
    left_open = sorted(unfinished_orders(noc, work.router))
    try:
        plan: Plan = _on(noc, work)
    except Refused as error:
        if not left_open:
            raise
        advice = (
            f"A push of {', '.join(left_open)} was not finished. Run `turnup recover {work.router}`, then plan again."
        )
        raise Refused(str(error), advice=advice) from error
    return plan


def pushed_work(noc: Noc, work: Undertaking, terms: Terms) -> tuple[Plan, PushOutcome]:
    """Bring the port into the ordered state, or back. Raises Refused, BackedOut, NeedsHuman.

    After a MOVE to another router the outcome `owes` the old port when that could not be made bare.
    """
    rest = work.vacates
    if rest is None:
        return _pushed(noc, work, terms)
    old, why = vacating(noc, rest, terms)
    new_terms, old_terms = _both_terms(noc, work, old, terms)
    plan, outcome = _pushed(noc, work, new_terms)
    if old is not None and outcome.saved:
        why, notes = _vacated(noc, rest, old_terms)
        outcome = replace(outcome, notes=(*outcome.notes, *notes))
    elif not outcome.saved:
        why = f"{work.router} has not saved the new port"
    if why:
        outcome = replace(outcome, owes=(_name(rest),), notes=(*outcome.notes, _owed(rest, why)))
    return plan, outcome


def vacating(noc: Noc, rest: Undertaking, terms: Terms) -> tuple[Plan | None, str]:
    """What would be sent to the old router of a move, permitted under these terms; None, and why, while it is away.

    Raises Refused, and Unreachable unless the terms say that it may be done later.
    """
    noc.journals.must_be_clear(rest.router)
    try:
        plan = planned_work(noc, rest)
    except Unreachable as error:
        if not terms.old_later:
            raise type(error)(str(error), advice=_AWAY) from error
        must_be_permitted(noc, rest, terms.emergency)
        return None, str(error)
    if not plan.empty and needs_permission(noc, plan):
        must_be_permitted(noc, rest, terms.emergency)
    return plan, ""


def both_digests(new: Plan, old: Plan | None) -> str:
    """What the approval of a move to another router is bound to: the plans of both (sha256, hex)."""
    return new.digest if old is None else sha256(f"{new.digest} {old.digest}".encode()).hexdigest()


def _both_terms(noc: Noc, work: Undertaking, old: Plan | None, terms: Terms) -> tuple[Terms, Terms]:
    """The terms for each of the two changes. Raises Refused when they are not those that were approved."""
    after = replace(terms, accept=None, promise="")
    if terms.approved is None:
        return terms, after
    new = planned_work(noc, work)
    if terms.approved != both_digests(new, old):
        raise Refused(f"approved was plan {terms.approved[:12]}, these are plans {both_digests(new, old)[:12]}")
    return replace(terms, approved=new.digest), replace(after, approved=old.digest if old else None)


def _vacated(noc: Noc, rest: Undertaking, terms: Terms) -> tuple[str, tuple[str, ...]]:
    """Make the old port bare; why it could not be, "" when it is, and what to tell."""
    try:
        _, outcome = _pushed(noc, rest, terms)
    except (TurnupError, OSError) as error:
        return f"{error}", ()
    if not outcome.saved:
        return "; ".join((f"{rest.router} has it not saved", *outcome.notes)), ()
    noc.ledger.bare(rest.order.order_id, rest.router, str(rest.assignment.port.interface))
    return "", (f"{_name(rest)}: bare, {outcome.sent} lines sent", *outcome.notes)


@dataclass(frozen=True)
class Debt:
    """A port that an order has left for another router's, and what became of its lines; `why` "" when it is bare."""

    work: Undertaking
    why: str
    told: str


def settled_debts(noc: Noc, router: str, terms: Terms, order: str = "") -> tuple[Debt, ...]:
    """Take away what orders that were moved to other routers, or one of them, have left on this router."""
    found = []
    for left in noc.ledger.left_on(router):
        if order in ("", left.order.order_id):
            rest = Undertaking(Kind.VACATE, left, left)
            why, notes = _vacated(noc, rest, terms)
            found.append(Debt(rest, _owed(rest, why) if why else "", "; ".join(notes)))
    return tuple(found)


def _name(work: Undertaking) -> str:
    return f"{work.router} {work.assignment.port.interface}"


def _owed(rest: Undertaking, why: str) -> str:
    said = f"{_name(rest)} has lines of {rest.order.order_id} still: {why}"
    return f"{said}. Take them away: turnup recover {rest.router}"


def _pushed(noc: Noc, work: Undertaking, terms: Terms) -> tuple[Plan, PushOutcome]:
    """Bring one router there or back. Raises Refused, BackedOut, NeedsHuman.

    Once its journal is open the customer can neither revise nor cancel the order; when nothing of it is left on the
    router, he can again. What a complete push means for the ledger is entered when it is verified on the router.
    """
    for name in work.key_names:  # before anything is sent: a key that is not here, or cannot be typed
        noc.secrets.reveal(name)
    router, order = work.router, work.order.order_id
    unfinished = unfinished_orders(noc, router)
    books = LedgerBooks(noc, work)
    try:
        plan, outcome = _on(noc, work, confirm=True, terms=replace(terms, books=books))
    except TurnupError:
        with suppress(InputError):  # what the ledger or a journal lacks must not hide what became of the push
            free_orders(noc, router, {order, *unfinished} if work.kind.ordered else unfinished)
        noted(noc, *books.touched)
        raise
    try:
        if work.kind.ordered:
            noc.ledger.start(work.assignment)  # another push of the same order may have been refused meanwhile
        free_orders(noc, router, unfinished)
    except (InputError, Refused) as error:
        outcome = replace(
            outcome, notes=(*outcome.notes, f"the ledger of orders could not be brought up to date: {error}")
        )
    about = (work.standing.order.order_id,) if work.standing else ()
    noted(noc, *dict.fromkeys((order, *about, *books.touched)))
    return plan, outcome


def _on(noc: Noc, work: Undertaking, **params: object) -> Any:
    """Run the task of that kind of work on its router."""
    noc = noc.knowing(secret_names(noc, work.router, work.assignment, work.key_names))
    if work.kind is Kind.NEW:
        task, subject = task_named("push" if params else "plan"), {"assignment": work.assignment}
    else:
        task, subject = task_named(work.kind.value.lower()), {"work": work}  # type: ignore[dict-item]
    outcome = run_on(noc.nornir, [work.router], task, noc=noc, **subject, **params)[work.router]
    return value_of(outcome)


def unfinished_orders(noc: Noc, router: str) -> set[str]:
    """Orders whose push on that router has not come to an end."""
    return {journal.record.change.order_id for journal in noc.journals.open(router)}


def free_orders(noc: Noc, router: str, orders: set[str]) -> None:
    """Let the customer revise and cancel again those orders that have left nothing on that router, by its journals.

    An order that stands on another router was only to be moved here.
    """
    ended: dict[str, set[State]] = {order: set() for order in orders}
    for journal in noc.journals.of(router):
        ended.setdefault(journal.record.change.order_id, set()).add(journal.record.state)
    for order in orders:
        if not (ended[order] <= NOTHING_LEFT and noc.ledger.knows(order) and noc.ledger.begun(order)):
            continue
        held = noc.ledger.assignment(order)
        if held is None or held.port.router == router:
            noc.ledger.back_out(order)


_AWAY = (
    "The order's old port would keep its lines. If it must be moved now: --old-later (with --emergency outside a window"
    " of maintenance); they are taken away by `turnup recover` when the router answers."
)
