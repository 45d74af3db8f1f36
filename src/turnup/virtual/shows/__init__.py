"""What a virtual GSR shows: rendered in 12.0S format from its configuration, its record and the active faults."""

from __future__ import annotations

from turnup.virtual.shows.state import SimulatedState

__all__ = ["SimulatedState"]
