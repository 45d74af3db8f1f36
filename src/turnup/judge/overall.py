"""What twenty verdicts add up to: whether the port is satisfied, and with which exit code a command ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from turnup.errors import ExitCode
from turnup.model.result import SCHEDULE_2, TestResult
from turnup.model.verdict import Verdict


@dataclass(frozen=True)
class Overall:
    """`satisfied` in the sense of PASA 1.4(a): every test of Schedule 2 ran and is PASS or agreed not to apply."""

    satisfied: bool
    exit_code: ExitCode
    reason: str


def overall(results: Sequence[TestResult], *, reached: bool = True) -> Overall:
    """The outcome of these results. `reached` is False when no answer of the router could be used at all.

    FAIL is told before INCONCLUSIVE, INCONCLUSIVE before PENDING; a test left out is never satisfied.
    """
    if not reached or not results:
        return Overall(False, ExitCode.NOTHING_TESTED, "nothing was tested")
    counts = {verdict: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    for verdict, code in (
        (Verdict.FAIL, ExitCode.FAILED),
        (Verdict.INCONCLUSIVE, ExitCode.COULD_NOT_RUN),
        (Verdict.PENDING, ExitCode.WAITS),
    ):
        if counts[verdict]:
            return Overall(False, code, f"{counts[verdict]} of {len(results)} tests {verdict}")
    if why := _not_whole(results):
        return Overall(False, ExitCode.COULD_NOT_RUN, why)
    if not counts[Verdict.PASS]:
        return Overall(False, ExitCode.NOTHING_TESTED, "no test was PASS")
    passed, agreed = counts[Verdict.PASS], counts[Verdict.NOT_APPLICABLE]
    return Overall(True, ExitCode.SATISFIED, f"{passed} tests PASS, {agreed} agreed not to apply")


def _not_whole(results: Sequence[TestResult]) -> str:
    """Why these results are not Schedule 2, each test once, each with proof; "" when they are."""
    titles = [result.title for result in results]
    if missing := [title for title in SCHEDULE_2 if title not in titles]:
        return f"{len(missing)} tests of Schedule 2 were not run: {', '.join(missing[:3])}"
    if len(set(titles)) != len(titles):
        return f"{len(titles)} results for the {len(SCHEDULE_2)} tests of Schedule 2"
    for result in results:
        if not any(finding.verdict is result.verdict for finding in result.findings):
            return f"{result.title}: no finding stands behind its verdict"
        if result.verdict is Verdict.NOT_APPLICABLE and not all(f.observed and f.source for f in result.findings):
            return f"{result.title}: nobody is named who agreed that it does not apply"
    return ""
