"""Access-lists (`show access-lists`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AccessList:
    """One entry. `rule` is the entry without sequence number and match counter; a list without entries has no row."""

    kind: str  # Standard, Extended, IPv6 ...
    name: str
    sequence: int | None
    action: str
    rule: str
    matches: int | None
