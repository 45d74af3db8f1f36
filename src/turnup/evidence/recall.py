"""The transcript behind a certificate, out of the store: what the router said on that day, byte for byte."""

from __future__ import annotations

from turnup.errors import InputError
from turnup.evidence.store import EvidenceStore
from turnup.model.certificate import Certificate, EvidenceItem
from turnup.model.transcript import Answer, Ask, Transcript


def recall(certificate: Certificate, store: EvidenceStore) -> Transcript:
    """Everything asked and answered in that run.

    Raises InputError that names every answer that is missing or altered: nothing is judged on what is left.
    """
    answers: dict[Ask, Answer] = {}
    lost: list[str] = []
    for item in certificate.evidence:
        try:
            answers[Ask.of(item.fact, **item.arguments)] = _answer(item, store)
        except InputError as error:
            lost.append(f"`{item.command}`: {error}")
    if lost:
        raise InputError(
            f"{len(lost)} of {len(certificate.evidence)} answers are missing or altered: {'; '.join(lost)}",
            advice="Restore the evidence folder from your backup, or test the port again.",
        )
    failures = {item.failure for item in certificate.evidence}
    unreached = len(failures) == 1 and all(item.sha256 is None for item in certificate.evidence)
    return Transcript(
        certificate.subject.router,
        certificate.started,
        certificate.ended,
        answers,
        failure=failures.pop() if unreached else "",
        username=certificate.account,
    )


def _answer(item: EvidenceItem, store: EvidenceStore) -> Answer:
    text = "" if item.sha256 is None else store.get(item.sha256)
    return Answer(item.command, text, item.at, item.seconds, item.failure)
