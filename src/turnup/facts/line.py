"""Terminal lines (`show line`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line; `kind` CTY, AUX, VTY, TTY; `access_in` the number or name of its inbound access-class."""

    in_use: bool
    number: int | None
    kind: str
    speed: str | None
    access_out: str | None
    access_in: str | None
    uses: int | None
