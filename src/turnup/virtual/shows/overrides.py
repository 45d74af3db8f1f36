"""What a fault makes of a router's state: dotted names with values, the exact name before a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from turnup.errors import InputError


@dataclass(frozen=True)
class Overrides:
    """State overrides of the active faults, e.g. {"interface.POS1/0.status": "down", "interface.*.crc_errors": 3}."""

    values: Mapping[str, object]

    def get(self, name: str) -> object | None:
        """The value of that name, else of the first pattern (`*`, `?`) that matches it; None when there is none."""
        if name in self.values:
            return self.values[name]
        return next((value for key, value in self.values.items() if _is_pattern(key) and fnmatchcase(name, key)), None)

    def text(self, name: str, default: str = "") -> str:
        """That value as text."""
        value = self.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """That value as a whole number. Raises InputError when a fault gives something else."""
        value = self.get(name)
        try:
            return default if value is None else int(str(value))
        except ValueError:
            raise InputError(f"state {name}: {value!r} is not a number") from None

    def flag(self, name: str, default: bool = False) -> bool:
        """That value as yes or no: `true`, `1` and `yes` mean yes."""
        value = self.get(name)
        return default if value is None else str(value).lower() in ("true", "1", "yes")

    def texts(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """That value as a list of texts; a single value makes a list of one."""
        value = self.get(name)
        if value is None:
            return default
        return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def _is_pattern(key: str) -> bool:
    return "*" in key or "?" in key
