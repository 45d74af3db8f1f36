"""Memory totals (`show processes memory`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProcessMemory:
    """One pool's totals, bytes; `pool` is None on images that show one line without a name."""

    pool: str | None
    total: int
    used: int
    free: int
