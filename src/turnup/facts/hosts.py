"""The router's own name lookup (`show hosts`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hosts:
    """Lookup settings; `name_servers` () when the router shows 255.255.255.255 or none."""

    domain: str | None
    lookup: str
    name_servers: tuple[str, ...]
