"""The DSSE envelope: the statement and its signatures in one file. The second signature is the customer's."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Signature

from turnup.errors import InputError, Refused
from turnup.load.json import read_json
from turnup.signing.keys import PublicKey
from turnup.signing.statement import PAYLOAD_TYPE

SUFFIX = ".dsse"
_FIELDS = {"payload", "payloadType", "signatures"}
_CUT_OR_CHANGED = "The file was cut off or changed on its way: get it again from whoever signed it."


@dataclass(frozen=True)
class Sealed:
    """An envelope as read: what was signed and by which keys; whether that is true is not looked at yet."""

    envelope: Envelope

    @property
    def payload(self) -> bytes:
        """The statement."""
        return bytes(self.envelope.payload)

    @property
    def pae(self) -> bytes:
        """The bytes that each signature signs (DSSE's pre-authentication encoding)."""
        return self.envelope.pae()

    @property
    def keyids(self) -> tuple[str, ...]:
        """Ids of the keys that are said to have signed."""
        return tuple(self.envelope.signatures)

    def signed_by(self, key: PublicKey) -> bool:
        """Whether that key's signature is here and is right."""
        signature = self.envelope.signatures.get(key.keyid)
        if signature is None:
            return False
        try:
            key.key.verify_signature(signature, self.pae)
        except UnverifiedSignatureError:
            return False
        return True


def seal(statement: bytes, signer: CryptoSigner) -> bytes:
    """The file of a statement with its first signature."""
    envelope = Envelope(statement, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return written(envelope)


def add_signature(sealed: Sealed, signer: CryptoSigner) -> bytes:
    """The file with one more signature over the same bytes. Raises Refused when that key has signed already."""
    if signer.public_key.keyid in sealed.keyids:
        raise Refused(f"key {signer.public_key.keyid[:16]} has signed this already")
    envelope = Envelope(sealed.payload, PAYLOAD_TYPE, dict(sealed.envelope.signatures))
    envelope.sign(signer)
    return written(envelope)


def written(envelope: Envelope) -> bytes:
    """The one way in which an envelope stands in a file, so that no byte of it can change unseen."""
    return (json.dumps(envelope.to_dict(), indent=2) + "\n").encode("ascii")


def read_envelope(data: bytes, *, where: str = "") -> Sealed:
    """The envelope of a file. Raises InputError for anything but the very bytes that turnup writes."""
    found = read_json(data, where=where)
    if not isinstance(found, dict) or set(found) != _FIELDS or not isinstance(found["signatures"], list):
        raise _no_envelope(f"expected the fields {', '.join(sorted(_FIELDS))}", where)
    if found["payloadType"] != PAYLOAD_TYPE:
        raise _no_envelope(f"payloadType is {found['payloadType']!r}, expected {PAYLOAD_TYPE!r}", where)
    if not found["signatures"]:
        raise _no_envelope("nobody signed it", where)
    payload = _decoded(found["payload"], "payload", where)
    signatures: dict[str, Signature] = {}
    for number, one in enumerate(found["signatures"]):
        keyid, signature = _signature(one, f"signatures[{number}]", where)
        if keyid in signatures:
            raise _no_envelope(f"two signatures of key {keyid[:16]}", where)
        signatures[keyid] = signature
    envelope = Envelope(payload, PAYLOAD_TYPE, signatures)
    if written(envelope) != data:
        raise _no_envelope("its fields, blanks or line ends are not as they were written", where)
    return Sealed(envelope)


def _signature(one: Any, path: str, where: str) -> tuple[str, Signature]:
    if not isinstance(one, dict) or set(one) != {"keyid", "sig"} or not isinstance(one["keyid"], str):
        raise _no_envelope(f"{path} must have keyid and sig", where)
    return one["keyid"], Signature(one["keyid"], _decoded(one["sig"], f"{path}.sig", where).hex())


def _decoded(text: object, path: str, where: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii") if isinstance(text, str) else b"!", validate=True)
    except ValueError:
        raise _no_envelope(f"{path} is no base64 text", where) from None


def _no_envelope(reason: str, where: str) -> InputError:
    return InputError(f"is not a signed certificate as turnup writes it: {reason}", where=where, advice=_CUT_OR_CHANGED)
