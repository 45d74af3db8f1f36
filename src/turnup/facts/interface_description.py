"""Descriptions (`show interfaces description`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InterfaceDescription:
    """One interface; `description` exactly as shown, "" when there is none."""

    name: str
    status: str
    protocol: str
    description: str
