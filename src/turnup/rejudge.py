"""Judge a certificate's evidence again: with today's templates and tests, and with today's order, inventory, policy.

Two judgements keep apart why a verdict would change: over what the tests had to see on that day only the software is
new; over what they have to see today the files are too. No router is asked and no certificate is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from turnup.certificate.document import digest
from turnup.certificate.expectation import differences, read_expectation
from turnup.certificate.software import software_versions
from turnup.certify import secret_names, what_is_expected
from turnup.checks import Expected
from turnup.errors import ExitCode, UsageError
from turnup.evidence.recall import recall
from turnup.evidence.store import EvidenceStore
from turnup.judge.run import judge
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.model.certificate import Certificate
from turnup.model.result import TestResult
from turnup.model.verdict import BY_A_PERSON, Finding, Verdict
from turnup.noc import Noc
from turnup.platforms import platform

SOFTWARE, FILES = "software", "order, inventory or policy"
_CODES = {
    Verdict.FAIL: ExitCode.FAILED,
    Verdict.INCONCLUSIVE: ExitCode.COULD_NOT_RUN,
}


@dataclass(frozen=True)
class FindingChange:
    """A finding that says something else; None = there is no such finding."""

    subject: str
    before: Finding | None
    after: Finding | None


@dataclass(frozen=True)
class TestChange:
    """A test whose verdict would be another one; `because` is `software` or `order, inventory or policy`."""

    __test__ = False

    number: int
    title: str
    before: Verdict
    after: Verdict
    reason: str
    because: str
    findings: tuple[FindingChange, ...]


@dataclass(frozen=True)
class Rejudged:
    """What today's judgement of a certificate's evidence comes to. `notes` say what could not be compared."""

    certificate: str
    tests: tuple[TestChange, ...]
    expected: tuple[tuple[str, str, str], ...]  # (field, before, after) of what the tests have to see
    software: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """0 nothing changes; 4 a test would fail now; 3 it would be inconclusive; 8 another change, for a person."""
        now = {test.after for test in self.tests}
        found = next((code for verdict, code in _CODES.items() if verdict in now), None)
        return found or (ExitCode.WAITS if self.tests else ExitCode.SATISFIED)


@dataclass(frozen=True)
class Remembered:
    """A certificate's run, out of the store: what the tests had to see (None in older documents), and the answers."""

    expected: Expected | None
    facts: TranscriptFacts


def remembered(noc: Noc, certificate: Certificate) -> Remembered:
    """Expected values and facts of that run. Raises InputError naming whatever is missing or altered."""
    store = EvidenceStore(noc.home.part("evidence"), noc.redact)
    facts = TranscriptFacts(platform(certificate.software.platform), platform("noc"), recall(certificate, store))
    if certificate.expected is None:
        return Remembered(None, facts)
    return Remembered(read_expectation(store.get(certificate.expected), where="expected values of that day"), facts)


def expected_today(noc: Noc, certificate: Certificate, before: Expected | None) -> Expected:
    """What the tests would have to see today in that run. Raises UsageError when nobody knows the order any more."""
    subject = certificate.subject
    assignment = noc.ledger.assignment(subject.order) if subject.order else None
    if subject.order and assignment is None:
        raise UsageError(f"{subject.order} has no port any more")
    if assignment and (assignment.port.router, str(assignment.port.interface)) != (subject.router, subject.port):
        raise UsageError(f"{subject.order} has another port now: {assignment.port.router} {assignment.port.interface}")
    names = secret_names(noc, subject.router, assignment)
    today = what_is_expected(noc, subject.router, assignment, before.since if before else "", names)
    if before is None:
        return replace(today, username=certificate.account)
    # Of the run, not of the files: whose login it was, from when the log counts, which secrets were at hand.
    return replace(today, username=before.username, known_secrets=before.known_secrets)


