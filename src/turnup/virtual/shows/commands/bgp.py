"""BGP: `show ip bgp summary` and `show ip bgp neighbors`."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.virtual.shows.peers import Peering, Session, local_as, peerings
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View

_NOT_ACTIVE = "% BGP not active\n"


def _router_id(view: View) -> str:
    configured = [line.split()[2] for line in view.section(f"router bgp {local_as(view)}") if "bgp router-id" in line]
    return configured[0] if configured else str(view.address_of("Loopback0") or view.router.loopback)


def _name(one: Peering) -> str:
    return f"bgp.{one.neighbor.address}"


@shows("show ip bgp summary")
def summary(view: View, _args: Args) -> str:
    """One line a neighbour; its last column is a number exactly when the session is Established."""
    own = local_as(view)
    if own is None:
        return _NOT_ACTIVE
    found = peerings(view)
    prefixes = sum(one.prefixes for one in found)
    lines = [
        f"BGP router identifier {_router_id(view)}, local AS number {own}",
        f"BGP table version is {prefixes + 1}, main routing table version {prefixes + 1}",
        f"{prefixes} network entries and {prefixes} paths using {prefixes * 169} bytes of memory",
        f"{max(prefixes, 1)} BGP path attribute entries using {max(prefixes, 1) * 52} bytes of memory",
        "1 BGP AS-PATH entries using 24 bytes of memory",
        "0 BGP route-map cache entries using 0 bytes of memory",
        "0 BGP filter-list cache entries using 0 bytes of memory",
        f"BGP activity {prefixes}/0 prefixes, {prefixes}/0 paths, scan interval 15 secs",
        "",
        "Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
    ]
    for one in found:
        told = view.sources.session(view, one)
        received, sent = told.messages
        version = prefixes + 1 if one.established else 0
        last = f"{one.prefixes:>8}" if one.established else f"{one.state}"
        remote_as = view.overrides.number(f"{_name(one)}.remote_as", one.neighbor.remote_as)
        lines.append(
            f"{one.neighbor.address!s:<15} 4 {remote_as:>5} {received:>7} {sent:>7} {version:>8} "
            f"{0:>4} {0:>4} {told.age:<8} {last}"
        )
    return "\n".join(lines) + "\n"


@shows("show ip bgp neighbors", "show ip bgp neighbors {address}")
def neighbors(view: View, args: Args) -> str:
    """One block a neighbour: session, policy, history."""
    if local_as(view) is None:
        return _NOT_ACTIVE
    chosen = [
        one for one in peerings(view) if args.get("address", str(one.neighbor.address)) == str(one.neighbor.address)
    ]
    if not chosen:
        return "% No such neighbor or address family\n"
    return "\n".join("\n".join(_block(view, one)) + "\n" for one in chosen)


def _block(view: View, one: Peering) -> Iterator[str]:
    neighbor, internal = one.neighbor, one.neighbor.remote_as == local_as(view)
    told = view.sources.session(view, one)
    remote_as = view.overrides.number(f"{_name(one)}.remote_as", neighbor.remote_as)
    yield f"BGP neighbor is {neighbor.address},  remote AS {remote_as}, {'internal' if internal else 'external'} link"
    if text := neighbor.words("description"):
        yield f" Description: {' '.join(text)}"
    if neighbor.peer_group:
        yield f" Member of peer-group {neighbor.peer_group} for session parameters"
    if neighbor.words("shutdown") is not None:
        yield " Administratively shut down"
    yield f"  BGP version 4, remote router ID {told.router_id}"
    state = one.state.split(" ", 1)[0]
    yield f"  BGP state = {state}{f', up for {told.age}' if one.established else ''}"
    read = f"{told.last_read // 3600:02}:{told.last_read % 3600 // 60:02}:{told.last_read % 60:02}"
    yield f"  Last read {read}, hold time is {told.hold}, keepalive interval is {told.keepalive} seconds"
    yield from _capabilities(one, told)
    yield f"  Default minimum time between advertisement runs is {5 if internal else 30} seconds"
    yield ""
    yield from _family(one)
    yield from _history(one, told)


def _capabilities(one: Peering, told: Session) -> Iterator[str]:
    (received, sent), (theirs, ours) = told.messages, told.notifications
    if one.established:
        yield "  Neighbor capabilities:"
        yield "    Route refresh: advertised and received(old & new)"
        yield "    Address family IPv4 Unicast: advertised and received"
    yield f"  Received {received} messages, {theirs} notifications, 0 in queue"
    yield f"  Sent {sent} messages, {ours} notifications, 0 in queue"
    yield "  Route refresh request: received 0, sent 0"


def _family(one: Peering) -> Iterator[str]:
    neighbor = one.neighbor
    yield " For address family: IPv4 Unicast"
    yield "  BGP table version 1, neighbor version 1"
    yield "  Index 1, Offset 0, Mask 0x2"
    if neighbor.peer_group:
        yield f"  {neighbor.peer_group} peer-group member"
    if neighbor.words("next-hop-self") is not None:
        yield "  NEXT_HOP is always this router"
    if neighbor.words("send-community") is not None:
        yield "  Community attribute sent to this neighbor"
    for direction, kind in (("in", "Incoming"), ("out", "Outgoing")):
        if name := neighbor.policy("prefix-list", direction):
            yield f"  {kind} update prefix filter list is {name}"
    for direction, kind in (("in", "incoming"), ("out", "outgoing")):
        if name := neighbor.policy("route-map", direction):
            yield f"  Route map for {kind} advertisements is {name}"
    yield f"  {one.prefixes} accepted prefixes consume {one.prefixes * 36} bytes"
    if limit := neighbor.words("maximum-prefix"):
        yield f"  Maximum prefixes allowed {limit[0]}{' (warning-only)' if 'warning-only' in limit else ''}"
        threshold = limit[1] if len(limit) > 1 and limit[1].isdigit() else "75"
        yield f"  Threshold for warning message {threshold}%"
    yield ""


def _history(one: Peering, told: Session) -> Iterator[str]:
    yield f"  Connections established {told.established}; dropped {told.dropped}"
    yield f"  Last reset {told.reset}"
    if source := one.neighbor.word("update-source"):
        yield f"  Update source is {source}"
    if hops := one.neighbor.words("ebgp-multihop"):
        yield f"  External BGP neighbor may be up to {hops[0] if hops else 255} hops away."
    if one.established:
        yield "Connection state is ESTAB, I/O status: 1, unread input bytes: 0"
        yield f"Local host: {told.local}, Local port: 179"
        yield f"Foreign host: {one.neighbor.address}, Foreign port: 11002"
    else:
        yield "  No active TCP connection"
