"""Sources that follow the configuration: a port is up when it is cabled, a session when both ends agree."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address

from turnup.virtual.shows.adjacency import Adjacency, derived_adjacencies
from turnup.virtual.shows.counters import Counters, derived_counters
from turnup.virtual.shows.links import Link, derived_link, port_towards
from turnup.virtual.shows.peers import Peering, Session, derived_peerings
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.routes import Entry, derived_routes, reachable, route_to
from turnup.virtual.shows.sources import AaaServer, Echo, Echoed, Hop
from turnup.virtual.shows.times import short
from turnup.virtual.shows.view import View

_PACKETS = 63  # exchanged with a TACACS+ server before anybody looked


class Derived:
    """Made up from configuration, cables and faults."""

    def link(self, view: View, port: Port) -> Link:
        """A fault's word first."""
        return derived_link(view, port)

    def counters(self, view: View, port: Port, found: Link) -> Counters:
        """They grow with time, errors only when a fault says so."""
        return derived_counters(view, port, found)

    def adjacencies(self, view: View) -> tuple[Adjacency, ...]:
        """One on every port with a neighbour."""
        return derived_adjacencies(view)

    def peerings(self, view: View) -> tuple[Peering, ...]:
        """Up when both ends agree."""
        return derived_peerings(view)

    def session(self, view: View, one: Peering) -> Session:
        """One keepalive a minute and the updates; nothing before the first session."""
        key = f"bgp.{one.neighbor.address}"
        resets, age = view.overrides.number(f"{key}.resets"), _age(view, one, key)
        reason = view.overrides.text(f"{key}.last_reset")
        if one.state == "Idle (Admin)":
            reason = reason or f"{age}, due to Admin. shutdown"
        elif one.state == "Idle (PfxCt)":
            reason = reason or f"{age}, due to Peer over prefix limit"
        told = Session(age, established=resets, dropped=resets, reset=reason or "never", last_read=view.now.second % 60)
        return _open(view, one, key, told) if one.established else told

    def routes(self, view: View) -> Iterable[Entry]:
        """What links, configuration, customers and backbone bring."""
        return derived_routes(view)

    def echo(self, view: View, asked: Echo) -> Echoed:
        """Answered when a route leads there and back."""
        return Echoed(_symbols(view, asked))

    def hops(self, view: View, target: IPv4Address) -> tuple[Hop, ...]:
        """The next hop and the target."""
        if not reachable(view, target):
            return (Hop(""),) * 30
        entry = route_to(view, target)
        first = [entry.next_hop] if entry and entry.next_hop and entry.next_hop != str(target) else []
        return tuple(Hop(address, (0, 4, 0)) for address in (*first, str(target)))

    def servers(self, view: View) -> tuple[AaaServer, ...]:
        """The first that answers carries our logins and commands; its packets grow with each."""
        names = tuple(words[2] for words in view.global_lines("tacacs-server", "host") if len(words) > 2)
        alive = [one for one in names if not view.overrides.flag(f"tacacs.{one}.dead")]
        return tuple(_server(view, name, dead=name not in alive, first=name == next(iter(alive), "")) for name in names)


def _age(view: View, one: Peering, key: str) -> str:
    """Since when the session is what it is; `never` when it never was up."""
    if not one.established and key not in view.since:
        return "never"
    if not one.established and view.since[key] <= view.device.booted:
        return "never"
    return view.overrides.text(f"{key}.up_for", short(view.up_for(key)))


def _open(view: View, one: Peering, key: str, told: Session) -> Session:
    minutes = int(view.up_for(key).total_seconds()) // 60
    port = port_towards(view, one.neighbor.address)
    return Session(
        told.age,
        messages=(minutes + one.prefixes + 3, minutes + 4),
        router_id=str(one.neighbor.address),
        established=told.dropped + 1,
        dropped=told.dropped,
        reset=told.reset,
        last_read=told.last_read,
        local=view.address_of(one.neighbor.word("update-source") or (str(port.name) if port else "Loopback0")),
    )


def _symbols(view: View, asked: Echo) -> str:
    over, key = view.overrides, f"ping.{asked.target}"
    if not reachable(view, asked.target, asked.source):
        return "." * asked.count
    entry = route_to(view, asked.target)
    mtu = over.number(f"{key}.mtu", entry.port.mtu if entry and entry.port else 1500)
    if asked.df and asked.size > mtu:
        return "".join("M" if n % 2 == 0 else "." for n in range(asked.count))
    loss, symbol = over.number(f"{key}.loss"), over.text(f"{key}.symbol", ".")
    return "".join(symbol if _lost(n, loss) else "!" for n in range(asked.count))


def _lost(number: int, loss: int) -> bool:
    """Spread evenly: of every hundred requests so many are lost."""
    return (number + 1) * loss // 100 > number * loss // 100


def _server(view: View, name: str, *, dead: bool, first: bool) -> AaaServer:
    busy = 2 * view.device.counters.get("commands", 0) + 6 * len(view.device.sessions)
    sent = _PACKETS + busy if dead or first else 4
    opens = view.device.counters.get("logins", 0) + len(view.device.sessions) + (60 if first or dead else 2)
    errors = opens if dead else 0
    return AaaServer(name, opens, opens, errors, errors, 0 if dead else sent, sent)
