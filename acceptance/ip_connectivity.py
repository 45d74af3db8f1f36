"""Verify IP connectivity: full-size packets to the customer, the mesh and the management, by the proper way."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.facts.route import Route
from turnup.model.interface_name import same_interface
from turnup.model.order import Bgp, Layer3
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen
from turnup.rules.orders import addressed_interface, silent
from turnup.rules.pings import ping_ask, ping_finding
from turnup.rules.static_routes import static_routes


def asks(expected: Expected) -> tuple[Ask, ...]:
    """A ping to every target and the route to the customer's link and networks."""
    pings = [ping_ask(address, source, expected.policy.ping) for _, address, source in _targets(expected)]
    order = expected.assignment.order if expected.assignment else None
    networks: list[IPv4Address] = []
    if order and order.layer3:
        pings.append(ping_ask(order.layer3.customer_address, order.layer3.router_address, expected.policy.ping))
        networks.append(order.layer3.customer_address)
    if order and order.bgp:
        networks += [prefix.network_address for prefix in order.bgp.allowed_prefixes]
    return (*pings, *(Ask.of("route", address=str(address)) for address in networks))


@check(4, "Verify IP connectivity", needs=("running_config",), asks=asks)
def ip_connectivity(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Pings of full size, sourced as the service is: link address to the customer, loopback to mesh and management.

    The link's route leads out of the ordered port; each network of the order is routed to the customer, there or at
    another port that the same customer has on this router, and at least the ordered minimum of them is. No static
    route takes a part of them elsewhere.
    FAIL: loss above the limit, unreachable, route missing or by another way.
    INCONCLUSIVE: customer declared pings filtered, ping interrupted or refused, no targets known.
    """
    yield from part("customer", _customer(expected, facts))
    yield from part("routes to the customer", _routes(expected, facts))
    yield from part("static routes", _taken_away(expected, facts))
    expected.need(expected.router.ibgp_peers, "the loopbacks of the iBGP mesh")
    expected.need(expected.router.management_targets, "management targets")
    for subject, address, source in _targets(expected):
        yield ping_finding(
            facts,
            subject,
            address,
            source,
            expected.policy.ping,
            said_by=expected.inventory("ibgp_peers, management_targets"),
        )


def _targets(expected: Expected) -> tuple[tuple[str, IPv4Address, IPv4Address], ...]:
    """(subject, address, source) of everything the loopback must reach."""
    router = expected.router
    mesh = ((f"loopback of {peer.name}", peer.address, router.loopback) for peer in router.ibgp_peers)
    management = ((f"management target {target}", target, router.loopback) for target in router.management_targets)
    return (*mesh, *management)


def _layer3(expected: Expected) -> Layer3:
    return expected.need(expected.ordered().order.layer3, "the link network of the order")


def _customer(expected: Expected, facts: Facts) -> Iterator[Finding]:
    link = _layer3(expected)
    yield ping_finding(
        facts,
        "customer end of the link",
        link.customer_address,
        link.router_address,
        expected.policy.ping,
        said_by=expected.order("layer3.link_prefix"),
        filtered=link.icmp_filtered,
    )


def _routes(expected: Expected, facts: Facts) -> Iterator[Finding]:
    link = _layer3(expected)
    port = addressed_interface(expected)
    rows = facts.rows(Route, address=str(link.customer_address))
    seen = facts.seen(*rows) or facts.whole(Route, address=str(link.customer_address))
    good = (
        len(rows) == 1
        and (rows[0].prefix, rows[0].protocol) == (str(link.link_prefix), "connected")
        and same_interface(rows[0].interface or "", port)
        and not _elsewhere(rows[0])
    )
    shown = "; ".join(
        f"{row.prefix} {row.protocol} by {row.interface or row.next_hop}{_elsewhere(row)}" for row in rows
    )
    yield holds(
        "route to the link",
        good,
        expected=f"{link.link_prefix} connected by {port}",
        observed=shown,
        source=expected.order("layer3.link_prefix"),
        seen=seen,
    )
    if bgp := expected.ordered().order.bgp:
        yield from _networks(expected, facts, bgp, link)


def _elsewhere(row: Route) -> str:
    """Words for a path of another routing table: what a VRF reaches, the customer's port does not."""
    return "" if row.vrf in (None, "default") else f" in VRF {row.vrf}"


def _networks(expected: Expected, facts: Facts, bgp: Bgp, link: Layer3) -> Iterator[Finding]:
    source, routed = expected.order("bgp.allowed_prefixes"), 0
    for prefix in bgp.allowed_prefixes:
        rows = _within(facts, prefix)
        routed += any(row.prefix == str(prefix) and not _elsewhere(row) for row in rows)
        # A customer with two ports announces its networks at both: one of them is the way, the other stands by.
        ways = [f"by bgp to {address}" for address in (link.customer_address, *expected.customer_links)]
        for row in rows:
            shown = f"by {row.protocol.split()[0]} to {row.next_hop or row.interface}{_elsewhere(row)}"
            told = " or ".join(ways)
            seen = facts.seen(row)
            yield holds(
                f"route to {row.prefix}", shown in ways, expected=told, observed=shown, source=source, seen=seen
            )
    if not bgp.allowed_prefixes:
        yield inconclusive("networks of the customer", "the order lists none", source=source)
        return
    if not routed and silent(expected):
        yield inconclusive("networks of the customer", "none is routed, and the order asks for none", source=source)
        return
    yield holds(
        "networks routed to the customer",
        routed >= bgp.minimum_prefixes,
        expected=f"at least {bgp.minimum_prefixes} of {len(bgp.allowed_prefixes)}",
        observed=routed,
        source=expected.order("bgp.minimum_prefixes"),
        seen=tuple(s for p in bgp.allowed_prefixes for s in facts.whole(Route, address=str(p.network_address))),
    )


def _taken_away(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """A static route to a part of the customer's network: the way to its first address does not show that."""
    order = expected.ordered().order
    link, prefixes = _layer3(expected), order.bgp.allowed_prefixes if order.bgp else ()
    ours = {str(address) for address in (link.customer_address, *expected.customer_links)}
    port = addressed_interface(expected)
    for route in static_routes(facts.configuration()):
        a_part = any(route.network != prefix and route.network.subnet_of(prefix) for prefix in prefixes)
        if a_part and not any(word in ours or same_interface(word, port) for word in route.way):
            seen = lines_seen(facts, route.text, section=route.section)
            source = expected.order("bgp.allowed_prefixes")
            yield compare(f"static route to {route.network}", "none", route.text, source=source, seen=seen)


def _within(facts: Facts, prefix: IPv4Network) -> tuple[Route, ...]:
    """Paths to that network or to a part of it: a default route or an aggregate is not the customer's announcement."""
    rows = facts.rows(Route, address=str(prefix.network_address))
    return tuple(row for row in rows if IPv4Network(row.prefix).subnet_of(prefix))
