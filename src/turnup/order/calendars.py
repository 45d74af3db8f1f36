"""Business days of the contract: "a business day in each of Denver, Colorado and Bedminster, New Jersey" (10.5(b))."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from turnup.errors import InputError
from turnup.model.policy import Clocks


@dataclass(frozen=True)
class ContractCalendar:
    """Days of the contract. `zone` is where a day ends: Denver, the customer's seat and the later of the two.

    `closed` are days that a party declared closed beside its state's holidays.
    """

    zone: str = "America/Denver"
    states: tuple[str, ...] = ("CO", "NJ")
    closed: frozenset[date] = field(default_factory=frozenset)

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday, no holiday in any of the states, not declared closed."""
        return day.weekday() < 5 and day not in self.closed and not any(_holiday(day, state) for state in self.states)


@lru_cache(maxsize=64)
def calendar_of(clocks: Clocks) -> ContractCalendar:
    """The calendar of PASA 10.5(b) with the closed days of policy. Raises InputError for a day that is none."""
    try:
        return ContractCalendar(closed=frozenset(date.fromisoformat(day) for day in clocks.closed_days))
    except ValueError as error:
        raise InputError(f"clocks.closed_days: {error}; write 2001-12-24") from error


def _holiday(day: date, state: str) -> bool:
    return day in _holidays(state, day.year)


@lru_cache(maxsize=256)
def _holidays(state: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("US", subdiv=state, years=year))
