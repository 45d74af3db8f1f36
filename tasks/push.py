"""Push an order's plan to its router."""

from __future__ import annotations

from nornir.core.task import Result, Task

from turnup.change.push import plan_and_push
from turnup.model.equipment import Assignment
from turnup.noc import Noc


def push(
    task: Task,
    noc: Noc,
    assignment: Assignment,
    confirm: bool = False,
    approved: str | None = None,
    save_all: bool = False,
    wait: float = 0.0,
) -> Result:
    """Plan afresh and, with `confirm`, bring the router there or back; the result is (Plan, PushOutcome | None).

    `approved` is the digest of the plan a person approved. Without `confirm` nothing is sent. Raises Refused (nothing
    was sent), BackedOut (taken back), NeedsHuman.
    """
    with noc.session(task.host) as session:
        if not confirm:
            plan = noc.plan(assignment, noc.configuration(session))
            return Result(task.host, result=(plan, None), diff=plan.diff)
        plan, outcome = plan_and_push(
            session,
            lambda: noc.plan(assignment, noc.configuration(session)),
            noc.home,
            (assignment.port.router, assignment.order.order_id),
            approved=approved,
            save_all=save_all,
            wait=wait,
            reopen=lambda: noc.open_session(task.host),
        )
    return Result(task.host, result=(plan, outcome), diff=plan.diff, changed=outcome.sent > 0)
