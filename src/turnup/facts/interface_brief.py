"""Interfaces in one line each (`show ip interface brief`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InterfaceBrief:
    """One interface; `address` is text because it may be `unassigned`."""

    name: str
    address: str
    ok: str | None  # None where the router has no such column (IOS-XR)
    method: str | None
    status: str
    protocol: str
    vrf: str | None = None
