"""Boards in detail (`show diag`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnosis:
    """One board: what it is, its serial number, its state and how often it crashed since restart."""

    slot: int
    card: str
    part: str | None
    serial: str | None
    fru: str | None
    engine: str | None
    state: str | None
    memory_bytes: int | None
    crashes: int | None
