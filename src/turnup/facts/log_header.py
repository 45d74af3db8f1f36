"""Logging settings and losses (`show logging`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LogHeader:
    """Whether logging is on, what was lost, where it goes; sizes in bytes."""

    enabled: bool
    dropped: int | None  # None: FRR does not count
    rate_limited: int | None
    buffer_level: str | None
    buffer_logged: int | None
    buffer_filter: str | None  # `enabled`: a discriminator keeps messages out
    buffer_size: int | None
    trap_level: str | None
    hosts: tuple[str, ...]
    link_down: str | None  # `down` when a log host is said not to be reached
