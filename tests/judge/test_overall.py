"""Twenty verdicts become one outcome; nothing short of all twenty is satisfied."""

from __future__ import annotations

import pytest

from turnup.errors import ExitCode
from turnup.judge import overall
from turnup.model.result import SCHEDULE_2, TestResult
from turnup.model.verdict import Finding, Verdict


def _result(number: int, verdict: Verdict = Verdict.PASS, *, proof: bool = True) -> TestResult:
    findings = (Finding("x", verdict, "a", "a", "inventory"),) if proof else ()
    return TestResult(number, SCHEDULE_2[number - 1], f"test{number}", verdict, "told", findings)


def _twenty(**verdicts: Verdict) -> list[TestResult]:
    """All twenty, PASS but for those given as t2=..., t3=..."""
    return [_result(n, verdicts.get(f"t{n}", Verdict.PASS)) for n in range(1, 21)]


def test_twenty_passes_are_satisfied() -> None:
    assert overall(_twenty()).satisfied
    assert overall(_twenty()).exit_code is ExitCode.SATISFIED


def test_agreed_not_applicable_is_satisfied() -> None:
    outcome = overall(_twenty(t2=Verdict.NOT_APPLICABLE, t3=Verdict.NOT_APPLICABLE))
    assert outcome.satisfied
    assert outcome.reason == "18 tests PASS, 2 agreed not to apply"


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ({"t1": Verdict.FAIL}, ExitCode.FAILED),
        ({"t1": Verdict.INCONCLUSIVE}, ExitCode.COULD_NOT_RUN),
        ({"t1": Verdict.PENDING}, ExitCode.WAITS),
        ({"t1": Verdict.FAIL, "t2": Verdict.INCONCLUSIVE, "t3": Verdict.PENDING}, ExitCode.FAILED),
        ({"t2": Verdict.INCONCLUSIVE, "t3": Verdict.PENDING}, ExitCode.COULD_NOT_RUN),
    ],
)
def test_worst_verdict_gives_the_exit_code(verdicts: dict[str, Verdict], code: ExitCode) -> None:
    outcome = overall(_twenty(**verdicts))
    assert not outcome.satisfied
    assert outcome.exit_code is code


def test_nothing_tested() -> None:
    assert overall([]).exit_code is ExitCode.NOTHING_TESTED


def test_not_reached_is_nothing_tested_whatever_the_results_say() -> None:
    assert overall(_twenty(), reached=False).exit_code is ExitCode.NOTHING_TESTED
    assert not overall(_twenty(), reached=False).satisfied


def test_a_test_left_out_is_not_satisfied() -> None:
    outcome = overall(_twenty()[:-1])
    assert not outcome.satisfied
    assert outcome.exit_code is ExitCode.COULD_NOT_RUN
    assert "Updated interface description" in outcome.reason


def test_a_test_twice_is_not_satisfied() -> None:
    assert not overall([*_twenty(), _result(1)]).satisfied


def test_twenty_times_not_applicable_is_nothing_tested() -> None:
    everything = {f"t{n}": Verdict.NOT_APPLICABLE for n in range(1, 21)}
    assert overall(_twenty(**everything)).exit_code is ExitCode.NOTHING_TESTED


def test_verdict_without_finding_is_not_satisfied() -> None:
    results = [_result(1, proof=False), *_twenty()[1:]]
    assert not overall(results).satisfied


def test_not_applicable_without_source_is_not_satisfied() -> None:
    silent = TestResult(
        2, SCHEDULE_2[1], "x", Verdict.NOT_APPLICABLE, "", (Finding("x", Verdict.NOT_APPLICABLE, "", ""),)
    )
    assert not overall([_twenty()[0], silent, *_twenty()[2:]]).satisfied
