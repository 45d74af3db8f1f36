"""The address in a configuration line, however a platform writes it. Pure."""

from __future__ import annotations

from ipaddress import IPv4Interface

_WORDS = (["ip", "address"], ["ipv4", "address"])


def address_in(line: str) -> IPv4Interface | None:
    """The address of `ip address 10.0.0.1 255.255.255.252`, `ip address 10.0.0.1/30` or `ipv4 address ...`.

    None for other lines, and for `ip address negotiated` and the like, which take no network.
    """
    words = line.split(" ")
    if words[:2] not in _WORDS or len(words) < 3:
        return None
    written = words[2] if "/" in words[2] else "/".join(words[2:4])
    try:
        return IPv4Interface(written)
    except ValueError:
        return None
