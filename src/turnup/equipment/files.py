"""Nornir's SimpleInventory files read once more with their lines: for messages, and to refuse what Nornir lets by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from turnup.errors import InputError
from turnup.load.faults import Fault, refuse
from turnup.load.strict import line_of, suggestion
from turnup.load.yaml import read_yaml

_DEFAULTS_KEYS = ("hostname", "port", "username", "password", "platform", "data", "connection_options")
_ENTRY_KEYS = (*_DEFAULTS_KEYS, "groups")
_SECRET_KEYS = frozenset(
    ("password", "passwd", "secret", "enable", "enable_password", "key", "community", "passphrase")
)
_NO_SECRET = "Accounts come from TURNUP_USERNAME and TURNUP_PASSWORD; keys from the references in policy.yaml."  # noqa: S105


@dataclass(frozen=True)
class InventoryFiles:
    """Contents of hosts, groups and defaults file; mappings remember their lines. Files that do not exist are empty."""

    hosts: Mapping[str, Any]
    groups: Mapping[str, Any]
    defaults: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)  # kind -> file

    def data(self, kind: str, name: str) -> tuple[Mapping[str, Any], str]:
        """`data` of one entry and the file it stands in. Kinds: host, group, defaults."""
        entry = self.defaults if kind == "defaults" else (self.hosts if kind == "host" else self.groups).get(name)
        data = (entry or {}).get("data")
        return (data if isinstance(data, Mapping) else {}), self.names[kind]

    def place(self, host: str) -> str:
        """`file:line` of a host's entry."""
        return line_of(self.hosts, host, self.names["host"])


def read_files(host_file: Path, group_file: Path, defaults_file: Path) -> InventoryFiles:
    """The three files. Raises InputError with every unknown key, unknown group and credential."""
    paths = {"host": host_file, "group": group_file, "defaults": defaults_file}
    contents = {kind: _mapping(path, needed=kind == "host") for kind, path in paths.items()}
    files = InventoryFiles(
        contents["host"], contents["group"], contents["defaults"], {kind: str(path) for kind, path in paths.items()}
    )
    refuse(_credentials(files), advice=_NO_SECRET)
    refuse(_faults(files))
    return files


def _mapping(path: Path, *, needed: bool) -> Mapping[str, Any]:
    if not needed and not path.exists():
        return {}
    content = read_yaml(path)
    if content is None and not needed:
        return {}
    if not isinstance(content, Mapping) or (needed and not content):
        raise InputError("must be a mapping of names", where=str(path))
    return content


def _faults(files: InventoryFiles) -> Iterator[Fault]:
    yield from _entry(files.defaults, "", files.names["defaults"], _DEFAULTS_KEYS, {})
    for kind, entries in (("group", files.groups), ("host", files.hosts)):
        for name, entry in entries.items():
            where = line_of(entries, name, files.names[kind])
            if not isinstance(name, str):
                yield Fault(str(name), 'a name must be text; write it as "..."', where)
            if isinstance(entry, Mapping):
                yield from _entry(entry, f"{name}.", where, _ENTRY_KEYS, files.groups)
            elif entry is not None or kind == "host":
                yield Fault(str(name), "must be a mapping", where)


def _entry(
    entry: Mapping[str, Any], path: str, where: str, keys: tuple[str, ...], groups: Mapping[str, Any]
) -> Iterator[Fault]:
    for key in entry:
        if key not in keys:
            reason = f"unknown key{suggestion(str(key), keys)} (what turnup knows of a router stands below data)"
            yield Fault(f"{path}{key}", reason, line_of(entry, key, where))
    data = entry.get("data")
    if data is not None and not isinstance(data, Mapping):
        yield Fault(f"{path}data", "must be a mapping", line_of(entry, "data", where))
    for name in entry.get("groups") or ():
        if name not in groups:
            reason = f"no group {name!r}{suggestion(str(name), list(map(str, groups)))}"
            yield Fault(f"{path}groups", reason, line_of(entry, "groups", where))


def _credentials(files: InventoryFiles) -> Iterator[Fault]:
    for kind, content in (("host", files.hosts), ("group", files.groups), ("defaults", files.defaults)):
        yield from _secret_keys(content, "", files.names[kind])


def _secret_keys(value: object, path: str, where: str) -> Iterator[Fault]:
    """Keys that hold a credential, wherever they stand. What they hold is never shown."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            here = line_of(value, key, where)
            if str(key).lower() in _SECRET_KEYS and item is not None:
                yield Fault(f"{path}{key}", "a credential has no place in an inventory file; use the environment", here)
            yield from _secret_keys(item, f"{path}{key}.", here)
    elif isinstance(value, list):
        for item in value:
            yield from _secret_keys(item, path, where)
