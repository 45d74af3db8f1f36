"""Each recorded case leads to the verdict its case.toml states; each test of Schedule 2 has its cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnup.checks import Check, all_checks
from turnup.judge.cases import Case, cases, judge_case
from turnup.model.verdict import Verdict
from turnup.platforms import platform

HOME = Path(__file__).parents[1] / "recorded" / "ios" / "checks"
CASES = cases(HOME)
_each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}-{case.name}")
_BY_NAME = {check.name: check for check in all_checks()}
# RPMS: a test call cannot be placed by this tool, so `rpms` never passes; it is agreed away or inconclusive.
_NEVER_PASSES = {"rpms"}


@_each_case
def test_case_leads_to_its_verdict(case: Case) -> None:
    result = judge_case(case, platform("ios"), platform("noc"), _BY_NAME[case.check])
    shown = "\n".join(f"{finding.verdict}: {finding}" for finding in result.findings)
    assert result.verdict == case.told.verdict, shown
    for words in case.told.reason:
        assert words in result.reason, result.reason
    found = {finding.subject: finding.verdict for finding in result.findings}
    for subject, verdict in case.told.findings.items():
        assert found.get(subject) == verdict, shown


@_each_case
def test_case_says_where_it_comes_from(case: Case) -> None:
    assert case.told.origin in ("written", "recorded")
    assert case.check in _BY_NAME


@_each_case
def test_every_finding_of_a_verdict_names_its_evidence(case: Case) -> None:
    """What is judged good or bad was seen somewhere; only the unknown may come without evidence."""
    result = judge_case(case, platform("ios"), platform("noc"), _BY_NAME[case.check])
    bare = [str(f) for f in result.findings if f.verdict in (Verdict.PASS, Verdict.FAIL) and not f.seen]
    assert not bare


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_check_has_cases_both_ways(check: Check) -> None:
    verdicts = {case.told.verdict for case in CASES if case.check == check.name}
    wanted = {"PASS", "FAIL", "INCONCLUSIVE"}
    if check.name in _NEVER_PASSES:
        wanted = {"FAIL", "INCONCLUSIVE", "NOT APPLICABLE"}
    assert wanted <= verdicts, f"cases of {check.name} show {sorted(verdicts)} only"


@_each_case
def test_passing_case_rests_on_evidence(case: Case) -> None:
    result = judge_case(case, platform("ios"), platform("noc"), _BY_NAME[case.check])
    if case.told.verdict == "PASS":
        assert any(finding.verdict is Verdict.PASS and finding.seen for finding in result.findings)
