"""The state provider: from a device and the words of a command to the text that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from turnup.configuration import Configuration
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.shows.adjacency import adjacencies
from turnup.virtual.shows.derived import Derived
from turnup.virtual.shows.links import link
from turnup.virtual.shows.overrides import Overrides
from turnup.virtual.shows.peers import peerings
from turnup.virtual.shows.registry import answer
from turnup.virtual.shows.view import View

DERIVED = Derived()


@dataclass
class _Memory:
    """What the provider remembers of one device: its states by name and since when they hold."""

    configuration: Configuration | None = None
    faults: tuple[object, ...] = ()
    states: dict[str, str] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    looked: datetime | None = None


@dataclass
class SimulatedState:
    """A StateProvider that follows the configuration: a port comes up when it is cabled and not shut, a session when
    both ends agree.
    """

    blocks = False
    _memories: dict[int, tuple[Device, _Memory]] = field(default_factory=dict)

    def show(self, device: Device, words: tuple[str, ...], session: SessionInfo) -> str | None:
        """Answer to a show, ping, traceroute, dir or verify command; None when 12.0S does not have it."""
        view = self.view(device, session)
        device.counters["commands"] = device.counters.get("commands", 0) + 1
        return answer(view, words)

    def view(self, device: Device, session: SessionInfo) -> View:
        """The device as it is now; what has changed since the last look is as old as this look."""
        known = self._memories.setdefault(id(device), (device, _Memory()))[1]
        view = View(
            device, device.configuration, Overrides(device.state), device.clock(), session, known.since, DERIVED
        )
        if known.configuration is not view.configuration or known.faults != device.faults:
            _notice(view, known)
        known.looked = view.now
        return view


def _notice(view: View, known: _Memory) -> None:
    """Date every state that has changed: when the log says so, now when it says nothing, the boot at the first look."""
    states = dict(_states(view))
    for name, state in states.items():
        if known.states.get(name) != state:
            logged, looked = view.logged.get(name), known.looked
            if looked is None:
                known.since[name] = logged or view.device.booted
            else:
                known.since[name] = logged if logged and logged >= looked else view.now
    known.states, known.configuration, known.faults = states, view.configuration, view.device.faults


def _states(view: View) -> Iterator[tuple[str, str]]:
    """Everything whose changes a router reports, by name."""
    for port in view.ports:
        found = link(view, port)
        yield f"interface.{port.name}", f"{found.status}/{found.protocol}"
    for one in adjacencies(view):
        yield f"isis.{one.port.name}", f"{one.state} {one.system_id}"
    for peering in peerings(view):
        yield f"bgp.{peering.neighbor.address}", peering.state
