"""What is to be done on one router, whatever asked for it; and its plan. The one way from an order to lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from turnup.change.footprint import Lines
from turnup.change.journal import Journals
from turnup.change.modify import make_change_plan
from turnup.change.move import make_move_plan
from turnup.change.plan import Plan, make_plan
from turnup.change.redesignate import make_redesignate_plan
from turnup.change.release import make_release_plan
from turnup.change.standing import Applied, Standing, last_applied
from turnup.configuration import Configuration
from turnup.errors import InputError
from turnup.model.equipment import Assignment, Router
from turnup.model.order import PortServiceOrder
from turnup.model.policy import Policy
from turnup.platforms import Platform
from turnup.render.intent import Intent
from turnup.render.order import render_order


class Kind(StrEnum):
    """What is done to a port. The first four are actions of an order; a MOVE the customer elects (PASA 1.4(b)(ii)).

    VACATE takes away what a MOVE to another router has left on the port it came from.
    """

    NEW = "NEW"
    CHANGE = "CHANGE"
    DISCONNECT = "DISCONNECT"
    REDESIGNATE = "REDESIGNATE"
    MOVE = "MOVE"
    VACATE = "VACATE"

    @property
    def ordered(self) -> bool:
        """Whether an order of the customer asks for it under a number of its own."""
        return self not in (Kind.MOVE, Kind.VACATE)


@dataclass(frozen=True)
class Undertaking:
    """One thing to be done. `assignment` is the order that asks for it, with the port it ends on.

    `standing` is the order in force with the port it has now (None for NEW); `then` is the order that the port carries
    afterwards, where that is another than the one that asks: a CHANGE names only what changes. `connected` says for a
    REDESIGNATE that the old cross-connect's removal and the new one are both recorded. `because` is the reason of a
    MOVE.
    """

    kind: Kind
    assignment: Assignment
    standing: Assignment | None = None
    then: PortServiceOrder | None = None
    connected: bool = True
    because: str = ""

    @property
    def router(self) -> str:
        """The router it is done on."""
        return self.assignment.port.router

    @property
    def order(self) -> PortServiceOrder:
        """The order that asks for it."""
        return self.assignment.order

    @property
    def result(self) -> Assignment | None:
        """The order that the port carries afterwards, with the port; None when it ends bare."""
        if self.kind in (Kind.DISCONNECT, Kind.VACATE):
            return None
        return Assignment(self.then or self.assignment.order, self.assignment.port)

    @property
    def vacates(self) -> Undertaking | None:
        """What a MOVE to another router leaves to be done on the one it comes from; None for everything else."""
        old = self.standing
        if self.kind is not Kind.MOVE or old is None or old.port.router == self.router:
            return None
        return Undertaking(Kind.VACATE, old, old, because=self.because)

    @property
    def key_names(self) -> tuple[str, ...]:
        """Names of the secrets that its lines and their way back hold."""
        orders = (self.assignment.order, self.then, self.standing.order if self.standing else None)
        names = (order.bgp.md5_key_ref for order in orders if order is not None and order.bgp is not None)
        return tuple(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True)
class Ground:
    """What a plan stands on besides the undertaking: dialect, router, policy, journals (None: none are kept).

    `siblings` are the other orders of the same customer on that router.
    """

    platform: Platform
    router: Router
    policy: Policy
    journals: Journals | None = None
    siblings: tuple[Assignment, ...] = ()

    def applied(self, assignment: Assignment) -> Applied | None:
        """What our last push left on that port."""
        if self.journals is None:
            return None
        return last_applied(self.journals, self.router.name, str(assignment.port.interface))

    def intent(self, assignment: Assignment) -> Intent:
        """The order rendered for that port. Raises Clarification."""
        return render_order(self.platform, assignment, self.router, self.policy)


def plan_of(work: Undertaking, ground: Ground, configuration: Configuration) -> Plan:
    """The plan of that undertaking on the configuration just read (redacted); nothing is sent.

    Raises Refused (the texts are in the message), Clarification when the order cannot be rendered, InputError when our
    records lack the order in force.
    """
    platform, router = ground.platform, ground.router
    if work.kind is Kind.NEW or work.vacates is not None:  # on that router the port begins with nothing
        applied: Lines | None = found.lines if (found := ground.applied(work.assignment)) else None
        return make_plan(
            platform, ground.intent(work.assignment), work.assignment, router, configuration, applied, work.kind
        )
    if work.standing is None:
        raise InputError(f"a {work.kind} needs the order that stands on the port, and none is known")
    intent, applied_there = ground.intent(work.standing), ground.applied(work.standing)
    if work.result is None:
        if work.kind is Kind.VACATE:  # the port is bad: nobody shall take it for one that can be ordered
            intent = replace(intent, available=None)
        return make_release_plan(platform, intent, work.assignment, router, configuration, applied_there, work.kind)
    standing, wanted = Standing(intent, applied_there), ground.intent(work.result)
    # The plan speaks of the order that asks, with the link network that the port is to have.
    if work.kind is Kind.CHANGE:
        return make_change_plan(
            platform, standing, wanted, work.assignment, router, configuration, work.result, ground.siblings
        )
    if work.kind is Kind.REDESIGNATE:
        return make_redesignate_plan(
            platform, standing, wanted, work.assignment, router, configuration, connected=work.connected
        )
    return make_move_plan(platform, standing, wanted, work.assignment, router, configuration)
