"""Is a signed certificate what its signers signed? Needs the file, the evidence and public keys; nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from turnup.certificate.document import from_json
from turnup.errors import ExitCode, InputError, UsageError
from turnup.load.json import canonical_json, read_json
from turnup.model.certificate import Certificate, Outcome
from turnup.signing.envelope import Sealed, read_envelope
from turnup.signing.evidence import EvidenceFolder
from turnup.signing.faults import Fault
from turnup.signing.keys import PublicKey
from turnup.signing.statement import Statement, differences, read_statement

_CLOCKS_APART = timedelta(minutes=5)
_OUTCOMES = {
    Outcome.SATISFIED.value: ExitCode.SATISFIED,
    Outcome.NOT_SATISFIED.value: ExitCode.FAILED,
    Outcome.INCONCLUSIVE.value: ExitCode.COULD_NOT_RUN,
    Outcome.PENDING.value: ExitCode.WAITS,
}


@dataclass(frozen=True)
class Trust:
    """Whose signatures are asked for. `carrier_only` leaves other signatures unlooked at, and says so."""

    carrier: tuple[PublicKey, ...]
    customer: tuple[PublicKey, ...] = ()
    carrier_only: bool = False

    def __post_init__(self) -> None:
        if not self.carrier:
            raise UsageError("no public key of the carrier", advice="Give --key FILE.pub (turnup keys show).")
        if {key.keyid for key in self.carrier} & {key.keyid for key in self.customer}:
            raise UsageError("the customer's key is the carrier's: that would be one signature, not two")


@dataclass(frozen=True)
class Verification:
    """What was found. `faults` is empty when every byte is as signed; `notes` are worth knowing."""

    where: str
    statement: Statement | None
    signers: tuple[str, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()

    @property
    def authentic(self) -> bool:
        """Whether it is what was signed, by whom it should."""
        return self.statement is not None and not self.faults

    @property
    def outcome(self) -> str:
        """The certificate's outcome; "" where it cannot be relied on."""
        return str(self.statement.document["outcome"]) if self.statement and self.authentic else ""

    @property
    def exit_code(self) -> ExitCode:
        """An authentic certificate has the code of its outcome: a red one that was not forged is still red.

        6 = something was altered, 3 = something could not be proved.
        """
        if any(fault.altered for fault in self.faults) or self.statement is None:
            return ExitCode.REFUSED
        if self.faults:
            return ExitCode.COULD_NOT_RUN
        return _OUTCOMES.get(self.outcome, ExitCode.COULD_NOT_RUN)


def verify(
    data: bytes,
    trust: Trust,
    now: datetime,
    *,
    where: str = "",
    certificate: tuple[str, bytes] | None = None,
    evidence: EvidenceFolder | None = None,
    without_evidence: bool = False,
) -> Verification:
    """Everything that is wrong with an envelope's file, its certificate's file (name and bytes) and its evidence.

    Never raises for what stands in them.
    """
    try:
        sealed = read_envelope(data, where=where)
    except InputError as error:
        return Verification(where, None, (), (Fault(where, _without(str(error), where)),))
    signers, faults, notes = _signatures(sealed, trust)
    try:
        statement = read_statement(sealed.payload, where="statement")
    except InputError as error:
        faults.append(Fault("statement", _without(str(error), "statement")))
        return Verification(where, None, signers, tuple(faults), tuple(notes))
    faults += _of_statement(statement, sealed, trust, now)
    if certificate is not None:
        faults += _of_file(statement, *certificate)
    if evidence is not None:
        faults += _of_evidence(statement, evidence)
    elif without_evidence:
        notes.append("the evidence was not looked at")
    elif any(item["sha256"] for item in statement.document["evidence"]):
        faults.append(Fault("evidence", "no folder with it is here; nothing of it was compared", altered=False))
    return Verification(where, statement, signers, tuple(faults), tuple(notes))


def _without(text: str, where: str) -> str:
    return text.removeprefix(f"{where}: ")


def _signatures(sealed: Sealed, trust: Trust) -> tuple[tuple[str, ...], list[Fault], list[str]]:
    """Who signed, by name; what is wrong with signatures; what was left out."""
    roles = [("carrier", key) for key in trust.carrier] + [("customer", key) for key in trust.customer]
    known = {key.keyid: (role, key) for role, key in roles}
    signed: list[str] = []
    faults: list[Fault] = []
    notes: list[str] = []
    good: set[str] = set()
    for number, keyid in enumerate(sealed.keyids, start=1):
        where = f"signature {number}"
        if keyid not in known and trust.carrier_only:
            notes.append(f"{where} of key {keyid[:16]} was not looked at")
        elif keyid not in known:
            faults.append(Fault(where, f"key {keyid[:16]} is none of the keys given", altered=False))
        elif not sealed.signed_by(known[keyid][1]):
            faults.append(Fault(where, f"is not that of key {keyid[:16]} over this statement: one of both was altered"))
        else:
            role, key = known[keyid]
            good.add(role)
            signed.append(f"{role}: {key.owner or 'no owner named'} (key {keyid[:16]})")
    if "carrier" not in good:
        faults.append(Fault("signatures", "none of the carrier's keys given has signed this", altered=False))
    if trust.customer and "customer" not in good:
        faults.append(Fault("signatures", "none of the customer's keys given has signed this", altered=False))
    return tuple(signed), faults, notes


def _of_statement(statement: Statement, sealed: Sealed, trust: Trust, now: datetime) -> Iterator[Fault]:
    # When the customer signed is not in the envelope: some time between the carrier's signature and now.
    times = [(key, statement.signed_at, statement.signed_at) for key in trust.carrier]
    times += [(key, now, statement.signed_at) for key in trust.customer]
    for key, latest, earliest in times:
        if key.keyid in sealed.keyids and (told := key.unfit(latest, earliest)):
            yield Fault("signatures", f"{told}; this was signed on {statement.signed_at:%Y-%m-%d}", altered=False)
    if statement.signed_at > now + _CLOCKS_APART:
        yield Fault("statement", f"was signed in the future, {statement.signed_at.isoformat()}", altered=False)
    try:
        certificate = _certificate(statement.document)
    except InputError as error:
        yield Fault("certificate", str(error))
        return
    if statement.signed_at < certificate.ended:
        yield Fault("statement", "was signed before the tests had ended")


def _certificate(document: Any) -> Certificate:
    return from_json(canonical_json(document).decode("ascii"))


def _of_file(statement: Statement, name: str, data: bytes) -> Iterator[Fault]:
    """The certificate's own file against the certificate that was signed."""
    if hashlib.sha256(data).hexdigest() == statement.file_sha256:
        return
    try:
        found = read_json(data)
    except InputError as error:
        yield Fault(name, str(error))
        return
    told = differences(statement.document, found)
    for one in told:
        yield Fault(name, one)
    if not told:
        yield Fault(name, "says the same, but its blanks, line ends or order are not as they were signed")


def _of_evidence(statement: Statement, evidence: EvidenceFolder) -> Iterable[Fault]:
    try:
        return tuple(evidence.faults(statement.document))
    except (KeyError, TypeError, ValueError) as error:  # a signed document that is no certificate
        return (Fault("certificate", f"its list of evidence cannot be read ({error})"),)
