"""Take out of a recording who was recorded: names and addresses, each replaced by the same other one everywhere.

Secrets are no matter of this module: they are redacted before a text gets here, and `written` refuses what holds one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network

from turnup.errors import UsageError

Scrub = Callable[[str], str]

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IP = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_ADDRESS = re.compile(
    rf"(?<![\w.])(?:(?P<reverse>{_IP})(?=\.in-addr\.arpa)|(?P<osi>\d{{4}}\.\d{{4}}\.\d{{4}})(?=\.00\b)"
    rf"|(?P<net>{_IP})/(?P<length>\d\d?)(?!\d)|(?P<ip>{_IP})(?![\d]|\.\d))"
)
_NET_PREFIX = re.compile(r"(?<![\w.])(?P<area>\d\d\.\d{4}\.)(?P<osi>\d{4}\.\d{4}\.\d{4})(?=\.00\b)")
_KEPT_BITS = 8  # of an address, so that a /24 and everything longer stays a network
_SYSTEM_ID, _CIRCUIT_ID = 14, 8  # letters of a host name that IS-IS shows


def same_names(names: Iterable[str], kind: str = "host") -> Mapping[str, str]:
    """Another name for each, of the same length, so that columns stay where they are; the longest first."""
    found = {}
    for number, name in enumerate(sorted(set(names), key=lambda n: (-len(n), n)), start=1):
        found[name] = f"{kind}{number}".ljust(len(name), "x")[-max(len(name), len(str(number)) + 1) :]
    return found


def names_out(names: Mapping[str, str]) -> Scrub:
    """Replaces whole names, whatever their case; also as IS-IS cuts them."""
    known = {name.lower(): other for name, other in names.items()}
    known |= {n[:_SYSTEM_ID]: other[:_SYSTEM_ID] for n, other in list(known.items()) if len(n) > _SYSTEM_ID}
    if not known:
        return str
    circuits = {n[:_CIRCUIT_ID]: other[:_CIRCUIT_ID] for n, other in reversed(known.items()) if len(n) >= _CIRCUIT_ID}
    words = _any(known)
    pattern = rf"(?<![A-Za-z0-9-])(?:(?P<circuit>{_any(circuits) or '(?!)'})(?=\.\d\d\b)|(?:{words})(?![A-Za-z0-9-]))"
    whole = re.compile(pattern, re.IGNORECASE)
    return lambda text: whole.sub(lambda m: (circuits if m["circuit"] else known)[m[0].lower()], text)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def addresses_out(salt: str) -> Scrub:
    """Replaces IPv4 addresses so that common prefixes stay common (netconan); masks and the last octet are kept.

    Reverse names and OSI system ids written from an address follow it. The same salt gives the same addresses.
    Raises UsageError where netconan is not installed.
    """
    try:
        from netconan.ip_anonymization import IpAnonymizer
    except ImportError:
        raise UsageError(
            "addresses are scrubbed by the library netconan, which is not installed",
            advice="Install it with: pip install 'turnup[scrub]'",
        ) from None
    anonymizer = IpAnonymizer(salt, preserve_suffix=_KEPT_BITS)

    def other(text: str) -> str:
        number = int(IPv4Address(text))
        return str(IPv4Address(anonymizer.anonymize(number))) if anonymizer.should_anonymize(number) else text

    return lambda text: _ADDRESS.sub(lambda m: _address(m, other), _NET_PREFIX.sub(lambda m: _net(m, other), text))


def _address(match: re.Match[str], other: Callable[[str], str]) -> str:
    if match["reverse"]:
        return ".".join(reversed(other(".".join(reversed(match["reverse"].split(".")))).split(".")))
    if match["osi"]:
        return _osi(match["osi"], other)
    if match["net"]:
        address, length = other(match["net"]), int(match["length"])
        whole = length <= 32 and int(IPv4Address(match["net"])) & int(IPv4Network(f"0.0.0.0/{length}").hostmask) == 0
        if whole:  # a network stays one, though bits before its end were changed
            address = str(IPv4Network(f"{address}/{length}", strict=False).network_address)
        return f"{address}/{length}"
    return other(match["ip"])


def _net(match: re.Match[str], other: Callable[[str], str]) -> str:
    return match["area"] + _osi(match["osi"], other)


def _osi(text: str, other: Callable[[str], str]) -> str:
    """`0102.5500.1001` is 010.255.001.001 where it was written from an address; otherwise it stays."""
    digits = text.replace(".", "")
    octets = [int(digits[i : i + 3]) for i in range(0, 12, 3)]
    if any(octet > 255 for octet in octets):
        return text
    new = "".join(f"{int(octet):03d}" for octet in other(".".join(map(str, octets))).split("."))
    return f"{new[:4]}.{new[4:8]}.{new[8:]}"


def one_after_another(*scrubs: Scrub) -> Scrub:
    """All of them, in this order."""

    def scrub(text: str) -> str:
        for one in scrubs:
            text = one(text)
        return text

    return scrub
