"""Passwords as IOS stores them: types 0, 4, 5, 7, 8 and 9, by the standard library alone.

`crypt` is gone from Python 3.13 and the field's libraries lean on it, so type 5 is written out here. Each type is
tested against hashes published by others (reference: provisioning 5).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from functools import lru_cache

_CRYPT = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_CRYPT = str.maketrans(_BASE64, _CRYPT)
_TYPE7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_TYPE7 = re.compile(r"([0-9]{2})((?:[0-9A-Fa-f]{2})+)")
_SALTED = re.compile(r"\$[0-9]\$([./A-Za-z0-9]*)\$([./A-Za-z0-9]+)")

VERIFIABLE = frozenset({0, 4, 5, 7, 8, 9})


def verify(kind: int, stored: str, password: str) -> bool:
    """Whether `password` is what IOS stored as type `kind`; a malformed stored text is never equal.

    Raises ValueError for a type that cannot be verified offline (6 is encrypted with the router's own key).
    """
    if kind not in VERIFIABLE:
        raise ValueError(f"passwords of type {kind} cannot be verified without the router")
    return _verify(kind, stored, password)


@lru_cache(maxsize=512)
def _verify(kind: int, stored: str, password: str) -> bool:
    if kind == 7:
        try:
            return _equal(decode_type7(stored), password)
        except ValueError:
            return False
    if kind == 0:
        return _equal(stored, password)
    if kind == 4:
        return _equal(stored, _encode(hashlib.sha256(password.encode()).digest()))
    salted = _SALTED.fullmatch(stored)
    if salted is None:
        return False
    salt, digest = salted.groups()
    return _equal(digest, _digest(kind, password, salt))


def _digest(kind: int, password: str, salt: str) -> str:
    if kind == 5:
        return md5crypt(password, salt).rpartition("$")[2]
    if kind == 8:
        return _encode(hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 20000))
    return _encode(hashlib.scrypt(password.encode(), salt=salt.encode(), n=16384, r=1, p=1, dklen=32))


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=").translate(_TO_CRYPT)


def decode_type7(text: str) -> str:
    """The plain text of a type 7 password. Raises ValueError when it is not one."""
    match = _TYPE7.fullmatch(text)
    if match is None or int(match[1]) >= len(_TYPE7_KEY):
        raise ValueError("not a type 7 password")
    seed = int(match[1])
    plain = bytes(c ^ _TYPE7_KEY[(seed + i) % len(_TYPE7_KEY)] for i, c in enumerate(bytes.fromhex(match[2])))
    return plain.decode("latin-1")


def encode_type7(plain: str, seed: int = 8) -> str:
    """That password as type 7. This hides nothing; it is the form in which a router takes a key back."""
    coded = (c ^ _TYPE7_KEY[(seed + i) % len(_TYPE7_KEY)] for i, c in enumerate(plain.encode("latin-1")))
    return f"{seed:02d}" + "".join(f"{c:02X}" for c in coded)


def md5crypt(password: str, salt: str) -> str:
    """`$1$salt$digest`, as crypt(3) makes it (Poul-Henning Kamp's MD5 scheme)."""
    secret, grain = password.encode(), salt.encode()[:8]
    final = _first_round(secret, grain)
    for i in range(1000):
        text = secret if i & 1 else final
        if i % 3:
            text += grain
        if i % 7:
            text += secret
        text += final if i & 1 else secret
        final = hashlib.md5(text, usedforsecurity=False).digest()
    return f"$1${grain.decode()}${_md5_letters(final)}"


def _first_round(secret: bytes, grain: bytes) -> bytes:
    alternate = hashlib.md5(secret + grain + secret, usedforsecurity=False).digest()
    text = secret + b"$1$" + grain
    text += (alternate * (len(secret) // 16 + 1))[: len(secret)]
    length = len(secret)
    while length:
        text += b"\0" if length & 1 else secret[:1]
        length >>= 1
    return hashlib.md5(text, usedforsecurity=False).digest()


def _md5_letters(digest: bytes) -> str:
    letters = []
    for a, b, c in ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)):
        value = digest[a] << 16 | digest[b] << 8 | digest[c]
        letters += [_CRYPT[value >> shift & 63] for shift in (0, 6, 12, 18)]
    letters += [_CRYPT[digest[11] & 63], _CRYPT[digest[11] >> 6]]
    return "".join(letters)
