"""File systems (`show file systems`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileSystem:
    """One file system; sizes in bytes, None where the router shows a dash."""

    default: bool
    size: int | None
    free: int | None
    kind: str
    flags: str
    prefixes: tuple[str, ...]
    node: str | None = None  # only where one answer shows several nodes (IOS-XR)
