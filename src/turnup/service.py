"""What an order about a port in service comes down to: which order stands there, and what it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from turnup.bookkeeping import standing_order
from turnup.change.acceptance import Prove
from turnup.change.plan import Change
from turnup.change.undertaking import Kind, Undertaking
from turnup.errors import Clarification, InputError, Refused, UsageError
from turnup.job import acknowledged, assigned, tested
from turnup.model.certificate import Certificate, Occasion
from turnup.model.equipment import Assignment
from turnup.model.order import Action, OrderMessage, PortServiceOrder
from turnup.model.policy import BackOut
from turnup.model.verdict import Verdict
from turnup.noc import Noc
from turnup.order.changes import changed
from turnup.order.records import Fibre


def work_for(noc: Noc, message: OrderMessage, *, enter: bool, only: tuple[Kind, ...] = tuple(Kind)) -> Undertaking:
    """What the order asks for, acknowledged; `enter` False only looks. `only` are the kinds the command carries out.

    Raises Clarification, UsageError, Refused (a port that still waits for its cross-connect is not changed).
    """
    order = message.order
    if order.action is Action.CANCEL:
        raise UsageError(f"{order.order_id} is a CANCEL: nothing is sent for it", advice="turnup order ack enters it.")
    kind = Kind(order.action.value)
    if kind not in only:
        raise UsageError(
            f"{order.order_id} asks for {order.action}", advice=f"turnup {_COMMANDS[kind]} carries it out."
        )
    if kind is Kind.NEW:
        return Undertaking(kind, assigned(noc, message, enter=enter))
    answer = acknowledged(noc, message, enter=enter)
    if not answer.accepted:
        raise Clarification(answer.points, where=order.origin)
    standing = _standing(noc, order)
    asks = Assignment(order, standing.port)
    if kind is Kind.DISCONNECT:
        return Undertaking(kind, asks, standing)
    if kind is Kind.REDESIGNATE:
        old = noc.ledger.followed(order.order_id) if noc.ledger.knows(order.order_id) else ""
        old = old or standing.order.order_id
        return Undertaking(kind, asks, standing, connected=_connected(noc, old, order.order_id))
    must_be_connected(noc, standing.order.order_id)
    if (order.customer.code, order.speed) != (standing.order.customer.code, standing.order.speed):
        raise Clarification([("customer", "a CHANGE keeps customer and speed; send a REDESIGNATE")], where=order.origin)
    return Undertaking(kind, asks, standing, then=changed(standing.order, order))


_COMMANDS = {
    Kind.NEW: "push",
    Kind.CHANGE: "push",
    Kind.DISCONNECT: "disconnect",
    Kind.REDESIGNATE: "redesignate",
    Kind.MOVE: "move",
}


def _standing(noc: Noc, order: PortServiceOrder) -> Assignment:
    """The order in force that this one is about, with its port."""
    location = order.location
    router, port = location.router, str(location.port) if location.port else None
    found = standing_order(noc, order, router, port)
    if not found and order.action is Action.REDESIGNATE and noc.ledger.knows(order.order_id):
        found = order.order_id if noc.ledger.followed(order.order_id) else ""  # it has taken the port over already
    standing = noc.ledger.assignment(found) if found else None
    if standing is None:
        named = order.supersedes or f"{router} {port}"
        raise UsageError(
            f"nothing stands there that {order.order_id} could be about: {named} has no order in force",
            advice="`turnup order show` tells what is known; it may have been carried out already.",
        )
    held = (standing.port.router, str(standing.port.interface))
    if port is not None and held != (router, port):
        reason = f"{standing.order.order_id} is on {held[0]} {held[1]}, not on {router} {port}"
        raise Clarification([("location.port", reason)], where=order.origin)
    if found != order.order_id and not noc.ledger.begun(found):
        raise UsageError(
            f"{found} has never been pushed: there is nothing on the router to {order.action.value.lower()}",
            advice="Send a later revision of it, or a CANCEL.",
        )
    return standing


def _connected(noc: Noc, old: str, new: str) -> bool:
    return bool(noc.records.fibre(old, Fibre.REMOVED) and noc.records.fibre(new, Fibre.MADE))


def must_be_connected(noc: Noc, order_id: str) -> None:
    """Raise Refused while the port waits for its cross-connects: a change would activate it."""
    old = noc.ledger.followed(order_id)
    if old and not _connected(noc, old, order_id):
        raise Refused(
            f"{order_id} took the port of {old} over, and its cross-connect is not recorded: the port stays shut",
            advice=f"Record both (turnup logbook cross-connect removed {old} --by NAME, ... made {order_id} --by NAME);"
            f" then turnup redesignate {order_id} activates the port.",
        )


@dataclass
class Proof:
    """The acceptance tests of a port, run while its change can still be taken back. Calling it gives the reason to."""

    noc: Noc
    work: Undertaking
    policy: BackOut
    ask: Callable[[Certificate], bool]
    certificate: Certificate | None = None

    def __call__(self) -> str | None:
        """Run the twenty tests; "" when the change may stay. Only what is proved wrong takes it back.

        None when a test could not be completed: the change stands, and is not saved. One that waits for a person's
        attestation is no hindrance.
        """
        self.certificate = tested(self.noc, self.work.router, self.work.result, Occasion.INITIAL)
        failed = [f"{row.number} {row.name}" for row in self.certificate.rows if row.verdict is Verdict.FAIL]
        if self.policy is BackOut.NEVER:
            return ""
        if not failed:
            unproved = any(row.verdict is Verdict.INCONCLUSIVE for row in self.certificate.rows)
            return None if unproved else ""
        if self.policy is BackOut.ASK and not self.ask(self.certificate):
            return ""
        return f"failed: {', '.join(failed)}"


def accepting(noc: Noc, work: Undertaking, policy: BackOut, ask: Callable[[Certificate], bool]) -> Proof:
    """What a push runs between read-back and save (PASA 1.4(a)); `ask` is a person, for the policy `ask`."""
    return Proof(noc, work, policy, ask)


def proving(noc: Noc) -> Prove:
    """Runs the acceptance tests of a change that a push left behind with a promise of them (PASA 1.4(a)).

    Nobody is asked: where a person was to decide about a red test, the change waits for him.
    """

    def prove(change: Change, promised: str) -> str | None:
        reason = Proof(noc, _left(noc, change), BackOut.ALWAYS, lambda _: True)()
        return None if reason and promised == BackOut.ASK else reason

    return prove


def _left(noc: Noc, change: Change) -> Undertaking:
    """What was being done when that change was cut off: its order on the port that the change gave it."""
    port, kind, order = (
        noc.port_named(change.router, change.port),
        Kind(change.action),
        noc.ledger.order(change.order_id),
    )
    if kind is not Kind.CHANGE:
        held = noc.ledger.assignment(change.order_id)
        return Undertaking(kind, Assignment(held.order if held else order, port))
    found = standing_order(noc, order, change.router, change.port)
    standing = noc.ledger.assignment(found) if found else None
    if standing is None:
        raise InputError(f"{change.order_id} is about no order in force")
    return Undertaking(kind, Assignment(order, port), standing, then=changed(standing.order, order))
