"""Push an order's plan to its router."""

from __future__ import annotations

from nornir.core.task import Result, Task

from turnup.carry import Terms, carry_out, look
from turnup.change.undertaking import Kind, Undertaking
from turnup.model.equipment import Assignment
from turnup.noc import Noc


def push(task: Task, noc: Noc, assignment: Assignment, confirm: bool = False, terms: Terms | None = None) -> Result:
    """Plan a NEW order afresh and, with `confirm`, bring the router there or back.

    The result is (Plan, PushOutcome | None). `terms` may hold the digest of the plan a person approved. Without
    `confirm` nothing is sent. Raises Refused (nothing was sent), BackedOut (taken back), NeedsHuman.
    """
    work = Undertaking(Kind.NEW, assignment)
    if not confirm:
        plan = look(noc, task.host, work)
        return Result(task.host, result=(plan, None), diff=plan.diff)
    plan, outcome = carry_out(noc, task.host, work, terms or Terms())
    return Result(task.host, result=(plan, outcome), diff=plan.diff, changed=outcome.sent > 0)
