"""Working days where a contract does not say what one is: Monday to Friday without federal holidays.

The Media Gateway Services Agreements speak of business days and working days and define neither; PASA 10.5(b), with
the holidays of two states, is another contract. The carrier's own zone ends a day: its duties fall due no later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from turnup.errors import InputError


@dataclass(frozen=True)
class WorkingDays:
    """Days of work. `zone` is Bedminster's, the carrier's seat; `closed` are days declared closed."""

    zone: str = "America/New_York"
    closed: frozenset[date] = field(default_factory=frozenset)

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday, no federal holiday, not declared closed."""
        return day.weekday() < 5 and day not in self.closed and day not in _holidays(day.year)


@lru_cache(maxsize=64)
def working_days(closed: tuple[str, ...] = ()) -> WorkingDays:
    """With the closed days of policy. Raises InputError for a day that is none."""
    try:
        return WorkingDays(closed=frozenset(date.fromisoformat(day) for day in closed))
    except ValueError as error:
        raise InputError(f"mgs.closed_days: {error}; write 2001-12-24") from error


@lru_cache(maxsize=256)
def _holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("US", years=year))
