"""Memory pools of the route processor (`show memory summary`, first lines)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Memory:
    """One pool, bytes."""

    pool: str
    total: int
    used: int
    free: int
    lowest: int
    largest: int
