"""TACACS+ servers (`show tacacs`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TacacsServer:
    """One server with its counters since boot; None where this image does not show a counter."""

    name: str | None
    address: str
    port: int
    opens: int | None
    closes: int | None
    aborts: int | None
    errors: int | None
    timeouts: int | None
    failed_connects: int | None
    packets_out: int
    packets_in: int
    status: str | None
    vrf: str | None = None
