"""The router's clock (`show clock detail`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """Time as shown; `flag` is `*` (not set) or `.` (lost synchronisation) or None."""

    flag: str | None
    time: str
    zone: str
    weekday: str
    month: str
    day: int
    year: int
    source: str | None
