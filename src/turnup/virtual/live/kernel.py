"""Ports as the kernel has them: `ip -j -s -s link`. Pure: from its JSON to the front's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from turnup.virtual.shows.counters import Counters
from turnup.virtual.shows.links import ADMIN_DOWN, Link


@dataclass(frozen=True)
class KernelPort:
    """One device: whether it is switched on, whether it has a carrier, its MTU, what it counted."""

    name: str
    on: bool
    carrier: bool
    mtu: int
    counted: Counters


def ports(found: Iterable[Mapping[str, Any]]) -> dict[str, KernelPort]:
    """By name; what stands behind `@` in a name is not part of it."""
    return {one.name: one for one in map(_port, found)}


def _port(one: Mapping[str, Any]) -> KernelPort:
    flags = one.get("flags", ())
    counted = _counted(one.get("stats64") or one.get("stats") or {})
    return KernelPort(str(one["ifname"]), "UP" in flags, "LOWER_UP" in flags, int(one.get("mtu", 0)), counted)


def _counted(stats: Mapping[str, Any]) -> Counters:
    rx, tx = stats.get("rx", {}), stats.get("tx", {})
    return Counters(
        packets_in=int(rx.get("packets", 0)),
        packets_out=int(tx.get("packets", 0)),
        bytes_in=int(rx.get("bytes", 0)),
        bytes_out=int(tx.get("bytes", 0)),
        input_errors=int(rx.get("errors", 0)),
        crc_errors=int(rx.get("crc_errors", 0)),
        frame_errors=int(rx.get("frame_errors", 0)),
        aborts=int(rx.get("missed_errors", 0)),
        output_errors=int(tx.get("errors", 0)),
        resets=0,
        transitions=int(tx.get("carrier_changes", 0)),
    )


_COUNTED = (
    *("packets_in", "packets_out", "bytes_in", "bytes_out", "input_errors", "crc_errors"),
    *("frame_errors", "aborts", "output_errors", "transitions"),
)


def link(one: KernelPort | None, *, shut: bool) -> Link:
    """As show interfaces says it. No device: nothing is plugged in. No line protocol is told apart from the carrier."""
    if one is None:
        return Link(ADMIN_DOWN, "down", why="shutdown") if shut else Link("down", "down", why="no cable")
    if not one.on:
        return Link(ADMIN_DOWN, "down", why="shutdown")
    return Link("up", "up") if one.carrier else Link("down", "down", why="no cable")


def since(now: Counters, then: Counters | None) -> Counters:
    """What was counted since a `clear counters`."""
    if then is None:
        return now
    return Counters(resets=0, **{name: getattr(now, name) - getattr(then, name) for name in _COUNTED})
