"""Issue a port's last certificate again with what was attested since: no router is asked, nothing is judged anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from turnup.attestation.attest import standing
from turnup.attestation.book import Book
from turnup.certificate.build import faults
from turnup.certificate.document import digest
from turnup.certify import certificates_of, keep
from turnup.errors import Refused, TurnupError
from turnup.model.attestation import Attestation
from turnup.model.certificate import Certificate, outcome
from turnup.model.result import TestResult
from turnup.model.verdict import BY_A_PERSON, Finding, Verdict, conclude
from turnup.noc import Noc


def reissued(noc: Noc, certificate: Certificate) -> Certificate:
    """That certificate with its PENDING findings as attested since; kept, and next in the port's chain.

    Its run ends when the last of them was attested; the evidence is the same. Raises Refused when it is not the
    port's last, nothing that waits was attested as PASS, or something in it no longer counts: then the port is to be
    tested again.
    """
    subject = certificate.subject
    kept = certificates_of(noc, subject.router, subject.port)
    if not kept or digest(kept[-1][1]) != digest(certificate):
        raise Refused("is not the port's last certificate", advice="Issue the last one again, or test the port.")
    records = standing(
        Book(noc.home.part("attestations")).read(),
        router=subject.router,
        port=subject.port,
        order=subject.order,
        now=noc.clock(),
    )
    again = with_attestations(certificate, records)
    keep(noc, again)
    return again


def with_attestations(certificate: Certificate, records: Iterable[Attestation]) -> Certificate:
    """The same, issued again. Raises Refused as `reissued` does."""
    by_test = {one.test: one for one in records}
    rows = tuple(_row(row, by_test.get(row.name)) for row in certificate.rows)
    if rows == certificate.rows:
        raise Refused("nothing that this certificate waits for was attested", advice="turnup attest shows what waits.")
    used = [by_test[new.name].at for old, new in zip(certificate.rows, rows, strict=True) if old != new]
    again = replace(
        certificate,
        rows=rows,
        outcome=outcome(rows, certificate.identity),
        ended=max(certificate.ended, *used),
        previous=digest(certificate),
    )
    if found := tuple(faults(again)):
        raise TurnupError(f"no certificate can be made with these attestations: {'; '.join(found)}")
    return again


def _row(row: TestResult, record: Attestation | None) -> TestResult:
    findings = tuple(_finding(row, finding, record) for finding in row.findings)
    if findings == row.findings:
        return row
    verdict = conclude(findings)
    reason = row.reason
    if verdict is Verdict.PASS:
        passed = sum(finding.verdict is Verdict.PASS for finding in findings)
        reason = f"{passed} of {len(findings)} findings as expected"
    elif verdict is Verdict.PENDING:
        reason = str(next(finding for finding in findings if finding.verdict is verdict))
    return replace(row, verdict=verdict, reason=reason, findings=findings)


def _finding(row: TestResult, finding: Finding, record: Attestation | None) -> Finding:
    """The finding as attested; what was attested before must still count."""
    if finding.expected != BY_A_PERSON:
        return finding
    void = record.void_for(finding.subject, finding.seen) if record else "is not in the book"
    if record is None or void:
        if finding.verdict is not Verdict.PENDING:
            raise Refused(f"test {row.number}: what was attested no longer counts: it {void}", advice=_TEST_AGAIN)
        return finding
    if record.verdict is not Verdict.PASS:
        raise Refused(f"test {row.number}: {record}", advice=_TEST_AGAIN)
    return replace(finding, verdict=record.verdict, observed=str(record), source=record.source)


_TEST_AGAIN = "Test the port again: turnup test."
