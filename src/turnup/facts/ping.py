"""A ping from the router."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ping:
    """Result of one ping; `replies` are the symbols (`!!.!U`) joined, round-trip times in ms."""

    address: str
    size: int
    source: str | None
    df: bool
    replies: str
    percent: int
    received: int
    sent: int
    minimum_ms: int | None
    average_ms: int | None
    maximum_ms: int | None
