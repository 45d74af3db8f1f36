"""What is wrong with a signed certificate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, what, and whether it was altered (True) or only could not be proved."""

    where: str
    told: str
    altered: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.told}"
