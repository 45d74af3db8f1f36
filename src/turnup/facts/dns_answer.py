"""What a name server answered to the NOC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DnsAnswer:
    """One answer record; a row without `value` says that the name has none (`status` NXDOMAIN or NOERROR)."""

    server: str
    name: str
    type: str
    status: str
    value: str | None
