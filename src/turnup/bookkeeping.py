"""What a change that stands on a router means for the ledger of orders; entered while its journal is still open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from turnup.change.plan import Change
from turnup.change.undertaking import Kind, Undertaking
from turnup.model.order import PortServiceOrder
from turnup.noc import Noc
from turnup.order.records import PortMark


@dataclass(frozen=True)
class LedgerBooks:
    """The ledger as a push and a recovery see it. `work` is what is being pushed; `touched` the orders concerned."""

    noc: Noc
    work: Undertaking | None = None
    touched: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """From now on the customer can neither revise nor cancel the order. Raises Refused."""
        if self.work is not None and self.work.kind.ordered:
            self.noc.ledger.start(self.work.assignment)

    def stands(self, change: Change) -> None:
        """Enter it. Raises InputError."""
        mine = self.work is not None and change.order_id == self.work.order.order_id
        because = self.work.because if self.work is not None and mine else ""
        self.touched.extend(settle(self.noc, change, because))


def concerned(noc: Noc, orders: Iterable[str]) -> tuple[str, ...]:
    """These orders and those that they are about."""
    found: dict[str, None] = {}
    for order_id in orders:
        about = noc.ledger.order(order_id).supersedes if noc.ledger.knows(order_id) else None
        found |= dict.fromkeys(filter(None, (order_id, about)))
    return tuple(found)


def settle(noc: Noc, change: Change, because: str = "") -> tuple[str, ...]:
    """Enter what a change that stands on the router means for the orders; twice is once. The orders concerned.

    Raises InputError.
    """
    if change.action == Kind.MOVE:
        _settle_move(noc, change, because)
    standing = ""
    if change.action not in (Kind.MOVE, Kind.NEW, Kind.VACATE):
        standing = standing_order(noc, noc.ledger.order(change.order_id), change.router, change.port)
    if standing and change.action == Kind.CHANGE:  # otherwise entered before
        noc.ledger.change(standing, by=change.order_id)
    elif standing and change.action == Kind.DISCONNECT:
        noc.ledger.release(standing)
    elif standing and change.action == Kind.REDESIGNATE:
        noc.ledger.succeed(standing, change.order_id)
    return (*filter(None, (change.order_id, standing)), *_settle_shared(noc, change))


def _settle_shared(noc: Noc, change: Change) -> tuple[str, ...]:
    """The customer's other orders whose list this change has changed."""
    peers = {peer for _, peer in change.footprint.beside}
    reached = tuple(
        one.order.order_id
        for one in noc.ledger.assignments()
        if one.port.router == change.router and one.order.layer3 and str(one.order.layer3.customer_address) in peers
    )
    for order_id in reached:
        noc.ledger.share(order_id, by=change.order_id)
    return reached


def _settle_move(noc: Noc, change: Change, because: str) -> None:
    assignment = noc.ledger.assignment(change.order_id)
    moved = noc.port_named(change.router, change.port)
    if assignment is None or assignment.port == moved:
        return  # entered before, or gone since
    why, old = because or f"{change.order_id} was moved away from it", assignment.port
    mark = PortMark(old.router, str(old.interface), True, noc.clock(), noc.username or "unknown", why)
    noc.records.add(mark)  # first: a port that is free and not marked would be given to the next order
    noc.ledger.move(change.order_id, moved, mark.at)


def standing_order(noc: Noc, order: PortServiceOrder, router: str | None, port: str | None) -> str:
    """Id of the order in force that this order is about; "" when it has none any more."""
    if order.supersedes:
        return order.supersedes if noc.ledger.assignment(order.supersedes) else ""
    if router is None or port is None:
        return ""
    held = noc.ledger.holder(router, port, but=order.order_id)
    return held.order.order_id if held else ""
