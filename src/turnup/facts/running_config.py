"""The running configuration, line by line (`show running-config`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RunningConfig:
    """One line; `section` is the header it stands below ("" for a global line)."""

    section: str
    text: str
