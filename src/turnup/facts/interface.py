"""Interfaces with state, line settings and counters (`show interfaces`)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Interface


@dataclass(frozen=True)
class Interface:
    """One interface. `status` is `up`, `down` or `administratively down`; `protocol` likewise, its suffix
    (`looped`, `spoofing`, ...) apart. Bandwidth in kbit/s, MTU in bytes, counters since `last_clearing`.
    """

    name: str
    status: str
    protocol: str
    protocol_suffix: str | None
    hardware: str | None
    description: str | None
    address: IPv4Interface | None
    mtu: int | None
    bandwidth_kbit: int | None
    encapsulation: str | None
    crc: int | None
    loopback: str | None  # "not set", "set", or a kind of loopback
    keepalive: str | None
    scramble: str | None
    last_input: str | None
    last_output: str | None
    last_clearing: str | None
    input_errors: int | None
    crc_errors: int | None
    frame_errors: int | None
    abort_errors: int | None
    output_errors: int | None
    interface_resets: int | None
    output_drops: int | None
    carrier_transitions: int | None
    duplex: str | None = None  # `Full`, `Half`, `Auto`, where the router shows it
    input_packets: int | None = None  # since boot, where the router tells no time of the last input
