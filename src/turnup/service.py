"""What an order about a port in service comes down to: which order stands there, and what it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from turnup.bookkeeping import standing_order
from turnup.change.acceptance import Prove
from turnup.change.plan import Change
from turnup.change.undertaking import Kind, Undertaking
from turnup.equipment.capacity import free_ports, port_state
from turnup.errors import Clarification, InputError, Refused, UsageError
from turnup.job import acknowledged, assigned, configurations, recovered, tested
from turnup.load.strict import suggestion
from turnup.model.abilities import carries
from turnup.model.certificate import Certificate, Occasion
from turnup.model.equipment import Assignment, Port
from turnup.model.order import Action, OrderMessage, PortServiceOrder
from turnup.model.policy import BackOut
from turnup.model.verdict import Verdict
from turnup.noc import Noc, with_bad_ports
from turnup.order.ledger import changed
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
    _must_be_connected(noc, standing.order.order_id)
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


def _must_be_connected(noc: Noc, order_id: str) -> None:
    """Raise Refused while the port waits for its cross-connects: a change would activate it."""
    old = noc.ledger.followed(order_id)
    if old and not _connected(noc, old, order_id):
        raise Refused(
            f"{order_id} took the port of {old} over, and its cross-connect is not recorded: the port stays shut",
            advice=f"Record both (turnup logbook cross-connect removed {old} --by NAME, ... made {order_id} --by NAME);"
            f" then turnup redesignate {order_id} activates the port.",
        )


def move_for(noc: Noc, order_id: str, to: str | None, because: str) -> Undertaking:
    """The move of an order to an alternate port of its router (PASA 1.4(b)(ii)); `to` None picks one.

    A free one of the same speed, on another card where there is one: the card may be what is broken. Raises
    UsageError, and Refused with what to do when the router has none.
    """
    standing = noc.ledger.assignment(order_id)
    if standing is None or not noc.ledger.begun(order_id):
        raise UsageError(f"{order_id} has no port in service", advice="turnup order show ORDER tells what is known.")
    _must_be_connected(noc, order_id)
    port = standing.port
    named = None if to is None else _named(noc, port.router, to)
    if named == port:
        return Undertaking(Kind.MOVE, standing, standing, because=because)  # it is there already
    read = configurations(noc, (port.router,))
    if (error := read[port.router].error) is not None:
        raise error
    equipment, taken = with_bad_ports(noc.equipment, noc.records.bad_ports()), noc.ledger.taken()
    live = {port.router: read[port.router].value}
    wanted = standing.order.layer2.encapsulation if standing.order.layer2 else None
    everywhere = free_ports(equipment, noc.cards, port.site, standing.order.speed, live, taken)
    suited = [one for one in everywhere if wanted is None or carries(one.card, wanted)]
    here = [one for one in suited if one.router == port.router]
    if named is not None:
        _, why = port_state(equipment, named, live, taken)
        if named not in here:
            raise Refused(f"{named.router} {named.interface} {why or f'is no {standing.order.speed} port that suits'}")
        return Undertaking(Kind.MOVE, Assignment(standing.order, named), standing, because=because)
    if not here:
        raise Refused(_none_here(port, suited), advice=_ELSEWHERE.format(order=order_id))
    best = min(here, key=lambda one: one.slot == port.slot)  # the first on another card, else the first
    return Undertaking(Kind.MOVE, Assignment(standing.order, best), standing, because=because)


def finish_first(noc: Noc, order_id: str) -> tuple[str, ...]:
    """Finish what is open on the router of that order before anything new is chosen there; what became of it, in words.

    Raises Refused while an earlier change waits for a person, NeedsHuman, Unreachable.
    """
    if (standing := noc.ledger.assignment(order_id)) is None:
        return ()
    router = standing.port.router
    noc.journals.must_be_clear(router)
    ended = recovered(noc, router, proving(noc))
    return tuple(f"order {one.order_id} had not been finished; it is {one.state} now: {one.note}" for one in ended)


def _named(noc: Noc, router: str, text: str) -> Port:
    other, _, name = text.rpartition(" ") if " " in text else text.rpartition(":")
    if other and other != router:
        raise Refused(
            f"the order is on {router}; {other} is another router, and a move stays on one",
            advice=_ELSEWHERE.format(order="the order"),
        )
    try:
        return noc.port_named(router, name)
    except InputError as error:
        offered = [str(port.interface) for port in noc.ports_of(router)]
        raise UsageError(f"{router} has no port {name!r}{suggestion(name, offered)}") from error


def _none_here(port: Port, suited: list[Port]) -> str:
    others = ", ".join(sorted({one.router for one in suited})) or "none"
    return f"{port.router} has no free port of that kind; routers of {port.site} that may have one: {others}"


@dataclass
class Proof:
    """The acceptance tests of a port, run while its change can still be taken back. Calling it gives the reason to."""

    noc: Noc
    work: Undertaking
    policy: BackOut
    ask: Callable[[Certificate], bool]
    certificate: Certificate | None = None

    def __call__(self) -> str:
        """Run the twenty tests; "" when the change may stay. Only what is proved wrong takes it back."""
        self.certificate = tested(self.noc, self.work.router, self.work.result, Occasion.INITIAL)
        failed = [f"{row.number} {row.name}" for row in self.certificate.rows if row.verdict is Verdict.FAIL]
        if not failed or self.policy is BackOut.NEVER:
            return ""
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


_ELSEWHERE = (
    "Nothing was sent. Another router means another order: have {order} disconnected (turnup disconnect) and a NEW"
    " order sent that names the router and port; its link network can be used again when the first is released."
)
