"""IS-IS adjacencies (`show isis neighbors`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IsisNeighbor:
    """One adjacency; `type` is L1, L2 or L1L2, `state` UP, INIT, DOWN or NONE."""

    tag: str | None
    system_id: str
    type: str
    interface: str
    address: str | None
    state: str
    holdtime: int
    circuit_id: str | None
