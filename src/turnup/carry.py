"""Carry out an undertaking on its router: the one way from the Nornir tasks to a push, with every guard on it."""

from __future__ import annotations

from dataclasses import dataclass

from turnup.bookkeeping import LedgerBooks
from turnup.change.acceptance import Accept, Prove
from turnup.change.books import Books
from turnup.change.methods import method_for
from turnup.change.plan import Plan
from turnup.change.push import PushOutcome, plan_and_push
from turnup.change.undertaking import Undertaking
from turnup.errors import InputError, UsageError
from turnup.model.text import plain
from turnup.noc import Host, Noc
from turnup.order.maintenance import must_be_allowed
from turnup.order.records import Emergency, Notice


@dataclass(frozen=True)
class Terms:
    """Under which terms a push is made.

    `approved` is the digest of the plan that a person approved; `emergency` the reason of a change outside the windows
    of PASA 2.3(a), "" for none; `accept` runs the acceptance tests between read-back and save: what it returns
    other than "" takes the change back; `promise` is the policy for that (always, ask, or never: then there are no
    tests, and those that an earlier push owes are waived); `prove` runs what a crash left owing. `wait` in seconds.
    `reload_in` is the choice for a change that could cut off the router's management: minutes, 0 = expressly
    without a reload, None = nobody chose, and it is refused. `books` are the ledger's when left out. `old_later`: a
    MOVE to another router goes on when the old one does not answer; what is on its port is taken away later.
    """

    approved: str | None = None
    save_all: bool = False
    wait: float = 0.0
    emergency: str = ""
    reload_in: int | None = None
    accept: Accept | None = None
    promise: str = ""
    prove: Prove | None = None
    books: Books | None = None
    old_later: bool = False


def look(noc: Noc, host: Host, work: Undertaking) -> Plan:
    """The plan on the router's configuration as it is now; nothing is sent. Raises Refused, Clarification."""
    with noc.session(host) as session:
        return noc.plan_of(work, noc.configuration(session))


def carry_out(noc: Noc, host: Host, work: Undertaking, terms: Terms) -> tuple[Plan, PushOutcome]:
    """Plan afresh and bring the router there or back. Raises Refused, BackedOut, NeedsHuman.

    The ledger says that work has begun when the journal is open, never before: what a crash leaves is then told of.
    """
    with noc.session(host) as session, noc.leases() as leases:
        return plan_and_push(
            session,
            lambda: noc.plan_of(work, noc.configuration(session)),
            noc.home,
            (work.router, work.order.order_id),
            approved=terms.approved,
            save_all=terms.save_all,
            accept=terms.accept,
            promise=terms.promise,
            prove=terms.prove,
            reopen=lambda: noc.open_session(host),
            permit=lambda plan: permitted(noc, work, plan, terms.emergency),
            method=lambda plan: method_for(
                session.platform,
                plan.blast.management,
                terms.reload_in,
                lambda: noc.open_session(host),
                noc.equipment.policy.unproven_methods,
            ),
            wait=terms.wait,
            clock=noc.clock,
            leases=leases,
            books=terms.books or LedgerBooks(noc, work),
        )


def permitted(noc: Noc, work: Undertaking, plan: Plan, emergency: str) -> str:
    """Refuse a change of live service outside its window (PASA 2.3(a)); what is to be noted about it, in words.

    The first provisioning of a port that serves nobody is free, unless policy says otherwise. Raises Refused; an
    emergency is recorded with its reason.
    """
    if not needs_permission(noc, plan):
        return ""
    notice = must_be_permitted(noc, work, emergency)
    if notice is None:
        reason, now = _reason(noc, emergency), noc.clock()
        noc.records.add(Emergency(work.router, work.order.order_id, reason, noc.username or "unknown", now))
        return f"outside the windows of maintenance, as an emergency: {reason}. {TELL_THE_CUSTOMER}"
    return f"in the window announced by {notice.by} at {notice.sent_at:%Y-%m-%d %H:%M} UTC"


def needs_permission(noc: Noc, plan: Plan) -> bool:
    """Whether a plan may be carried out in a window or an emergency only (PASA 2.3(a))."""
    harmless = not plan.change.live and not plan.blast.management
    return not (harmless and noc.equipment.policy.first_provisioning_any_time)


def must_be_permitted(noc: Noc, work: Undertaking, emergency: str) -> Notice | None:
    """The notice of the window that a change of live service may be made in now; None for an emergency.

    Raises Refused outside of every window, UsageError for an emergency without a reason. Nothing is recorded.
    """
    if emergency:
        _reason(noc, emergency)
        return None
    router = noc.equipment.router(work.router)
    zone = noc.equipment.site_of(router).timezone
    return must_be_allowed(noc.clock(), zone, router.name, noc.records.rows(Notice))


def _reason(noc: Noc, emergency: str) -> str:
    if len(emergency.strip()) < _SHORTEST_REASON:
        raise UsageError(f"--emergency wants a reason in words, not {emergency!r}", advice="Nothing was sent.")
    try:
        return noc.redact(plain(emergency.strip()))
    except InputError as error:
        raise UsageError(f"--emergency {error}", advice="Say it in one line; nothing was sent.") from error


_SHORTEST_REASON = 8  # characters: "because" is no reason
TELL_THE_CUSTOMER = "The customer must be told in writing as soon as practicable (PASA 2.3(a))."
