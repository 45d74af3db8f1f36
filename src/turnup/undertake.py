"""Plan and push any undertaking through the Nornir tasks, and keep the ledger true to what the router has."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from turnup.bookkeeping import LedgerBooks
from turnup.carry import Terms
from turnup.certify import secret_names
from turnup.change.journal import NOTHING_LEFT, State
from turnup.change.plan import Plan
from turnup.change.push import PushOutcome
from turnup.change.undertaking import Kind, Undertaking
from turnup.desk.noting import noted
from turnup.errors import InputError, Refused, TurnupError
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
            free_orders(noc, router, unfinished if work.kind is Kind.MOVE else {order, *unfinished})
        noted(noc, *books.touched)
        raise
    try:
        if work.kind is not Kind.MOVE:
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
    """Let the customer revise and cancel again those orders that have left nothing on that router, by its journals."""
    ended: dict[str, set[State]] = {order: set() for order in orders}
    for journal in noc.journals.of(router):
        ended.setdefault(journal.record.change.order_id, set()).add(journal.record.state)
    for order in orders:
        if ended[order] <= NOTHING_LEFT and noc.ledger.knows(order) and noc.ledger.begun(order):
            noc.ledger.back_out(order)
