"""The main job, step by step: acknowledge an order, plan it, push it, test the port.

Each step works through the Nornir tasks of tasks/, the same that playbooks use. What a person sees of it is in `cli`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from turnup.bookkeeping import LedgerBooks, concerned
from turnup.carry import Terms
from turnup.certify import Run, certificates_of, secret_names
from turnup.change.acceptance import Prove
from turnup.change.journal import Journals
from turnup.change.plan import Plan
from turnup.change.push import PushOutcome
from turnup.change.recover import Recovered
from turnup.change.undertaking import Kind, Undertaking
from turnup.configuration import Configuration
from turnup.desk.noting import life_of, noted, noted_clarification
from turnup.equipment.capacity import ports
from turnup.equipment.sites import find_site
from turnup.errors import Clarification, InputError, Unreachable, UsageError
from turnup.evidence.inputs import refuse_secrets
from turnup.load.order import read_order
from turnup.model.acknowledgement import Acknowledgement
from turnup.model.certificate import Certificate, Occasion, Outcome
from turnup.model.equipment import Assignment
from turnup.model.order import Action, OrderMessage
from turnup.noc import Noc, with_bad_ports
from turnup.order.acknowledge import acknowledge
from turnup.order.answers import Links, Taken, digest_of
from turnup.order.life import next_attempt
from turnup.runner import HostOutcome, run_on, task_named, value_of
from turnup.undertake import free_orders, planned_work, pushed_work, unfinished_orders


def read_message(target: str, noc: Noc) -> OrderMessage:
    """The order in that file, or the accepted order of that id. Raises InputError, UsageError."""
    if Path(target).is_file():
        message = read_order(Path(target))
        refuse_secrets(message, noc.redact, target)
        return message
    if (assignment := noc.ledger.assignment(target)) is not None:
        return OrderMessage(assignment.order)
    if noc.ledger.knows(target):
        return OrderMessage(noc.ledger.order(target))
    raise UsageError(
        f"{target!r} is neither a file nor an order with a port",
        advice="Give the order's file, or acknowledge it first.",
    )


def acknowledged(
    noc: Noc, message: OrderMessage, *, live: bool = True, enter: bool = True, received_at: datetime | None = None
) -> Acknowledgement:
    """Answer an order (PASA 1.3(b)). `live` reads the routers it may stand on; `enter` makes the answer binding.

    `received_at` is when it arrived, where that was before now.

    The same order twice gets the first answer again, and no router is asked. Raises Unreachable when no router of the
    site could be read.
    """
    refuse_secrets(message, noc.redact, message.order.origin)
    now = noc.clock()
    estate = with_bad_ports(noc.equipment, noc.records.bad_ports())
    if (answered := noc.ledger.answered(message, now)) is not None:
        return answered
    # Read before the ledger is locked: nobody else's order waits for a router that hangs.
    configurations, unread = _configurations(noc, message) if live else ({}, ())

    def decide(taken: Taken, links: Links) -> Acknowledgement:
        # A port nobody could look at is not given away.
        closed = tuple((p.router, str(p.interface)) for p in ports(estate, noc.cards) if p.router in unread)
        found = acknowledge(message, estate, noc.cards, configurations, (*taken, *closed), now, links)
        return replace(found, received_at=received_at or now)

    answer = noc.ledger.settle(message, decide, now, enter=enter)
    if enter and answer.accepted:
        noted(noc, message.order.order_id)
    elif enter:
        noted_clarification(noc, message.order.order_id, len(answer.points), received_at or now)
    return answer


def assigned(noc: Noc, message: OrderMessage, *, enter: bool) -> Assignment:
    """The order with its port; `enter` False only looks which port it would get. Raises Clarification, UsageError."""
    order = message.order
    if order.action is not Action.NEW:
        raise UsageError(
            f"{order.order_id} asks for {order.action}: only a NEW order gets a port and is tested on it",
            advice="turnup plan or push for a CHANGE, turnup disconnect, turnup redesignate.",
        )
    held = noc.ledger.assignment(order.order_id)
    if held is not None and digest_of(held.order) == digest_of(order):
        return held  # as accepted, with what was changed or moved since
    answer = acknowledged(noc, message, enter=enter)
    if not answer.accepted:
        raise Clarification(answer.points, where=order.origin)
    if answer.port is None:
        raise InputError(f"{order.order_id} was acknowledged without a port", where=order.origin)
    return Assignment(order, answer.port)


def accepted(noc: Noc, message: OrderMessage) -> Assignment:
    """The order as it was accepted, with its port: what a test is held against.

    Raises UsageError when it has no port, or when the document now says something else than what was accepted.
    """
    order = message.order
    assignment = noc.ledger.assignment(order.order_id)
    if assignment is None:
        raise UsageError(
            f"{order.order_id} has no port",
            advice="turnup order show tells why. A new one: turnup order ack, then push it; or turnup run.",
        )
    if digest_of(assignment.order) != digest_of(order):
        raise UsageError(
            f"{order.origin} is not {order.order_id} as it was accepted (revision {assignment.order.revision})",
            advice="Test the accepted one by its id, or have the changed order acknowledged and pushed first.",
        )
    return assignment


def planned(noc: Noc, assignment: Assignment) -> Plan:
    """What a NEW order would send to the router, and the way back; nothing is sent. Raises Refused."""
    return planned_work(noc, Undertaking(Kind.NEW, assignment))


def pushed(
    noc: Noc, assignment: Assignment, *, approved: str | None = None, save_all: bool = False, wait: float = 0.0
) -> tuple[Plan, PushOutcome]:
    """Bring the port of a NEW order into the ordered state, or back. Raises Refused, BackedOut, NeedsHuman."""
    return pushed_work(noc, Undertaking(Kind.NEW, assignment), Terms(approved, save_all, wait))


def tested(noc: Noc, router: str, assignment: Assignment | None, occasion: Occasion) -> Certificate:
    """Run the twenty tests and certify. Never raises for what the router said or did not say."""
    run = Run(occasion, attempt_of(noc, router, assignment), window_start(noc, assignment))
    outcome = run_on(noc.nornir, [router], task_named("accept"), noc=noc, assignment=assignment, run=run)[router]
    certificate: Certificate = value_of(outcome)
    if assignment is not None:
        noted(noc, assignment.order.order_id)
    return certificate


def attempt_of(noc: Noc, router: str, assignment: Assignment | None) -> int:
    """Which opportunity the next run is (PASA 1.4(b)), by the order's history; a run not completed is no attempt.

    Only while the history cannot be reached it is counted from the certificates on this machine: the runs that failed
    since the port last satisfied, and this one.
    """
    if assignment is None:
        return 1
    if (life := life_of(noc, assignment.order.order_id)) is not None:
        return next_attempt(life)
    mine = certificates_of(noc, router, str(assignment.port.interface))
    attempt = 1
    for _, certificate in mine:
        if certificate.subject.order != assignment.order.order_id or certificate.outcome is Outcome.SATISFIED:
            attempt = 1
        elif certificate.outcome is Outcome.NOT_SATISFIED:
            attempt += 1
    return attempt


def window_start(noc: Noc, assignment: Assignment | None) -> str:
    """Start of the log window: when the order's lines last went out, ISO 8601 UTC; "" = the whole buffer."""
    if assignment is None:
        return ""
    journals = Journals(noc.home.part("journal")).of(assignment.port.router)
    sent = [j.record.sent_at for j in journals if j.record.change.order_id == assignment.order.order_id]
    starts = [at for at in sent if at is not None]
    return max(starts).isoformat() if starts else ""


