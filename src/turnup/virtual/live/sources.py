"""Sources of one live router: FRR for protocols and routes, the kernel for ports, its own client for TACACS+."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any

from turnup.virtual.live import echo, frr, kernel
from turnup.virtual.live.aaa import Aaa
from turnup.virtual.live.names import kernel_name
from turnup.virtual.live.node import Node
from turnup.virtual.shows.adjacency import Adjacency, process
from turnup.virtual.shows.counters import Counters
from turnup.virtual.shows.links import Link, link
from turnup.virtual.shows.peers import Peering, Session, neighbors
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.routes import Entry
from turnup.virtual.shows.sources import AaaServer, Echo, Echoed, Hop
from turnup.virtual.shows.view import View


@dataclass
class LiveSources:
    """What the node reports, asked once for every show command."""

    node: Node
    aaa: Aaa
    _cleared: dict[str, Counters] = field(default_factory=dict)
    _cleared_at: datetime | None = None

    def link(self, view: View, port: Port) -> Link:
        """Switched on and with a carrier, as the kernel says; loopbacks beside the first and subinterfaces have no
        device there: their parent's state, and what the configuration says.
        """
        if port.name.sub:
            parent = view.port(str(port.name.parent))
            return link(view, parent) if parent else Link("down", "down", why="no parent")
        if port.is_virtual and not kernel_name(port.name):
            return kernel.link(None, shut=port.shut) if port.shut else Link("up", "up")
        return kernel.link(self._ports(view).get(kernel_name(port.name)), shut=port.shut)

    def counters(self, view: View, port: Port, found: Link) -> Counters:
        """The kernel's, since the last `clear counters`."""
        del found
        if view.cleared != self._cleared_at:
            self._cleared_at = view.cleared
            self._cleared = {name: one.counted for name, one in self._ports(view).items()}
        name = kernel_name(port.name)
        known = self._ports(view).get(name) if name else None
        return kernel.since(known.counted, self._cleared.get(name)) if known else Counters(resets=0, transitions=0)

    def adjacencies(self, view: View) -> tuple[Adjacency, ...]:
        """isisd's neighbours."""
        return frr.adjacencies(self.node.ask("show isis neighbor detail json"), _named(view))

    def peerings(self, view: View) -> tuple[Peering, ...]:
        """bgpd's state of every neighbour of the configuration."""
        return frr.peerings(self.node.ask("show bgp ipv4 unicast summary json"), neighbors(view))

    def session(self, view: View, one: Peering) -> Session:
        """bgpd's record of that neighbour."""
        told = view.once(self._neighbors)
        return frr.session(told.get(str(one.neighbor.address), {}))

    def routes(self, view: View) -> Iterable[Entry]:
        """zebra's selected routes."""
        found, paths = self.node.ask("show ip route json"), self.node.ask("show bgp ipv4 unicast json")
        running = process(view)
        level = "L1" if running and running.is_type == "level-1" else "L2"
        return frr.routes(found, paths, _named(view), level)

    def echo(self, view: View, asked: Echo) -> Echoed:
        """The node's `ping`."""
        del view
        return echo.echo(self.node, asked)

    def hops(self, view: View, target: IPv4Address) -> tuple[Hop, ...]:
        """Found by `ping` with rising times to live."""
        del view
        return echo.hops(self.node, target)

    def servers(self, view: View) -> tuple[AaaServer, ...]:
        """Our client's counters."""
        del view
        return self.aaa.servers()

    def _ports(self, view: View) -> dict[str, kernel.KernelPort]:
        return view.once(self._asked_ports)

    def _asked_ports(self, _view: View) -> dict[str, kernel.KernelPort]:
        return kernel.ports(self.node.json("ip", "-j", "-s", "-s", "link"))

    def _neighbors(self, _view: View) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.node.ask("show bgp neighbors json")
        return found


def _named(view: View) -> dict[str, Port]:
    return {name: port for port in view.ports if (name := kernel_name(port.name))}
