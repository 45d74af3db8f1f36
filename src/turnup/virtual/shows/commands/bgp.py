"""BGP: `show ip bgp summary` and `show ip bgp neighbors`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from turnup.virtual.shows.links import port_towards
from turnup.virtual.shows.peers import Peering, local_as, peerings
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.times import short
from turnup.virtual.shows.view import View

_NOT_ACTIVE = "% BGP not active\n"


def _router_id(view: View) -> str:
    configured = [line.split()[2] for line in view.section(f"router bgp {local_as(view)}") if "bgp router-id" in line]
    return configured[0] if configured else str(view.address_of("Loopback0") or view.router.loopback)


def _messages(view: View, one: Peering) -> tuple[int, int]:
    """Received and sent: one keepalive a minute and the updates; nothing before the first session."""
    if not one.established:
        return 0, 0
    minutes = int(view.up_for(_name(one)).total_seconds()) // 60
    return minutes + one.prefixes + 3, minutes + 4


def _name(one: Peering) -> str:
    return f"bgp.{one.neighbor.address}"


def _age(view: View, one: Peering) -> str:
    """Since when the session is what it is; `never` when it never was up."""
    if not one.established and _name(one) not in view.since:
        return "never"
    if not one.established and view.since[_name(one)] <= view.device.booted:
        return "never"
    return view.overrides.text(f"{_name(one)}.up_for", short(view.up_for(_name(one))))


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
        received, sent = _messages(view, one)
        version = prefixes + 1 if one.established else 0
        last = f"{one.prefixes:>8}" if one.established else f"{one.state}"
        remote_as = view.overrides.number(f"{_name(one)}.remote_as", one.neighbor.remote_as)
        lines.append(
            f"{one.neighbor.address!s:<15} 4 {remote_as:>5} {received:>7} {sent:>7} {version:>8} "
            f"{0:>4} {0:>4} {_age(view, one):<8} {last}"
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
    remote_as = view.overrides.number(f"{_name(one)}.remote_as", neighbor.remote_as)
    yield f"BGP neighbor is {neighbor.address},  remote AS {remote_as}, {'internal' if internal else 'external'} link"
    if text := neighbor.words("description"):
        yield f" Description: {' '.join(text)}"
    if neighbor.peer_group:
        yield f" Member of peer-group {neighbor.peer_group} for session parameters"
    if neighbor.words("shutdown") is not None:
        yield " Administratively shut down"
    yield f"  BGP version 4, remote router ID {neighbor.address if one.established else IPv4Address(0)}"
    state = one.state.split(" ", 1)[0]
    yield f"  BGP state = {state}{f', up for {_age(view, one)}' if one.established else ''}"
    yield f"  Last read 00:00:{view.now.second % 60:02}, hold time is 180, keepalive interval is 60 seconds"
    yield from _capabilities(view, one)
    yield f"  Default minimum time between advertisement runs is {5 if internal else 30} seconds"
    yield ""
    yield from _family(one)
    yield from _history(view, one)


def _capabilities(view: View, one: Peering) -> Iterator[str]:
    received, sent = _messages(view, one)
    if one.established:
        yield "  Neighbor capabilities:"
        yield "    Route refresh: advertised and received(old & new)"
        yield "    Address family IPv4 Unicast: advertised and received"
    yield f"  Received {received} messages, 0 notifications, 0 in queue"
    yield f"  Sent {sent} messages, 0 notifications, 0 in queue"
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


def _history(view: View, one: Peering) -> Iterator[str]:
    resets = view.overrides.number(f"{_name(one)}.resets")
    yield f"  Connections established {resets + 1 if one.established else resets}; dropped {resets}"
    reason = view.overrides.text(f"{_name(one)}.last_reset")
    if one.state == "Idle (Admin)":
        reason = reason or f"{_age(view, one)}, due to Admin. shutdown"
    elif one.state == "Idle (PfxCt)":
        reason = reason or f"{_age(view, one)}, due to Peer over prefix limit"
    yield f"  Last reset {reason or 'never'}"
    if source := one.neighbor.word("update-source"):
        yield f"  Update source is {source}"
    if hops := one.neighbor.words("ebgp-multihop"):
        yield f"  External BGP neighbor may be up to {hops[0] if hops else 255} hops away."
    if one.established:
        port = port_towards(view, one.neighbor.address)
        local = view.address_of(one.neighbor.word("update-source") or (str(port.name) if port else "Loopback0"))
        yield "Connection state is ESTAB, I/O status: 1, unread input bytes: 0"
        yield f"Local host: {local}, Local port: 179"
        yield f"Foreign host: {one.neighbor.address}, Foreign port: 11002"
    else:
        yield "  No active TCP connection"
