"""Hosts as Nornir gives them, from any inventory plugin; each value with the place it came from."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnup.equipment.files import InventoryFiles, read_files
from turnup.errors import InputError
from turnup.load.faults import Fault, refuse
from turnup.load.strict import line_of, suggestion
from turnup.load.yaml import read_yaml

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.configuration import Config
    from nornir.core.inventory import Host

OURS = "turnup"  # key of host data that holds our record when the inventory is shared with other tools
_HOLDERS = ("custom_fields", "config_context")  # where NetBox plugins keep what a user adds
_CONFIG_KEYS = ("core", "inventory", "logging", "runner", "ssh", "user_defined")
_OUR_SETTINGS = ("turnup_sites", "turnup_policy")


@dataclass(frozen=True)
class Sourced:
    """A value and where it stands: `file:line`, or the host's name when the plugin reads no file."""

    value: Any
    where: str


@dataclass(frozen=True)
class HostRecord:
    """What the inventory says about one router."""

    name: str
    platform: str | None
    fields: Mapping[str, Sourced]
    where: str


@dataclass(frozen=True)
class Hosts:
    """All hosts of an inventory; `others` are those left out because they hold no `turnup` record."""

    records: tuple[HostRecord, ...]
    others: tuple[str, ...]
    nornir: Nornir
    sites: Path
    policy: Path


def hosts_of_folder(folder: Path) -> Hosts:
    """An inventory folder of ours: SimpleInventory files, sites.yaml and policy.yaml. Raises InputError."""
    from nornir.core.configuration import Config

    names = ("hosts.yaml", "groups.yaml", "defaults.yaml")
    options = dict(
        zip(("host_file", "group_file", "defaults_file"), (str(folder / name) for name in names), strict=True)
    )
    files = read_files(*(folder / name for name in names))
    config = Config.from_dict(inventory={"plugin": "SimpleInventory", "options": options}, logging={"enabled": False})
    return _hosts(_nornir(config), files, folder / "sites.yaml", folder / "policy.yaml")


def hosts_of_config(config_file: Path) -> Hosts:
    """An ordinary Nornir configuration file, with any inventory plugin. Raises InputError."""
    from nornir.core.configuration import Config

    content = _config(config_file)
    # Nornir writes a nornir.log into the working directory unless told otherwise.
    quiet: dict[str, Any] = {} if "logging" in content else {"logging": {"enabled": False}}
    try:
        config = Config.from_file(str(config_file), **quiet)
    except (TypeError, AttributeError) as error:
        raise InputError(f"is not a Nornir configuration: {error}", where=str(config_file)) from error
    simple = config.inventory.plugin == "SimpleInventory"
    files = read_files(*_simple_files(config.inventory.options)) if simple else None
    try:
        nornir = _nornir(config)
    except Exception as error:  # an inventory plugin of anybody's may raise anything
        reason = f"inventory plugin {config.inventory.plugin!r} failed: {type(error).__name__}: {error}"
        raise InputError(reason, where=str(config_file)) from error
    beside = Path(files.names["host"]).parent if files else config_file.parent
    sites, policy = (
        config_file.parent / Path(str(config.user_defined[key])).expanduser()
        if key in config.user_defined
        else beside / f"{name}.yaml"
        for key, name in zip(_OUR_SETTINGS, ("sites", "policy"), strict=True)
    )
    return _hosts(nornir, files, sites, policy)


def _nornir(config: Config) -> Nornir:
    """What InitNornir makes, but for the connection plugins: reading an inventory loads no session library."""
    from nornir.core import Nornir
    from nornir.core.state import GlobalState
    from nornir.init_nornir import load_inventory, load_runner

    config.logging.configure()
    data = GlobalState(dry_run=False)
    return Nornir(inventory=load_inventory(config), runner=load_runner(config), config=config, data=data)


