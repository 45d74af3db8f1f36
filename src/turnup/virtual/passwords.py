"""Passwords as IOS 12.0S stores them: type 7 (reversible) and type 5 (md5crypt). Lab routers only.

Sources: the type 7 translation table and the md5crypt algorithm are public; both are checked against published pairs
in the tests.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

_TABLE = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ORDER = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))


def encode7(plain: str) -> str:
    """Type 7 text of a password. The seed depends on the password alone, so that a lab is the same every time."""
    seed = sum(plain.encode("latin-1")) % 16
    return f"{seed:02d}" + "".join(
        f"{byte ^ _TABLE[(seed + at) % len(_TABLE)]:02X}" for at, byte in enumerate(plain.encode("latin-1"))
    )


def decode7(text: str) -> str | None:
    """Plain text of a type 7 password; None when the text is none."""
    try:
        seed, data = int(text[:2]), bytes.fromhex(text[2:])
    except ValueError:
        return None
    return bytes(byte ^ _TABLE[(seed + at) % len(_TABLE)] for at, byte in enumerate(data)).decode("latin-1")


@lru_cache(maxsize=64)  # the routers of a lab share their secrets, and 1000 rounds take a millisecond
def hash5(plain: str, salt: str) -> str:
    """Type 5 text, `$1$salt$hash`: md5crypt, 1000 rounds."""
    password, pepper = plain.encode(), salt.encode()[:8]
    inner = hashlib.md5(password + pepper + password, usedforsecurity=False).digest()
    start = password + b"$1$" + pepper + (inner * (len(password) // 16 + 1))[: len(password)]
    bits = len(password)
    while bits:
        start += b"\0" if bits & 1 else password[:1]
        bits >>= 1
    digest = hashlib.md5(start, usedforsecurity=False).digest()
    for turn in range(1000):
        digest = hashlib.md5(_turn(turn, digest, password, pepper), usedforsecurity=False).digest()
    return f"$1${pepper.decode()}${_characters(digest)}"


def matches5(plain: str, text: str) -> bool:
    """Whether `text` is the type 5 hash of that password."""
    parts = text.split("$")
    return len(parts) == 4 and parts[1] == "1" and hmac.compare_digest(hash5(plain, parts[2]), text)


def _turn(turn: int, digest: bytes, password: bytes, salt: bytes) -> bytes:
    data = password if turn & 1 else digest
    data += salt if turn % 3 else b""
    data += password if turn % 7 else b""
    return data + (digest if turn & 1 else password)


def _characters(digest: bytes) -> str:
    out = ""
    for a, b, c in _ORDER:
        value = digest[a] << 16 | digest[b] << 8 | digest[c]
        out += "".join(_ALPHABET[value >> shift & 63] for shift in (0, 6, 12, 18))
    return out + _ALPHABET[digest[11] & 63] + _ALPHABET[digest[11] >> 6]
