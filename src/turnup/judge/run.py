"""The tests over the facts of one router: findings in, verdicts out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from turnup.checks import PLATFORM_TABLE, Check, Expected, Facts, all_checks, inconclusive, not_applicable
from turnup.errors import CouldNotRun, InputError
from turnup.judge.limits import refuse_idle_limits
from turnup.load.strict import suggestion
from turnup.model.result import TestResult
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding, Verdict, conclude


def asks_of(checks: Iterable[Check], expected: Expected) -> tuple[Ask, ...]:
    """Everything these tests ask, each once, in their order.

    Second samples (`sample="2"`) come last, so that whatever the tests do lies between the two readings of a counter.
    """
    asked = dict.fromkeys(ask for check in checks for ask in check.asked(expected))
    return tuple(sorted(asked, key=_is_second))


def _is_second(ask: Ask) -> bool:
    return ("sample", "2") in ask.args


def judge(
    expected: Expected,
    facts: Facts,
    checks: Sequence[Check] | None = None,
    *,
    not_on_platform: Mapping[str, str] | None = None,
) -> tuple[TestResult, ...]:
    """One result for each test (all of Schedule 2 by default), in their order.

    `not_on_platform` gives, by test name, why a platform has nothing to test (platform.toml `not_applicable`).
    Never raises for what a router said: whatever cannot be run is INCONCLUSIVE, and so is a defect of a test.
    Raises InputError when the policy's settings of a test are wrong.
    """
    reasons = not_on_platform or {}
    check_settings(expected)
    return tuple(
        _judge_one(check, expected, facts, reasons.get(check.name, ""))
        for check in (all_checks() if checks is None else checks)
    )


def check_settings(expected: Expected) -> None:
    """Raise InputError for settings that no test knows, and for limits that would switch a test off."""
    refuse_idle_limits(expected.policy)
    known = {check.name: check for check in all_checks()}
    for name in expected.policy.checks:
        if name not in known:
            told = f"no test is named {name!r}{suggestion(name, list(known))}"
            raise InputError(told, where=f"{expected.policy.origin or 'policy'}: checks")
        if (kind := known[name].settings) is not None:
            expected.settings(name, kind)
        elif expected.policy.checks[name]:
            raise InputError(f"test {name} has no settings", where=expected.agreed(f"checks.{name}"))


def _judge_one(check: Check, expected: Expected, facts: Facts, reason: str) -> TestResult:
    if reason:
        source = f"platform {expected.router.platform}"
        findings: tuple[Finding, ...] = (not_applicable(check.title, reason, source=source, agreed_by=PLATFORM_TABLE),)
    else:
        findings = _findings(check, expected, facts)
    return TestResult(
        check.number,
        check.title,
        check.name,
        conclude(findings),
        _reason(findings),
        findings,
        facts.commands(*check.asked(expected)),
        check.rule,
    )


def _findings(check: Check, expected: Expected, facts: Facts) -> tuple[Finding, ...]:
    found: list[Finding] = []
    try:
        for finding in check.run(expected, facts):
            found.append(_sourced(finding, check))  # noqa: PERF401 - what was found before an error counts
    except (CouldNotRun, InputError) as error:  # InputError: a name in an answer that is no interface
        found.append(inconclusive(check.title, str(error)))
    except Exception as error:  # noqa: BLE001 - a defect of one test must neither hide nor pass the other nineteen
        found.append(inconclusive(check.title, f"defect in the test: {type(error).__name__}: {error}"))
    return tuple(found)


def still_passes(check: Check, expected: Expected, facts: Facts) -> bool:
    """Whether the test is PASS over these facts; it stops at the first finding that says otherwise."""
    found = False
    try:
        for finding in check.run(expected, facts):
            if finding.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE):
                return False
            found = found or finding.verdict is Verdict.PASS
    except Exception:  # noqa: BLE001 - as in `judge`: whatever goes wrong is INCONCLUSIVE
        return False
    return found


def _sourced(finding: Finding, check: Check) -> Finding:
    """What neither order, inventory nor policy says is the test's own rule."""
    return finding if finding.source else replace(finding, source=f"rule of test {check.number}")


def _reason(findings: tuple[Finding, ...]) -> str:
    """The verdict in one line: the first finding that decided it, and how many more there are."""
    verdict = conclude(findings)
    deciding = [finding for finding in findings if finding.verdict is verdict]
    if not deciding:
        return "the test found nothing to look at"
    if verdict is Verdict.PASS:
        return f"{len(deciding)} of {len(findings)} findings as expected"
    first = deciding[0]
    told = first.observed if verdict is Verdict.NOT_APPLICABLE else str(first)
    return f"{told} (and {len(deciding) - 1} more)" if len(deciding) > 1 else told
