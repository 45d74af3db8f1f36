"""Make an attestation, and say which of those made still count."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from turnup.errors import InputError, Refused, UsageError
from turnup.model.attestation import Attestation, fingerprint
from turnup.model.certificate import Certificate
from turnup.model.result import TestResult
from turnup.model.verdict import BY_A_PERSON, Finding, Verdict

LONGEST_NAME = 80
_CLOCKS_APART = timedelta(minutes=5)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def waiting(certificate: Certificate, test: str) -> tuple[TestResult, tuple[Finding, ...]]:
    """The row of that test (number or name) and its findings that a person decides.

    Raises UsageError for an unknown test, Refused when nothing in it is for a person: what a machine proved, or
    failed to prove, no attestation overrides.
    """
    row = next((one for one in certificate.rows if test in (str(one.number), one.name)), None)
    if row is None:
        raise UsageError(f"no test {test!r} is on the certificate", advice="Give its number, 1 to 20, or its name.")
    findings = tuple(finding for finding in row.findings if finding.expected == BY_A_PERSON)
    if not findings:
        raise Refused(
            f"test {row.number} ({row.title}) is {row.verdict} and waits for nobody: {row.reason}",
            advice="An attestation overrides nothing that a machine found. Correct the cause and test again.",
        )
    return row, findings


def attestation_of(
    certificate: Certificate,
    test: str,
    *,
    verdict: Verdict,
    by: str,
    witness: str,
    at: datetime,
    expires: datetime,
    file_sha256: str,
    note: str = "",
) -> Attestation:
    """The attestation of a test of that certificate. Raises UsageError, Refused."""
    row, findings = waiting(certificate, test)
    subject = certificate.subject
    made = Attestation(
        test=row.name,
        router=subject.router,
        port=subject.port,
        order=subject.order,
        verdict=verdict,
        by=" ".join(by.split()),
        witness=" ".join(witness.split()),
        at=at,
        expires=expires,
        file_sha256=file_sha256,
        covers={finding.subject: fingerprint(finding.seen) for finding in findings},
        note=" ".join(note.split()),
    )
    if told := next(_flaws(made), ""):
        raise UsageError(f"not attested: it {told}", advice="turnup attest --help; nothing was written.")
    return made


def file_digest(path: Path) -> str:
    """SHA-256 of a photo or log. Raises InputError when it is empty or cannot be read."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            size = file.tell()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    if not size:
        raise InputError("is empty: it shows nothing", where=str(path))
    return digest.hexdigest()


def standing(
    records: Iterable[Attestation], *, router: str, port: str | None, order: str | None, now: datetime
) -> tuple[Attestation, ...]:
    """For each test the one attestation to look at on that port: the last that was made for it.

    `void` says why it does not count: expired, made for another port or order of that router, flawed.
    """
    latest: dict[str, Attestation] = {}
    elsewhere: dict[str, Attestation] = {}
    for one in records:
        if one.router == router:
            here = (one.port, one.order) == (port, order)
            (latest if here else elsewhere)[one.test] = one
    for test, one in elsewhere.items():
        where = f"was made for {one.port or 'the router'} ({one.order or 'no order'})"
        latest.setdefault(test, replace(one, void=where))
    return tuple(replace(one, void=one.void or _void(one, now)) for one in latest.values())


def _void(one: Attestation, now: datetime) -> str:
    if told := next(_flaws(one), ""):
        return told
    if one.at > now + _CLOCKS_APART:
        return f"is dated in the future, {one.at.isoformat()}"
    return f"expired on {one.expires:%Y-%m-%d %H:%M UTC}" if now >= one.expires else ""


def _flaws(one: Attestation) -> Iterator[str]:
    """What makes one worthless, whoever wrote it."""
    if one.verdict not in (Verdict.PASS, Verdict.FAIL):
        yield f"says {one.verdict}, which is neither PASS nor FAIL"
    for name, role in ((one.by, "who saw it"), (one.witness, "the witness")):
        if not _letters(name) or not name.isprintable() or len(name) > LONGEST_NAME:
            yield f"does not name {role} in one line of at most {LONGEST_NAME} characters"
    if _same(one.by, one.witness):
        yield f"has {one.by} as own witness; a witness is somebody else"
    if not one.note.isprintable():
        yield "has a note of more than one line"
    if one.expires <= one.at:
        yield "has expired before it was made"
    if not _DIGEST.fullmatch(one.file_sha256):
        yield "names no file by its SHA-256"
    if not one.covers:
        yield "covers nothing"


def _same(one: str, other: str) -> bool:
    """Whether two spellings are one name: `J. Smith`, `j smith`."""
    return _letters(one) == _letters(other)


def _letters(name: str) -> str:
    # Decomposed, so that a letter and its accent are told apart whichever way they were typed.
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())
