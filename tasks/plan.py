"""Plan an order on its router; sends nothing."""

from __future__ import annotations

from nornir.core.task import Result, Task

from turnup.model.equipment import Assignment
from turnup.noc import Noc


def plan(task: Task, noc: Noc, assignment: Assignment) -> Result:
    """The `Plan` of this order on the router's configuration as it is now; `diff` is what would change.

    Raises Refused when the port is not free or something foreign stands inside the order's lines.
    """
    with noc.session(task.host) as session:
        made = noc.plan(assignment, noc.configuration(session))
    return Result(task.host, result=made, diff=made.diff)
