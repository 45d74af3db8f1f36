"""What must hold on a router before an order may touch it; looked at when planning and again just before sending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from turnup.change.addresses import address_in
from turnup.change.footprint import Footprint, canonical
from turnup.render.fold import Sections
from turnup.render.grammar import Grammar
from turnup.render.intent import Intent


@dataclass(frozen=True)
class Needs:
    """The router's name, the sections and route-maps the order builds on, the link network it takes."""

    hostname: str
    headers: tuple[str, ...] = ()
    route_maps: tuple[str, ...] = ()
    link: IPv4Network | None = None


def unmet(needs: Needs, footprint: Footprint, sections: Sections) -> tuple[str, ...]:
    """Each condition that does not hold, in words; () when all do."""
    return tuple(_unmet(needs, footprint, sections))


def _unmet(needs: Needs, footprint: Footprint, sections: Sections) -> Iterator[str]:
    top = sections[""]
    names = [line.removeprefix("hostname ") for line in top if line.startswith("hostname ")]
    if names != [needs.hostname]:
        yield f"the router calls itself {', '.join(names) or 'nothing'}, not {needs.hostname}"
    for header in needs.headers:
        if header not in top:
            yield f"the router has no {header!r}"
    for name in needs.route_maps:
        if not any(line.startswith(f"route-map {name} ") or line == f"route-policy {name}" for line in top):
            yield f"route-map {name} is not defined: what it would let through is not known"
    if needs.link is not None:
        yield from _overlaps(needs.link, footprint, sections)


def _overlaps(link: IPv4Network, footprint: Footprint, sections: Sections) -> Iterator[str]:
    for header, lines in sections.items():
        for line in lines:
            address = address_in(line)
            if address is None or footprint.owns(header, line):
                continue
            if address.network.overlaps(link):
                yield f"{link} overlaps with {address.network} on {header.removeprefix('interface ')}"


def not_free(intent: Intent, footprint: Footprint, sections: Sections, grammar: Grammar) -> tuple[str, ...]:
    """Running lines inside the footprint that keep the order out: the port is not free, the peer or list is taken.

    Lines that the order sets to another value (a forgotten `crc 32` on a shut port) are no obstacle: the back-out
    puts them back.
    """
    own = footprint.cut(sections)
    wanted = set(canonical(intent.lines))
    found = [
        f"{header or '(global)'} / {line}"
        for header, line in canonical(footprint.owned(sections), intent.hidden_defaults)
        if not _harmless(header, line, wanted, intent, grammar)
    ]
    for port in footprint.ports:
        header = f"interface {port}"
        if "shutdown" not in own.get(header, ()) and not found:
            found.append(f"{header} / (not shut down)")
    return tuple(found)


_OCCUPIED = ("description ", "ip address ", "ipv4 address ")


def _harmless(header: str, line: str, wanted: set[tuple[str, str]], intent: Intent, grammar: Grammar) -> bool:
    if not header:
        return (header, line) in wanted  # a prefix-list that another port of this customer has already
    section = grammar.section(header)
    if section is not None and intent.available and line == f"description {intent.available}":
        return True
    if section is None or section.name != "interface" or line.startswith(_OCCUPIED):
        return False
    if line in grammar.idle:
        return True
    known = grammar.known(header, line)
    keys = {
        other.key
        for item in intent.phase1
        if item.section == header and item.text and (other := grammar.known(header, item.text))
    }
    return known is not None and known.key in keys
