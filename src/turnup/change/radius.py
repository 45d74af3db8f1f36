"""Whom a change could hurt: other customers on the same port, card and router. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from turnup.change.footprint import Footprint, Lines
from turnup.errors import InputError
from turnup.model.interface_name import InterfaceName
from turnup.render.fold import Sections
from turnup.render.grammar import Grammar
from turnup.render.intent import ConfigItem


@dataclass(frozen=True)
class Neighbour:
    """An interface that carries a customer, by its description."""

    interface: str
    customer: str


@dataclass(frozen=True)
class BlastRadius:
    """Other customers that share the port, the card, the router; a wider circle leaves out the narrower one.

    `management` says why it could cut off the router's own management; () = it cannot. `interrupts` names the ports and
    neighbors in service that rest meanwhile; `shared` the customer's own other ports that a changed prefix-list
    reaches. `text_only`: nothing but text for people changes, so nobody is in reach.
    """

    port: tuple[Neighbour, ...] = ()
    card: tuple[Neighbour, ...] = ()
    router: tuple[Neighbour, ...] = ()
    management: tuple[str, ...] = ()
    interrupts: tuple[str, ...] = ()
    shared: tuple[Neighbour, ...] = ()
    text_only: bool = False


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


def interrupted(footprint: Footprint, before: Lines, items: Iterable[ConfigItem], grammar: Grammar) -> tuple[str, ...]:
    """Ports and neighbors that serve `before` and are touched by more than text for people (PASA 2.3(a))."""
    touched = [(item.section, item.text) for item in items if item.text and not _is_talk(item, grammar)]
    ports = (
        port
        for port in footprint.ports
        if (f"interface {port}", "shutdown") not in before
        and any(_of_port(section, port) or f"interface {port}" == text for section, text in touched)
    )
    peers = (
        f"neighbor {peer}"
        for header, peer in (*footprint.peers, *footprint.beside)
        if _serves(header, peer, footprint, before)
        and any(section == header and f" {peer} " in f"{text} " for section, text in touched)
    )
    return (*ports, *peers)


def _is_talk(item: ConfigItem, grammar: Grammar) -> bool:
    known = grammar.known(item.section, item.text)
    return known is not None and known.rule.talk


def text_only(items: Iterable[ConfigItem], grammar: Grammar) -> bool:
    """Whether lines are sent, and all of them are text for people."""
    lines = [item for item in items if item.text]
    return bool(lines) and all(_is_talk(item, grammar) for item in lines)


def _serves(header: str, peer: str, footprint: Footprint, before: Lines) -> bool:
    known = (header, peer) in footprint.beside or any(
        section == header and text.startswith(f"neighbor {peer} remote-as ") for section, text in before
    )
    return known and (header, f"neighbor {peer} shutdown") not in before


def _of_port(header: str, port: str) -> bool:
    name = _interface(header)
    return name is not None and str(name.parent) == port
