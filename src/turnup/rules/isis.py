"""IS-IS: what a NET says, and which adjacency proves a link (checklist 5 and 7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from turnup.checks import Facts, compare, holds, inconclusive
from turnup.errors import CouldNotRun
from turnup.facts.clns_neighbor import ClnsNeighbor
from turnup.facts.isis_neighbor import IsisNeighbor
from turnup.model.equipment import IntraPopLink, Router
from turnup.model.interface_name import same_interface
from turnup.model.verdict import Finding, Verdict

_NET = re.compile(
    r"(?P<area>[0-9a-f]{2}(?:\.[0-9a-f]{2,4})*)\.(?P<system>[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})\.00", re.I
)
_SYSTEM_ID = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?:\.[0-9a-f]{2})?", re.I)
_LEVELS = {"level-2-only": {"L2"}, "level-1": {"L1"}, "level-1-2": {"L1", "L2"}}
# 12.0S and XR cut the name column; a cut name must still be long enough to tell neighbors apart.
_LEAST_PREFIX = 12
_CUTS_VARY = 1  # a column may cut one name a character sooner than another (12 and 13)


def net_parts(net: str) -> tuple[str, str]:
    """(area, system id) of a NET, in lower case. Raises CouldNotRun for text that is no NET."""
    if not (match := _NET.fullmatch(net.strip())):
        raise CouldNotRun(f"{net!r} is not a NET")
    return match["area"].lower(), match["system"].lower()


@dataclass(frozen=True)
class Adjacency:
    """One neighbor row of either command. `row` is the fact it came from."""

    name: str
    interface: str
    state: str
    levels: frozenset[str]
    holdtime: int
    address: str | None
    protocol: str
    row: object


def adjacencies(facts: Facts) -> tuple[Adjacency, ...]:
    """Neighbors from `show isis neighbors`; from `show clns neighbors` where the image refuses that (early 12.0S).

    ES-IS rows are left out: they prove layer 2 only, and appear exactly when the IS-IS adjacency fails to form.
    """
    if facts.answered(IsisNeighbor) or facts.lacks("clns_neighbor"):
        return tuple(_of_isis(row) for row in facts.rows(IsisNeighbor))
    return tuple(found for found in map(_of_clns, facts.rows(ClnsNeighbor)) if found.protocol != "ES-IS")


def _of_isis(row: IsisNeighbor) -> Adjacency:
    return Adjacency(
        row.system_id,
        row.interface,
        row.state.upper(),
        _levels(row.type),
        row.holdtime,
        row.address,
        "IS-IS",
        row,
    )


def _of_clns(row: ClnsNeighbor) -> Adjacency:
    return Adjacency(
        row.system_id,
        row.interface,
        row.state.upper(),
        _levels(row.type),
        row.holdtime,
        None,
        row.protocol,
        row,
    )


def _levels(shown: str) -> frozenset[str]:
    """`L1`, `L2`, `L1L2`; `show isis adjacency` of IOS-XR says `Level-1`, `Level-2`."""
    return frozenset(re.findall(r"L\d", "L1 L2" if shown == "L1L2" else shown.replace("Level-", "L")))


def link_adjacency(facts: Facts, link: IntraPopLink, router: Router, *, source: str) -> Iterator[Finding]:
    """One adjacency in UP on the link, at the router's level, with the neighbor that inventory names."""
    is_type, rows = router.is_type, adjacencies(facts)
    names = names_of(router, rows)
    subject = f"IS-IS on {link.interface}"
    wanted = f"{link.far_router} UP, {'+'.join(sorted(_LEVELS.get(is_type, set()))) or is_type}"
    here = [row for row in rows if same_interface(row.interface, str(link.interface))]
    if not here:
        yield _missing(facts, subject, wanted, link, source)
        return
    seen = facts.seen(*(row.row for row in here))
    levels = sorted(level for row in here for level in row.levels)
    shown = "; ".join(f"{row.name} {row.state}, {'+'.join(sorted(row.levels))}" for row in here)
    good = (
        levels == sorted(_LEVELS.get(is_type, set()))
        and all(row.state == "UP" and row.holdtime > 0 for row in here)
        and all(row.protocol in ("IS-IS", "M-ISIS") for row in here)
    )
    yield holds(subject, good, expected=wanted, observed=shown, source=source, seen=seen)
    for row in here:
        yield _identity(facts, row, link, names, source)


def _missing(facts: Facts, subject: str, wanted: str, link: IntraPopLink, source: str) -> Finding:
    asked = IsisNeighbor if facts.answered(IsisNeighbor) or facts.lacks("clns_neighbor") else ClnsNeighbor
    try:
        es = [
            r
            for r in facts.rows(ClnsNeighbor)
            if r.protocol == "ES-IS" and same_interface(r.interface, str(link.interface))
        ]
    except CouldNotRun:
        es = []
    if es:
        told = f"only an ES-IS row ({es[0].state}): layer 2 works, IS-IS does not"
        return Finding(subject, Verdict.FAIL, wanted, told, source, facts.seen(*es))
    return Finding(subject, Verdict.FAIL, wanted, "no adjacency", source, facts.whole(asked))


def _identity(facts: Facts, row: Adjacency, link: IntraPopLink, names: Names, source: str) -> Finding:
    subject, seen = f"neighbor on {link.interface}", facts.seen(row.row)
    by_address = None if row.address is None else row.address == str(link.far_address)
    if by_address is False:
        return compare(f"{subject}, address", str(link.far_address), row.address, source=source, seen=seen)
    if _SYSTEM_ID.fullmatch(row.name):  # its name has not arrived yet
        if by_address:
            return compare(f"{subject}, address", str(link.far_address), row.address, source=source, seen=seen)
        return inconclusive(subject, f"known by system id {row.name} only", expected=link.far_router, seen=seen)
    same = same_name(row.name, link.far_router, names, bool(by_address))
    if same is None:
        why = f"{row.name}, which may be cut and may be another router"
        return inconclusive(subject, why, expected=link.far_router, source=source, seen=seen)
    return holds(subject, same, expected=link.far_router, observed=row.name, source=source, seen=seen)


@dataclass(frozen=True)
class Names:
    """What tells routers apart: `known` are all names that inventory gives here, `longest` the longest name shown.

    A name that is shorter than another one in the same answer was not cut: it is whole.
    """

    known: frozenset[str]
    longest: int = 0


def names_of(router: Router, rows: Iterable[Adjacency] = ()) -> Names:
    """Names of this router, of the mesh and of the far ends of its links."""
    links, peers = (link.far_router for link in router.links), (peer.name for peer in router.ibgp_peers)
    return Names(frozenset((router.name, *links, *peers)), max((len(row.name) for row in rows), default=0))


def same_name(shown: str, expected: str, names: Names, by_address: bool = False) -> bool | None:
    """Whether a shown neighbor name is the expected one; None when the column was cut and another could be meant.

    12.0S and IOS-XR cut a name after 12 or more characters. A cut one is taken for the expected one when no other
    known name begins so, or when its address is the expected neighbor's (`by_address`).
    """
    if shown == expected:
        return True
    if not expected.startswith(shown):
        return False
    if by_address:
        return True
    whole = len(shown) + _CUTS_VARY < names.longest
    if whole and shown in names.known:
        return False
    others = {name for name in names.known if name.startswith(shown)} - {expected}
    return None if whole or others or len(shown) < _LEAST_PREFIX else True
