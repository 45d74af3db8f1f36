"""Access-lists in one normal form, so that two ways of writing the same list compare equal (checklist 15)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from turnup.errors import CouldNotRun
from turnup.facts.access_list import AccessList
from turnup.model.equipment import AclEntry

_WILDCARD = re.compile(r"(?P<base>\d+\.\d+\.\d+\.\d+)(?:, wildcard bits | )(?P<wild>\d+\.\d+\.\d+\.\d+)")
_EVERYTHING = IPv4Network("0.0.0.0/0")


def entry_of(row: AccessList) -> AclEntry:
    """A standard entry as action and source network. Raises CouldNotRun for an entry that is no plain source."""
    rule = re.sub(r"\s+", " ", row.rule).strip()
    rule = rule.removeprefix(f"{row.action} ").removesuffix(" log").strip()
    kind = row.kind.lower().split()[0]
    if kind == "ipv4" and rule.startswith("ipv4 ") and rule.endswith(" any"):  # IOS-XR: any protocol to anywhere
        rule = rule.removeprefix("ipv4 ").removesuffix(" any")
    elif kind != "standard":
        raise CouldNotRun(f"access-list {row.name} is not a standard list; its entries cannot be compared: {row.rule}")
    return AclEntry(row.action, _source(rule, row))


def _source(rule: str, row: AccessList) -> IPv4Network:
    if rule == "any":
        return _EVERYTHING
    rule = rule.removeprefix("host ")
    try:
        if match := _WILDCARD.fullmatch(rule):
            wild = int(IPv4Address(match["wild"]))
            if wild & (wild + 1):  # a mask in its place means addresses from everywhere, and ipaddress would take it
                raise ValueError("the wildcard is that of no network")
            return IPv4Network(f"{match['base']}/{32 - wild.bit_length()}")
        return IPv4Network(rule if "/" in rule else f"{rule}/32")
    except ValueError as error:
        raise CouldNotRun(f"access-list {row.name}: entry {row.rule!r} cannot be compared ({error})") from error


def same_meaning(one: Sequence[AclEntry], other: Sequence[AclEntry]) -> bool:
    """Whether two lists are the same entries in an order that decides every packet alike.

    The implicit `deny any` at the end may be written out or not. Newer images show hosts in another order; order
    counts only between entries of different action that overlap.
    """
    left, right = _with_end(one), _with_end(other)
    if sorted(map(_key, left)) != sorted(map(_key, right)) or len(set(map(_key, left))) != len(left):
        return left == right
    place = {_key(entry): number for number, entry in enumerate(right)}
    return all(
        place[_key(first)] < place[_key(second)]
        for number, first in enumerate(left)
        for second in left[number + 1 :]
        if first.action != second.action and first.source.overlaps(second.source)
    )


def _with_end(entries: Sequence[AclEntry]) -> list[AclEntry]:
    end = AclEntry("deny", _EVERYTHING)
    return list(entries) if entries and entries[-1] == end else [*entries, end]


def _key(entry: AclEntry) -> tuple[str, IPv4Network]:
    return entry.action, entry.source


def said(entries: Sequence[AclEntry]) -> str:
    """Entries in words for a finding."""
    return "; ".join(f"{e.action} {'any' if e.source == _EVERYTHING else e.source}" for e in entries) or "no entry"
