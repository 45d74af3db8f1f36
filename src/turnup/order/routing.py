"""Whether the link and the routes of an order are sane: unused, the customer's own to announce, within limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from turnup.configuration import Configuration
from turnup.equipment.estate import Equipment
from turnup.equipment.networks import link_pools, overlapping, own_networks, used_networks
from turnup.model.abilities import Point
from turnup.model.equipment import Router
from turnup.model.order import Bgp, Layer3
from turnup.model.policy import Policy

LARGEST_AS = 65535  # 12.0S knows no four-byte AS numbers
AS_TRANS = 23456  # RFC 6793: stands for a four-byte number, belongs to nobody
SHORTEST_PREFIX = 8
LARGEST_MAXIMUM = 999999

# Never a customer's route (RFC 1122, 1918, 2544, 3927, 5737, 6598, 6890): policy may make exceptions.
BOGONS = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_NO_LINK = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")))


def link_points(
    layer3: Layer3,
    equipment: Equipment,
    site_id: str | None,
    configurations: Mapping[str, Configuration],
    links: Mapping[IPv4Network, str],
) -> Iterator[Point]:
    """What is wrong with the link network. `links` are those of other orders, by what they belong to."""
    field, network = "layer3.link_prefix", layer3.link_prefix
    if network.prefixlen not in (30, 31):
        return  # said already; what it overlaps would say little
    if any(network.overlaps(bad) for bad in _NO_LINK):
        yield field, f"{network} holds no addresses for a link"
    if other := overlapping(network, own_networks(equipment)):
        yield field, f"{network} overlaps {other}"
    if other := overlapping(network, {**used_networks(configurations), **links}):
        yield field, f"{network} is in use: {other}"
    pools = link_pools(equipment, site_id) if site_id else {}
    if pools and not any(network.subnet_of(pool) for pool in pools):
        yield field, f"{network} is outside the link pool of {site_id} ({', '.join(map(str, pools))})"


def bgp_points(bgp: Bgp, equipment: Equipment, router: Router | None) -> Iterator[Point]:
    """What is wrong with the session and its prefixes; `router` is None while no port is assigned."""
    own = {router.local_as} if router else {one.local_as for one in equipment.routers.values()}
    if not 1 <= bgp.peer_as <= LARGEST_AS or bgp.peer_as == AS_TRANS:
        yield "bgp.peer_as", f"must be 1 to {LARGEST_AS} and not {AS_TRANS}, not {bgp.peer_as}"
    elif bgp.peer_as in own:
        yield "bgp.peer_as", f"{bgp.peer_as} is our own AS"
    if not 1 <= bgp.maximum_prefix <= LARGEST_MAXIMUM:
        yield "bgp.maximum_prefix", f"must be 1 to {LARGEST_MAXIMUM}, not {bgp.maximum_prefix}"
    elif bgp.minimum_prefixes > bgp.maximum_prefix:
        yield "bgp.minimum_prefixes", f"{bgp.minimum_prefixes} is more than maximum_prefix {bgp.maximum_prefix}"
    if bgp.minimum_prefixes < 0:
        yield "bgp.minimum_prefixes", f"must not be negative: {bgp.minimum_prefixes}"
    if bgp.md5_key_ref is not None and bgp.md5_key_ref not in equipment.policy.secrets:
        yield "bgp.md5_key_ref", f"policy.yaml knows no secret {bgp.md5_key_ref}"
    yield from _prefix_points(bgp.allowed_prefixes, equipment)


def policy_points(bgp: Bgp, policy: Policy, router: Router, configuration: Configuration | None) -> Iterator[Point]:
    """Whether the router has the route-maps that the session refers to (PASA 2.2: never edited by an order)."""
    if configuration is None:
        return
    own = bgp.policy_name
    maps = (f"{own}-IN", f"{own}-OUT") if own else (policy.customer_route_map_in, policy.customer_route_map_out)
    for name in maps:
        if name is not None and not configuration.headers(f"route-map {name}"):
            yield "bgp.policy_name", f"{router.name} has no route-map {name}"


def _prefix_points(prefixes: tuple[IPv4Network, ...], equipment: Equipment) -> Iterator[Point]:
    if not prefixes:
        yield "bgp.allowed_prefixes", "must name at least one: an empty prefix-list permits everything"
    own = {**own_networks(equipment), **link_pools(equipment)}
    for index, prefix in enumerate(prefixes):
        field = f"bgp.allowed_prefixes[{index}]"
        if prefix in prefixes[:index]:
            yield field, f"{prefix} stands twice"
        elif reason := _prefix_reason(prefix, equipment.policy):
            yield field, f"{prefix} {reason}"
        elif other := overlapping(prefix, own):
            yield field, f"{prefix} overlaps {other}"


def _prefix_reason(prefix: IPv4Network, policy: Policy) -> str:
    if prefix.prefixlen == 0:
        return "is the default route"
    if prefix.prefixlen < SHORTEST_PREFIX:
        return f"is shorter than /{SHORTEST_PREFIX}"
    if prefix.prefixlen > policy.longest_prefix:
        return f"is longer than /{policy.longest_prefix} (policy)"
    if policy.bogons_allowed or any(prefix.subnet_of(good) for good in policy.bogon_exceptions):
        return ""
    bogon = next((bad for bad in BOGONS if prefix.overlaps(bad)), None)
    return f"is private or reserved ({bogon})" if bogon else ""
