"""Cards in the chassis (`show gsr`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """One slot: the card as the router names it and its state (`IOS Running`, `Card Powered`, ...)."""

    slot: int
    card: str
    state: str
