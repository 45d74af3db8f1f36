"""Bytes to and from a router, and nothing else: the seam between the pure rooms and netmiko."""

from __future__ import annotations

from typing import Protocol

from turnup.errors import Unreachable


class ConnectionLost(Unreachable):
    """The session ended under our hands."""

    advice = "The router or the path dropped the session. What was collected before is kept; run again for the rest."


class Wire(Protocol):
    """A byte stream. `newline` is what the Enter key sends on it."""

    @property
    def newline(self) -> str:
        """Line end for what is typed."""

    def write(self, data: bytes) -> None:
        """Send all of it. Raises ConnectionLost."""

    def read(self, seconds: float) -> bytes:
        """What has come, waiting at most so long; b"" = nothing came. Raises ConnectionLost at once at the end."""

    def close(self) -> None:
        """End it; never raises."""
