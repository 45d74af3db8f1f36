"""BGP neighbors in each address family and VRF, with what they inherit from their peer-groups (checklist 6).

A session carries as many families as are activated on it, and each has filters of its own: what is filtered for IPv4
may be open for IPv6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from turnup.errors import CouldNotRun

IPV4 = "ipv4 unicast"
_UNREAD = ("inherit peer-", "use session-group ", "use af-group ")
_DIRECTED = ("prefix-list", "route-map", "distribute-list", "filter-list", "route-policy")
# What a line above all families says of the session itself; every other word says something of IPv4 unicast.
_SESSION = ("remote-as", "shutdown", "peer-group", "interface", "inherit", "use", "local-as", "update-source")


@dataclass(frozen=True)
class BgpNeighborConfig:
    """One neighbor (or peer-group) in one address family: the words behind its name, line by line.

    `own` are its own lines; `lines` has those of its peer-group as well, unless an own line sets the same thing.
    """

    name: str
    own: tuple[str, ...]
    lines: tuple[str, ...]
    family: str = IPV4

    def value(self, *words: str) -> str | None:
        """What follows these words, e.g. value("remote-as"); "" for a bare line; None when there is none.

        Raises CouldNotRun when two lines answer.
        """
        first = " ".join(words)
        found = [line[len(first) :].strip() for line in self.lines if line == first or line.startswith(first + " ")]
        if len(found) > 1:
            raise CouldNotRun(f"neighbor {self.name} has {len(found)} lines `{first}`")
        return found[0] if found else None

    @property
    def groups(self) -> tuple[str, ...]:
        """Peer-groups that it is a member of."""
        return tuple(line.split()[1] for line in self.own if line.startswith("peer-group "))

    def inbound(self, kind: str) -> str | None:
        """Name of the inbound `route-map`, `route-policy`, `prefix-list`, `distribute-list` or `filter-list`."""
        return self.directed(kind, "in")

    def outbound(self, kind: str) -> str | None:
        """The outbound one."""
        return self.directed(kind, "out")

    @property
    def unread(self) -> tuple[str, ...]:
        """Lines by which it takes settings from a template that is not read here: it may be shut, or unfiltered."""
        return tuple(line for line in self.lines if line.startswith(_UNREAD))

    @property
    def limit(self) -> str | None:
        """Its maximum-prefix; None also when the router would do no more than warn."""
        value = self.value("maximum-prefix")
        return None if value is None or "warning-only" in value.split() else value

    def directed(self, kind: str, direction: str) -> str | None:
        """Name of its filter of that kind, `in` or `out`."""
        for line in self.lines:
            words = line.split()
            if len(words) > 2 and words[0] == kind and words[-1] == direction:
                return " ".join(words[1:-1])  # a route-policy may have arguments with blanks between them
        return None


@dataclass(frozen=True)
class Place:
    """Where a line about a neighbor counts: VRF ("" = the global table) and address family ("" = above all of them)."""

    vrf: str
    family: str
    name: str

    def __str__(self) -> str:
        if self.vrf:
            return f"{self.name} in {'' if self.family == IPV4 else f'{self.family} '}vrf {self.vrf}"
        return f"{self.name} in {self.family}"


def placed(text: str) -> tuple[Place, str] | None:
    """Whose line that is, and what it says behind the neighbor's name; None for a line about no neighbor.

    A family that is opened says `activate`, as IOS writes it.
    """
    words = text.split()
    if "neighbor" not in words[:-1]:
        return None
    at = words.index("neighbor")
    head, name, rest = words[:at], words[at + 1], words[at + 2 :]
    negated = head[-1:] == ["no"]
    head = head[:-1] if negated else head
    vrf, family = _scope(head)
    if rest[:1] == ["address-family"]:
        family, rest = " ".join(rest[1:3]), rest[3:] or ["activate"]
    if not rest:  # opens the neighbor; its lines name it
        return None
    said = " ".join(("no", *rest) if negated else rest).replace("use neighbor-group ", "peer-group ", 1)
    return Place(vrf, _family(family), name), said


def _scope(words: list[str]) -> tuple[str, str]:
    """(VRF, family) of `address-family ipv4 vrf BLUE` (IOS) and `vrf BLUE` (IOS-XR)."""
    vrf = words[words.index("vrf") + 1] if "vrf" in words[:-1] else ""
    rest = [word for word in words if word not in ("vrf", vrf)]
    return vrf, " ".join(rest[1:]) if rest[:1] == ["address-family"] else ""


def _family(words: str) -> str:
    return f"{words} unicast" if words in ("ipv4", "ipv6", "vpnv4", "vpnv6") else words


def by_place(texts: Iterable[str]) -> dict[Place, list[str]]:
    """What is said of every neighbor and peer-group, by where it counts."""
    found: dict[Place, list[str]] = {}
    for text in texts:
        if told := placed(text):
            found.setdefault(told[0], []).append(told[1])
    return found


def other_families(texts: Iterable[str]) -> dict[str, BgpNeighborConfig]:
    """Neighbors of every family and VRF but IPv4 unicast of the global table, by name and place, if they are active.

    A neighbor of a VRF is always taken for active: some images need no line for that.
    """
    said = by_place(texts)
    found = {}
    for place in _carried(said):
        own = (*said.get(place, ()), *_of_session(said, place))
        lines = (*own, *_inherited(own, said, place))
        neighbor = BgpNeighborConfig(str(place), own, lines, place.family)
        if place.vrf or "activate" in lines:
            found[neighbor.name] = neighbor
    return found


def _carried(said: Mapping[Place, Sequence[str]]) -> Iterator[Place]:
    """Each neighbor with each family that it, or a peer-group of its own, names."""
    named = {(place.vrf, place.name): {p.family for p in said if p.vrf == place.vrf} for place in said}
    for (vrf, name), families in named.items():
        told = {family for family in families if family and _names(said, Place(vrf, family, name))}
        if vrf and not told:
            told = {IPV4}
        yield from (Place(vrf, family, name) for family in sorted(told) if vrf or family != IPV4)


def _names(said: Mapping[Place, Sequence[str]], place: Place) -> bool:
    groups = _groups((*said.get(place, ()), *said.get(Place(place.vrf, "", place.name), ())))
    places = (place, *(Place(vrf, place.family, group) for group in groups for vrf in {place.vrf, ""}))
    return any(found in said for found in places)


def _of_session(said: Mapping[Place, Sequence[str]], place: Place) -> tuple[str, ...]:
    """What is said of the session, above all families; other words there are about IPv4 unicast."""
    lines = said.get(Place(place.vrf, "", place.name), ())
    return tuple(line for line in lines if place.family == IPV4 or line.split()[0] in _SESSION)


def _inherited(own: Sequence[str], said: Mapping[Place, Sequence[str]], place: Place) -> tuple[str, ...]:
    found: list[str] = []
    for group in _groups(own):
        for vrf in dict.fromkeys((place.vrf, "")):
            there = Place(vrf, place.family, group)
            found += (*said.get(there, ()), *_of_session(said, there))
    return behind(own, found)


def _groups(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(line.split()[1] for line in lines if line.startswith("peer-group ")))


def behind(own: Sequence[str], inherited: Iterable[str]) -> tuple[str, ...]:
    """Inherited lines that no own line overrides."""
    set_here = {_key(line) for line in own}
    return tuple(line for line in inherited if line != "peer-group" and _key(line) not in set_here)


def _key(line: str) -> tuple[str, ...]:
    """What a line sets: `route-map X in` sets the inbound route-map, other lines what their first word says."""
    words = line.split()
    return (words[0], words[-1]) if words[0] in _DIRECTED else (words[0],)
