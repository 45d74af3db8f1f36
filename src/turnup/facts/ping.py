"""A ping from the router."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ping:
    """Result of one ping; `replies` are the symbols (`!!.!U`) joined, round-trip times in ms.

    None where the router shows no symbols, or no share of the answers; `errors` are ICMP errors that came back.
    """

    address: str
    size: int
    source: str | None
    df: bool
    replies: str | None
    percent: int | None
    received: int
    sent: int
    minimum_ms: int | None
    average_ms: int | None
    maximum_ms: int | None
    errors: int | None = None
