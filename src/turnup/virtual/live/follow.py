"""What is typed at the front takes effect in FRR and the kernel, line by line, by the least difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from turnup.virtual.device import Device
from turnup.virtual.live.names import kernel_name
from turnup.virtual.live.node import Node
from turnup.virtual.live.statements import Statement, Translation, difference, typed
from turnup.virtual.live.translate import Pace, translate, without_secret
from turnup.virtual.shows.ports import Port, interface_lines


@dataclass
class Follower:
    """Keeps one node as its router's configuration says. `refused` is what FRR did not take, with its words."""

    node: Node
    pace: Pace | None = None
    refused: list[str] = field(default_factory=list)
    entered: int = 0  # lines given to FRR so far
    _applied: Translation = field(default_factory=Translation)
    _version: int = -1
    _tree: int = 0
    _ports: frozenset[str] = frozenset()
    _lock: Lock = field(default_factory=Lock)

    @property
    def left(self) -> tuple[str, ...]:
        """Lines of the configuration that stay with the front."""
        return self._applied.left

    def changed(self, device: Device) -> None:
        """Bring the node to where the configuration is now. Raises CouldNotRun when the node does not answer."""
        with self._lock:
            tree = device.config
            if (id(tree), tree.version) == (self._tree, self._version):
                return
            self._tree, self._version = id(tree), tree.version
            new = translate(device.configuration, self._cabled(device), self.pace)
            self._resize(new.mtus)  # first: isisd pads its hellos to what it finds when a circuit comes up
            self._enter(difference(self._applied.statements, new.statements))
            self._applied = new

    def _cabled(self, device: Device) -> tuple[Port, ...]:
        """Ports that the kernel has; the cable of a port is its device there."""
        if not self._ports:
            self._ports = frozenset(one["ifname"] for one in self.node.json("ip", "-j", "link"))
        lines = interface_lines(tuple(device.configuration.sections.items()))
        cards = {name: card for name, card, _ in device.interfaces()}
        return tuple(
            Port(name, cards.get(name), body) for name, body in lines.items() if kernel_name(name) in self._ports
        )

    def _enter(self, steps: list[Statement]) -> None:
        if not steps:
            return
        self.entered += len(steps)
        if not self.node.configure(typed(steps)):
            return
        for step in steps:  # vtysh stops at the first line it does not like: the others one by one
            if said := self.node.configure(typed([step])):
                words = " / ".join((*step.section, step.text))
                self.refused.append(f"{without_secret(words)}: {without_secret(said)}")

    def _resize(self, wanted: Mapping[str, int]) -> None:
        for name, mtu in wanted.items():
            if self._applied.mtus.get(name) != mtu:
                ran = self.node.run("ip", "link", "set", "dev", name, "mtu", str(mtu))
                if ran.code:
                    self.refused.append(f"mtu {mtu} on {name}: {ran.err.strip()}")
