"""Memory pools of the route processor (`show memory summary`, first lines)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Memory:
    """One pool; bytes, or megabytes where the router rounds to them."""

    pool: str
    total: int | None
    used: int | None
    free: int | None
    lowest: int | None
    largest: int | None
    node: str | None = None  # IOS-XR tells each node's memory, in megabytes
    physical_mbyte: int | None = None
    total_mbyte: int | None = None
    free_mbyte: int | None = None
