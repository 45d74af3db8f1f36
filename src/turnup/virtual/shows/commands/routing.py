"""`show ip route` and `show ip prefix-list`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from turnup.virtual.shows.peers import local_as
from turnup.virtual.shows.prefix_lists import prefix_lists
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.routes import DEFAULT, Entry, route_to, table
from turnup.virtual.shows.times import short
from turnup.virtual.shows.view import View

_CODES = """Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, E - EGP
       i - IS-IS, L1 - IS-IS level-1, L2 - IS-IS level-2, ia - IS-IS inter area
       * - candidate default, U - per-user static route, o - ODR

"""


@shows("show ip route")
def routes(view: View, _args: Args) -> str:
    """The whole table, networks of one class grouped."""
    entries = table(view)
    default = next((e for e in entries if e.prefix == DEFAULT), None)
    hop = f"{default.next_hop} to network 0.0.0.0" if default else "not set"
    groups: dict[IPv4Network, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(_major(entry.prefix), []).append(entry)
    body = "\n".join("\n".join(_group(major, group)) for major, group in groups.items())
    return f"{_CODES}Gateway of last resort is {hop}\n\n{body}\n"


def _major(prefix: IPv4Network) -> IPv4Network:
    first = int(prefix.network_address) >> 24
    length = 8 if first < 128 else 16 if first < 192 else 24
    return prefix if prefix.prefixlen <= length else prefix.supernet(new_prefix=length)


def _group(major: IPv4Network, entries: list[Entry]) -> Iterator[str]:
    lone = len(entries) == 1 and entries[0].prefix == major
    if not lone:
        masks = len({entry.prefix.prefixlen for entry in entries})
        how = "variably subnetted" if masks > 1 else "subnetted"
        tail = f", {masks} masks" if masks > 1 else ""
        yield f"     {major} is {how}, {len(entries)} subnets{tail}"
    for entry in entries:
        network = str(entry.prefix)
        where = "is directly connected" if entry.next_hop is None else _via(entry)
        named = entry.next_hop is None or entry.code.startswith("i")
        interface = f", {entry.port.name if entry.port else 'Null0'}" if named else ""
        yield f"{entry.code:<{4 if lone else 7}} {network} {where}{interface}"


def _via(entry: Entry) -> str:
    age = "" if entry.code == "S" else f", {short(entry.age)}"
    return f"[{entry.distance}/{entry.metric}] via {entry.next_hop}{age}"


@shows("show ip route {address}")
def route(view: View, args: Args) -> str | None:
    """The entry that an address takes."""
    try:
        address = IPv4Address(args["address"])
    except AddressValueError:
        return None
    entry = route_to(view, address)
    if entry is None:
        known = any(address in _major(e.prefix) for e in table(view))
        return f"% {'Subnet' if known else 'Network'} not in table\n"
    return "\n".join([f"Routing entry for {entry.prefix}", *_entry(view, entry)]) + "\n"


def _entry(view: View, entry: Entry) -> Iterator[str]:
    age, name = short(entry.age), entry.port.name if entry.port else ""
    if entry.code == "C":
        yield '  Known via "connected", distance 0, metric 0 (connected, via interface)'
        yield "  Routing Descriptor Blocks:"
        yield f"  * directly connected, via {name}"
    elif entry.code == "S":
        yield '  Known via "static", distance 1, metric 0'
        yield "  Routing Descriptor Blocks:"
        yield f"  * {entry.next_hop}" if entry.next_hop else f"  * directly connected, via {name or 'Null0'}"
    elif entry.code == "B":
        kind = "type external" if entry.distance == 20 else "type internal"
        own = "" if entry.tag else f", {kind}"
        yield f'  Known via "bgp {local_as(view)}", distance {entry.distance}, metric {entry.metric}{own}'
        if entry.tag:
            yield f"  Tag {entry.tag}, {kind}"
        yield f"  Last update from {entry.next_hop} {age} ago"
        yield "  Routing Descriptor Blocks:"
        yield f"  * {entry.next_hop}, from {entry.source}, {age} ago"
    else:
        yield f'  Known via "isis", distance 115, metric {entry.metric}, type level-{entry.code[-1]}'
        yield "  Redistributing via isis"
        yield f"  Last update from {entry.next_hop} on {name}, {age} ago"
        yield "  Routing Descriptor Blocks:"
        yield f"  * {entry.next_hop}, from {entry.source}, via {name}"
    yield f"      Route metric is {entry.metric}, traffic share count is 1"
    if entry.hops:
        yield f"      AS Hops {entry.hops}"


@shows("show ip prefix-list", "show ip prefix-list {name}")
def prefix_list(view: View, args: Args) -> str:
    """Every list, or one."""
    lists = prefix_lists(view)
    if "name" in args and args["name"] not in lists:
        return f"%Can't find a prefix list with name {args['name']}\n"
    lines = []
    for name, entries in lists.items():
        if args.get("name", name) == name:
            lines.append(f"ip prefix-list {name}: {len(entries)} entries")
            lines += [f"   seq {e.sequence} {e.action} {e.prefix}{e.bounds}" for e in entries]
    return "\n".join(lines) + "\n" if lines else ""
