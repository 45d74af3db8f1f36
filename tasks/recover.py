"""Finish or take back what a crash or a lost line left open on a router."""

from __future__ import annotations

from nornir.core.task import Result, Task

from turnup.bookkeeping import LedgerBooks
from turnup.change.acceptance import Prove
from turnup.change.books import Books
from turnup.change.recover import recover as recovered
from turnup.noc import Noc


def recover(task: Task, noc: Noc, wait: float = 0.0, books: Books | None = None, prove: Prove | None = None) -> Result:
    """Decide from the router and the open journals; the result is a tuple of what became of each.

    `prove` runs the acceptance tests that a push had promised; without it such a change stays unsaved.

    Raises NeedsHuman when it cannot be decided, Refused while somebody else writes on the router.
    """
    with noc.session(task.host) as session, noc.leases() as leases:
        done = recovered(
            session,
            noc.home,
            task.host.name,
            reopen=lambda: noc.open_session(task.host),
            leases=leases,
            wait=wait,
            books=books or LedgerBooks(noc),
            prove=prove,
        )
    return Result(task.host, result=done, changed=bool(done))
