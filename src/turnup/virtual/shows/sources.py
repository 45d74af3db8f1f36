"""Where the shows get what the configuration alone does not tell: states, tables, counters, answers to packets.

`Derived` makes it up from configuration, cables and faults; the room `live` reads it from FRR and the kernel. The text
that both are shown in is the same code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Protocol

from turnup.virtual.shows.adjacency import Adjacency
from turnup.virtual.shows.counters import Counters
from turnup.virtual.shows.links import Link
from turnup.virtual.shows.peers import Peering, Session
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.routes import Entry
from turnup.virtual.shows.view import View


@dataclass(frozen=True)
class Echo:
    """Echo requests to send: `size` with the IP header, `wait` in seconds for the answer to each."""

    target: IPv4Address
    source: IPv4Address | None = None
    count: int = 5
    size: int = 100
    df: bool = False
    wait: int = 2


@dataclass(frozen=True)
class Echoed:
    """What became of them, a symbol each, and the times of the answers (min, avg, max in ms)."""

    symbols: str
    times: tuple[int, int, int] = (1, 2, 8)


@dataclass(frozen=True)
class Hop:
    """One hop of a traceroute; `address` "" when nobody answered, `times` of its three probes in ms."""

    address: str
    times: tuple[int, ...] = ()


@dataclass(frozen=True)
class AaaServer:
    """One TACACS+ server and what our client exchanged with it."""

    address: str
    opens: int = 0
    closes: int = 0
    aborts: int = 0
    errors: int = 0
    packets_in: int = 0
    packets_out: int = 0


class Sources(Protocol):
    """Tables of one router at one time."""

    def link(self, view: View, port: Port) -> Link:
        """State of that port."""
        ...

    def counters(self, view: View, port: Port, found: Link) -> Counters:
        """Counters of that port."""
        ...

    def adjacencies(self, view: View) -> tuple[Adjacency, ...]:
        """IS-IS neighbours."""
        ...

    def peerings(self, view: View) -> tuple[Peering, ...]:
        """The session with every BGP neighbour of the configuration."""
        ...

    def session(self, view: View, one: Peering) -> Session:
        """What that session did so far."""
        ...

    def routes(self, view: View) -> Iterable[Entry]:
        """Every route; of several to one network the one with the least distance counts."""
        ...

    def echo(self, view: View, asked: Echo) -> Echoed:
        """Send echo requests."""
        ...

    def hops(self, view: View, target: IPv4Address) -> tuple[Hop, ...]:
        """The way to that address."""
        ...

    def servers(self, view: View) -> tuple[AaaServer, ...]:
        """TACACS+ servers of the configuration, in order."""
        ...
