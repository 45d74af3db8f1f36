"""CLNS neighbors, IS-IS and ES-IS alike (`show clns neighbors`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClnsNeighbor:
    """One neighbor; an ES-IS row proves layer 2 only. `state` Up, Init or Down; `type` IS, ES, L1, L2 or L1L2."""

    tag: str | None
    system_id: str
    interface: str
    snpa: str
    state: str
    holdtime: int
    type: str
    protocol: str
