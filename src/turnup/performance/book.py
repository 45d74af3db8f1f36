"""Everything known about performance, as one value: stories of orders, interruptions, zones. Read from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from turnup.model.policy import Policy
from turnup.order.calendars import calendar_of
from turnup.performance.availability import PortMonth, port_month
from turnup.performance.months import Month
from turnup.performance.outages import Crowd
from turnup.performance.recorded import Interruption, interruptions
from turnup.performance.service import Served, Story, story_of

if TYPE_CHECKING:
    from turnup.store import Connection


@dataclass(frozen=True)
class Book:
    """What reports are written from. `zones` are the sites' time zones; a site without one has the contract's."""

    stories: tuple[Story, ...]
    recorded: tuple[Interruption, ...]
    policy: Policy
    zones: Mapping[str, str]
    now: datetime

    @cached_property
    def crowd(self) -> Crowd:
        """Everyone's service and every interruption, recorded or of a repair."""
        served = tuple(one for story in self.stories for one in story.served)
        return Crowd(served, (*self.recorded, *(one for story in self.stories for one in story.repairs)))

    def zone_of(self, site: str) -> str:
        """Where a month of that site begins and ends."""
        return self.zones.get(site) or calendar_of(self.policy.clocks).zone

    def months(self, month: Month, site: str = "") -> tuple[PortMonth, ...]:
        """Every port that was in service in that month, by site, router, port and order."""
        found = (self.month_of(one, month) for one in self.crowd.served if site in ("", one.site))
        known = (one for one in found if one is not None)
        return tuple(sorted(known, key=_place))

    def month_of(self, served: Served, month: Month) -> PortMonth | None:
        """One served port in one month."""
        return port_month(served, month, self.zone_of(served.site), self.crowd, self.now)


def _place(one: PortMonth) -> tuple[str, str, str, str, datetime]:
    served = one.served
    return served.site, served.router, served.port, served.order_id, served.starts


def read_book(connection: Connection, policy: Policy, zones: Mapping[str, str], now: datetime) -> Book:
    """Read the store. Raises TurnupError for a history that is impossible."""
    from turnup.store.interruptions import histories, interruption_entries

    stories = tuple(map(story_of, histories(connection)))
    return Book(stories, interruptions(interruption_entries(connection)), policy, zones, now)
