"""Sign a certificate, and put the customer's signature beside the carrier's (PASA 1.4(a): test results,
which he accepts in writing)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from turnup.certificate.document import from_json
from turnup.durable import write_whole
from turnup.errors import InputError, Refused
from turnup.signing.envelope import SUFFIX, add_signature, read_envelope, seal
from turnup.signing.evidence import EvidenceFolder, hand_over
from turnup.signing.keys import PublicKey, public_part, read_public_key, read_signer
from turnup.signing.statement import read_statement, statement_of
from turnup.signing.verify import Trust, Verification, verify


def evidence_beside(path: Path) -> Path | None:
    """The folder `evidence` that belongs to a certificate's file: beside it, or beside its folder; None without one."""
    here = path.absolute().parent
    return next((one for one in (here / "evidence", here.parent / "evidence") if one.is_dir()), None)


def sign(
    certificate: Path, key: str, now: datetime, *, evidence: Path | None = None, keys: Path | None = None
) -> bytes:
    """The signed certificate of that file. `keys` is the folder with public keys, where the signer's limits stand.

    Raises InputError for a certificate that contradicts itself, Refused when evidence is missing or altered, the key
    has expired, or the certificate is younger than now.
    """
    where = str(certificate)
    file = read_file(certificate)
    read = from_json(file.decode("utf-8", "replace"), where=where)
    if now < read.ended:
        raise Refused(f"the tests ended at {read.ended.isoformat()}, which is yet to come", advice="Set the clock.")
    signer = _fit_signer(key, now, keys)
    statement = statement_of(certificate.stem, file, now, where=where)
    folder = evidence or evidence_beside(certificate)
    if folder is None:
        raise Refused(f"no evidence is with {where}", advice="Sign where the tests ran, or name the folder: --evidence")
    found = tuple(EvidenceFolder(folder).faults(read_statement(statement).document))
    if found:
        raise Refused(f"not signed: {'; '.join(map(str, found))}", advice="Restore the evidence, or test again.")
    return seal(statement, signer)


def countersign(path: Path, key: str, trust: Trust, now: datetime, *, keys: Path | None = None) -> bytes:
    """The signed certificate with one more signature over the same bytes: the customer's.

    Raises Refused unless the carrier's signature, the statement and the evidence are right: nobody signs what was not
    looked at.
    """
    found = verify_file(path, trust, now)
    if not found.authentic:
        raise Refused(
            f"not signed: {'; '.join(map(str, found.faults))}", advice="turnup verify shows the same; ask the carrier."
        )
    return add_signature(read_envelope(read_file(path), where=str(path)), _fit_signer(key, now, keys))


def verify_file(
    path: Path,
    trust: Trust,
    now: datetime,
    *,
    certificate: Path | None = None,
    evidence: Path | None = None,
    without_evidence: bool = False,
) -> Verification:
    """`verify` with what lies beside the file: the certificate's own file and the folder with the evidence."""
    beside = path.with_suffix(".json")
    own = certificate or (beside if beside.is_file() else None)
    folder = None if without_evidence else evidence or evidence_beside(path)
    return verify(
        read_file(path),
        trust,
        now,
        where=path.name,
        certificate=(own.name, read_file(own)) if own else None,
        evidence=EvidenceFolder(folder) if folder else None,
        without_evidence=without_evidence,
    )


def write_new(path: Path, data: bytes, *, replacing: bool = False) -> None:
    """Write whole or not at all. Raises Refused when the file is there: it may bear signatures already."""
    if path.exists() and not replacing:
        raise Refused(
            f"{path} is there already", advice="turnup verify shows who signed it; name another file with -o."
        )
    try:
        write_whole(path, data)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from error


def give_to_customer(certificate: Path, signed: bytes, folder: Path, evidence: Path | None = None) -> int:
    """A folder that the customer can verify on his own: certificate, signature, evidence in plain text files."""
    store = evidence or evidence_beside(certificate)
    file = read_file(certificate)
    folder.mkdir(parents=True, exist_ok=True)
    write_new(folder / f"{certificate.stem}{SUFFIX}", signed)
    (folder / certificate.name).write_bytes(file)
    document = read_statement(read_envelope(signed).payload).document
    return hand_over(document, store, folder / "evidence") if store else 0


def read_file(path: Path) -> bytes:
    """Its bytes. Raises InputError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error


def _fit_signer(reference: str, now: datetime, keys: Path | None) -> CryptoSigner:
    """The signer, when its public part does not say that it may not sign now."""
    signer = read_signer(reference)
    known = public_part(reference) or _public_part_in(keys, signer.public_key.keyid)
    if known is not None and known.keyid != signer.public_key.keyid:
        raise InputError("is not the public part of the key beside it", where=known.where)
    if known is not None and (told := known.unfit(now)):
        raise Refused(told, advice="Make a new key (turnup keys new --name ...) and hand out its public part.")
    return signer


def _public_part_in(keys: Path | None, keyid: str) -> PublicKey | None:
    found = (read_public_key(path) for path in sorted(keys.glob("*.pub"))) if keys and keys.is_dir() else ()
    return next((key for key in found if key.keyid == keyid), None)
