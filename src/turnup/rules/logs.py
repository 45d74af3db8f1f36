"""Which log messages count, and what they say about the port under test (checklist 19)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from turnup.checks import Expected, Facts
from turnup.errors import CouldNotRun
from turnup.facts.clock import Clock
from turnup.facts.log_message import LogMessage
from turnup.facts.version import Version
from turnup.model.interface_name import same_interface
from turnup.rules.times import router_now, stamp_time, uptime

# Never allowed, whatever their severity says: boards, fabric, and alarms of the optics.
DENIED = ("*-*-MALLOCFAIL", "FABRIC-*-*", "LCINFO-3-CRASH", "QM-*-*SANITY*", "TAC+-*-*")
_WORD = re.compile(r"[A-Za-z][A-Za-z-]*\d[\d/.:]*")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Subjects:
    """What is under test: interfaces and BGP neighbors. A flap elsewhere is another port's affair."""

    interfaces: tuple[str, ...]
    neighbors: tuple[str, ...]

    def touches(self, text: str) -> bool:
        """Whether a message names one of them."""
        words = [word.rstrip(".:") for word in _WORD.findall(text)]
        if any(same_interface(word, name) for word in words for name in self.interfaces):
            return True
        return any(address in self.neighbors for address in _ADDRESS.findall(text))


@dataclass(frozen=True)
class Window:
    """What part of the log counts: from `since` (None = all of it) by the router's clock `now` and its uptime."""

    since: datetime | None
    now: datetime
    up: timedelta | None


def log_window(expected: Expected, facts: Facts, margin: timedelta) -> Window:
    """The window from the start of the change. Raises CouldNotRun when the router's clock cannot be trusted.

    It begins `margin` earlier, because the start was taken from another clock.
    """
    clock = facts.one(Clock)
    if clock.flag is not None:
        raise CouldNotRun(f"the router's clock is not synchronised ({clock.flag}{clock.time})")
    since = datetime.fromisoformat(expected.since) if expected.since else None
    if since is not None:
        since = (since if since.tzinfo else since.replace(tzinfo=UTC)) - margin
    return Window(since, router_now(clock, expected.site.timezone), uptime(facts.one(Version).uptime))


def code(message: LogMessage) -> str:
    """`FACILITY-SEVERITY-MNEMONIC`; "" for a line that is no message of that form."""
    if message.facility is None or message.severity is None or message.mnemonic is None:
        return ""
    return f"{message.facility}-{message.severity}-{message.mnemonic}"


def matches(message: LogMessage, patterns: Iterable[str]) -> bool:
    """Whether its code is one of these patterns (`*` stands for any characters; case counts)."""
    return any(fnmatchcase(code(message), pattern) for pattern in patterns)


def in_window(
    messages: Sequence[LogMessage], since: datetime | None, now: datetime, up: timedelta | None
) -> tuple[LogMessage, ...]:
    """Messages since then, each by its own time: line cards' messages stand out of order.

    One whose time is not known counts, unless a message that is older than `since` follows it.
    """
    if since is None:
        return tuple(messages)
    times = [stamp_time(message.stamp, now, up) if message.stamp else None for message in messages]
    first = max((n + 1 for n, time in enumerate(times) if time is not None and time < since), default=0)
    return tuple(
        message
        for number, (message, time) in enumerate(zip(messages, times, strict=True))
        if (number >= first if time is None else time >= since)
    )


def oldest(messages: Sequence[LogMessage], now: datetime, up: timedelta | None) -> datetime | None:
    """Time of the first message whose time is known."""
    times = (stamp_time(message.stamp, now, up) for message in messages if message.stamp)
    return next((time for time in times if time is not None), None)


def is_fault(message: LogMessage, deny: Sequence[str], ignore: Sequence[str], subjects: Subjects) -> bool:
    """Whether this message alone makes the log a failure. Flaps of interfaces are counted elsewhere."""
    if matches(message, deny):
        return True
    if matches(message, ignore):
        return False
    if matches(message, ("LINK-3-UPDOWN",)):  # severity 3 although routine
        return False
    if matches(message, ("BGP-3-NOTIFICATION",)):
        return subjects.touches(message.text)
    if matches(message, ("SONET-4-ALARM",)):
        return subjects.touches(message.text) and "cleared" not in message.text
    return matches(message, DENIED) or (message.severity is not None and message.severity <= 3)


def drops(messages: Iterable[LogMessage], subjects: Subjects) -> tuple[LogMessage, ...]:
    """Messages that say an interface under test went down."""
    return tuple(
        message
        for message in messages
        if matches(message, ("LINK-3-UPDOWN",))
        and subjects.touches(message.text)
        and message.text.rstrip(". ").endswith("state to down")
    )
