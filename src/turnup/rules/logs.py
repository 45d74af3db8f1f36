"""Which log messages count, and what they say about the port under test (checklist 19)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from turnup.checks import Expected, Facts
from turnup.errors import CouldNotRun
from turnup.facts.clock import Clock
from turnup.facts.log_message import LogMessage
from turnup.model.interface_name import same_interface
from turnup.rules.evidence import own_version
from turnup.rules.times import router_now, stamp_time, uptime

# Never allowed, whatever their severity says: boards, fabric, and alarms of the optics.
DENIED = (
    *("*-*-MALLOCFAIL", "FABRIC-*-*", "LCINFO-*-CRASH", "LCINFO-*-LCHUNG", "QM-*-*SANITY*", "TAC+-*-*"),
    *("*-*-DUPSYSTEM*", "*-*-DUP_SYSTEM*", "*-*-CRASHINFO*", "OIR-*-REMCARD", "GRP-*-RSTSLOT"),
)
# Said of what is under test they are faults, at any severity: a wrong key, too many routes, somebody else's address.
_OF_SUBJECTS = ("TCP-*-BADAUTH", "BGP-*-MAXPFX*", "*-BGP-*-MAXPFX*", "IP-*-DUPADDR*", "*-DUPADDR*", "LINK-*-ERROR")
# IOS-XR puts the name of a group before the facility: PKT_INFRA-LINK-3-UPDOWN.
_LINK = ("LINK-3-UPDOWN", "*-LINK-3-UPDOWN")
_CHANGED = ("LINK-5-CHANGED", "*-LINK-5-CHANGED")
_PROTOCOL = ("LINEPROTO-5-UPDOWN", "*-LINEPROTO-5-UPDOWN")
_ADJACENCY = tuple(f"{group}{name}-[56]-ADJCHANGE" for group in ("", "*-") for name in ("BGP", "CLNS", "ISIS"))
_DOWN = re.compile(r"\b[Dd]own\b(?! to\b)")  # FRR: changed from Down to Initializing
_SYNCHRONISED = ("NTP", "SNTP", "PTP")
_MOST_SKEW = timedelta(minutes=1)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]*\d[\d/.:]*")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Subjects:
    """What is under test: interfaces and BGP neighbors. A flap elsewhere is another port's affair."""

    interfaces: tuple[str, ...]
    neighbors: tuple[str, ...]

    def named(self, text: str) -> tuple[str, ...]:
        """Those of them that a message names."""
        words = [word.rstrip(".:") for word in _WORD.findall(text)]
        interfaces = [name for name in self.interfaces if any(same_interface(word, name) for word in words)]
        return (*interfaces, *(address for address in _ADDRESS.findall(text) if address in self.neighbors))

    def touches(self, text: str) -> bool:
        """Whether a message names one of them."""
        return bool(self.named(text))


@dataclass(frozen=True)
class Window:
    """What part of the log counts: from `since` (None = all of it) by the router's clock `now` and its uptime."""

    since: datetime | None
    now: datetime
    up: timedelta | None


def log_window(expected: Expected, facts: Facts, margin: timedelta) -> Window:
    """The window from the start of the change. Raises CouldNotRun when the router's clock cannot be trusted.

    It begins `margin` earlier, because the start was taken from another clock, and by as much more as the router's
    clock is behind the NOC's: a clock far from it hides messages, or takes old ones for new.
    """
    clock = facts.one(Clock)
    if clock.flag is not None:
        raise CouldNotRun(f"the router's clock is not synchronised ({clock.flag}{clock.time})")
    if clock.source is None or clock.source.split()[0] not in _SYNCHRONISED:
        raise CouldNotRun(f"the router's clock is not synchronised (time source {clock.source or 'not told'})")
    now = router_now(clock, expected.site.timezone)
    skew = now - facts.asked_at(Clock)
    if abs(skew) > _MOST_SKEW:
        raise CouldNotRun(f"the router's clock says {now}, {skew.total_seconds():+.0f} s from the NOC's")
    since = datetime.fromisoformat(expected.since) if expected.since else None
    if since is not None:
        since = (since if since.tzinfo else since.replace(tzinfo=UTC)) - margin + min(skew, timedelta(0))
    return Window(since, now, uptime(own_version(expected, facts).uptime))


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
    """Messages since then: by their own time, and all that stand behind one of the route processor's since then.

    A line card stamps by its own clock, and a clock may be set back: whatever arrived later counts. One whose time is
    not known counts, unless one of the route processor's that is older than `since` follows it.
    """
    if since is None:
        return tuple(messages)
    times = [stamp_time(message.stamp, now, up) if message.stamp else None for message in messages]
    own = [(n, time) for n, (m, time) in enumerate(zip(messages, times, strict=True)) if time and _processor(m)]
    begun = min((n for n, time in own if time >= since), default=len(messages))
    first = min(begun, max((n + 1 for n, time in own if time < since), default=0))
    return tuple(
        message
        for number, (message, time) in enumerate(zip(messages, times, strict=True))
        if number >= begun or (number >= first if time is None else time >= since)
    )


def _processor(message: LogMessage) -> bool:
    """Whether the route processor wrote it: IOS names line cards alone, IOS-XR every node."""
    return message.slot is None or message.slot.startswith("RP/")


def oldest(messages: Sequence[LogMessage], now: datetime, up: timedelta | None) -> datetime | None:
    """Time of the first message whose time is known."""
    times = (stamp_time(message.stamp, now, up) for message in messages if message.stamp)
    return next((time for time in times if time is not None), None)


def is_fault(message: LogMessage, deny: Sequence[str], ignore: Sequence[str], subjects: Subjects) -> bool:
    """Whether this message alone makes the log a failure. Flaps of interfaces are counted elsewhere.

    Severities 0 to 2 and what is never allowed cannot be ignored.
    """
    if matches(message, (*deny, *DENIED)) or (message.severity is not None and message.severity <= 2):
        return True
    if "check keys" in message.text:  # a TACACS+ server that answers to another key
        return True
    if matches(message, ignore):
        return False
    if matches(message, _OF_SUBJECTS) and subjects.touches(message.text):
        return True
    if matches(message, _LINK):  # severity 3 although routine
        return False
    if matches(message, ("BGP-3-NOTIFICATION", "*-BGP-3-NOTIFICATION")):
        return subjects.touches(message.text)
    if matches(message, ("SONET-4-ALARM", "*-SONET-4-ALARM")):
        return subjects.touches(message.text) and "cleared" not in message.text
    return message.severity is not None and message.severity <= 3


def drops(messages: Iterable[LogMessage], subjects: Subjects) -> Mapping[tuple[str, str], tuple[LogMessage, ...]]:
    """Messages that say something under test went down, by (what it is, kind of message)."""
    found: dict[tuple[str, str], list[LogMessage]] = {}
    for message in messages:
        if _says_down(message):
            for name in subjects.named(message.text):
                found.setdefault((name, code(message)), []).append(message)
    return {key: tuple(told) for key, told in found.items()}


def _says_down(message: LogMessage) -> bool:
    text = message.text.rstrip(". \n")
    if matches(message, (*_LINK, *_CHANGED, *_PROTOCOL)):
        return text.lower().endswith(("state to down", "state to administratively down"))
    return matches(message, _ADJACENCY) and bool(_DOWN.search(text))
