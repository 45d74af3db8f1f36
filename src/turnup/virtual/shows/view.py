"""Everything the shows say of one router, derived once from its configuration, record and faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, TypeVar, cast

from turnup.configuration import Configuration
from turnup.errors import InputError
from turnup.model.equipment import Router
from turnup.model.interface_name import InterfaceName
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.shows.hardware import Hardware, hardware
from turnup.virtual.shows.overrides import Overrides
from turnup.virtual.shows.ports import Port, interface_lines
from turnup.virtual.shows.times import Zone

if TYPE_CHECKING:
    from turnup.virtual.shows.sources import Sources

T = TypeVar("T")

# Messages that say when a state changed, by the kind of state.
_CHANGES = {
    "interface": re.compile(r"%LINEPROTO-5-UPDOWN: Line protocol on Interface (?P<who>\S+),"),
    "isis": re.compile(r"%CLNS-5-ADJCHANGE: ISIS: Adjacency to \S+ \((?P<who>\S+)\)"),
    "bgp": re.compile(r"%BGP-5-ADJCHANGE: neighbor (?P<who>\S+)"),
}


@dataclass(frozen=True)
class View:
    """One router at one time, asked by one session. `since` holds when states last changed, by their names; `sources`
    tells what the configuration alone does not.
    """

    device: Device
    configuration: Configuration
    overrides: Overrides
    now: datetime
    session: SessionInfo
    since: Mapping[str, datetime]
    sources: Sources

    def once(self, make: Callable[[View], T]) -> T:
        """What that function makes of this view, made once: several shows ask for the same tables."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    @cached_property
    def _made(self) -> dict[object, object]:
        return {}

    @property
    def router(self) -> Router:
        """The inventory's record of this router."""
        return self.device.router

    @property
    def hostname(self) -> str:
        """Name the configuration gives it."""
        return self.device.hostname

    @property
    def hardware(self) -> Hardware:
        """What kind of route processor it has."""
        return hardware(self.router)

    @property
    def uptime(self) -> timedelta:
        """Since the boot."""
        return self.now - self.device.booted

    def up_for(self, name: str) -> timedelta:
        """How long the state of that name (`interface.Serial5/0`, `bgp.10.10.3.2`) has been what it is."""
        booted = self.device.booted
        return self.now - max(booted, self.since.get(name, booted), self.logged.get(name, booted))

    @cached_property
    def cleared(self) -> datetime | None:
        """When the interface counters were last cleared, as the log says."""
        return next((e.at for e in reversed(self.device.log) if e.text.startswith("%CLEAR-5-COUNTERS")), None)

    @cached_property
    def logged(self) -> dict[str, datetime]:
        """When the log last spoke of each state."""
        found: dict[str, datetime] = {}
        for entry in self.device.log:
            for kind, pattern in _CHANGES.items():
                if match := pattern.match(entry.text):
                    found[f"{kind}.{match['who']}"] = entry.at
        return found

    def section(self, header: str) -> tuple[str, ...]:
        """Lines below a header, () when the configuration has none."""
        return self.configuration.section(header) or ()

    def global_word(self, *first: str) -> str:
        """The word behind the first global line that begins with these words, "" when there is none."""
        return next((w[len(first)] for w in self.global_lines(*first) if len(w) > len(first)), "")

    def global_lines(self, *first: str) -> tuple[tuple[str, ...], ...]:
        """Words of every global line that begins with these words."""
        return tuple(w for line in self.configuration.top if (w := tuple(line.split()))[: len(first)] == first)

    @cached_property
    def zone(self) -> Zone:
        """The zone of its clock."""
        return Zone.of(self.configuration.top, self.device.site.timezone)

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """Every interface: ports of line cards in slot order with their subinterfaces, then loopbacks and the rest."""
        lines = interface_lines(tuple(self.configuration.sections.items()))
        found = []
        for name, card, _ in self.device.interfaces():
            found.append(Port(name, card, lines.pop(name, ("no ip address", "shutdown"))))
            below = sorted((n for n in lines if n.sub and n.parent == name), key=lambda n: int(n.sub[1:]))
            found += [Port(sub, card, lines.pop(sub)) for sub in below]
        rest = sorted(lines, key=lambda n: (n.type != "Loopback", n))
        return (*found, *(Port(name, None, lines[name]) for name in rest))

    @cached_property
    def _by_name(self) -> dict[InterfaceName, Port]:
        return {port.name: port for port in self.ports}

    def port(self, text: str) -> Port | None:
        """The interface of that name, long or short; None when this router has none."""
        try:
            return self._by_name.get(InterfaceName.parse(text))
        except InputError:
            return None

    def address_of(self, interface: str) -> IPv4Address | None:
        """Primary address of that interface."""
        port = self.port(interface)
        return port.address.ip if port and port.address else None
