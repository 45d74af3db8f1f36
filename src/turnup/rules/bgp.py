"""`router bgp` sections: neighbors with what they inherit from their peer-groups (checklist 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun


@dataclass(frozen=True)
class BgpNeighborConfig:
    """One neighbor (or peer-group): the words behind its name, line by line.

    `own` are its own lines; `lines` has those of its peer-group as well, unless an own line sets the same thing.
    """

    name: str
    own: tuple[str, ...]
    lines: tuple[str, ...]

    def value(self, *words: str) -> str | None:
        """What follows these words, e.g. value("remote-as"); "" for a bare line; None when there is none.

        Raises CouldNotRun when two lines answer.
        """
        first = " ".join(words)
        found = [line[len(first) :].strip() for line in self.lines if line == first or line.startswith(first + " ")]
        if len(found) > 1:
            raise CouldNotRun(f"neighbor {self.name} has {len(found)} lines `{first}`")
        return found[0] if found else None

    def inbound(self, kind: str) -> str | None:
        """Name of the inbound `route-map`, `route-policy`, `prefix-list`, `distribute-list` or `filter-list`."""
        return self._directed(kind, "in")

    def outbound(self, kind: str) -> str | None:
        """The outbound one."""
        return self._directed(kind, "out")

    def _directed(self, kind: str, direction: str) -> str | None:
        for line in self.lines:
            words = line.split()
            if len(words) == 3 and words[0] == kind and words[2] == direction:
                return words[1]
        return None


@dataclass(frozen=True)
class BgpSection:
    """The BGP process of a router; `texts` are the lines as they stand."""

    header: str
    local_as: int
    texts: tuple[str, ...]
    neighbors: Mapping[str, BgpNeighborConfig] = field(default_factory=dict)

    def texts_of(self, neighbor: str) -> tuple[str, ...]:
        """Lines `neighbor X ...` of one neighbor, as they stand."""
        return tuple(text for text in self.texts if text.split()[:2] == ["neighbor", neighbor])


def bgp_section(config: Configuration) -> BgpSection | None:
    """The BGP process; None when there is none. Raises CouldNotRun when there is more than one, or no AS number."""
    headers = config.headers("router bgp")
    if not headers:
        return None
    if len(headers) > 1:
        raise CouldNotRun(f"{len(headers)} BGP processes: {', '.join(headers)}")
    texts = config.section(headers[0]) or ()
    return BgpSection(headers[0], as_number(headers[0].split()[2]), texts, _neighbors(texts))


def as_number(text: str) -> int:
    """An AS number, asplain or asdot. Raises CouldNotRun for other text."""
    high, dot, low = text.partition(".")
    if not high.isdigit() or (dot and not low.isdigit()):
        raise CouldNotRun(f"{text!r} is not an AS number")
    return int(high) * 65536 + int(low) if dot else int(high)


def is_address(text: str) -> bool:
    """Whether a neighbor's name is an IPv4 address, not a peer-group."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


_DEFINED = {  # what a neighbor's filter is defined by; a distribute-list is a numbered or a named access-list
    "prefix-list": ("ip prefix-list {}",),
    "route-map": ("route-map {}",),
    "route-policy": ("route-policy {}",),
    "filter-list": ("ip as-path access-list {}",),
    "distribute-list": ("access-list {}", "ip access-list standard {}", "ip access-list extended {}"),
}


def definitions(config: Configuration, neighbor: BgpNeighborConfig) -> tuple[str, ...]:
    """Headers and global lines that define the filters of a neighbor, both directions."""
    return tuple(dict.fromkeys(text for _, texts in _filters(config, neighbor) for text in texts))


def undefined(config: Configuration, neighbor: BgpNeighborConfig) -> tuple[str, ...]:
    """Filters that a neighbor names and the configuration lacks, e.g. `route-map CUST-IN`."""
    return tuple(dict.fromkeys(name for name, texts in _filters(config, neighbor) if not texts))


def passes_all(config: Configuration, neighbor: BgpNeighborConfig) -> bool:
    """Whether the inbound route-policy is `pass` and nothing else: a filter by name only."""
    name = (neighbor.inbound("route-policy") or "").partition("(")[0]
    return bool(name) and config.section(f"route-policy {name}") == ("pass",)


def _filters(config: Configuration, neighbor: BgpNeighborConfig) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in neighbor.lines:
        words = line.split()
        if words[0] in _DEFINED and len(words) == 3:
            name = words[1].partition("(")[0]  # a route-policy may take parameters
            headers = [text for form in _DEFINED[words[0]] for text in config.headers(form.format(name))]
            yield f"{words[0]} {words[1]}", tuple(headers)


def _neighbors(texts: tuple[str, ...]) -> dict[str, BgpNeighborConfig]:
    own: dict[str, list[str]] = {}
    for text in texts:
        words = text.split()
        if words[0] == "neighbor" and len(words) > 2:
            own.setdefault(words[1], []).append(" ".join(words[2:]))
    return {name: BgpNeighborConfig(name, tuple(lines), _expanded(lines, own)) for name, lines in own.items()}


def _expanded(lines: list[str], own: Mapping[str, list[str]]) -> tuple[str, ...]:
    groups = [line.split()[1] for line in lines if line.startswith("peer-group ")]
    inherited = [line for group in groups for line in own.get(group, ()) if line != "peer-group"]
    set_here = {_key(line) for line in lines}
    return (*lines, *(line for line in inherited if _key(line) not in set_here))


def _key(line: str) -> tuple[str, ...]:
    """What a line sets: `route-map X in` sets the inbound route-map, other lines what their first word says."""
    words = line.split()
    directed = words[0] in _DEFINED
    return (words[0], words[-1]) if directed else (words[0],)
