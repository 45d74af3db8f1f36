"""Sites, routers and policy of one inventory, strictly typed and checked against each other."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnup import folder as content_folder
from turnup.equipment.crosscheck import crosscheck
from turnup.equipment.hosts import OURS, HostRecord, hosts_of_config, hosts_of_folder
from turnup.errors import InputError, UsageError
from turnup.load.faults import Fault, field_faults, record, refuse
from turnup.load.strict import convert, fields_of, suggestion
from turnup.load.yaml import read_yaml
from turnup.model.equipment import IbgpPeer, LineCard, Router, Site
from turnup.model.policy import Policy

Cards = Mapping[str, Mapping[str, LineCard]]  # platform -> part -> line card

_COMPUTED = frozenset(("name", "platform", "origin", "sources"))  # of a router: Nornir's own, or ours


@dataclass(frozen=True)
class Equipment:
    """The whole estate (Schedule 3). `others` are hosts of a shared inventory that are none of ours."""

    sites: Mapping[str, Site]
    routers: Mapping[str, Router]
    policy: Policy
    folder: Path | None = None
    loaded: Any = None  # Nornir's object, its connection plugins not yet loaded
    others: tuple[str, ...] = ()

    @property
    def nornir(self) -> Any:
        """Nornir's object, ready to run tasks."""
        from nornir.core.plugins.connections import ConnectionPluginRegister

        ConnectionPluginRegister.auto_register()
        return self.loaded

    def site_of(self, router: Router) -> Site:
        """The Equipment Site the router stands at."""
        return self.sites[router.site]

    def router(self, name: str) -> Router:
        """The router of that name. Raises UsageError with the nearest name."""
        if name not in self.routers:
            raise UsageError(f"no router {name!r} in the inventory{suggestion(name, list(self.routers))}")
        return self.routers[name]

    def routers_at(self, site_id: str) -> tuple[Router, ...]:
        """Routers of a site, by name."""
        return tuple(self.routers[name] for name in self.sites[site_id].routers)


def load_equipment(
    folder: Path | None = None, config_file: Path | None = None, *, cards: Cards | None = None
) -> Equipment:
    """The estate of an inventory folder (ours when neither is given), or of a Nornir configuration file.

    `cards` are the line cards of each platform; left out, those of templates/. Raises InputError that names every
    mistake with file, line and field.
    """
    if folder is not None and config_file is not None:
        raise UsageError("give an inventory folder or a Nornir configuration file, not both")
    folder = None if config_file else folder or content_folder("inventory")
    hosts = hosts_of_config(config_file) if config_file else hosts_of_folder(folder or Path())
    found: list[Fault] = []
    sites = _sites(hosts.sites, found)
    policy = _policy(hosts.policy, found)
    routers = {host.name: router for host in hosts.records if (router := _router(host, found))}
    refuse(found)
    places = {(host.name, key): sourced.where for host in hosts.records for key, sourced in host.fields.items()}
    refuse(crosscheck(sites, routers, policy, all_cards() if cards is None else cards, places))
    return Equipment(
        {key: dataclasses.replace(site, routers=_at(key, routers)) for key, site in sites.items()},
        {name: _meshed(router, routers, (name, "ibgp_peers") in places) for name, router in routers.items()},
        policy,
        folder,
        hosts.nornir,
        hosts.others,
    )


def all_cards() -> Cards:
    """Line cards of every platform of templates/."""
    from turnup.platforms import all_platforms

    return {name: platform.linecards for name, platform in all_platforms().items()}


def _router(host: HostRecord, found: list[Fault]) -> Router | None:
    known = {name: field for name, field in fields_of(Router).items() if name not in _COMPUTED}
    faults = [
        Fault(f"{host.name}.platform", "is missing (it stands beside data, in the host or its group)", host.where)
    ]
    faults = faults if host.platform is None else []
    for key, sourced in host.fields.items():
        path = f"{host.name}.{key}"
        if key not in known:
            faults.append(Fault(path, f"unknown field{suggestion(key, [*known, OURS])}", sourced.where))
        else:
            faults += field_faults(known[key][0], _integer_keys(key, sourced.value), where=sourced.where, path=path)
    missing = [name for name, (_, required) in known.items() if required and name not in host.fields]
    faults += [Fault(f"{host.name}.{name}", "is missing", host.where) for name in missing]
    found += faults
    if faults or host.platform is None:
        return None
    values = {
        key: convert(known[key][0], _integer_keys(key, sourced.value), where=sourced.where, path=key)
        for key, sourced in host.fields.items()
    }
    sources = {key: sourced.where for key, sourced in host.fields.items()}
    return Router(name=host.name, platform=host.platform, origin=host.where, sources=sources, **values)


def _integer_keys(key: str, value: Any) -> Any:
    """Slots by number also from a plugin that speaks JSON, where every key is text."""
    if key == "slots" and isinstance(value, Mapping) and all(re.fullmatch("[0-9]{1,2}", str(slot)) for slot in value):
        numbers = {int(slot): card for slot, card in value.items()}
        return numbers if any(isinstance(slot, str) for slot in value) and len(numbers) == len(value) else value
    return value


def _sites(path: Path, found: list[Fault]) -> dict[str, Site]:
    content = read_yaml(path)
    if not isinstance(content, Mapping) or not content:
        raise InputError("must be a mapping of Equipment Sites", where=str(path))
    sites = {}
    for key, data in content.items():
        computed = {"site_id": str(key), "routers": (), "origin": str(path)}
        site, faults = record(Site, data, where=str(path), path=str(key), computed=computed)
        found += faults
        if site is not None:
            sites[str(key)] = site
    return sites


def _policy(path: Path, found: list[Fault]) -> Policy:
    content = read_yaml(path)
    policy, faults = record(Policy, {} if content is None else content, where=str(path), computed={"origin": str(path)})
    found += faults
    return policy or Policy(origin=str(path))


def _at(site_id: str, routers: Mapping[str, Router]) -> tuple[str, ...]:
    return tuple(sorted(name for name, router in routers.items() if router.site == site_id))


def _meshed(router: Router, routers: Mapping[str, Router], given: bool) -> Router:
    """The router with its iBGP peers: all others of its AS, unless the inventory names them."""
    if given:
        return router
    peers = tuple(
        IbgpPeer(name, other.loopback)
        for name, other in sorted(routers.items())
        if name != router.name and other.local_as == router.local_as
    )
    return dataclasses.replace(router, ibgp_peers=peers)
