"""The topology file of the POP: a containerlab file, read strictly.

Only the keys that both runners give the same meaning are known; any other is an error, never ignored. Levels are
merged as containerlab merges them: kinds, groups, then the node; lists are joined, mappings united, words replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path, PurePosixPath
from typing import Any

from turnup.errors import InputError
from turnup.load.strict import build, line_of
from turnup.load.yaml import read_yaml

_INTERFACE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,14}")  # what Linux takes, and no option of `ip`
_NODE = re.compile(r"[a-z][a-z0-9-]{0,20}")
_SETTING = re.compile(r"net(\.[A-Za-z0-9_-]+)+")
_CAPABILITY = re.compile(r"[A-Z][A-Z_]*")
_WORD = re.compile(r"[A-Za-z0-9._-]+")
MANAGEMENT = "eth0"
_LEAST_MTU, _MOST_MTU = 68, 65535  # of a veth


@dataclass(frozen=True)
class Told:
    """Keys of a node, a group or a kind as they stand in the file (`-` for `_`)."""

    kind: str = ""
    group: str = ""
    image: str = ""
    cmd: str = ""
    mgmt_ipv4: IPv4Address | None = None
    privileged: bool | None = None
    cap_add: tuple[str, ...] = ()
    restart_policy: str = ""  # "no": a node whose first program ends stays down, as it does in namespaces
    binds: tuple[str, ...] = ()
    exec: tuple[str, ...] = ()
    env: Mapping[str, str] | None = None
    sysctls: Mapping[str, int | str] | None = None


@dataclass(frozen=True)
class Bind:
    """A folder of the topology's own that a node sees at `target`."""

    source: PurePosixPath  # below the topology file's folder
    target: PurePosixPath
    read_only: bool


@dataclass(frozen=True)
class Node:
    """One node with all that its kind and group say."""

    name: str
    command: str
    management: IPv4Address
    binds: tuple[Bind, ...]
    after: tuple[str, ...]  # commands run in the node once it is ready
    environment: Mapping[str, str]
    kernel: Mapping[str, str]  # settings of sysctl
    capabilities: tuple[str, ...]  # beyond those of any container


@dataclass(frozen=True)
class End:
    """One end of a link."""

    node: str
    interface: str


@dataclass(frozen=True)
class Link:
    """A cable between two nodes."""

    one: End
    other: End
    mtu: int = 1500


@dataclass(frozen=True)
class Topology:
    """A POP: its nodes by name, its cables, its management network with the NOC's address."""

    name: str
    file: Path
    network: IPv4Network
    noc: IPv4Address
    nodes: Mapping[str, Node]
    links: tuple[Link, ...]

    def interfaces(self, node: str) -> tuple[str, ...]:
        """Names of a node's interfaces, without the management's."""
        ends = (end for link in self.links for end in (link.one, link.other))
        return tuple(end.interface for end in ends if end.node == node)

    def far_end(self, node: str, interface: str) -> End:
        """What the cable at that interface leads to. Raises InputError."""
        for link in self.links:
            for near, far in ((link.one, link.other), (link.other, link.one)):
                if (near.node, near.interface) == (node, interface):
                    return far
        raise InputError(f"no cable at {node}:{interface}", where=str(self.file))


@dataclass(frozen=True)
class _Management:
    ipv4_subnet: IPv4Network
    ipv4_gw: IPv4Address
    network: str = ""
    bridge: str = ""
    external_access: bool = False


@dataclass(frozen=True)
class _Link:
    endpoints: tuple[str, str]
    mtu: int = 1500


@dataclass(frozen=True)
class _Parts:
    nodes: Mapping[str, Any]
    kinds: Mapping[str, Any] | None = None
    groups: Mapping[str, Any] | None = None
    links: tuple[_Link, ...] = ()


@dataclass(frozen=True)
class _File:
    name: str
    mgmt: Any
    topology: Any
    prefix: str = ""


def read_topology(path: Path) -> Topology:
    """The POP that file describes. Raises InputError with the line."""
    where = str(path)
    data = read_yaml(path)
    told = build(_File, data, where=where)
    management = build(_Management, _named(told.mgmt), where=where, path="mgmt")
    parts = build(_Parts, told.topology, where=where, path="topology")
    nodes = {name: _node(name, parts, management, where=line_of(parts.nodes, name, where)) for name in parts.nodes}
    _addresses_differ(nodes, management, where)
    links = tuple(_link(link, nodes, where) for link in parts.links)
    _one_cable_each(links, where)
    return Topology(told.name, path, management.ipv4_subnet, management.ipv4_gw, nodes, links)


