"""BGP sessions in one line each (`show ip bgp summary`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BgpSummary:
    """One neighbor. `prefixes` is a number exactly when the session is Established; otherwise `state` says why not."""

    router_id: str
    local_as: str
    neighbor: str
    dynamic: bool
    remote_as: str
    received: int
    sent: int
    up_down: str
    state: str | None
    prefixes: int | None
    # IOS-XR marks an eBGP neighbor `!` that lacks a policy in either direction: it exchanges nothing.
    without_policy: bool = False
    vrf: str | None = None
    address_family: str | None = None  # only where one answer shows several (`show bgp all summary`)
