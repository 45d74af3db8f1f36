"""Each recorded case leads to the verdict its case.toml states; each test of Schedule 2 has its cases, per platform.

On each platform every way to fail that the test's code has is red in a case of that platform, and every way not to know
is met by a case of some platform. What cannot be met is in ways_without_case.toml, with the reason.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from platform_cases import BY_NAME, PLATFORMS, healthy, judged_pairs, label, platform_cases
from ways import Met, Way, watched, ways_of

from turnup.checks import Check, all_checks
from turnup.judge import TranscriptFacts, asks_of, judge, overall
from turnup.judge.cases import Case, judge_case
from turnup.model.result import SCHEDULE_2, TestResult
from turnup.model.verdict import Verdict
from turnup.platforms import all_platforms, platform

CASES = platform_cases()
# RPMS: a test call cannot be placed by this tool, so `rpms` never passes; it is agreed away or inconclusive.
_NEVER_PASSES = {"rpms"}


_WITHOUT_CASE = tomllib.loads((Path(__file__).parent / "ways_without_case.toml").read_text())["way"]


@dataclass(frozen=True)
class _Judged:
    result: TestResult
    met: Met


@cache
def _run(at: int) -> _Judged:
    """The case at that place of CASES, judged once for all that is asked of it."""
    name, case = CASES[at]
    with watched() as met:
        result = judge_case(case, platform(name), platform("noc"), BY_NAME[case.check])
    return _Judged(result, met)


@cache
def _shown() -> dict[tuple[str, str], set[tuple[Way, str]]]:
    """What the cases of a (platform, test) met."""
    found: dict[tuple[str, str], Met] = defaultdict(set)
    for at, (name, case) in enumerate(CASES):
        found[name, case.check] |= _run(at).met
    return found


@pytest.mark.parametrize("at", range(len(CASES)), ids=["-".join((n, c.check, c.name)) for n, c in CASES])
def test_case_leads_to_its_verdict(at: int) -> None:
    name, case = CASES[at]
    result = _run(at).result
    assert case.told.origin in ("written", "recorded"), name
    shown = "\n".join(f"{finding.verdict}: {finding}" for finding in result.findings)
    assert result.verdict == case.told.verdict, shown
    for words in case.told.reason:
        assert words in result.reason, result.reason
    found = {finding.subject: finding.verdict for finding in result.findings}
    for subject, verdict in case.told.findings.items():
        assert found.get(subject) == verdict, shown
    _rests_on_evidence(case, result)
    _says_why_it_does_not_apply(name, case, result)


def _rests_on_evidence(case: Case, result: TestResult) -> None:
    """What is judged good or bad was seen somewhere; only the unknown may come without evidence."""
    judged = [finding for finding in result.findings if finding.verdict in (Verdict.PASS, Verdict.FAIL)]
    assert not [str(finding) for finding in judged if not finding.seen]
    if case.told.verdict == "PASS":
        assert any(finding.verdict is Verdict.PASS for finding in judged)


def _says_why_it_does_not_apply(name: str, case: Case, result: TestResult) -> None:
    """Not applicable by inventory or by the platform's table, never by silence: the reason stands on the finding."""
    reasons = set(platform(name).settings.not_applicable.values())
    rpms = case.expected.router.rpms
    if rpms is not None:
        reasons.add(rpms.reason)
    for finding in result.findings:
        if finding.verdict is Verdict.NOT_APPLICABLE:
            assert any(reason and finding.observed.startswith(reason) for reason in reasons), finding
            assert "agreed by" in finding.observed
            assert finding.source


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


@pytest.mark.parametrize(("name", "check"), judged_pairs(), ids=label)
def test_every_way_to_fail_is_red_in_a_case(name: str, check: Check) -> None:
    """A way that only ever passes in the cases may be unable to fail."""
    red = {way for way, verdict in _shown()[name, check.name] if verdict == "FAIL"}
    green = {_called(way) for way in ways_of(check.name) if way.fails and way not in red}
    excused = _excused(check.name, name)
    assert not green - excused, f"no case of {check.name} on {name} turns red"
    assert not excused - green, f"a case of {check.name} on {name} turns red, or the code has no such way"


@pytest.mark.parametrize("check", all_checks(), ids=label)
def test_every_way_not_to_know_is_met_by_a_case(check: Check) -> None:
    """On some platform: that a refused, empty or cut answer proves nothing is shown on each (test_no_false_green)."""
    met = {
        way for (_, of), seen in _shown().items() if of == check.name for way, said in seen if said == "INCONCLUSIVE"
    }
    unmet = {_called(way) for way in ways_of(check.name) if not way.fails and way not in met}
    excused = _excused(check.name, "any")
    assert not unmet - excused, f"no case of {check.name} meets"
    assert not excused - unmet, f"a case of {check.name} meets, or the code has no such way"


def _called(way: Way) -> str:
    return f"{way.file} {way.name}"


def _excused(check: str, name: str) -> set[str]:
    """What ways_without_case.toml takes away from that test, on that platform or on `any`."""
    return {
        way
        for entry in _WITHOUT_CASE
        if name in entry["platforms"] and check in entry["checks"]
        for way in entry["ways"]
    }
