"""Where turnup keeps its own data: assignments, journals, locks, evidence, certificates, known hosts,
attestations, signing keys."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The data folder. Its parts are made when first asked for, readable by their owner alone."""

    path: Path

    @classmethod
    def of(cls, path: Path | None = None) -> Home:
        """The given folder, else TURNUP_HOME, else the user's data folder."""
        if path is None and (told := os.environ.get("TURNUP_HOME")):
            path = Path(told)
        if path is None:
            from platformdirs import user_data_path

            path = user_data_path("turnup", appauthor=False)
        return cls(path)

    def part(self, name: str) -> Path:
        """Folder of that name below the data folder."""
        folder = self.path / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @property
    def known_hosts(self) -> Path:
        """Host keys of the routers we know."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.path / "known_hosts"
