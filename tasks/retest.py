"""Test the ports of a router again after a repair: the router is asked once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nornir.core.task import Result, Task

from turnup.certify import Run
from turnup.errors import TurnupError
from turnup.model.certificate import Certificate, Outcome
from turnup.model.equipment import Assignment
from turnup.noc import Noc
from turnup.repair.together import Chain, certify_together

Told = Callable[[str, Sequence[Certificate | TurnupError]], None]


def retest(
    task: Task,
    noc: Noc,
    work: Mapping[str, Sequence[tuple[Assignment, Run]]],
    chain: Chain,
    told: Told | None = None,
) -> Result:
    """Certificates of the ports of `work` that are on this router, kept in the data folder as well.

    An error stands in the place of a certificate that could not be made. `told` hears of the router when it is done.
    The result is failed unless every port is satisfied.
    """
    made = certify_together(noc, task.host, work[task.host.name], chain)
    if told is not None:
        told(task.host.name, made)
    good = [isinstance(one, Certificate) and one.outcome is Outcome.SATISFIED for one in made]
    return Result(task.host, result=made, failed=not (good and all(good)))
