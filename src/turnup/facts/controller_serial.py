"""DS-3 controllers (`show controllers serial`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ControllerSerial:
    """One DS-3 port: framing, alarms and the error counters of the current interval."""

    name: str
    framing: str
    clock_source: str
    dsu_mode: int | None
    cable_length: int | None
    alarms: tuple[str, ...]
    line_code_violations: int | None
    p_bit_errors: int | None
    c_bit_errors: int | None
