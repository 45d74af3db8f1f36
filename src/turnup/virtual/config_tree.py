"""The running configuration of a virtual router (stub: storage and text only; rules follow)."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from ipaddress import IPv4Interface

from turnup.configuration import Configuration
from turnup.model.equipment import LineCard
from turnup.model.interface_name import InterfaceName


class ConfigTree:
    """Sections and their lines."""

    def __init__(self, lines: list[str], cards: Mapping[int, LineCard]) -> None:
        self._lines = lines
        self._cards = cards
        self._cached: Configuration | None = None

    @classmethod
    def read(cls, text: str, cards: Mapping[int, LineCard]) -> ConfigTree:
        """From the text of a configuration."""
        return cls(text.splitlines(), cards)

    def text(self) -> str:
        """The configuration from its first `!` to `end`."""
        return "\n".join(self._lines) + "\n"

    def configuration(self) -> Configuration:
        """Sections and lines, cached until the next change."""
        if self._cached is None:
            self._cached = Configuration.read(self.text())
        return self._cached

    @property
    def hostname(self) -> str:
        """Name in the prompt."""
        return next((text.split()[1] for text in self.configuration().headers("hostname")), "Router")

    def address(self, interface: InterfaceName) -> IPv4Interface | None:
        """Primary address of an interface."""
        for line in self.configuration().section(f"interface {interface}") or ():
            words = line.split()
            if words[:2] == ["ip", "address"] and len(words) == 4:
                return IPv4Interface(f"{words[2]}/{words[3]}")
        return None

    def take_out(self, section: str, pattern: str) -> int:
        """Remove lines by pattern; how many."""
        kept, here, removed = [], "", 0
        for line in self._lines:
            if not line.startswith((" ", "!")):
                here = line
            inside = here if line.startswith(" ") else ""
            same_section = fnmatchcase(inside, section) if section else not inside
            if same_section and fnmatchcase(line.strip(), pattern):
                removed += 1
            else:
                kept.append(line)
        self._lines, self._cached = kept, None
        return removed

    def put_in(self, section: str, line: str) -> None:
        """Insert a line at its place, unchecked."""
        at = next((i for i, text in enumerate(self._lines) if fnmatchcase(text, section)), None) if section else None
        if at is None:
            self._lines.insert(len(self._lines) - 1, line)
        else:
            self._lines.insert(at + 1, f" {line}")
        self._cached = None