def configurations(noc: Noc, routers: tuple[str, ...]) -> Mapping[str, HostOutcome]:
    """The running configuration of each router, or why there is none."""
    return run_on(noc.nornir, routers, task_named("snapshot"), noc=noc)


def _configurations(noc: Noc, message: OrderMessage) -> tuple[Mapping[str, Configuration], tuple[str, ...]]:
    """Configurations of the routers that may get the order, and the names of those that could not be read."""
    location = message.order.location
    try:
        site = find_site(noc.equipment.sites, location.site)
    except InputError:
        return {}, ()  # the acknowledgement says so, with the other points
    routers = (location.router,) if location.router in site.routers else site.routers
    read = configurations(noc, tuple(name for name in routers if name))
    errors = {name: outcome.error for name, outcome in read.items() if outcome.error is not None}
    if errors and len(errors) == len(read):
        raise next(iter(errors.values()))
    return {name: outcome.value for name, outcome in read.items() if name not in errors}, tuple(errors)


def recovered(noc: Noc, router: str, prove: Prove | None = None) -> tuple[Recovered, ...]:
    """What became of each change that was left open on that router. Raises NeedsHuman, Unreachable.

    `prove` runs the acceptance tests that a push had promised before it was cut off; see service.proving.
    """
    unfinished = unfinished_orders(noc, router)
    if not unfinished:
        # The process may have ended when all was done but the ledger of what was taken back, and the history.
        orders = [journal.record.change.order_id for journal in noc.journals.of(router)]
        free_orders(noc, router, set(orders))
        noted(noc, *concerned(noc, orders[-1:]))
        return ()
    noc = noc.knowing(secret_names(noc, router, None))
    books = LedgerBooks(noc)
    try:
        ran = run_on(noc.nornir, [router], task_named("recover"), noc=noc, books=books, prove=prove)
        done: tuple[Recovered, ...] = value_of(ran[router])
    except Unreachable as error:
        raise type(error)(
            f"{error}; {', '.join(sorted(unfinished))} may still stand HALF WAY on it", advice=_HALF_WAY
        ) from error
    finally:
        with suppress(InputError):
            free_orders(noc, router, unfinished)
        noted(noc, *concerned(noc, (*sorted(unfinished), *books.touched)))
    return done


_HALF_WAY = (
    "Look at the port through the router's console server. Run `turnup recover` again when the router answers; "
    "its startup configuration was not touched by turnup."
)


def resolve(noc: Noc, router: str, who: str, what: str) -> tuple[str, ...]:
    """A person put the router right: lift its block. The orders concerned. Raises UsageError when none waits."""
    who, what = noc.redact(who.strip()), noc.redact(what.strip())
    closed = Journals(noc.home.part("journal")).resolve(router, who, what, noc.clock())
    if not closed:
        raise UsageError(f"no change on {router} waits for a person", advice="turnup recover shows what is open.")
    return tuple(journal.record.change.order_id for journal in closed)


def scrapped(noc: Noc, router: str, who: str, why: str) -> tuple[tuple[str, str], ...]:
    """A person says that a router which left the inventory will not come back: nothing is owed on it any more.

    Gives (order, port) of each debt that this ended. Raises Refused, UsageError; see Ledger.scrap.
    """
    word = f"{noc.redact(who.strip())}: {noc.redact(why.strip())}"
    return tuple((order, one.port) for order, one in noc.ledger.scrap(router, word, noc.clock()))
