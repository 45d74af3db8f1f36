"""Cards in the chassis (`show gsr`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """One slot: the card as the router names it and its state (`IOS Running`, `Card Powered`, ...)."""

    slot: int | None
    card: str
    state: str
    node: str | None = None  # IOS-XR: `0/RP0/CPU0`; `slot` is then told of line cards alone
