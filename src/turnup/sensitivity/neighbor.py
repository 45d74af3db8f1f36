"""What the neighbor would say where this router says its own name and addresses."""

from __future__ import annotations

from ipaddress import IPv4Address

from turnup.checks import Expected

_OTHER = "another-router"


def names_of_another(expected: Expected) -> dict[str, str]:
    """This router's words -> another router's: name, loopback, system id, ends of links, the customer's link."""
    router = expected.router
    other = next((link.far_router for link in router.links if link.far_router != router.name), _OTHER)
    found = {router.name: other, str(router.loopback): _moved(router.loopback)}
    for link in router.links:
        # Its own end of a link is the far end there, and the other way round.
        found[str(link.address.ip)] = str(link.far_address)
        found[str(link.far_address)] = str(link.address.ip)
        found.setdefault(link.far_router, _OTHER)
    for peer in router.ibgp_peers:
        found.setdefault(peer.name, _OTHER)
    parts = router.net.split(".")
    if len(parts) == 6:
        system = ".".join(parts[2:5])
        found[router.net] = router.net.replace(system, "0000.0000.0001")
        found[system] = "0000.0000.0001"
    if expected.assignment and (layer3 := expected.assignment.order.layer3):
        for address in (layer3.router_address, layer3.customer_address):
            found[str(address)] = _moved(address)
    return found


def _moved(address: IPv4Address) -> str:
    """An address of the same look that is somebody else's."""
    return str(IPv4Address(int(address) ^ 0x0000_0400))
