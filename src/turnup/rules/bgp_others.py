"""Neighbors that no order names: each is filtered, the mesh lets everything through (checklist 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from turnup.checks import Expected, Facts, compare, holds, inconclusive, part
from turnup.configuration import Configuration
from turnup.model.verdict import Finding, Seen
from turnup.rules.bgp import BgpSection, as_number, is_address
from turnup.rules.bgp_families import BgpNeighborConfig
from turnup.rules.bgp_filters import definitions, lets_in_own, passes_all, undefined
from turnup.rules.evidence import lines_seen

# What changes whose routes all neighbors get, or sends the traffic away. Lines of a VRF stand behind its name.
_STEERS = re.compile(
    r"(?:address-family ipv4(?: unicast)? )?(?P<line>redistribute (?:isis|ospf|eigrp|rip)\b.*"
    r"|default-information originate.*|table-map \S+ filter|bgp confederation identifier .*"
    r"|network 0\.0\.0\.0(?:/0)?(?: .*)?|aggregate-address .*\bsummary-only\b.*|bgp inject-map .*"
    r"|bgp graceful-shutdown.*|bgp shutdown.*|shutdown)"
)
_KINDS = ("prefix-list", "route-map", "distribute-list", "route-policy", "filter-list")
_GUARDS = ("prefix-list", "route-map", "distribute-list", "route-policy", "maximum-prefix")


def process_lines(expected: Expected, facts: Facts, section: BgpSection) -> Iterator[Finding]:
    """An IGP's routes, a default route, another AS shown outside: only where inventory says so."""
    found = {text: match["line"] for text in section.texts if (match := _STEERS.fullmatch(text))}
    found |= {text: text for neighbor in section.neighbors.values() for text in _default_to_mesh(section, neighbor)}
    wanted, shown = tuple(sorted(expected.router.bgp_lines)), tuple(sorted(found.values()))
    seen, source = lines_seen(facts, *found, section=section.header), expected.inventory("bgp_lines")
    yield compare("other routes, another AS or shutdown in BGP", wanted, shown, source=source, seen=seen)


def _default_to_mesh(section: BgpSection, neighbor: BgpNeighborConfig) -> Iterator[str]:
    """Lines that tell an internal neighbor to send here what it has no route for; a customer may be told so."""
    if is_internal(section, neighbor.value("remote-as")):
        for name in (neighbor.name, *neighbor.groups):
            yield from (text for text in section.texts_of(name) if text.split()[2] == "default-originate")


def is_internal(section: BgpSection, remote: str | None) -> bool:
    """Whether a neighbor of that AS is one of this network."""
    if remote in (None, "internal", "external"):
        return remote == "internal"
    return as_number(remote) == section.local_as


def mesh_filters(facts: Facts, section: BgpSection, neighbor: BgpNeighborConfig, subject: str) -> Iterator[Finding]:
    """The mesh carries everybody's routes: a filter that lets no stranger's through takes them from somebody."""
    config = facts.configuration()
    for way in ("in", "out"):
        if names := tuple(f"{kind} {name}" for kind in _KINDS if (name := neighbor.directed(kind, way))):
            lines = [text for text in section.texts_about(neighbor.name) if text.endswith(f" {way}")]
            seen = lines_seen(facts, *lines, *definitions(config, neighbor), section=None)
            open_ = not undefined(config, neighbor) and passes_all(config, neighbor, way)
            told = f"{', '.join(names)}{'' if open_ else ' keeps routes out'}"
            yield holds(f"{subject} filters {way}", open_, expected="lets all through", observed=told, seen=seen)


