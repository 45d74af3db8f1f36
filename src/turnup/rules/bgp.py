"""`router bgp` sections: neighbors with what they inherit from their peer-groups (checklist 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun

_FAMILY = "address-family "
_OWN_FAMILIES = ("address-family ipv4", "address-family ipv4 unicast")
_IN_VRF = re.compile(
    r"(?:address-family ipv4 )?(?P<vrf>vrf \S+) (?:address-family ipv4 unicast )?"
    r"neighbor (?P<name>\S+) (?:address-family ipv4 unicast )?(?P<rest>.+)"
)
_INHERITED = ("inherit peer-", "use session-group ", "use af-group ")


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

    @property
    def groups(self) -> tuple[str, ...]:
        """Peer-groups that it is a member of."""
        return tuple(line.split()[1] for line in self.own if line.startswith("peer-group "))

    def inbound(self, kind: str) -> str | None:
        """Name of the inbound `route-map`, `route-policy`, `prefix-list`, `distribute-list` or `filter-list`."""
        return self._directed(kind, "in")

    def outbound(self, kind: str) -> str | None:
        """The outbound one."""
        return self._directed(kind, "out")

    @property
    def unread(self) -> tuple[str, ...]:
        """Lines by which it takes settings from a template that is not read here: it may be shut, or unfiltered."""
        return tuple(line for line in self.lines if line.startswith(_INHERITED))

    @property
    def limit(self) -> str | None:
        """Its maximum-prefix; None also when the router would do no more than warn."""
        value = self.value("maximum-prefix")
        return None if value is None or "warning-only" in value.split() else value

    def _directed(self, kind: str, direction: str) -> str | None:
        for line in self.lines:
            words = line.split()
            if len(words) == 3 and words[0] == kind and words[2] == direction:
                return words[1]
        return None


@dataclass(frozen=True)
class BgpSection:
    """The BGP process of a router; `texts` are the lines as they stand.

    Lines of another address family or of a VRF have that in front: `address-family vpnv4 neighbor 10.0.0.1 activate`.
    `neighbors` are those of IPv4 unicast, `in_vrfs` those of a VRF, by its name and theirs.
    """

    header: str
    local_as: int
    texts: tuple[str, ...]
    neighbors: Mapping[str, BgpNeighborConfig] = field(default_factory=dict)
    in_vrfs: Mapping[str, BgpNeighborConfig] = field(default_factory=dict)

    def texts_of(self, neighbor: str) -> tuple[str, ...]:
        """Lines `neighbor X ...` of one neighbor, as they stand."""
        return tuple(text for text in self.texts if text.split()[:2] == ["neighbor", neighbor])

    def elsewhere(self, neighbor: str) -> tuple[str, ...]:
        """Its lines in other address families of the same table; a VRF may use its address for somebody else."""
        own = f"neighbor {neighbor} "
        return tuple(
            text for text in self.texts if text.startswith(_FAMILY) and " vrf " not in text and f" {own}" in text
        )

    def inactive(self, neighbor: BgpNeighborConfig) -> str:
        """The line by which its session carries no IPv4 routes; "" when it carries them."""
        names = (neighbor.name, *neighbor.groups)
        off = next((text for name in names if (text := f"no neighbor {name} activate") in self.texts), "")
        if off or "activate" in neighbor.lines:
            return off
        return next((text for text in self.texts if text == "no bgp default ipv4-unicast"), "")

    @property
    def listening(self) -> tuple[str, ...]:
        """Peer-groups whose members come by themselves, from a range of addresses or over an interface."""
        ranges = [text.split() for text in self.texts if text.startswith("bgp listen range ")]
        groups = [words[words.index("peer-group") + 1] for words in ranges if "peer-group" in words[:-1]]
        ports = [n.name for n in self.neighbors.values() if any(line.split()[0] == "interface" for line in n.own)]
        return tuple(dict.fromkeys((*groups, *ports)))


def bgp_section(config: Configuration) -> BgpSection | None:
    """The BGP process; None when there is none. Raises CouldNotRun when there is more than one, or no AS number."""
    headers = config.headers("router bgp")
    if not headers:
        return None
    if len(headers) > 1:
        raise CouldNotRun(f"{len(headers)} BGP processes: {', '.join(headers)}")
    texts = tuple(_texts(config, headers[0]))
    neighbors, number = _neighbors(texts), as_number(headers[0].split()[2])
    return BgpSection(headers[0], number, texts, neighbors, _in_vrfs(texts, neighbors))


def _texts(config: Configuration, header: str) -> Iterator[str]:
    """Lines of the process. What IOS indents below another address family is told apart by that family's name."""
    family, depth = "", 0
    for line in config.lines:
        if line.section != header or line.depth == 0:
            continue
        if line.depth <= depth:
            family, depth = "", 0
        if line.text.startswith(_FAMILY) and not line.shown:
            family, depth = line.text.strip(), line.depth
        own = line.shown or line.depth == depth or family in ("", *_OWN_FAMILIES)  # nested readings name it themselves
        yield line.text if own else f"{family} {line.text}"


