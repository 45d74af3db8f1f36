"""Files on a flash device (`dir slot0:`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Directory:
    """One file; `deleted` for a name in brackets. Sizes in bytes. An empty device gives one row without a name."""

    device: str
    number: int | None
    permissions: str | None
    size: int | None
    date: str | None
    name: str | None
    deleted: bool
    total: int | None  # None: `show slot0:` tells only what is available and used
    free: int | None
    total_kbyte: int | None = None  # IOS-XR of 64 bits tells kilobytes instead of bytes
    free_kbyte: int | None = None
