"""The privilege level of our session (`show privilege`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Privilege:
    """Level 0 to 15."""

    level: int
