"""IS-IS: `show isis neighbors`, `show clns neighbors`, `show clns protocol`, `show clns interface`."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.virtual.shows.adjacency import Adjacency, Process, adjacencies, isis_ports, process
from turnup.virtual.shows.commands.interfaces import mac_address
from turnup.virtual.shows.links import link
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View

_NOT_ENABLED = "%CLNS not enabled\n"
_COLUMN = 14  # characters of the system id column that old trains keep


@shows("show isis neighbors")
def isis_neighbors(view: View, _args: Args) -> str:
    """One line an adjacency; ES-IS neighbours are none."""
    lines = ["System Id       Type Interface     IP Address      State Holdtime Circuit Id"]
    lines += [
        f"{one.system_id[:_COLUMN]:<15} {one.level:<4} {one.port.short:<13} {one.address:<15} "
        f"{one.state:<5} {one.holdtime:<8} {one.circuit_id}"
        for one in adjacencies(view)
        if one.protocol == "IS-IS"
    ]
    return "\n".join([*_tag(view), *lines]) + "\n" if process(view) else _NOT_ENABLED


@shows("show clns neighbors")
def clns_neighbors(view: View, _args: Args) -> str:
    """The same and ES-IS neighbours, with what they are on layer 2; 12.0S puts the SNPA first."""
    if process(view) is None:
        return _NOT_ENABLED
    lines = ["System Id      SNPA                Interface   State  Holdtime  Type Protocol"]
    for one in adjacencies(view):
        kind = one.level if one.protocol == "IS-IS" else "IS"
        lines.append(
            f"{one.system_id[:_COLUMN]:<14} {_snpa(view, one):<19} {one.port.short:<11} {one.state.title():<6} "
            f"{one.holdtime:<9} {kind:<4} {one.protocol}"
        )
    return "\n".join([*_tag(view), *lines]) + "\n"


def _tag(view: View) -> tuple[str, ...]:
    found = process(view)
    return (f"Tag {found.tag}:",) if found and found.tag else ()


def _snpa(view: View, one: Adjacency) -> str:
    if one.port.is_ethernet:
        return mac_address(view, one.port)[:-2] + "fe"
    return f"*{one.port.encapsulation}*"


@shows("show clns protocol")
def clns_protocol(view: View, _args: Args) -> str:
    """The process: its areas, its interfaces, its metrics."""
    found = process(view)
    return "\n".join(_protocol(view, found)) + "\n" if found else _NOT_ENABLED


def _protocol(view: View, found: Process) -> Iterator[str]:
    yield f"IS-IS Router: {found.tag or '<Null Tag>'}"
    yield f"  System Id: {found.system_id}.00  IS-Type: {_type(found)}"
    for title in ("Manual", "Routing for"):
        yield f"  {title} area address(es):"
        yield from (f"        {area}" for area in found.areas)
    yield "  Interfaces supported by IS-IS:"
    yield from (f"        {port.name} - IP" for port in isis_ports(view))
    yield "  Redistributing:"
    yield "        static"
    yield "  Distance: 110"
    levels = _type(found)
    yield "  RRR level: none"
    for what, wide in (("narrow", False), ("wide", True)):
        for verb in ("Generate", "Accept  "):
            yield f"  {verb.strip()} {what} metrics:   {levels if wide == found.wide else 'none'}"


def _type(found: Process) -> str:
    return "level-2" if found.is_type == "level-2-only" else found.is_type


@shows("show clns interface", "show clns interface {name}")
def clns_interface(view: View, args: Args) -> str | None:
    """What IS-IS does on every interface."""
    chosen = [port for port in view.ports if "name" not in args or port == view.port(args["name"])]
    return "\n".join("\n".join(_interface(view, port)) for port in chosen) + "\n" if chosen else None


def _interface(view: View, port: Port) -> Iterator[str]:
    found, state = process(view), link(view, port)
    yield f"{port.name} is {state.status}, line protocol is {state.protocol}"
    if found is None or not port.isis:
        yield "  CLNS protocol processing disabled"
        return
    mtu = port.mtu - 3 if port.is_ethernet else port.mtu
    yield f"  Checksums enabled, MTU {mtu}, Encapsulation {port.encapsulation}"
    yield "  Next ESH/ISH in 27 seconds"
    yield "  Routing Protocol: IS-IS"
    yield f"    Circuit Type: {port.word('isis', 'circuit-type') or 'level-1-2'}"
    yield f"    Interface number 0x{port.name.slot:X}, local circuit ID 0x1{port.name.slot:02X}"
    yield f"    Level-2 Metric: {port.word('isis', 'metric') or 10}, Priority: 64, Circuit ID: {view.hostname[:8]}.01"
    count = sum(1 for one in adjacencies(view) if one.port == port and one.state == "UP" and one.protocol == "IS-IS")
    yield f"    Number of active level-2 adjacencies: {count}"