def other_neighbors(expected: Expected, facts: Facts, config: Configuration, section: BgpSection) -> Iterator[Finding]:
    """An unfiltered external neighbor can flood this router, and with it the port under test.

    A filter that is named but not there filters nothing, and one of IPv4 keeps no route of IPv6 out.
    """
    listening = section.listening
    for name, neighbor in (*section.neighbors.items(), *section.others.items()):
        remote = neighbor.value("remote-as") or _over_interface(neighbor)
        one = is_address(name.split()[0]) or name.split()[0] in listening
        if one and remote is None:
            seen = lines_seen(facts, *section.texts_about(name), section=section.header)
            yield inconclusive(f"neighbor {name} filtered", "it has no remote-as", seen=seen)
        if not one or remote is None:
            continue
        if is_internal(section, remote):
            if name in section.neighbors:
                yield from _internal(expected, facts, section, name)
            continue
        yield from unread(facts, section, neighbor, f"neighbor {name}")
        if section.carries(neighbor):
            yield from part(f"neighbor {name} filtered", _filtered(expected, facts, config, section, neighbor))


def _over_interface(neighbor: BgpNeighborConfig) -> str | None:
    """AS of `neighbor eth1 interface remote-as external` (FRR)."""
    words = (neighbor.value("interface") or "").split()
    return words[-1] if "remote-as" in words[:-1] else None


def _own(expected: Expected) -> Iterator[IPv4Network]:
    """Networks that no other network may lead away: the loopbacks of this router and of the mesh."""
    router = expected.router
    yield from (IPv4Network(address) for address in (router.loopback, *(peer.address for peer in router.ibgp_peers)))


def _filtered(
    expected: Expected, facts: Facts, config: Configuration, section: BgpSection, neighbor: BgpNeighborConfig
) -> Iterator[Finding]:
    found = map(neighbor.inbound, ("prefix-list", "route-map", "distribute-list", "route-policy"))
    filtered = next((name for name in found if name), None)
    told = f"inbound filter {filtered or 'none'}, maximum-prefix {neighbor.value('maximum-prefix') or 'none'}"
    if missing := undefined(config, neighbor):
        filtered, told = None, f"{told}; not in the configuration: {', '.join(missing)}"
    elif passes_all(config, neighbor):
        filtered, told = None, f"{told}; that policy passes everything"
    elif neighbor.name in section.neighbors and (taken := lets_in_own(config, neighbor, _own(expected))):
        filtered, told = None, f"{told}; it lets in routes to our own {', '.join(taken)}"
    if neighbor.name in section.neighbors:
        seen = seen_of(facts, section, neighbor.name, "remote-as", "interface", *_GUARDS)
    else:
        seen = lines_seen(facts, *section.texts_about(neighbor.name), section=section.header)
    seen += lines_seen(facts, *definitions(config, neighbor), section="") if filtered else ()
    yield holds(
        f"neighbor {neighbor.name} filtered",
        bool(filtered and neighbor.limit),
        expected="inbound filter and maximum-prefix",
        observed=told,
        seen=seen,
    )


def _internal(expected: Expected, facts: Facts, section: BgpSection, name: str) -> Iterator[Finding]:
    """Internal sessions carry no filter: one that inventory does not know lets a stranger in."""
    if name not in {str(peer.address) for peer in expected.router.ibgp_peers}:
        seen = lines_seen(facts, *section.texts_of(name), section=section.header)
        source = expected.inventory("ibgp_peers")
        yield compare(f"iBGP neighbor {name}", "none", "a peer that inventory does not name", source=source, seen=seen)


def unread(facts: Facts, section: BgpSection, neighbor: BgpNeighborConfig, subject: str) -> Iterator[Finding]:
    """What it takes from a template, which nobody here reads: it may be shut, or unfiltered."""
    for text in neighbor.unread:
        seen = lines_seen(facts, f"neighbor {neighbor.name} {text}", section=section.header)
        yield inconclusive(f"{subject} settings", f"`{text}`: what a template says is not read", seen=seen)


def seen_of(facts: Facts, section: BgpSection, name: str, *words: str) -> tuple[Seen, ...]:
    """A neighbor's lines that begin with one of these words, its own and its peer-group's, and what ties the two."""
    own = section.texts_of(name)
    joined = [text for text in own if text.split()[2] == "peer-group" and len(text.split()) > 3]
    inherited = [text for line in joined for text in section.texts_of(line.split()[3])]
    told = [text for text in (*own, *inherited) if text.split()[2] in words and not text.endswith(" out")]
    return lines_seen(facts, *joined, *told, section=section.header) or lines_seen(facts, section.header, section="")
