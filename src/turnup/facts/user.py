"""Sessions on the router (`show users`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    """One session; `mine` for the one that asks."""

    mine: bool
    line: str
    user: str | None
    host: str | None
    idle: str  # "" when the router leaves it out
    location: str | None
