"""Packet and error counters of a port: they grow with time, errors only when a fault says so."""

from __future__ import annotations

from dataclasses import dataclass

from turnup.virtual.shows.links import Link
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.view import View


@dataclass(frozen=True)
class Counters:
    """Since the boot; `rate` in bits a second."""

    rate: int = 0
    packets_in: int = 0
    packets_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    input_errors: int = 0
    crc_errors: int = 0
    frame_errors: int = 0
    aborts: int = 0
    output_errors: int = 0
    resets: int = 1
    transitions: int = 2


def counters(view: View, port: Port, found: Link) -> Counters:
    """Counters of that port now."""
    return view.sources.counters(view, port, found)


def derived_counters(view: View, port: Port, found: Link) -> Counters:
    """Grown since the boot. `interface.<port>.error_growth` adds so many CRC errors at every look."""
    over, key = view.overrides, f"interface.{port.name}"
    crc = over.number(f"{key}.crc_errors") + _grown(view, f"crc.{port.name}", over.number(f"{key}.error_growth"))
    if found.why == "crc":  # the far end counts frames of another length
        crc += _grown(view, f"crc.{port.name}", 3)
    frames, aborts = over.number(f"{key}.frame_errors"), over.number(f"{key}.abort_errors")
    counted = min(view.up_for(key), view.now - (view.cleared or view.device.booted))
    moved = int(counted.total_seconds()) * 5 if found.up and not port.is_virtual else 0
    packets_out = 0 if port.shut else moved or int(view.uptime.total_seconds()) // 10
    return Counters(
        rate=4000 if moved else 0,
        packets_in=moved,
        packets_out=packets_out,
        bytes_in=moved * 100,
        bytes_out=packets_out * 100,
        input_errors=over.number(f"{key}.input_errors", crc + frames + aborts),
        crc_errors=crc,
        frame_errors=frames,
        aborts=aborts,
        output_errors=over.number(f"{key}.output_errors"),
        resets=over.number(f"{key}.interface_resets", 1),
        transitions=over.number(f"{key}.carrier_transitions", 2),
    )


def _grown(view: View, name: str, step: int) -> int:
    counted = view.device.counters
    counted[name] = counted.get(name, 0) + step
    return counted[name]
