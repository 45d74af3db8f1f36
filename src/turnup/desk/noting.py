"""Complete an order's history after a step of the job, without ever hiding what the step has done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from turnup.errors import TurnupError
from turnup.noc import Noc

if TYPE_CHECKING:
    from turnup.desk.entering import Desk
    from turnup.order.life import Life

LOG = logging.getLogger("turnup")


def noted(noc: Noc, *orders: str) -> None:
    """Enter what the data folder now proves of these orders.

    The step itself is done and on disk: a store that cannot be reached is said in one line, and what is missing is
    entered by the next step or by `turnup order advance`.
    """
    _kept(noc, orders, lambda desk, order_id: desk.catch_up(order_id))


def noted_clarification(noc: Noc, order_id: str, points: int, received_at: datetime) -> None:
    """Enter that an order came and that points of it were sent back to be made clear (PASA 1.3(b))."""
    _kept(noc, [order_id], lambda desk, order: desk.clarified(order, points, received_at))


def life_of(noc: Noc, order_id: str) -> Life | None:
    """Where the order stands by its complete history; None when nothing is known, or the store cannot be reached."""
    found: list[Life | None] = []
    _kept(noc, [order_id], lambda desk, order: found.append(desk.catch_up(order)))
    return found[0] if found else None


def _kept(noc: Noc, orders: Iterable[str], enter: Callable[[Desk, str], object]) -> None:
    from turnup.desk.entering import Desk
    from turnup.store import StoreFailed

    named = [order_id for order_id in orders if order_id]
    try:
        store = noc.store()
        try:
            for order_id in named:
                enter(Desk(noc, store), order_id)
        finally:
            store.close()
    except (TurnupError, StoreFailed, OSError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        told = ", ".join(named)
        LOG.warning("%s: the history is not complete yet (%s); `turnup order advance` completes it", told, first)
