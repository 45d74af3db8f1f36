"""Take away what an order that was moved to another router has left on the port it came from (PASA 1.4(b)(ii))."""

from __future__ import annotations

from nornir.core.task import Result, Task

from turnup.carry import Terms, carry_out, look
from turnup.change.undertaking import Undertaking
from turnup.noc import Noc


def vacate(task: Task, noc: Noc, work: Undertaking, confirm: bool = False, terms: Terms | None = None) -> Result:
    """The `Plan` on the router as it is now; with `confirm`, carried out: the result is (Plan, PushOutcome).

    Raises Refused (nothing was sent), BackedOut (taken back), NeedsHuman.
    """
    if not confirm:
        plan = look(noc, task.host, work)
        return Result(task.host, result=plan, diff=plan.diff)
    plan, outcome = carry_out(noc, task.host, work, terms or Terms())
    return Result(task.host, result=(plan, outcome), diff=plan.diff, changed=outcome.sent > 0)
