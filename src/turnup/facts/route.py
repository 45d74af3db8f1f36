"""The route to one prefix (`show ip route A.B.C.D`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """One path of the routing entry; no row when the router says the network is not in the table."""

    prefix: str
    protocol: str
    distance: int | None
    metric: int | None
    next_hop: str | None
    interface: str | None
    vrf: str | None = None  # None where the answer names no routing table
