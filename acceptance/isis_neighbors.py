"""Verify ISIS neighbors: one adjacency on every link, with the right neighbor, and none elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.checks import Expected, Facts, check, compare, part
from turnup.model.interface_name import same_interface
from turnup.model.verdict import Finding
from turnup.rules.isis import adjacencies, link_adjacency
from turnup.rules.orders import customer_ports


@check(7, "Verify ISIS neighbors", needs=("isis_neighbor", "clns_neighbor"))
def isis_neighbors(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """On every link in service exactly one IS-IS adjacency, UP, at the router's level, with inventory's neighbor.

    Read from `show isis neighbors`, or from `show clns neighbors` where the image refuses that; an ES-IS row proves
    layer 2 only. FAIL: missing, INIT or DOWN, ES-IS only, another neighbor, or an adjacency on an interface that is
    no link (on a customer port it is a fault of security).
    INCONCLUSIVE: no links in inventory, output not readable, neighbor known by its system id only, or by a name that
    the router cut so short that another router may be meant.
    """
    links = expected.need(expected.router.links, "intra-POP links")
    serving = expected.need(tuple(link for link in links if link.in_service), "intra-POP links in service")
    for link in serving:
        source = expected.inventory(f"links.{link.interface}")
        subject = f"IS-IS on {link.interface}"
        yield from part(subject, link_adjacency(facts, link, expected.router, source=source))
    for row in adjacencies(facts):
        if not any(same_interface(row.interface, str(link.interface)) for link in links):
            customer = any(same_interface(row.interface, port) for port in customer_ports(expected))
            told = f"{row.name} {row.state}" + (" on a customer port" if customer else "")
            seen = facts.seen(row.row)
            yield compare(f"IS-IS on {row.interface}", "none", told, source=expected.inventory("links"), seen=seen)
