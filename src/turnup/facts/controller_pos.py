"""SONET controllers (`show controllers pos`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ControllerPos:
    """One POS port's SONET section, line and path. Counters since boot; `alarms` () when the router says None."""

    name: str
    los: int
    lof: int
    b1: int
    b2: int
    b3: int
    alarms: tuple[str, ...]
    defects: tuple[str, ...]
    path_trace: str | None
    remote_hostname: str | None
    remote_interface: str | None
    c2: str | None
