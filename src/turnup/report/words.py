"""What all reports say in the same words: outcome, counts, places, times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from turnup.model.certificate import Cause, Certificate, Outcome, Side
from turnup.model.result import TestResult
from turnup.model.verdict import Finding, Seen, Verdict

_SYMBOLS: Mapping[str, str] = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_APPLICABLE: "–",
    Verdict.PENDING: "…",
    Outcome.SATISFIED: "✓",
    Outcome.NOT_SATISFIED: "✗",
}
_COUNTED = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.PENDING: "pending",
    Verdict.NOT_APPLICABLE: "not applicable",
}

_SIDES: Mapping[Side, str] = {
    Side.CARRIER: "on our side",
    Side.CUSTOMER: "on the customer's side",
    Side.CROSS_CONNECT: "cross-connect or far end",
    Side.UNKNOWN: "side not known",
}


def symbol(verdict: Verdict | Outcome) -> str:
    """One letter for a verdict; always shown beside the word, never instead of it."""
    return _SYMBOLS[verdict]


def headline(certificate: Certificate) -> str:
    """The outcome in one sentence."""
    tests = Counter(row.verdict for row in certificate.rows)
    if certificate.outcome is Outcome.SATISFIED:
        return "The port functions properly and satisfies the Acceptance Tests of Schedule 2."
    if certificate.outcome is Outcome.NOT_SATISFIED:
        return f"The port does not satisfy the Acceptance Tests of Schedule 2: {_number(tests[Verdict.FAIL])} failed."
    if certificate.outcome is Outcome.PENDING:
        return f"Not concluded yet: {_number(tests[Verdict.PENDING])} waiting for a person's attestation."
    if tests[Verdict.INCONCLUSIVE]:
        return (
            "It is not proved that the port satisfies the Acceptance Tests of Schedule 2: "
            f"{_number(tests[Verdict.INCONCLUSIVE])} could not be concluded."
        )
    return "Nothing is proved: the router's identity was not read, or no test applied."


def counts(certificate: Certificate) -> str:
    """`16 passed, 2 failed, 2 not applicable`."""
    tests = Counter(row.verdict for row in certificate.rows)
    return ", ".join(f"{tests[verdict]} {word}" for verdict, word in _COUNTED.items() if tests[verdict])


def open_rows(certificate: Certificate) -> tuple[TestResult, ...]:
    """The rows that keep the port out of service, in the order of Schedule 2."""
    return tuple(row for row in certificate.rows if row.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE))


def why(certificate: Certificate) -> tuple[Cause, ...]:
    """The causes of what is red; none for a document that was written before there were causes."""
    return certificate.causes or ()


def explains(cause: Cause) -> str:
    """`tests 4, 8, 9 (7 findings)`: what a cause takes down."""
    numbers = sorted({one.test for one in cause.folded})
    told = ", ".join(map(str, numbers))
    count = len(cause.folded)
    return f"test{'s' if len(numbers) > 1 else ''} {told} ({count} finding{'s' if count > 1 else ''})"


def side(cause: Cause) -> str:
    """Whose side it is on, in words."""
    return _SIDES[cause.side]


def next_step(cause: Cause) -> str:
    """What to type next, and where."""
    return f"{cause.next} (on {cause.router})" if cause.next else "nothing to type on a router"


def cause_of(certificate: Certificate, row: TestResult, finding: Finding) -> Cause | None:
    """The cause that a finding was folded into; None for one that is not red."""
    for cause in why(certificate):
        if any(
            (one.test, one.subject, one.verdict) == (row.number, finding.subject, finding.verdict)
            for one in cause.folded
        ):
            return cause
    return None


def sensitivity(certificate: Certificate) -> str:
    """The figure in one sentence."""
    found = certificate.sensitivity
    if found is None:
        return "Sensitivity: no changes of this evidence were tried (`turnup selftest` tries them)."
    if not found.tried:
        return "Sensitivity: no test passed, so there was no evidence of a PASS to change."
    missed = found.tried - found.caught - found.harmless
    told = "all others" if not missed else f"{found.caught:,}"
    end = f"{missed:,} CHANGED NOTHING AND SHOULD HAVE" if missed else "none was missed"
    return (
        f"Sensitivity: {found.tried:,} changes of this evidence tried; {found.harmless:,} are harmless, "
        f"{told} cost a test its PASS, {end}."
    )


def deciding(row: TestResult) -> tuple[Finding, ...]:
    """The findings that gave the row its verdict."""
    return tuple(finding for finding in row.findings if finding.verdict is row.verdict)


def rule(row: TestResult) -> str:
    """What the test demands, as one paragraph."""
    return " ".join(row.rule.split())


def place(seen: Seen) -> str:
    """Command and lines: `show version, line 2`."""
    return _place(seen.command, (seen,))


def excerpt(seen: Seen) -> str:
    """The first line of what was seen, for a format that has room for one."""
    first, *others = lines(seen.text)
    return f"{first} [{len(others)} more]" if others else first


def places(finding: Finding) -> str:
    """All places a finding was seen at, each command once."""
    commands = dict.fromkeys(seen.command for seen in finding.seen)
    return "; ".join(
        _place(command, [seen for seen in finding.seen if seen.command == command]) for command in commands
    )


def evidence(row: TestResult, findings: Sequence[Finding] | None = None) -> tuple[Seen, ...]:
    """Everything the row's findings (or those given) were seen in, each text once."""
    return tuple(dict.fromkeys(seen for finding in findings or row.findings for seen in finding.seen))


def _place(command: str, all_seen: Sequence[Seen]) -> str:
    spans = sorted({(seen.line, seen.line + len(lines(seen.text)) - 1) for seen in all_seen if seen.line})
    if not spans:
        return f"{command}, whole answer"
    told = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
    return f"{command}, line{'s' if len(spans) > 1 or '-' in told else ''} {told}"


def said(finding: Finding) -> str:
    """A finding in one line: what was expected, what was observed, and where."""
    return f"{finding} ({places(finding)})" if finding.seen else str(finding)


def seconds(row: TestResult, certificate: Certificate) -> float:
    """How long the router took to answer the row's commands; a shared answer counts for each row."""
    wanted = set(row.commands)
    return round(sum(item.seconds for item in certificate.evidence if item.command in wanted), 3)


def lines(text: str) -> list[str]:
    """The lines of a router's text, for a format that can show more than one."""
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


def utc(time: datetime) -> str:
    """`2026-11-22 08:00:05 UTC`."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def local(time: datetime, zone: str | None) -> str:
    """The same moment at the site, `03:00:05 EST`; empty when the site's zone is not known here."""
    if not zone:
        return ""
    try:
        return time.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S %Z")
    except (ZoneInfoNotFoundError, ValueError):
        return ""


def _number(count: int) -> str:
    return f"{count} test" if count == 1 else f"{count} tests"
