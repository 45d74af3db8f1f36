"""Put a certificate together, and know what makes one worthless."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

from turnup.errors import TurnupError
from turnup.model.certificate import (
    SCHEMA,
    Cause,
    Certificate,
    EvidenceItem,
    Occasion,
    RouterIdentity,
    Sensitivity,
    Software,
    Subject,
    is_agreed,
    outcome,
)
from turnup.model.result import SCHEDULE_2, TestResult
from turnup.model.verdict import BY_A_PERSON, Finding, Verdict, conclude

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ATTESTED = re.compile(
    r"(PASS|FAIL) attested by \S.*, witnessed by \S.*, on .+, file sha256 [0-9a-f]{64}, valid until .+"
)
_ATTESTATION = re.compile(r"attestation [0-9a-f]{16}")


def build_certificate(
    *,
    subject: Subject,
    identity: RouterIdentity,
    results: Sequence[TestResult],
    evidence: Iterable[EvidenceItem],
    started: datetime,
    ended: datetime,
    software: Software,
    occasion: Occasion = Occasion.INITIAL,
    attempt: int = 1,
    account: str = "",
    previous: str | None = None,
    expected: str | None = None,
    causes: tuple[Cause, ...] | None = None,
    sensitivity: Sensitivity | None = None,
) -> Certificate:
    """The certificate of one run; the outcome is worked out here. Raises TurnupError when it would be worthless."""
    rows = tuple(sorted(results, key=lambda row: row.number))
    certificate = Certificate(
        subject=subject,
        identity=identity,
        occasion=occasion,
        attempt=attempt,
        started=started,
        ended=ended,
        outcome=outcome(rows, identity),
        rows=rows,
        evidence=tuple(evidence),
        software=software,
        account=account,
        previous=previous,
        expected=expected,
        causes=causes,
        sensitivity=sensitivity,
    )
    if found := tuple(faults(certificate)):
        raise TurnupError(f"no certificate can be made of this run: {'; '.join(found)}")
    return certificate


def faults(certificate: Certificate) -> Iterator[str]:
    """Everything that contradicts itself or Schedule 2 in a certificate, wherever it came from."""
    if certificate.schema != SCHEMA:
        yield f"schema is {certificate.schema!r}, expected {SCHEMA!r}"
    yield from _faults_of_rows(certificate.rows)
    yield from _faults_of_evidence(certificate.rows, certificate.evidence)
    yield from _faults_of_frame(certificate)
    if certificate.causes is not None:
        yield from _faults_of_causes(certificate.rows, certificate.causes)
    if certificate.sensitivity is not None:
        yield from _faults_of_sensitivity(certificate.rows, certificate.sensitivity)
    worked_out = outcome(certificate.rows, certificate.identity)
    if certificate.outcome is not worked_out:
        yield f"outcome says {certificate.outcome}, its rows come to {worked_out}"


def _faults_of_rows(rows: Sequence[TestResult]) -> Iterator[str]:
    numbers = [row.number for row in rows]
    twenty = list(range(1, len(SCHEDULE_2) + 1))
    # Tests that a site added stand behind; they count, and can replace none of the twenty.
    added = numbers[len(twenty) :]
    if numbers[: len(twenty)] != twenty or added != sorted(set(added) - set(twenty)):
        yield f"expected the tests 1 to {len(SCHEDULE_2)}, each once and in order, found {numbers}"
        return
    for row, title in zip_longest(rows, SCHEDULE_2):
        where = f"test {row.number}"
        if title is not None and row.title != title:
            yield f"{where} is called {row.title!r}, Schedule 2 says {title!r}"
        if row.verdict is not (concluded := conclude(row.findings)):
            yield f"{where} says {row.verdict}, its findings come to {concluded}"
        if row.verdict is not Verdict.PASS and not row.reason:
            yield f"{where} is {row.verdict} without a reason"
        if row.verdict is Verdict.NOT_APPLICABLE and not is_agreed(row):
            yield f"{where} is NOT APPLICABLE without saying why and who agreed"
        if not all(map(_is_attested, row.findings)):
            yield f"{where} has a finding of a person without who, witness, file and attestation"


def _is_attested(finding: Finding) -> bool:
    """Whether a finding that only a person decides is open, or says all that an attestation does."""
    if finding.expected != BY_A_PERSON or finding.verdict not in (Verdict.PASS, Verdict.FAIL):
        return True
    told = _ATTESTED.fullmatch(finding.observed)
    return bool(told and told[1] == finding.verdict and _ATTESTATION.fullmatch(finding.source))


def _faults_of_evidence(rows: Sequence[TestResult], evidence: Sequence[EvidenceItem]) -> Iterator[str]:
    for item in evidence:
        if item.sha256 is None and not item.failure:
            yield f"`{item.command}` has neither an answer nor a reason for having none"
        if item.sha256 is not None and not _DIGEST.fullmatch(item.sha256):
            yield f"`{item.command}`: {item.sha256!r} is no SHA-256 digest"
    kept = {item.command for item in evidence if item.sha256}
    for row in rows:
        passed = (finding for finding in row.findings if finding.verdict is Verdict.PASS)
        for command in dict.fromkeys(seen.command for finding in passed for seen in finding.seen):
            if command not in kept:
                yield f"test {row.number} rests on `{command}`, which is not among the evidence"


def _faults_of_causes(rows: Sequence[TestResult], causes: Sequence[Cause]) -> Iterator[str]:
    """Every red finding is explained once, and nothing else is."""
    red: Counter[tuple[int, str, Verdict]] = Counter(
        (row.number, finding.subject, finding.verdict)
        for row in rows
        for finding in row.findings
        if finding.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
    )
    told = Counter((one.test, one.subject, one.verdict) for cause in causes for one in cause.folded)
    for number, subject, _ in (told - red) + (red - told):
        yield f"test {number}, {subject!r}: its causes are not those of its findings"
    if any(not cause.folded for cause in causes):
        yield "a cause explains nothing"


def _faults_of_sensitivity(rows: Sequence[TestResult], figures: Sensitivity) -> Iterator[str]:
    passed = {row.number for row in rows if row.verdict is Verdict.PASS}
    of_tests = figures.tests
    if (figures.tried, figures.caught, figures.harmless) != tuple(
        sum(getattr(one, name) for one in of_tests) for name in ("tried", "caught", "harmless")
    ):
        yield "the changes tried are not the sum of those of its tests"
    left = figures.tried - figures.caught - figures.harmless
    if left < len(figures.missed) or (left and not figures.missed) or any(one.tried < 0 for one in of_tests):
        yield "the changes caught and harmless do not come to those tried"
    for one in of_tests:
        if one.number not in passed:
            yield f"test {one.number} did not pass, and changes of its evidence were tried"


def _faults_of_frame(certificate: Certificate) -> Iterator[str]:
    times = [certificate.started, certificate.ended, *(item.at for item in certificate.evidence)]
    if any(time.utcoffset() != timedelta(0) for time in times):
        yield "a time is not in UTC"
    elif certificate.ended < certificate.started:
        yield "it ended before it started"
    if certificate.attempt < 1:
        yield f"attempt {certificate.attempt} cannot be; attempts count from 1"
    digests = {
        "previous": certificate.previous,
        "expected": certificate.expected,
        "software.templates": certificate.software.templates,
        "software.acceptance": certificate.software.acceptance,
    }
    for name, value in digests.items():
        if value is not None and not _DIGEST.fullmatch(value):
            yield f"{name} is {value!r}, no SHA-256 digest"
