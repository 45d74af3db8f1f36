"""Read a router's configuration as it is now."""

from __future__ import annotations

from nornir.core.task import Result, Task

from turnup.noc import Noc


def snapshot(task: Task, noc: Noc) -> Result:
    """The running configuration, redacted and complete, as a `Configuration`.

    Raises Unreachable and its children, AnswerIncomplete.
    """
    with noc.session(task.host) as session:
        return Result(task.host, result=noc.configuration(session))
