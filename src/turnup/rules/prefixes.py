"""Lists of prefixes and of sources: whether one lets in what nobody meant (checklist 6).

A list is asked about a stranger: a route that no order, no customer and no agreement names. A list that lets it in
filters nothing, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from turnup.errors import CouldNotRun

# Nobody has a network this short; whoever lists a shorter one and longer routes below it lists everybody's.
_SHORTEST = {4: 8, 6: 16}
_BYTE = 0xFF
_SEQUENCE = re.compile(r"(?:seq |sequence )?\d+ (?=permit|deny)")


@dataclass(frozen=True)
class PrefixEntry:
    """One entry: action, network, and how long the routes are that it means."""

    action: str
    network: IPv4Network | IPv6Network
    shortest: int
    longest: int

    @property
    def everybodys(self) -> set[int]:
        """Lengths of route that it means whose networks belong to everybody; none when it means somebody's."""
        least = _SHORTEST[self.network.version]
        if self.network.prefixlen >= least:
            return set()
        return set(range(max(self.shortest, least), self.longest + 1))


def prefix_entry(text: str, version: int = 4) -> PrefixEntry:
    """An entry as a router writes it: `seq 5 permit 10.0.0.0/8 ge 16 le 24`, `permit any`, `permit ::/0 eq 48`.

    Raises CouldNotRun for another form: a mask, a parameter.
    """
    words = _SEQUENCE.sub("", text.strip(), count=1).split()
    try:
        action, name, rest = words[0], words[1], words[2:]
        network = ip_network(("0.0.0.0/0", "::/0")[version == 6] if name == "any" else name, strict=False)
        limits = {word: int(number) for word, number in zip(rest[::2], rest[1::2], strict=True)}
    except (ValueError, IndexError) as error:
        raise CouldNotRun(f"prefix-list entry {text!r} is not read: {error}") from error
    if action not in ("permit", "deny") or not set(limits) <= {"ge", "le", "eq"}:
        raise CouldNotRun(f"prefix-list entry {text!r} is not read")
    longest = network.max_prefixlen if "ge" in limits or name == "any" else network.prefixlen
    if "eq" in limits:
        return PrefixEntry(action, network, limits["eq"], limits["eq"])
    return PrefixEntry(action, network, limits.get("ge", network.prefixlen), limits.get("le", longest))


def lets_anybody_in(entries: Iterable[PrefixEntry]) -> bool:
    """Whether a stranger's route passes that list: the first entry that means it decides, the end denies."""
    denied: dict[int, set[int]] = {4: set(), 6: set()}
    for entry in entries:
        lengths = entry.everybodys - denied[entry.network.version]
        if entry.action == "permit" and lengths:
            return True
        if entry.action == "deny" and entry.network.prefixlen == 0:
            denied[entry.network.version] |= lengths
    return False


def lets_in(entries: Iterable[PrefixEntry], network: IPv4Network) -> bool:
    """Whether a route to that very network passes the list: the first entry that means it decides, the end denies."""
    for entry in entries:
        of_it = isinstance(entry.network, IPv4Network) and network.subnet_of(entry.network)
        if of_it and entry.shortest <= network.prefixlen <= entry.longest:
            return entry.action == "permit"
    return False


def sources_let_anybody_in(texts: Sequence[str]) -> bool:
    """Whether an access-list, taken as a filter of routes, lets a stranger's network in; an empty one lets all in."""
    for text in texts:
        words = _SEQUENCE.sub("", text.strip(), count=1).split()
        if words[0] in ("permit", "deny") and _anybody(words[1:]):
            return words[0] == "permit"
    return not any(text.split()[0] != "remark" for text in texts)


def _anybody(words: Sequence[str]) -> bool:
    """Whether these words name everybody as source: `any`, `ip any ...`, `0.0.0.0 255.255.255.255`, `0.0.0.0/0`."""
    if words and words[0].isalnum() and words[0].islower() and words[0] not in ("any", "host"):
        words = words[1:]  # the protocol: what is open for one is open
    if words[:1] in (["any"], ["host"]):
        return words[0] == "any"
    try:
        if "/" in words[0]:
            found = ip_network(words[0], strict=False)
            return found.prefixlen < _SHORTEST[found.version] and "exact-match" not in words
        wild = int(IPv4Address(words[1]))
    except (ValueError, IndexError):
        return False
    return 32 - wild.bit_count() < _SHORTEST[4] or wild >> 24 == _BYTE  # 255.255.255.0 asks for the last byte alone
