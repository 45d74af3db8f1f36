"""The live state provider, and what stands behind each of its routers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from turnup.errors import CouldNotRun, InputError
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.live.aaa import Aaa
from turnup.virtual.live.follow import Follower
from turnup.virtual.live.names import by_kernel_name
from turnup.virtual.live.node import Node
from turnup.virtual.live.sources import LiveSources
from turnup.virtual.live.translate import Pace
from turnup.virtual.live.watch import Watcher
from turnup.virtual.shows.overrides import Overrides
from turnup.virtual.shows.ports import interface_lines
from turnup.virtual.shows.registry import answer
from turnup.virtual.shows.view import View


@dataclass
class Behind:
    """A node with FRR behind one router: follows its configuration, its logins and its commands. Device.backing."""

    device: Device
    node: Node
    pace: Pace | None = None
    follower: Follower = field(init=False)
    aaa: Aaa = field(init=False)
    sources: LiveSources = field(init=False)
    watcher: Watcher = field(init=False)

    def __post_init__(self) -> None:
        self.follower = Follower(self.node, self.pace)
        self.aaa = Aaa(self.node, self.device)
        self.sources = LiveSources(self.node, self.aaa)
        names = interface_lines(tuple(self.device.configuration.sections.items()))
        self.watcher = Watcher(self.node, self.device, by_kernel_name(names))

    def start(self) -> None:
        """Give the node the router's configuration and follow both from now on. Raises CouldNotRun."""
        self.device.backing = self
        self.watcher.start()
        self.follower.changed(self.device)

    def stop(self) -> None:
        """Let the node be."""
        self.watcher.stop()

    def changed(self, device: Device) -> None:
        """The configuration is another: so is the node's."""
        self.follower.changed(device)

    def log_in(self, username: str, password: str, line: str, caller: str) -> int | None:
        """Privilege level of that login, None when it is refused."""
        return self.aaa.log_in(username, password, line, caller)

    def opened(self, session: SessionInfo) -> None:
        """A session has begun."""
        self.aaa.opened(session)

    def closed(self, session: SessionInfo) -> None:
        """It has ended."""
        self.aaa.closed(session)

    def commanded(self, session: SessionInfo, command: str) -> None:
        """A command was carried out."""
        self.aaa.commanded(session, command)

    def told(self) -> Mapping[str, object]:
        """For the control port: what FRR refused, what stays with the front, how many lines FRR was given, how many
        accounting records are still to be taken by a server.
        """
        follower = self.follower
        return {
            "refused": list(follower.refused),
            "left": list(follower.left),
            "entered": follower.entered,
            "unsent": self.aaa.unsent,
        }


@dataclass
class LiveState:
    """A StateProvider for routers with a node behind them. An answer may take as long as a ping."""

    blocks = True

    def show(self, device: Device, words: tuple[str, ...], session: SessionInfo) -> str | None:
        """See StateProvider. A node that does not answer is told as an error line, never as an empty table."""
        behind = device.backing
        assert isinstance(behind, Behind)  # noqa: S101 - set before the first session
        device.counters["commands"] = device.counters.get("commands", 0) + 1
        over = Overrides(device.state)
        view = View(device, device.configuration, over, device.clock(), session, {}, behind.sources)
        try:
            if words[:3] == ("clear", "ip", "bgp"):
                behind.node.run("vtysh", "-c", " ".join(("clear", "bgp", *words[3:])))
                return ""
            return answer(view, words)
        except CouldNotRun as error:
            return f"% {error}\n"


def read_nodes(path: Path) -> dict[str, Node]:
    """`{"nodes": {router: process id}}`. Raises InputError."""
    try:
        told = json.loads(path.read_text())["nodes"]
        return {str(name): Node(str(name), int(pid)) for name, pid in told.items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"no file of nodes: {error!r}", where=str(path)) from error
