"""Interfaces in one line each (`show ip interface brief`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InterfaceBrief:
    """One interface; `address` is text because it may be `unassigned`."""

    name: str
    address: str
    ok: str
    method: str
    status: str
    protocol: str
