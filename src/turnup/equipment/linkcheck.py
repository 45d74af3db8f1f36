"""Intra-POP links: both ends in one small network, and both records of one link saying the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turnup.errors import InputError
from turnup.load.faults import Fault
from turnup.model.equipment import IntraPopLink, Router
from turnup.model.interface_name import InterfaceName


def link_faults(routers: Mapping[str, Router], places: Mapping[tuple[str, str], str]) -> Iterator[Fault]:
    """Everything wrong with the links of these routers."""
    for router in routers.values():
        place = places.get((router.name, "links")) or router.origin
        for index, link in enumerate(router.links):
            reasons = [*_own(link), *_far_end(router, link, routers)]
            reasons += [
                f"{link.interface} stands twice" for other in router.links[:index] if other.interface == link.interface
            ]
            for reason in reasons:
                yield Fault(f"{router.name}.links[{index}]", reason, place)
    yield from _addresses(routers, places)


def _own(link: IntraPopLink) -> Iterator[str]:
    network = link.address.network
    ends = list(network.hosts()) if network.prefixlen in (30, 31) else []  # never four thousand million of a /0
    if not ends:
        yield f"{link.address} must be an address of a /30 or /31"
    elif link.far_address not in network:
        yield f"{link.far_address} is not in {network}: both ends of a link lie in one network"
    elif link.address.ip not in ends or link.far_address not in ends or link.far_address == link.address.ip:
        yield f"{link.address.ip} and {link.far_address} must be the two hosts of {network}"
    try:
        InterfaceName.parse(link.far_interface)
    except InputError as error:
        yield str(error)


def _far_end(router: Router, link: IntraPopLink, routers: Mapping[str, Router]) -> Iterator[str]:
    if link.far_router == router.name:
        yield "leads to the router itself"
        return
    if (far := routers.get(link.far_router)) is None:
        return  # the customer's equipment, or a router that is none of ours
    back = [other for other in far.links if str(other.interface) == _canonical(link.far_interface)]
    if not back:
        yield f"{far.name} has no link on {link.far_interface}"
        return
    expected = (router.name, str(link.interface), link.address.ip, link.far_address)
    found = (back[0].far_router, _canonical(back[0].far_interface), back[0].far_address, back[0].address.ip)
    if expected != found:
        yield (
            f"{far.name} {link.far_interface} says it leads to {found[0]} {found[1]}, {found[3]} to {found[2]}; "
            f"here it is {expected[0]} {expected[1]}, {expected[3]} to {expected[2]}"
        )
    elif router.site != far.site:
        yield f"{far.name} stands at {far.site}: an intra-POP link has both ends at one site"


def _addresses(routers: Mapping[str, Router], places: Mapping[tuple[str, str], str]) -> Iterator[Fault]:
    """No address twice, and no loopback inside a link."""
    owners: dict[object, str] = {router.loopback: f"{router.name} Loopback0" for router in routers.values()}
    for router in routers.values():
        for link in router.links:
            place = places.get((router.name, "links")) or router.origin
            here = f"{router.name} {link.interface}"
            if owners.setdefault(link.address.ip, here) != here:
                yield Fault(
                    f"{router.name}.links", f"{link.address.ip} is also that of {owners[link.address.ip]}", place
                )
            for other in routers.values():
                if other.loopback in link.address.network:
                    yield Fault(f"{router.name}.links", f"{link.address} holds the loopback of {other.name}", place)


def _canonical(name: str) -> str:
    try:
        return str(InterfaceName.parse(name))
    except InputError:
        return name
