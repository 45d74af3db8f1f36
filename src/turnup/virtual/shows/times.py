"""How IOS writes times and durations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def short(length: timedelta) -> str:
    """`00:10:12`, from a day on `1d02h`, from a week on `2w3d`, from a year on `1y10w`."""
    seconds = max(0, int(length.total_seconds()))
    days, rest = divmod(seconds, 86400)
    if days == 0:
        return f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    if days < 7:
        return f"{days}d{rest // 3600:02}h"
    weeks, days = divmod(days, 7)
    return f"{weeks}w{days}d" if weeks < 52 else f"{weeks // 52}y{weeks % 52}w"


def long(length: timedelta) -> str:
    """`3 weeks, 2 days, 4 hours, 17 minutes`, as show version counts."""
    minutes = max(0, int(length.total_seconds()) // 60)
    parts: list[str] = []
    for unit, size in (("year", 52 * 7 * 1440), ("week", 7 * 1440), ("day", 1440), ("hour", 60), ("minute", 1)):
        count, minutes = divmod(minutes, size)
        if count or (unit == "minute" and not parts):
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return ", ".join(parts)


@dataclass(frozen=True)
class Zone:
    """The zone a router's clock is set to: its name and offset, `summer` the name while daylight saving holds."""

    name: str = "UTC"
    offset: timedelta = timedelta()
    summer: str = ""
    place: str = "UTC"

    @classmethod
    def of(cls, top: Sequence[str], place: str) -> Zone:
        """From `clock timezone EST -5` and `clock summer-time EDT recurring`; `place` is the site's IANA zone."""
        name, offset, summer = "UTC", timedelta(), ""
        for line in top:
            words = line.split()
            if words[:2] == ["clock", "timezone"] and len(words) > 3:
                name = words[2]
                minutes = int(words[4]) if len(words) > 4 else 0
                offset = timedelta(hours=int(words[3]), minutes=-minutes if words[3].startswith("-") else minutes)
            elif words[:2] == ["clock", "summer-time"]:
                summer = words[2]
        return cls(name, offset, summer, place)

    def local(self, at: datetime) -> tuple[datetime, str]:
        """The time on that router's clock and the name of its zone then."""
        utc = at.astimezone(UTC)
        if self.summer and utc.astimezone(ZoneInfo(self.place)).dst():
            return utc + self.offset + timedelta(hours=1), self.summer
        return utc + self.offset, self.name


def clock(at: datetime, zone: Zone) -> str:
    """`08:10:00.123 UTC Sun Nov 22 2026`."""
    local, name = zone.local(at)
    return f"{_time(local, True)} {name} {_DAYS[local.weekday()]} {_MONTHS[local.month - 1]} {local.day} {local.year}"


def restarted(at: datetime, zone: Zone) -> str:
    """`08:10:00 UTC Sun Nov 22 2026`, as show version says when the router came up."""
    local, name = zone.local(at)
    return f"{_time(local, False)} {name} {_DAYS[local.weekday()]} {_MONTHS[local.month - 1]} {local.day} {local.year}"


def file_date(at: datetime) -> str:
    """`May 30 2001 02:39:27`, as flash devices say it."""
    return f"{_MONTHS[at.month - 1]} {at.day:02} {at.year} {_time(at, False)}"


def stamp(at: datetime, uptime: timedelta, service: str, zone: Zone, flag: str = "") -> str:
    """What stands before a log message: `Nov 22 08:10:00.123 UTC: ` or `2w3d: `.

    `service` is what follows `service timestamps log` in the configuration; "" or `uptime` counts from the boot.
    """
    words = service.split()
    if "datetime" not in words:
        return f"{short(uptime)}: "
    local, name = zone.local(at) if "localtime" in words else Zone().local(at)
    year = f" {local.year}" if "year" in words else ""
    shown = f"{_MONTHS[local.month - 1]} {local.day:>2}{year} {_time(local, 'msec' in words)}"
    return f"{flag}{shown}{f' {name}' if 'show-timezone' in words else ''}: "


def _time(at: datetime, milliseconds: bool) -> str:
    return f"{at:%H:%M:%S}" + (f".{at.microsecond // 1000:03}" if milliseconds else "")
