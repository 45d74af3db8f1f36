"""`router bgp` sections: neighbors with what they inherit from their peer-groups (checklist 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_interface

from turnup.configuration import ConfigLine, Configuration
from turnup.errors import CouldNotRun
from turnup.rules.bgp_families import BgpNeighborConfig, behind, other_families, placed

_FAMILY = "address-family "
_OWN_FAMILIES = ("address-family ipv4", "address-family ipv4 unicast")
_LEAVES = "exit-address-family"


@dataclass(frozen=True)
class BgpSection:
    """The BGP process of a router; `texts` are the lines as they stand.

    Lines of another address family or of a VRF have that in front: `address-family vpnv4 neighbor 10.0.0.1 activate`.
    `neighbors` are those of IPv4 unicast, `others` those of another family or of a VRF, by their name and its.
    """

    header: str
    local_as: int
    texts: tuple[str, ...]
    neighbors: Mapping[str, BgpNeighborConfig] = field(default_factory=dict)
    others: Mapping[str, BgpNeighborConfig] = field(default_factory=dict)

    def texts_of(self, neighbor: str) -> tuple[str, ...]:
        """Lines `neighbor X ...` of one neighbor, as they stand."""
        return tuple(text for text in self.texts if text.split()[:2] == ["neighbor", neighbor])

    def texts_about(self, neighbor: str) -> tuple[str, ...]:
        """Every line of the neighbor of that name, e.g. `10.0.0.1 in vrf BLUE`, wherever it stands, as it is shown."""
        found = [text for text in self.texts if (told := placed(text)) and told[0].name == neighbor.split()[0]]
        return tuple(dict.fromkeys(said for text in found for said in (text, text[text.index("neighbor ") :])))

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

    def carries(self, neighbor: BgpNeighborConfig) -> bool:
        """Whether that neighbor exchanges routes of the family it stands under.

        One that carries nothing at all is judged as if it carried IPv4, which one line more would make true.
        """
        if neighbor.name not in self.neighbors or not self.inactive(neighbor):
            return True
        return not any(name.split()[0] == neighbor.name for name in self.others)

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
    return BgpSection(headers[0], as_number(headers[0].split()[2]), texts, _neighbors(texts), other_families(texts))


def _texts(config: Configuration, header: str) -> Iterator[str]:
    """Lines of the process. What IOS writes below another address family is told apart by that family's name."""
    lines = [line for line in config.lines if line.section == header and line.depth]
    family, depth, closed = "", 0, False
    for number, line in enumerate(lines):
        if line.text.strip() == _LEAVES or (not closed and line.depth <= depth):
            family, depth, closed = "", 0, False
        opens = line.text.startswith(_FAMILY) and not line.shown
        if opens:
            family, depth, closed = line.text.strip(), line.depth, _is_closed(lines[number + 1 :])
        own = line.shown or opens or family in ("", *_OWN_FAMILIES)  # nested readings name it themselves
        yield line.text if own else f"{family} {line.text}"


def _is_closed(behind_it: Sequence[ConfigLine]) -> bool:
    """Whether a family ends with a line that says so: then its lines need not be indented deeper (12.0S)."""
    words = (line.text.strip() for line in behind_it)
    return next((word for word in words if word == _LEAVES or word.startswith(_FAMILY)), "") == _LEAVES


def _neighbors(texts: tuple[str, ...]) -> dict[str, BgpNeighborConfig]:
    own: dict[str, list[str]] = {}
    for text in texts:
        words = text.split()
        if words[0] == "neighbor" and len(words) > 2 and words[2] != "address-family":
            own.setdefault(words[1], []).append(" ".join(words[2:]))
    return {name: BgpNeighborConfig(name, tuple(lines), _expanded(lines, own)) for name, lines in own.items()}


def _expanded(lines: list[str], own: Mapping[str, list[str]]) -> tuple[str, ...]:
    groups = [line.split()[1] for line in lines if line.startswith("peer-group ")]
    return (*lines, *behind(lines, [line for group in groups for line in own.get(group, ())]))


def as_number(text: str) -> int:
    """An AS number, asplain or asdot. Raises CouldNotRun for other text."""
    high, dot, low = text.partition(".")
    if not high.isdigit() or (dot and not low.isdigit()):
        raise CouldNotRun(f"{text!r} is not an AS number")
    return int(high) * 65536 + int(low) if dot else int(high)


def is_address(text: str) -> bool:
    """Whether a neighbor's name is an address, IPv4 or IPv6, or a range of them (IOS-XR), not a peer-group."""
    try:
        ip_interface(text)
    except ValueError:
        return False
    return True
