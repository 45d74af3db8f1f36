"""Each recorded case leads to the verdict its case.toml states; each test of Schedule 2 has its cases, per platform."""

from __future__ import annotations

import pytest
from platform_cases import BY_NAME, PLATFORMS, healthy, label, platform_cases

from turnup.checks import Check, all_checks
from turnup.judge import TranscriptFacts, asks_of, judge, overall
from turnup.judge.cases import Case, judge_case
from turnup.model.result import SCHEDULE_2, TestResult
from turnup.model.verdict import Verdict
from turnup.platforms import all_platforms, platform

CASES = platform_cases()
_each_case = pytest.mark.parametrize(("name", "case"), CASES, ids=label)
# RPMS: a test call cannot be placed by this tool, so `rpms` never passes; it is agreed away or inconclusive.
_NEVER_PASSES = {"rpms"}


def _judged(name: str, case: Case) -> TestResult:
    return judge_case(case, platform(name), platform("noc"), BY_NAME[case.check])


@_each_case
def test_case_leads_to_its_verdict(name: str, case: Case) -> None:
    result = _judged(name, case)
    shown = "\n".join(f"{finding.verdict}: {finding}" for finding in result.findings)
    assert result.verdict == case.told.verdict, shown
    for words in case.told.reason:
        assert words in result.reason, result.reason
    found = {finding.subject: finding.verdict for finding in result.findings}
    for subject, verdict in case.told.findings.items():
        assert found.get(subject) == verdict, shown


@_each_case
def test_case_says_where_it_comes_from(name: str, case: Case) -> None:
    assert case.told.origin in ("written", "recorded"), name
    assert case.check in BY_NAME


@_each_case
def test_every_finding_of_a_verdict_names_its_evidence(name: str, case: Case) -> None:
    """What is judged good or bad was seen somewhere; only the unknown may come without evidence."""
    bare = [str(f) for f in _judged(name, case).findings if f.verdict in (Verdict.PASS, Verdict.FAIL) and not f.seen]
    assert not bare


@pytest.mark.parametrize("check", all_checks(), ids=label)
@pytest.mark.parametrize("name", PLATFORMS)
def test_check_has_cases_both_ways(name: str, check: Check) -> None:
    """On every platform that has cases at all; what its table takes away as a whole is seen with the table's reason."""
    verdicts = {case.told.verdict for platform_name, case in CASES if (platform_name, case.check) == (name, check.name)}
    wanted = {"PASS", "FAIL", "INCONCLUSIVE"}
    if check.name in _NEVER_PASSES:
        wanted = {"FAIL", "INCONCLUSIVE", "NOT APPLICABLE"}
    if platform(name).settings.not_applicable.get(check.name):
        wanted = {"NOT APPLICABLE"}
    assert wanted <= verdicts, f"cases of {check.name} on {name} show {sorted(verdicts)} only"


def test_every_platform_of_routers_has_cases() -> None:
    """A platform without a folder of cases would be asked for none."""
    routers = {name for name in all_platforms() if name != "noc"}
    assert set(PLATFORMS) == routers


@_each_case
def test_what_does_not_apply_says_why_and_who_said_so(name: str, case: Case) -> None:
    """Not applicable by inventory or by the platform's table, never by silence: the reason stands on the finding."""
    reasons = set(platform(name).settings.not_applicable.values())
    rpms = case.expected.router.rpms
    if rpms is not None:
        reasons.add(rpms.reason)
    for finding in _judged(name, case).findings:
        if finding.verdict is Verdict.NOT_APPLICABLE:
            assert any(reason and finding.observed.startswith(reason) for reason in reasons), finding
            assert "agreed by" in finding.observed
            assert finding.source


@pytest.mark.parametrize("name", PLATFORMS)
def test_healthy_router_is_satisfied(name: str) -> None:
    """All twenty tests over one reading, as a certificate is made: PASS, or not applicable with a reason."""
    case, speakers = healthy(name), (platform(name), platform("noc"))
    expected = case.expected_on(platform(name))
    transcript = case.transcript(speakers, asks_of(all_checks(), expected))
    facts = TranscriptFacts(*speakers, transcript)
    results = judge(expected, facts, not_on_platform=platform(name).settings.not_applicable)
    found = overall(results)
    assert found.satisfied, found.reason
    assert len(results) == len(SCHEDULE_2)


@_each_case
def test_passing_case_rests_on_evidence(name: str, case: Case) -> None:
    if case.told.verdict == "PASS":
        findings = _judged(name, case).findings
        assert any(finding.verdict is Verdict.PASS and finding.seen for finding in findings)
