"""When a change may affect live service: Wednesday and Sunday, 02:00 to 06:00 at the site, with notice (PASA 2.3(a)).

Pure: the moment is passed in (UTC), the site's zone is an IANA name. The clock on the site's wall decides: on the
Sunday when it goes forward the window is an hour shorter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from turnup.errors import InputError, Refused
from turnup.order.records import Notice

DAYS = (2, 6)  # Wednesday and Sunday, as date.weekday() counts
OPENS, CLOSES = time(2), time(6)
NOTICE = timedelta(hours=48)
_LOOK_AHEAD = 14  # days
_PLACE = re.compile(r"[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]*)+")  # America/New_York, not posix/... nor right/...


@dataclass(frozen=True)
class Window:
    """One window, UTC; `end` is no longer in it."""

    start: datetime
    end: datetime

    def in_zone(self, zone: ZoneInfo) -> str:
        """The window as people at the site would write it."""
        start, end = self.start.astimezone(zone), self.end.astimezone(zone)
        return f"{start:%a %Y-%m-%d %H:%M} to {end:%H:%M} {start:%Z}"


def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises InputError."""
    try:
        if name != "UTC" and not _PLACE.fullmatch(name):  # `localtime` would be the zone of whoever runs turnup
            raise ValueError(name)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(f"no time zone {name!r}: it must be an IANA name such as America/New_York") from error


def window_at(moment: datetime, zone: ZoneInfo) -> Window | None:
    """The window that is open at that moment; None when none is."""
    local = moment.astimezone(zone)
    if local.weekday() not in DAYS or not OPENS <= local.time() < CLOSES:
        return None
    return _window_on(local.date(), zone)


def next_window(moment: datetime, zone: ZoneInfo) -> Window:
    """The first window that opens at or after that moment."""
    day = moment.astimezone(zone).date()
    for ahead in range(_LOOK_AHEAD):
        there = day + timedelta(days=ahead)
        if there.weekday() in DAYS and (window := _window_on(there, zone)).start >= moment:
            return window
    raise InputError(f"{zone.key} has no window in the {_LOOK_AHEAD} days after {moment}")  # cannot be


def _window_on(day: date, zone: ZoneInfo) -> Window:
    # An opening hour that the clock skips is read with the old offset: the moment at which it jumps.
    start, end = (datetime.combine(day, at, zone).astimezone(UTC) for at in (OPENS, CLOSES))
    return Window(start, end)


def must_be_allowed(moment: datetime, timezone: str, router: str, notices: Iterable[Notice]) -> Notice:
    """The notice that allows a change of live service now. Raises Refused: no window, no notice, or too late a one."""
    zone = zone_of(timezone)
    window = window_at(moment, zone)
    if window is None:
        soon = next_window(moment + NOTICE, zone)
        raise Refused(
            f"{router}: it is {moment.astimezone(zone):%a %H:%M %Z} there, and this change affects live service:"
            " allowed only Wednesday and Sunday from 02:00 to 06:00 at the site (PASA 2.3(a))",
            advice=f"Nothing was sent. With notice given now the next window is {soon.in_zone(zone)}: `turnup logbook"
            f" notice {router} ...`. In an emergency: --emergency 'REASON'.",
        )
    given = [one for one in notices if one.router == router and window.start <= one.starts < window.end]
    in_time = [one for one in given if one.sent_at + NOTICE <= window.start]
    if in_time:
        return in_time[0]
    why = "the notice of this window was given less than 48 hours before it" if given else "no notice is recorded"
    raise Refused(
        f"{router}: {why} for the window {window.in_zone(zone)}, and this change affects live service (PASA 2.3(a))",
        advice=f"Nothing was sent. The next window that can still be announced is"
        f" {next_window(moment + NOTICE, zone).in_zone(zone)}: `turnup logbook notice {router} ...`."
        " In an emergency: --emergency 'REASON'.",
    )
