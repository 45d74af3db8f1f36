"""Which networks are spoken for: our own by the inventory, and what the routers' configurations use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import AddressValueError, IPv4Interface, IPv4Network, NetmaskValueError

from turnup.configuration import Configuration
from turnup.equipment.estate import Equipment

Owners = dict[IPv4Network, str]


def own_networks(equipment: Equipment) -> Owners:
    """Loopbacks, intra-POP links, servers, management and policy's own networks, by what each is; not the pools."""
    found: Owners = {network: "our own network (policy.yaml)" for network in equipment.policy.own_networks}
    for router in equipment.routers.values():
        found[IPv4Network(router.loopback)] = f"the loopback of {router.name}"
        for link in router.links:
            found[link.address.network] = f"the intra-POP link of {router.name} {link.interface}"
        servers = (*router.name_servers, *router.tacacs_servers, *router.log_hosts, *router.management_targets)
        for server in servers:
            found.setdefault(IPv4Network(server), f"a server of {router.name}")
    return found


def link_pools(equipment: Equipment, site_id: str | None = None) -> Owners:
    """Networks that links to customers come from, at one site or at all."""
    return {
        network: f"the link pool of {router.site}"
        for router in equipment.routers.values()
        if site_id is None or router.site == site_id
        for network in router.link_pool
    }


def used_networks(configurations: Mapping[str, Configuration]) -> Owners:
    """Networks of every `ip address` in these running configurations, secondary ones included."""
    found: Owners = {}
    for router, configuration in configurations.items():
        for section, network in _addresses(configuration):
            found.setdefault(network, f"{router} {section.removeprefix('interface ')}")
    return found


def _addresses(configuration: Configuration) -> Iterator[tuple[str, IPv4Network]]:
    for line in configuration.lines:
        words = line.text.split()
        if line.section.startswith("interface ") and words[:2] == ["ip", "address"] and len(words) >= 4:
            try:
                yield line.section, IPv4Interface(f"{words[2]}/{words[3]}").network
            except (AddressValueError, NetmaskValueError, ValueError):
                continue  # `ip address negotiated` and the like name no network


def overlapping(network: IPv4Network, owners: Owners) -> str:
    """What of these the network touches, as `the loopback of nyc-hud-gsr1 (10.255.1.1/32)`; "" when nothing."""
    return next((f"{owner} ({other})" for other, owner in owners.items() if network.overlaps(other)), "")
