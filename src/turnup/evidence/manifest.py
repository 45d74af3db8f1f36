"""What a run asked and where the answers are kept."""

from __future__ import annotations

from turnup.evidence.store import EvidenceStore, address
from turnup.model.certificate import EvidenceItem
from turnup.model.transcript import Answer, Ask, Transcript


def manifest(transcript: Transcript, store: EvidenceStore | None = None) -> tuple[EvidenceItem, ...]:
    """One item a command, in the order asked. With a store the answers are kept in it, otherwise only addressed."""
    return tuple(_item(ask, answer, store) for ask, answer in transcript.answers.items())


def _item(ask: Ask, answer: Answer, store: EvidenceStore | None) -> EvidenceItem:
    common = (ask.fact, answer.command, answer.at, round(answer.seconds, 3))
    if answer.failure and not answer.text:
        return EvidenceItem(*common, sha256=None, bytes=0, arguments=dict(ask.args), failure=answer.failure)
    kept = store.put(answer.text) if store else address(answer.text)
    return EvidenceItem(*common, kept.sha256, kept.bytes, dict(ask.args), answer.failure)