def _config(config_file: Path) -> Mapping[str, Any]:
    content = read_yaml(config_file)
    if not isinstance(content, Mapping):
        raise InputError("is not a Nornir configuration: it must be a mapping", where=str(config_file))
    settings = content.get("user_defined") or {}
    refuse(
        [
            Fault(str(key), f"unknown key{suggestion(str(key), known)}", line_of(part, key, str(config_file)))
            for part, known in ((content, _CONFIG_KEYS), (settings, _OUR_SETTINGS))
            for key in part
            if key not in known and (part is content or str(key).startswith(OURS))
        ]
    )
    return content


def _simple_files(options: Mapping[str, Any]) -> tuple[Path, Path, Path]:
    host, group, defaults = (
        Path(options.get(f"{kind}_file") or f"{name}.yaml").expanduser()
        for kind, name in (("host", "hosts"), ("group", "groups"), ("defaults", "defaults"))
    )
    return host, group, defaults


def _hosts(nornir: Nornir, files: InventoryFiles | None, sites: Path, policy: Path) -> Hosts:
    layered = {host.name: tuple(_layers(host, files)) for host in nornir.inventory.hosts.values()}
    ours = {name: tuple(filter(None, map(_our_part, layers))) for name, layers in layered.items()}
    shared = any(ours.values())
    others = tuple(name for name in layered if shared and not ours[name])
    refuse(fault for name in others for layer in layered[name] for fault in _misspelt(name, layer))
    records = tuple(
        HostRecord(
            name,
            nornir.inventory.hosts[name].platform,
            _merged((ours if shared else layered)[name]),
            files.place(name) if files else f"host {name}",
        )
        for name in layered
        if name not in others
    )
    return Hosts(records, others, nornir, sites, policy)


@dataclass(frozen=True)
class _Layer:
    """Data of a host, of one of its groups, or of the defaults; `lined` is the same as its file has it."""

    data: Mapping[str, Any]
    lined: Mapping[str, Any]
    where: str


def _layers(host: Host, files: InventoryFiles | None) -> Iterator[_Layer]:
    """What `host.extended_data()` merges, in its order: the first that has a key wins."""
    parts = [("host", host.name, host.data)]
    parts += [("group", group.name, group.data) for group in host.extended_groups()]
    parts += [("defaults", "", host.defaults.data)]
    for kind, name, data in parts:
        lined, where = files.data(kind, name) if files else ({}, f"host {host.name}")
        yield _Layer(data or {}, lined, where)


def _our_part(layer: _Layer) -> _Layer | None:
    """The record below `turnup`, at the top of the data or where a NetBox plugin keeps a user's own fields."""
    for holder in ("", *_HOLDERS):
        data = layer.data.get(holder) if holder else layer.data
        lined = layer.lined.get(holder, {}) if holder else layer.lined
        if isinstance(data, Mapping) and isinstance(record := data.get(OURS), Mapping):
            below = lined.get(OURS) if isinstance(lined, Mapping) else None
            return _Layer(record, below if isinstance(below, Mapping) else {}, layer.where)
    return None


def _merged(layers: Iterable[_Layer]) -> dict[str, Sourced]:
    found: dict[str, Sourced] = {}
    for layer in layers:
        for key, value in layer.data.items():
            # A transform function may have changed the value since: then the file's line is not its place.
            same = key in layer.lined and layer.lined[key] == value
            sourced = Sourced(layer.lined[key], line_of(layer.lined, key, layer.where)) if same else None
            found.setdefault(str(key), sourced or Sourced(value, layer.where))
    return found


def _misspelt(host: str, layer: _Layer) -> Iterator[Fault]:
    """A host without a `turnup` record is another tool's, unless the key is only mistyped."""
    for key in difflib.get_close_matches(OURS, list(map(str, layer.data)), cutoff=0.75):
        yield Fault(f"{host}.{key}", f"unknown key; did you mean {OURS!r}?", line_of(layer.lined, key, layer.where))


def host_outside(name: str, address: str, port: int, platform: str) -> Host:
    """A router that no inventory has yet."""
    from nornir.core.inventory import Host

    return Host(name, hostname=address, port=port, platform=platform)
