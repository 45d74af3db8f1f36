"""Run the twenty acceptance tests on a port and certify what they showed."""

from __future__ import annotations

from nornir.core.task import Result, Task

from turnup.certify import Run, certify
from turnup.model.certificate import Outcome
from turnup.model.equipment import Assignment
from turnup.noc import Noc


def accept(task: Task, noc: Noc, assignment: Assignment | None = None, run: Run | None = None) -> Result:
    """Collect once, judge, certify; the result is the `Certificate`, kept in the data folder as well.

    The result is failed unless the certificate is satisfied, so that no playbook takes a red port for a green one.
    Without `assignment` the router itself is tested, and what only an ordered port can show is INCONCLUSIVE.
    """
    certificate = certify(noc, task.host, assignment, run or Run())
    return Result(task.host, result=certificate, failed=certificate.outcome is not Outcome.SATISFIED)
