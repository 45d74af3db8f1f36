"""Times as routers write them: durations, log stamps, the clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from turnup.errors import CouldNotRun
from turnup.facts.clock import Clock

_CLOCK_TIME = re.compile(r"(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d)(?:\.\d+)?")
_SHORT = re.compile(r"(?:(?P<y>\d+)y)?(?:(?P<w>\d+)w)?(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?")
_LONG = re.compile(r"(?P<n>\d+) (?P<unit>year|week|day|hour|minute|second)s?")
_DAYS = {"y": 365, "w": 7, "d": 1}
_LONG_SECONDS = {"year": 31536000, "week": 604800, "day": 86400, "hour": 3600, "minute": 60, "second": 1}
_DATED = re.compile(
    r"(?P<flag>[*.])?(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?:(?P<year>\d{4}) )?"
    r"(?P<time>\d\d:\d\d:\d\d)(?:\.\d+)?(?: (?P<zone>[A-Za-z]{2,5}))?"
)
_YEAR_FIRST = re.compile(r"^(\d{4}) ([A-Z][a-z]{2} +\d{1,2}) ")  # IOS-XR, `service timestamps log datetime ... year`
_SLASHED = re.compile(r"(\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d+)?")  # FRR, in the host's local time
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def duration(text: str) -> timedelta | None:
    """`00:10:12`, `1d02h`, `2w3d`, `1y10w`, `1d02h03m` as a period; None for `never` and for anything else."""
    if match := _CLOCK_TIME.fullmatch(text):
        return timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]), seconds=int(match["seconds"]))
    match = _SHORT.fullmatch(text)
    if not match or not text:
        return None
    days = sum(int(match[unit] or 0) * factor for unit, factor in _DAYS.items())
    return timedelta(days=days, hours=int(match["h"] or 0), minutes=int(match["m"] or 0))


def uptime(text: str) -> timedelta | None:
    """`36 weeks, 1 day, 15 hours, 9 minutes` as a period; None when a part of it is something else."""
    total = 0
    for piece in re.split(r",? (?=\d)", text):  # IOS-XR of 64 bits leaves the commas out
        if not (match := _LONG.fullmatch(piece.strip())):
            return None
        total += int(match["n"]) * _LONG_SECONDS[match["unit"]]
    return timedelta(seconds=total)


def router_now(clock: Clock, site_zone: str) -> datetime:
    """The router's clock as a time with its zone. Raises CouldNotRun when the zone's name says nothing at the site."""
    if clock.month not in _MONTHS or not (match := _CLOCK_TIME.fullmatch(clock.time)):
        raise CouldNotRun(f"the router's clock cannot be read: {clock.time} {clock.month}")
    naive = datetime(  # noqa: DTZ001 - the zone is found below
        clock.year,
        _MONTHS.index(clock.month) + 1,
        clock.day,
        int(match["hours"]),
        int(match["minutes"]),
        int(match["seconds"]),
    )
    return naive.replace(tzinfo=_zone(clock.zone, naive, site_zone))


def _zone(name: str, at: datetime, site_zone: str) -> timezone:
    if name in ("UTC", "GMT"):
        return UTC
    try:
        local = at.replace(tzinfo=ZoneInfo(site_zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CouldNotRun(f"the site's time zone {site_zone!r} is not known here") from error
    offset = local.utcoffset()
    if local.tzname() != name or offset is None:
        raise CouldNotRun(f"the router's clock runs in {name}, the site in {local.tzname()} ({site_zone})")
    return timezone(offset, name)


def stamp_time(stamp: str, now: datetime, up: timedelta | None) -> datetime | None:
    """When a log message was written; None when its stamp cannot be trusted (no clock set, lost NTP, unknown form).

    `now` is the router's own clock. A stamp without year lies in the last twelve months. A stamp of uptime counts
    from `now - up` and is None without `up`; it is coarse (`3w2d` lasts a day), and its last moment is given.
    """
    stamp = _YEAR_FIRST.sub(r"\2 \1 ", stamp)
    if match := _DATED.fullmatch(stamp):
        return None if match["flag"] or match["month"] not in _MONTHS else _dated(match, now)
    if match := _SLASHED.fullmatch(stamp):
        return _slashed(match, now)
    since_boot = duration(stamp)
    if since_boot is None or up is None:
        return None
    return min(now, now - up + since_boot + _grain(stamp))


def _slashed(match: re.Match[str], now: datetime) -> datetime | None:
    try:
        return datetime(*map(int, match.groups()), tzinfo=now.tzinfo)  # type: ignore[misc,arg-type]
    except ValueError:  # no such day
        return None


def _grain(stamp: str) -> timedelta:
    """How long one such stamp stays the same."""
    units = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
    return units.get(stamp[-1], timedelta(seconds=1))


def _dated(match: re.Match[str], now: datetime) -> datetime | None:
    zone = match["zone"]
    if zone and zone != now.tzname() and not (zone in ("UTC", "GMT") and now.utcoffset() == timedelta(0)):
        return None
    text = f"{match['month']} {match['day']} {match['year'] or now.year} {match['time']}"
    try:
        found = datetime.strptime(text, "%b %d %Y %H:%M:%S").replace(tzinfo=now.tzinfo)
        if not match["year"] and found > now + timedelta(days=1):
            found = found.replace(year=found.year - 1)
    except ValueError:  # 29 February of a year that has none
        return None
    return found
