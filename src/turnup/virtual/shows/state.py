"""The state provider: from a device and the words of a command to the text that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from turnup.configuration import Configuration
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.shows.adjacency import adjacencies
from turnup.virtual.shows.links import link
from turnup.virtual.shows.overrides import Overrides
from turnup.virtual.shows.peers import peerings
from turnup.virtual.shows.registry import answer
from turnup.virtual.shows.view import View


@dataclass
class _Memory:
    """What the provider remembers of one device: its states by name and since when they hold."""

    configuration: Configuration | None = None
    faults: tuple[object, ...] = ()
    states: dict[str, str] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)


@dataclass
class SimulatedState:
    """A StateProvider that follows the configuration: a port comes up when it is cabled and not shut, a session when
    both ends agree, and the log says so.
    """

    _memories: dict[int, tuple[Device, _Memory]] = field(default_factory=dict)

    def show(self, device: Device, words: tuple[str, ...], session: SessionInfo) -> str | None:
        """Answer to a show, ping, traceroute, dir or verify command; None when 12.0S does not have it."""
        view = self.view(device, session)
        device.counters["commands"] = device.counters.get("commands", 0) + 1
        return answer(view, words)

    def view(self, device: Device, session: SessionInfo) -> View:
        """The device as it is now. Also notices what has changed since the last look, and writes it to the log."""
        known = self._memories.setdefault(id(device), (device, _Memory()))[1]
        now = device.clock()
        view = View(device, device.configuration, Overrides(device.state), now, session, known.since)
        if known.configuration is not view.configuration or known.faults != device.faults:
            self._notice(view, known, now)
        return view

    def _notice(self, view: View, known: _Memory, now: datetime) -> None:
        fresh = not known.states
        states = dict(_states(view))
        for name, state in states.items():
            before = known.states.get(name)
            if before == state:
                continue
            known.since[name] = view.device.booted if fresh else now
            if not fresh:
                for text in _messages(name, before or "", state):
                    view.device.say(text)
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


def _messages(name: str, before: str, state: str) -> Iterator[str]:
    kind, _, who = name.partition(".")
    if kind == "interface":
        old, new = (text.partition("/")[::2] for text in (before, state))
        if new[0] != old[0]:
            admin = "administratively" in new[0]
            yield (
                f"%LINK-5-CHANGED: Interface {who}, changed state to {new[0]}"
                if admin
                else f"%LINK-3-UPDOWN: Interface {who}, changed state to {new[0]}"
            )
        if new[1] != old[1]:
            yield f"%LINEPROTO-5-UPDOWN: Line protocol on Interface {who}, changed state to {new[1]}"
    elif kind == "isis":
        level, system_id = "L2", state.split(" ", 1)[1]
        yield f"%CLNS-5-ADJCHANGE: ISIS: Adjacency to {system_id} ({who}) {state.split()[0].title()}, new adjacency"
        del level
    elif (before == "Established") != (state == "Established"):
        yield f"%BGP-5-ADJCHANGE: neighbor {who} {'Up' if state == 'Established' else 'Down'}"