def _named(data: object) -> object:
    """A mapping whose keys are names of Python (`mgmt-ipv4` is `mgmt_ipv4`), with its lines."""
    if not isinstance(data, Mapping):
        return data
    from ruamel.yaml.comments import CommentedMap

    named = CommentedMap({str(key).replace("-", "_"): value for key, value in data.items()})
    if (lines := getattr(data, "lc", None)) is not None:
        named.lc.line, named.lc.col = lines.line, lines.col
        for key, position in (lines.data or {}).items():
            named.lc.add_kv_line_col(str(key).replace("-", "_"), position)
    return named


def _node(name: str, parts: _Parts, management: _Management, *, where: str) -> Node:
    if not _NODE.fullmatch(name):
        raise InputError(f"node {name!r} is not a host's name", where=where)
    own = _told(parts.nodes, name, where, "topology.nodes")
    if own.kind and own.kind != "linux":
        raise InputError(f"node {name}: kind {own.kind!r} needs its maker's image; only linux is run here", where=where)
    levels = [
        _told(parts.kinds or {}, own.kind or "linux", where, "topology.kinds"),
        _told(parts.groups or {}, own.group, where, "topology.groups") if own.group else Told(),
        own,
    ]
    if own.group and own.group not in (parts.groups or {}):
        raise InputError(f"node {name}: no group {own.group!r}", where=where)
    if unknown := [word for level in levels for word in level.cap_add if not _CAPABILITY.fullmatch(word)]:
        raise InputError(f"node {name}: {unknown[0]!r} is no capability", where=where)
    command = next((level.cmd for level in reversed(levels) if level.cmd), "")
    if not command:
        raise InputError(f"node {name} has no cmd", where=where)
    if own.mgmt_ipv4 is None or own.mgmt_ipv4 not in management.ipv4_subnet:
        raise InputError(f"node {name} needs a mgmt-ipv4 of {management.ipv4_subnet}", where=where)
    return Node(
        name,
        command,
        own.mgmt_ipv4,
        tuple(_bind(text, where) for level in levels for text in level.binds),
        tuple(line for level in levels for line in level.exec),
        {key: value for level in levels for key, value in (level.env or {}).items()},
        {key: str(value) for level in levels for key, value in _settings(level, where)},
        tuple(name for level in levels for name in level.cap_add),
    )


def _settings(level: Told, where: str) -> Iterator[tuple[str, object]]:
    for key, value in (level.sysctls or {}).items():
        if not _SETTING.fullmatch(key) or not _WORD.fullmatch(str(value)):
            raise InputError(f"sysctl {key!r} = {value!r} is not of the node's own network (net.*)", where=where)
        yield key, value


def _told(level: Mapping[str, Any], name: str, where: str, path: str) -> Told:
    return build(Told, _named(level.get(name) or {}), where=where, path=f"{path}.{name}")


def _bind(text: str, where: str) -> Bind:
    source, _, rest = text.partition(":")
    target, _, option = rest.partition(":")
    inside = PurePosixPath(source)
    if inside.is_absolute() or ".." in inside.parts or not PurePosixPath(target).is_absolute():
        raise InputError(f"bind {text!r} must lead from this folder to an absolute path", where=where)
    if option not in {"", "ro", "rw"}:
        raise InputError(f"bind {text!r}: no option {option!r}", where=where)
    return Bind(inside, PurePosixPath(target), option == "ro")


def _link(told: _Link, nodes: Mapping[str, Node], where: str) -> Link:
    if not _LEAST_MTU <= told.mtu <= _MOST_MTU:
        raise InputError(f"link {told.endpoints[0]!r}: mtu {told.mtu} is not one of Linux", where=where)
    one, other = (_end(text, nodes, where) for text in told.endpoints)
    return Link(one, other, told.mtu)


def _end(text: str, nodes: Mapping[str, Node], where: str) -> End:
    node, _, interface = text.partition(":")
    if node not in nodes:
        raise InputError(f"link {text!r}: no node {node!r}", where=where)
    if not _INTERFACE.fullmatch(interface) or interface in {MANAGEMENT, "lo"}:
        raise InputError(f"link {text!r}: {interface!r} is no name for an interface", where=where)
    return End(node, interface)


def _addresses_differ(nodes: Mapping[str, Node], management: _Management, where: str) -> None:
    taken = {management.ipv4_gw: "the NOC"}
    for node in nodes.values():
        if node.management in taken:
            raise InputError(f"{node.name} has the address of {taken[node.management]}", where=where)
        taken[node.management] = node.name


def _one_cable_each(links: tuple[Link, ...], where: str) -> None:
    taken: set[End] = set()
    for end in (end for link in links for end in (link.one, link.other)):
        if end in taken:
            raise InputError(f"{end.node}:{end.interface} has two cables", where=where)
        taken.add(end)
