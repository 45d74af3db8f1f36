"""Verdicts and findings: what a test concluded, and on what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BY_A_PERSON = "attestation by a person"  # what a finding expects where no machine can look


class Verdict(StrEnum):
    """Outcome of one acceptance test. Only PASS, and NOT APPLICABLE with a reason, let a port go into service."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_APPLICABLE = "NOT APPLICABLE"
    PENDING = "PENDING"


@dataclass(frozen=True)
class Seen:
    """Where something was seen: the command, the first line of it (from 1; 0 = whole answer) and its text."""

    command: str
    line: int
    text: str


@dataclass(frozen=True)
class Finding:
    """One thing a test looked at: expected, observed, and where each came from."""

    subject: str
    verdict: Verdict
    expected: str
    observed: str
    source: str = ""  # where the expected value comes from
    seen: tuple[Seen, ...] = ()

    def __str__(self) -> str:
        return f"{self.subject}: expected {self.expected}, observed {self.observed}"


# The worst finding decides. FAIL comes before INCONCLUSIVE: what is proved wrong is wrong whatever else is unknown.
_ORDER = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PENDING, Verdict.PASS, Verdict.NOT_APPLICABLE)


def conclude(findings: Iterable[Finding]) -> Verdict:
    """Verdict of a test from its findings; no finding at all is INCONCLUSIVE, never PASS."""
    seen = {finding.verdict for finding in findings}
    return next((verdict for verdict in _ORDER if verdict in seen), Verdict.INCONCLUSIVE)
