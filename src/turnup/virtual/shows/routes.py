"""The routing table, and whether a packet from this router gets an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network

from turnup.virtual.shows.adjacency import Adjacency, adjacencies, isis_ports, process
from turnup.virtual.shows.links import far_end, link
from turnup.virtual.shows.peers import address_or_none, peerings
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.view import View

DEFAULT = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True)
class Entry:
    """One route. `code` is C, S, B or i L2; `next_hop` None when the network is connected."""

    prefix: IPv4Network
    code: str
    distance: int
    metric: int
    next_hop: str | None
    port: Port | None
    age: timedelta
    source: str = ""  # who told: a router's address
    tag: int = 0  # the neighbouring AS, 0 for what is our own
    hops: int = 0


def table(view: View) -> tuple[Entry, ...]:
    """Every route, the best where two have the same prefix."""
    return view.once(_table)


def _table(view: View) -> tuple[Entry, ...]:
    best: dict[IPv4Network, Entry] = {}
    for entry in view.sources.routes(view):
        if entry.prefix not in best or entry.distance < best[entry.prefix].distance:
            best[entry.prefix] = entry
    return tuple(sorted(best.values(), key=lambda e: (e.prefix.network_address, e.prefix.prefixlen)))


def derived_routes(view: View) -> Iterator[Entry]:
    """What the links, the configuration, the customers and the backbone bring."""
    for entry in (*_connected(view), *_static(view), *_customers(view), *_backbone(view)):
        if not view.overrides.flag(f"route.{entry.prefix}.missing"):
            yield entry


def route_to(view: View, address: IPv4Address) -> Entry | None:
    """The longest match; None when the network is not in the table."""
    found = [entry for entry in table(view) if address in entry.prefix]
    return max(found, key=lambda entry: entry.prefix.prefixlen, default=None)


def reachable(view: View, address: IPv4Address, source: IPv4Address | None = None) -> bool:
    """Whether that address answers: one of ours, a far end on a link that is up, or something behind a route."""
    if source is not None and source not in _own(view):
        return False
    if address in _own(view):
        return True
    entry = route_to(view, address)
    if entry is None or entry.port is None:
        return False
    if entry.next_hop is None:  # on the link itself only the far end is there, behind an Ethernet switch anybody
        far = far_end(view, entry.port)
        return address == far.address if far else entry.port.card is None
    return True


def _own(view: View) -> frozenset[IPv4Address]:
    return frozenset(port.address.ip for port in view.ports if port.address and link(view, port).up)


def _connected(view: View) -> Iterator[Entry]:
    for port in view.ports:
        if port.address and link(view, port).up:
            age = view.up_for(f"interface.{port.name}")
            yield Entry(port.address.network, "C", 0, 0, None, port, age)


def _static(view: View) -> Iterator[Entry]:
    """`ip route`: in the table while its interface is up or its next hop is on a connected network."""
    connected = tuple(_connected(view))
    for words in view.global_lines("ip", "route"):
        if len(words) < 5:
            continue
        prefix, way = IPv4Network(f"{words[2]}/{words[3]}", strict=False), words[4]
        if way == "Null0":
            yield Entry(prefix, "S", 1, 0, None, None, view.uptime)
        elif (port := view.port(way)) is not None:
            if link(view, port).up:
                yield Entry(prefix, "S", 1, 0, None, port, view.uptime)
        elif (hop := address_or_none(way)) is not None:
            via = next((entry.port for entry in connected if hop in entry.prefix), None)
            if via is not None:
                yield Entry(prefix, "S", 1, 0, str(hop), via, view.uptime)


def _customers(view: View) -> Iterator[Entry]:
    for peering in peerings(view):
        hop = peering.neighbor.address
        port = next((e.port for e in _connected(view) if hop in e.prefix), None)
        for prefix in peering.accepted:
            age = view.up_for(f"bgp.{hop}")
            yield Entry(prefix, "B", 20, 0, str(hop), port, age, str(hop), peering.neighbor.remote_as, hops=1)


def _backbone(view: View) -> Iterator[Entry]:
    """What IS-IS brings: loopbacks of the mesh, far ends' links, and the way to the management networks."""
    found = process(view)
    up = [one for one in adjacencies(view) if one.state == "UP"]
    if found is None or not up:
        return
    exits = {one.port.name: one for one in up}
    by_router = {link.far_router: exits[link.interface] for link in view.router.links if link.interface in exits}
    for peer in view.router.ibgp_peers:
        via = by_router.get(peer.name, up[-1])
        near = peer.name in by_router
        yield _isis(view, IPv4Network(f"{peer.address}/32"), via, 20 if near else 40, str(peer.address))
    connected = {port.address.network for port in isis_ports(view) if port.address}
    targets = (*view.router.management_targets, *view.router.tacacs_servers, *view.router.name_servers)
    for prefix in sorted({IPv4Network(f"{one}/24", strict=False) for one in (*targets, *view.router.log_hosts)}):
        if prefix not in connected:
            yield _isis(view, prefix, up[-1], 30, str(up[-1].address))


def _isis(view: View, prefix: IPv4Network, via: Adjacency, metric: int, source: str) -> Entry:
    age = view.up_for(f"isis.{via.port.name}")
    code = "i L1" if via.level == "L1" else "i L2"
    return Entry(prefix, code, 115, metric, via.address, via.port, age, source)
