"""What is wrong with a signed certificate."""

from __future__ import annotations

from dataclasses import dataclass

from turnup.model.text import one_line


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, what, and whether it was altered (True) or only could not be proved."""

    where: str
    told: str
    altered: bool = True

    def __str__(self) -> str:
        """On one line, whatever stands in a forged file: names of its fields are quoted here."""
        return one_line(f"{self.where}: {self.told}")
