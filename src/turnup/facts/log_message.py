"""Log messages (`show logging`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LogMessage:
    """One message in buffer order. `stamp` as shown (None for a first line cut by the ring buffer); `slot` when a
    line card said it; continuation lines are joined to `text` by newlines.
    """

    slot: str | None
    sequence: str | None
    stamp: str | None
    facility: str | None
    severity: int | None
    mnemonic: str | None
    text: str
    process: str | None = None  # `bgp[1078]`, IOS-XR
