"""Where a person decides: the attestation that counts, otherwise PENDING with what to do, what to look at, and how to
attest it."""

from __future__ import annotations

from turnup.checks import Expected, pending
from turnup.model.verdict import BY_A_PERSON, Finding, Seen


def by_a_person(
    expected: Expected,
    test: str,
    subject: str,
    why: str,
    steps: tuple[str, ...],
    *,
    number: int,
    seen: tuple[Seen, ...],
) -> Finding:
    """PASS or FAIL as attested; PENDING with the steps while nothing counts, and with the reason why it does not.

    `seen` are the configuration lines that it is bound to: with another line the attestation no longer counts.
    """
    found = next((one for one in expected.attestations if one.test == test), None)
    void = found.void_for(subject, seen) if found else ""
    if found is not None and not void:
        return Finding(subject, found.verdict, BY_A_PERSON, str(found), found.source, seen)
    told = f"{why}; the attestation of {found.by} does not count: it {void}" if found else why
    port = expected.assignment.order.order_id if expected.assignment else "CERTIFICATE"
    attest = f"turnup attest {port} --test {number} --verdict pass|fail --by NAME --witness NAME --file PHOTO --days N"
    numbered = " ".join(f"({count}) {step}." for count, step in enumerate((*steps, f"Then: {attest}"), start=1))
    return pending(subject, f"{told}. {numbered}", source=f"rule of test {number}", seen=seen)