def _in_vrfs(texts: tuple[str, ...], own: Mapping[str, BgpNeighborConfig]) -> dict[str, BgpNeighborConfig]:
    found: dict[str, list[str]] = {}
    for text in texts:
        if match := _IN_VRF.fullmatch(text):
            rest = match["rest"].replace("use neighbor-group ", "peer-group ", 1)
            found.setdefault(f"{match['name']} in {match['vrf']}", []).append(rest)
    lines = {name: list(group.own) for name, group in own.items()}
    return {name: BgpNeighborConfig(name, tuple(said), _expanded(said, lines)) for name, said in found.items()}


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
    """Whether its inbound filters are filters by name only: none of them keeps anything out."""
    names = [(kind, neighbor.inbound(kind)) for kind in _OPEN]
    given = [(kind, name.partition("(")[0]) for kind, name in names if name]
    return bool(given) and all(_OPEN[kind](config, name) for kind, name in given)


def _open_policy(config: Configuration, name: str) -> bool:
    """A route-policy without any condition that nothing is dropped by, e.g. `set med 5` and `pass`."""
    words = [line.split()[0] for line in config.section(f"route-policy {name}") or ()]
    return bool(words) and set(words) <= {"pass", "set", "prepend"}


def _open_route_map(config: Configuration, name: str) -> bool:
    """Its first entry permits without a `match`."""
    first = next(iter(config.headers(f"route-map {name}")), "")
    lines = config.section(first) or ()
    return first.split()[2:3] == ["permit"] and not any(line.startswith("match ") for line in lines)


def _open_prefix_list(config: Configuration, name: str) -> bool:
    """An entry permits every prefix, or more of them than one could mean (`permit 0.0.0.0/0 le 32`)."""
    entries = [text.split() for text in config.headers(f"ip prefix-list {name}")]
    return any(_everything(words[words.index("permit") + 1 :]) for words in entries if "permit" in words)


def _everything(words: list[str]) -> bool:
    if words == ["any"]:
        return True
    try:
        return IPv4Network(words[0]).prefixlen == 0 and words[-2:-1] == ["le"] and int(words[-1]) >= _MOST
    except ValueError:
        return False


def _open_access_list(config: Configuration, name: str) -> bool:
    lines = [text.removeprefix(f"access-list {name} ") for text in config.headers(f"access-list {name}")]
    lines += [text for kind in ("standard", "extended") for text in _named_list(config, f"{kind} {name}")]
    return any(re.fullmatch(r"(?:seq \d+ |\d+ )?permit (?:any|ip any any)", text.strip()) for text in lines)


def _named_list(config: Configuration, name: str) -> tuple[str, ...]:
    return config.section(f"ip access-list {name}") or ()


_MOST = 24  # a prefix-list up to this length lets the whole table of the Internet in
_OPEN: Mapping[str, Callable[[Configuration, str], bool]] = {
    "prefix-list": _open_prefix_list,
    "route-map": _open_route_map,
    "distribute-list": _open_access_list,
    "route-policy": _open_policy,
}


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
