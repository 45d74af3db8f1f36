"""Whom a change could hurt: other customers on the same port, card and router. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from turnup.change.footprint import Footprint
from turnup.errors import InputError
from turnup.model.interface_name import InterfaceName
from turnup.render.fold import Sections


@dataclass(frozen=True)
class Neighbour:
    """An interface that carries a customer, by its description."""

    interface: str
    customer: str


@dataclass(frozen=True)
class BlastRadius:
    """Other customers that share the port, the card, the router; a wider circle leaves out the narrower one.

    `management` says why it could cut off the router's own management; () = it cannot.
    """

    port: tuple[Neighbour, ...] = ()
    card: tuple[Neighbour, ...] = ()
    router: tuple[Neighbour, ...] = ()
    management: tuple[str, ...] = ()


def blast_radius(footprint: Footprint, sections: Sections, customer: str) -> BlastRadius:
    """All but that customer. They are known by descriptions `CUST|<code>|...`; an interface without one is left out."""
    rings: tuple[list[Neighbour], list[Neighbour], list[Neighbour]] = ([], [], [])
    ports = [InterfaceName.parse(port) for port in footprint.ports]
    for header, lines in sections.items():
        other, name = _customer(lines), _interface(header)
        if other is None or name is None or (name.parent in ports and other == customer):
            continue
        same_card = any(name.slot == port.slot for port in ports)
        rings[0 if name.parent in ports else 1 if same_card else 2].append(Neighbour(str(name), other))
    port, card, router = map(tuple, rings)
    return BlastRadius(port, card, router)


def _customer(lines: tuple[str, ...]) -> str | None:
    for line in lines:
        words = line.split("|")
        if words[0] == "description CUST" and len(words) > 1:
            return words[1]
    return None


def _interface(header: str) -> InterfaceName | None:
    words = header.split(" ")
    if words[0] != "interface" or len(words) < 2:
        return None
    try:
        return InterfaceName.parse(words[1])
    except InputError:
        return None
