"""Every line an order owns. A change may touch nothing else (PASA 2.2: the customer configures the same routers)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from turnup.errors import InputError
from turnup.model.interface_name import InterfaceName
from turnup.render.fold import Sections
from turnup.render.grammar import untyped
from turnup.render.intent import ConfigItem

Lines = tuple[tuple[str, str], ...]  # (section, text); "" = global


# Sections that are an order's as a whole.
WHOLES = ("prefix-set ", "route-policy ")

# A line of a peer in an address family is the peer's: what takes the peer away takes it away too.
_FAMILY = re.compile(r"^address-family \S+ \S+ (?=neighbor )")


@dataclass(frozen=True)
class Footprint:
    """What belongs to an order: its ports with their subinterfaces, their passive lines, its peers, its lists.

    `peers` are (section header, address); `isis` the headers of the IS-IS process; `wholes` the headers of sections
    that are an order's as a whole (IOS XR: its prefix-set and its route-policy). `beside` are peers of the customer's
    other ports that use a list which is changed: they rest meanwhile, nothing else of them is touched.
    """

    ports: tuple[str, ...] = ()
    peers: tuple[tuple[str, str], ...] = ()
    prefix_lists: tuple[str, ...] = ()
    isis: tuple[str, ...] = ()
    wholes: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()

    def owns(self, section: str, text: str) -> bool:
        """Whether the order owns that line, in its positive or its `no` form."""
        body = text.removeprefix("no ")
        if not section:
            if body.startswith("interface "):
                return self._port_of(body) is not None and not self._is_port(body)
            return body.startswith(self._lists) or body in self.wholes
        if (whole := self._whole(section)) is not None:
            return whole
        in_process = _FAMILY.sub("", body) if body.startswith("address-family ") else body
        if in_process.startswith(self._neighbors.get(section, ())):
            return True
        if any(section == header and body == f"neighbor {peer} shutdown" for header, peer in self.beside):
            return True
        return section in self.isis and self._port_of(body.replace("passive-interface ", "interface ", 1)) is not None

    def _whole(self, section: str) -> bool | None:
        """Whether all of that section is the order's, or nothing of it; None: it has its lines among others."""
        if section in self.wholes or self._port_of(section) is not None:
            return True
        return None if not section or section in self.headers else False

    @cached_property
    def _lists(self) -> tuple[str, ...]:
        return tuple(f"ip prefix-list {name} " for name in self.prefix_lists)

    @cached_property
    def _neighbors(self) -> dict[str, tuple[str, ...]]:
        """First words of its peers' lines, by section."""
        headers = dict.fromkeys(header for header, _ in self.peers)
        return {header: tuple(f"neighbor {peer} " for h, peer in self.peers if h == header) for header in headers}

    def _is_port(self, header: str) -> bool:
        return any(header == f"interface {port}" for port in self.ports)

    def _port_of(self, header: str) -> str | None:
        if not header.startswith("interface "):
            return None
        port = _physical(header.split(" ")[1])
        return port if port in self.ports else None

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """Sections that must be on the router before the order can write below them."""
        ports = tuple(f"interface {port}" for port in self.ports)
        return tuple(dict.fromkeys((*ports, *self.isis, *(header for header, _ in (*self.peers, *self.beside)))))

    def cut(self, sections: Sections) -> Sections:
        """The order's own lines of a configuration, as sections; headers it writes below stay, even if empty."""
        return {
            header: tuple(line for line in lines if self.owns(header, line))
            for header, lines in sections.items()
            if not header or header in self.headers or self.owns("", header)
        }

    def owned(self, sections: Sections) -> Lines:
        """The same as (section, text), subinterface headers among the global lines."""
        return tuple((header, line) for header, lines in self.cut(sections).items() for line in lines)

    def foreign(self, sections: Sections) -> Lines:
        """Everything else, in order."""
        return tuple(
            (header, line)
            for header, lines in sections.items()
            if not (whole := self._whole(header))
            for line in lines
            if whole is False or not self.owns(header, line)
        )


@lru_cache(maxsize=16384)
def _physical(name: str) -> str:
    """The physical interface of that name; "" when it is none."""
    try:
        return str(InterfaceName.parse(name).parent)
    except InputError:
        return ""


def footprint_of(items: Iterable[ConfigItem]) -> Footprint:
    """The footprint of rendered lines: nothing but what they name."""
    ports: dict[str, None] = {}
    peers: dict[tuple[str, str], None] = {}
    lists: dict[str, None] = {}
    isis: dict[str, None] = {}
    wholes: dict[str, None] = {}
    for item in items:
        words = item.text.removeprefix("no ").split(" ")
        kind = item.section.split(" ")[0:2]
        if kind[0] == "interface":
            ports[str(InterfaceName.parse(kind[1]).parent)] = None
        elif kind == ["router", "isis"]:
            isis[item.section] = None
        elif kind == ["router", "bgp"] and words[0] == "neighbor":
            peers[item.section, words[1]] = None
        elif words[:2] == ["ip", "prefix-list"]:
            lists[words[2]] = None
        elif item.section.startswith(WHOLES):
            wholes[item.section] = None
    return Footprint(tuple(ports), tuple(peers), tuple(lists), tuple(isis), tuple(wholes))


def together(*footprints: Footprint) -> Footprint:
    """One footprint of several, in their order. Not what rested beside them: that was for one change only."""
    return Footprint(
        *(
            tuple(dict.fromkeys(item for one in footprints for item in getattr(one, part)))
            for part in ("ports", "peers", "prefix_lists", "isis", "wholes")
        )
    )


def canonical(lines: Iterable[tuple[str, str]], hidden: tuple[str, ...] = ()) -> Lines:
    """Lines made comparable: the router's order does not count, nor a shown default, nor a redacted type digit."""
    return tuple(
        sorted((section, untyped(text)) for section, text in lines if not (section and untyped(text) in hidden))
    )


def with_headers(lines: Lines) -> Lines:
    """Lines of an order with the headers that it makes itself (subinterfaces, sets, policies) among the global ones."""
    below = dict.fromkeys(header for header, _ in lines)
    made = [h for h in below if h.startswith(WHOLES) or (h.startswith("interface ") and "." in h)]
    return (*(("", header) for header in made), *lines)


def sections_of(lines: Iterable[tuple[str, str]], headers: Iterable[str]) -> Sections:
    """Lines back as sections, with these headers there even if empty."""
    found: dict[str, list[str]] = {"": []}
    for header in headers:
        found.setdefault(header, [])
    for section, text in lines:
        found.setdefault(section, []).append(text)
        if not section and text.startswith(("interface ", *WHOLES)):
            found.setdefault(text, [])
    return {header: tuple(body) for header, body in found.items()}
