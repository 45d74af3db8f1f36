"""What no single record can tell: whether sites, routers, links, cards and policy agree with each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from turnup.equipment.linkcheck import link_faults
from turnup.errors import InputError
from turnup.load.faults import Fault
from turnup.load.strict import suggestion
from turnup.model.equipment import LineCard, Router, Site
from turnup.model.interface_name import InterfaceName
from turnup.model.policy import Policy
from turnup.model.text import host_name, identifier, plain

Cards = Mapping[str, Mapping[str, LineCard]]
Places = Mapping[tuple[str, str], str]  # (router, field) -> file:line

# Slots of a chassis, route processors among them (reference: provisioning 1.1). Others are not checked.
CHASSIS_SLOTS = {"12008": 8, "12012": 12, "12016": 16, "12404": 4, "12406": 6, "12410": 10, "12416": 16}
NAME_SIGNIFICANT = 16  # characters of a router's name that a prompt and a log are sure to show
_NET = re.compile(r"[0-9A-Fa-f]{2}(\.[0-9A-Fa-f]{4}){3,9}\.00")
_SECRET_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|keyring:\S+", re.ASCII)
_IS_TYPES = ("level-1", "level-1-2", "level-2-only")


def crosscheck(
    sites: Mapping[str, Site], routers: Mapping[str, Router], policy: Policy, cards: Cards, places: Places
) -> Iterator[Fault]:
    """Every disagreement, with the place of the field it shows in."""
    for site in sites.values():
        yield from _site(site)
    yield from _site_names(sites)
    yield from _policy(policy)
    for router in routers.values():
        for field, reason in _router(router, sites, policy, cards):
            place = places.get((router.name, field)) or router.origin
            yield Fault(f"{router.name}.{field}", reason, place)
    yield from _unique(routers, places)
    yield from link_faults(routers, places)


def system_id(net: str) -> str:
    """The system id in a NET: `0102.5500.1001` of `49.0001.0102.5500.1001.00`."""
    return ".".join(net.lower().split(".")[-4:-1])


def model_key(model: str) -> str:
    """`12012` of `GSR 12012`, `Cisco GSR12012`, `12012`: how models are compared."""
    return re.sub(r"[^0-9A-Z]|CISCO|GSR", "", model.upper())


def site_names(site: Site) -> tuple[str, ...]:
    """Everything an order may call the site."""
    return tuple(name for name in (site.site_id, site.name, site.address, *site.aliases) if name)


def name_key(name: str) -> str:
    """How names of sites are compared: letters and digits, small."""
    return re.sub(r"[^0-9a-z]+", " ", name.lower()).strip()


def _site(site: Site) -> Iterator[Fault]:
    for name, value in (("name", site.name), ("city", site.city), ("address", site.address)):
        if reason := _refused(plain, value):
            yield Fault(f"{site.site_id}.{name}", reason, site.origin)
    try:
        ZoneInfo(site.timezone)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        reason = f"no time zone {site.timezone!r}; write it as America/New_York"
        yield Fault(f"{site.site_id}.timezone", reason, site.origin)


def _site_names(sites: Mapping[str, Site]) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for site in sites.values():
        for name in site_names(site):
            if owners.setdefault(name_key(name), site.site_id) != site.site_id:
                reason = f"{name!r} also names {owners[name_key(name)]}"
                yield Fault(f"{site.site_id}.aliases", reason, site.origin)


def _policy(policy: Policy) -> Iterator[Fault]:
    for name, reference in policy.secrets.items():
        if not _SECRET_REFERENCE.fullmatch(reference):  # it may be the secret itself: never shown
            reason = "must be env:VARIABLE or keyring:service/name; a secret itself has no place here"
            yield Fault(f"secrets.{name}", reason, policy.origin)
    if not 8 <= policy.longest_prefix <= 32:
        yield Fault("longest_prefix", "must be 8 to 32", policy.origin)
    for name in policy.checks:
        if name not in _check_names():
            yield Fault(f"checks.{name}", f"no such test{suggestion(name, _check_names())}", policy.origin)


def _check_names() -> list[str]:
    """Tests by their files; they need not be imported to be named."""
    from turnup import folder

    return [path.stem for path in folder("acceptance").glob("*.py") if path.stem != "__init__"]


def _router(router: Router, sites: Mapping[str, Site], policy: Policy, cards: Cards) -> Iterator[tuple[str, str]]:
    yield from _router_words(router)
    site = sites.get(router.site)
    if site is None:
        yield "site", f"no site {router.site!r} in sites.yaml{suggestion(router.site, list(sites))}"
    elif model_key(router.chassis) not in map(model_key, site.equipment):
        yield "chassis", f"{site.site_id} has no {router.chassis} in sites.yaml ({', '.join(site.equipment)})"
    if router.last_resort_secret is not None and router.last_resort_secret not in policy.secrets:
        known = suggestion(router.last_resort_secret, list(policy.secrets))
        yield "last_resort_secret", f"policy.yaml has no secret {router.last_resort_secret!r}{known}"
    if router.platform not in cards:
        yield "platform", f"no folder templates/{router.platform}{suggestion(router.platform, list(cards))}"
    else:
        yield from _slots(router, cards[router.platform])


def _router_words(router: Router) -> Iterator[tuple[str, str]]:
    if not _NET.fullmatch(router.net):
        yield "net", f"{router.net!r} is no NET; write it as 49.0001.0102.5500.1001.00"
    if router.is_type not in _IS_TYPES:
        yield "is_type", f"cannot be {router.is_type!r}{suggestion(router.is_type, _IS_TYPES)}"
    if not 1 <= router.local_as <= 65535:
        yield "local_as", f"must be 1 to 65535, not {router.local_as}"
    rules: tuple[tuple[str, Callable[[str], object], str | None], ...] = (
        ("name", host_name, router.name),
        ("isis_tag", identifier, router.isis_tag or None),
        ("dns_zone", host_name, router.dns_zone),
        ("vty_acl", identifier, router.vty_acl),
        ("source_interface", InterfaceName.parse, router.source_interface),
        ("last_resort_user", identifier, router.last_resort_user),
        ("console_server", host_name, router.console_server.host if router.console_server else None),
        ("flash_device", _device, router.flash_device),
        ("rpms", plain, f"{router.rpms.reason}{router.rpms.agreed_by}" if router.rpms else None),
    )
    for field, rule, value in rules:
        if value is not None and (reason := _refused(rule, value)):
            yield field, reason
    if router.rpms and not router.rpms.applicable and not (router.rpms.reason and router.rpms.agreed_by):
        yield "rpms", "not applicable needs a reason and who agreed to it"


def _slots(router: Router, cards: Mapping[str, LineCard]) -> Iterator[tuple[str, str]]:
    size = CHASSIS_SLOTS.get(model_key(router.chassis))
    for slot, part in router.slots.items():
        if part not in cards:
            yield "slots", f"slot {slot}: no line card {part!r} on this platform{suggestion(part, list(cards))}"
        if size is not None and not 0 <= slot < size:
            yield "slots", f"slot {slot}: a {router.chassis} has the slots 0 to {size - 1}"
        if slot in router.processor_slots:
            yield "slots", f"slot {slot} holds a route processor (processor_slots)"
    for field, names in (("reserved_ports", router.reserved_ports), ("bad_ports", router.bad_ports)):
        for name in names:
            if reason := no_such_port(router, name, cards):
                yield field, reason
    for link in router.links:
        if link.interface.slot not in router.processor_slots and (
            reason := no_such_port(router, link.interface, cards)
        ):
            yield "links", reason


def no_such_port(router: Router, name: InterfaceName, cards: Mapping[str, LineCard]) -> str:
    """Why the router has no such port, by its line cards; "" when it has."""
    part = router.slots.get(name.slot)
    if part is None:
        return f"{name}: slot {name.slot} holds no line card"
    if (card := cards.get(part)) is None or name.parent in card.interfaces(name.slot):
        return ""
    first, *_, last = (*card.interfaces(name.slot), *card.interfaces(name.slot))
    return f"{name}: the {part} in slot {name.slot} has {first} to {last}"


def _unique(routers: Mapping[str, Router], places: Places) -> Iterator[Fault]:
    for one, other in combinations(routers.values(), 2):
        shared = [
            ("loopback", one.loopback == other.loopback, f"{one.loopback} is also the loopback of {one.name}"),
            ("net", system_id(one.net) == system_id(other.net), f"the system id is also that of {one.name}"),
            (
                "name",
                one.name[:NAME_SIGNIFICANT].lower() == other.name[:NAME_SIGNIFICANT].lower(),
                f"is {one.name} in its first {NAME_SIGNIFICANT} characters: a prompt may show no more",
            ),
        ]
        for field, same, reason in shared:
            if same:
                yield Fault(f"{other.name}.{field}", reason, places.get((other.name, field)) or other.origin)


def _device(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]{1,15}:", value):
        raise InputError(f"{value!r} is no device of a router; write it as slot0:")
    return value


def _refused(rule: Callable[[str], Any], value: str) -> str:
    try:
        rule(value)
    except InputError as error:
        return str(error)
    return ""
