"""Cisco type 7 text: an encoding, not a protection (reference: provisioning 5)."""

from __future__ import annotations

_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def decoded(text: str) -> str:
    """The plain text of a type 7 string; "" when it is none."""
    try:
        start, data = int(text[:2]), bytes.fromhex(text[2:])
    except ValueError:
        return ""
    return bytes(byte ^ _KEY[(start + i) % len(_KEY)] for i, byte in enumerate(data)).decode("latin-1")
