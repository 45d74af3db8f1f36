"""Ed25519 keys of the carrier and of customers, in files that plain `openssl` reads as well.

A public key's file is PEM with lines in front that say whose it is and how long it may sign:

    Owner: Carrier NOC
    Key-Id: 5f0c...            SHA-256, as securesystemslib works it out; checked when read
    Not-Before: 2026-11-22T00:00:00Z
    Not-After: 2028-11-22T00:00:00Z
    -----BEGIN PUBLIC KEY-----
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from turnup.errors import InputError, Refused, UsageError
from turnup.secrets import Secrets

DEFAULT = "signing"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n")
_FIELDS = ("Owner", "Key-Id", "Not-Before", "Not-After")
_SECRET = "signing-key"  # noqa: S105 - the name in messages


@dataclass(frozen=True)
class PublicKey:
    """A key that is trusted, whose it is, and from when to when it may sign; None = no limit."""

    key: SSlibKey
    owner: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    where: str = ""

    @property
    def keyid(self) -> str:
        """Its id, 64 hexadecimal digits."""
        return self.key.keyid

    def unfit(self, at: datetime, earliest: datetime | None = None) -> str:
        """Why it could not sign at that time, or at any between `earliest` and it; "" when it could."""
        if self.not_before and at < self.not_before:
            return (
                f"key {self.keyid[:16]} of {self.owner or 'nobody named'} is valid only from {_time(self.not_before)}"
            )
        if self.not_after and (earliest or at) >= self.not_after:
            return f"key {self.keyid[:16]} of {self.owner or 'nobody named'} expired on {_time(self.not_after)}"
        return ""


def new_key(folder: Path, name: str, owner: str, now: datetime, valid: timedelta | None = None) -> PublicKey:
    """Make a key pair: `<name>.key` (readable by its owner alone) and `<name>.pub`. Never replaces one.

    Raises UsageError for an unfit name or owner, Refused when a key of that name is there.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a key: letters, digits, `-` and `_`")
    if not owner.strip() or not owner.isprintable() or "-----" in owner:
        raise UsageError("a key needs an owner in one line", advice="--owner 'Carrier NOC'")
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    made = PublicKey(SSlibKey.from_crypto(public), owner.strip(), now, now + valid if valid else None)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / f"{name}.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{path} is there already", advice="Give --name another name; old keys stay valid.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    (folder / f"{name}.pub").write_text(_written(made, public), encoding="utf-8")
    return made


def read_public_key(path: Path) -> PublicKey:
    """The key of a public key's file. Raises InputError when it is none, or its lines in front do not belong to it."""
    where = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=where) from error
    if "PRIVATE KEY" in text:
        raise InputError(
            "is a private key", where=where, advice="Give the .pub file; keep the private one to its owner."
        )
    found = _PEM.search(text)
    if found is None or text[found.end() :].strip():
        raise InputError("is no public key in PEM", where=where)
    try:
        public = load_pem_public_key(found[0].encode("ascii"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(f"is no public key ({error})", where=where) from error
    if not isinstance(public, Ed25519PublicKey):
        raise InputError("is no Ed25519 key", where=where)
    key = SSlibKey.from_crypto(public)
    fields = _fields(text[: found.start()], where)
    if fields.get("Key-Id", key.keyid) != key.keyid:
        raise InputError(f"Key-Id is not that of the key, which is {key.keyid}", where=where)
    limits = [_limit(fields, name, where) for name in ("Not-Before", "Not-After")]
    return PublicKey(key, fields.get("Owner", ""), limits[0], limits[1], where)


def read_signer(reference: str, environ: Mapping[str, str] | None = None) -> CryptoSigner:
    """The signer of a private key: a file's path, `env:VARIABLE` or `keyring:SERVICE/USER`.

    Behind the latter two stands PKCS #8 DER in base64, on one line. Raises InputError; no message holds the key.
    """
    if reference.startswith(("env:", "keyring:")):
        return _signer_of(_der(Secrets({_SECRET: reference}, environ).reveal(_SECRET), reference), reference)
    path = Path(reference)
    try:
        others = path.stat().st_mode & 0o077
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the signing key cannot be read: {error.strerror}", where=reference, advice="Make one: turnup keys new"
        ) from error
    if others:
        raise InputError("others may read the signing key", where=reference, advice=f"Run: chmod 600 {reference}")
    return _signer_of(data, reference)


def public_part(reference: str) -> PublicKey | None:
    """The public key's file that lies beside a private one; None for a key that is kept elsewhere."""
    if reference.startswith(("env:", "keyring:")) or not (path := Path(reference).with_suffix(".pub")).is_file():
        return None
    return read_public_key(path)


def _signer_of(data: bytes, where: str) -> CryptoSigner:
    try:
        load = load_pem_private_key if data.startswith(b"-----") else load_der_private_key
        private = load(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # the message may quote the key
        raise InputError("is no private key without a passphrase", where=where) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise InputError("is no Ed25519 key", where=where)
    return CryptoSigner(private)


def _der(value: str, where: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise InputError(
            "holds no key in base64", where=where, advice="openssl pkey -in KEY -outform DER | base64 -w0"
        ) from None


def _written(key: PublicKey, public: Ed25519PublicKey) -> str:
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    limits = (("Not-Before", key.not_before), ("Not-After", key.not_after))
    head = [f"Owner: {key.owner}", f"Key-Id: {key.keyid}", *(f"{name}: {_time(at)}" for name, at in limits if at)]
    return "\n".join((*head, pem))


def _fields(head: str, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if line.strip() and (not colon or name not in _FIELDS or name in found):
            raise InputError(f"line {line!r} is none of {', '.join(_FIELDS)}, or stands twice", where=where)
        if line.strip():
            found[name] = value.strip()
    return found


def _limit(fields: Mapping[str, str], name: str, where: str) -> datetime | None:
    if name not in fields:
        return None
    try:
        at = datetime.fromisoformat(fields[name])
    except ValueError:
        raise InputError(f"{name} is no time: {fields[name]!r}", where=where) from None
    if at.tzinfo is None:
        raise InputError(f"{name} names no time zone", where=where, advice="Write UTC: 2026-11-22T00:00:00Z")
    return at


def _time(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