def rejudge(noc: Noc, certificate: Certificate) -> Rejudged:
    """Judge again. Raises InputError when evidence is missing or altered, UsageError when nothing can be expected."""
    run = remembered(noc, certificate)
    notes: list[str] = []
    today: Expected | None = None
    try:
        today = expected_today(noc, certificate, run.expected)
    except UsageError as error:
        if run.expected is None:
            raise
        notes.append(f"{error}: judged only over what the tests had to see on that day")
    if run.expected is None:
        notes.append("the certificate does not say what its tests had to see: software and files are not told apart")
    then, now = run.expected or today, today or run.expected
    if then is None or now is None:
        raise UsageError("nobody says what the tests have to see")
    by_software = _judged(then, run.facts)
    by_files = by_software if now is then else _judged(now, run.facts)
    return Rejudged(
        certificate=digest(certificate),
        tests=tuple(_changes(certificate.rows, by_software, by_files)),
        expected=differences(then, now) if now is not then else (),
        software=tuple(_software(certificate)),
        notes=tuple(notes),
    )


def unproved(certificate: Certificate, store: EvidenceStore) -> tuple[str, ...]:
    """Tests that the certificate calls good and its own evidence does not; () also for an older one without `expected`.

    What a person attested is not in the evidence and is left to the book. Raises InputError for evidence that is lost.
    """
    if certificate.expected is None:
        return ()
    expected = read_expectation(store.get(certificate.expected), where="expected values of that day")
    facts = TranscriptFacts(platform(certificate.software.platform), platform("noc"), recall(certificate, store))
    again = {row.number: row for row in _judged(expected, facts)}
    return tuple(
        f"test {row.number} says {row.verdict}, its evidence says {other.verdict}: {other.reason}"
        for row in certificate.rows
        if row.verdict in _GOOD and (other := again.get(row.number)) is not None and not _good(other)
    )


_GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def _good(row: TestResult) -> bool:
    open_ = [finding for finding in row.findings if finding.verdict not in _GOOD]
    return row.verdict in _GOOD or (bool(open_) and all(one.expected == BY_A_PERSON for one in open_))


def _judged(expected: Expected, facts: TranscriptFacts) -> tuple[TestResult, ...]:
    missing = platform(expected.router.platform).settings.not_applicable
    return judge(expected, facts, not_on_platform=missing)


def _changes(
    before: Sequence[TestResult], by_software: Sequence[TestResult], by_files: Sequence[TestResult]
) -> Iterator[TestChange]:
    old = {row.number: row for row in before}
    first = {row.number: row for row in by_software}
    for row in by_files:
        was = old.get(row.number)
        if was is not None and was.verdict is not row.verdict:
            because = SOFTWARE if first[row.number].verdict is row.verdict else FILES
            yield TestChange(
                row.number, row.title, was.verdict, row.verdict, row.reason, because, tuple(_findings(was, row))
            )
    for number in sorted(set(old) - {row.number for row in by_files}):
        gone = old[number]
        why = "there is no such test any more"
        yield TestChange(number, gone.title, gone.verdict, Verdict.INCONCLUSIVE, why, SOFTWARE, ())


def _findings(before: TestResult, after: TestResult) -> Iterator[FindingChange]:
    """Findings with another verdict, those that are new and those that are gone; the same subject in its order."""
    old, new = _numbered(before.findings), _numbered(after.findings)
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or was.verdict is not now.verdict:
            yield FindingChange(key[0], was, now)


def _numbered(findings: Sequence[Finding]) -> dict[tuple[str, int], Finding]:
    found: dict[tuple[str, int], Finding] = {}
    for finding in findings:
        count = sum(subject == finding.subject for subject, _ in found)
        found[finding.subject, count] = finding
    return found


def _software(certificate: Certificate) -> Iterator[tuple[str, str, str]]:
    before, now = certificate.software, software_versions(certificate.software.platform)
    for name in ("turnup", "templates", "acceptance"):
        was, is_now = getattr(before, name), getattr(now, name)
        if was != is_now:
            yield name, was, is_now
