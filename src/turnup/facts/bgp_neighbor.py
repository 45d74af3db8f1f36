"""One BGP neighbor in detail (`show ip bgp neighbors A.B.C.D`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BgpNeighbor:
    """Session state, policy and reset history of one neighbor. `up_for` as shown (`2w3d`, `00:10:12`).

    `beyond_limit` is what happens instead of an end of the session when it sends too much, e.g. `warning-only`.
    """

    neighbor: str
    remote_as: str
    link: str  # internal or external
    description: str | None
    state: str
    up_for: str | None
    route_map_in: str | None
    route_map_out: str | None
    prefix_list_in: str | None
    prefix_list_out: str | None
    maximum_prefixes: int | None
    update_source: str | None
    accepted_prefixes: int | None
    last_reset: str | None
    vrf: str | None = None
    beyond_limit: str | None = None
