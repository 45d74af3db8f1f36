"""What FRR and the kernel say happened, in the words of IOS: adjacencies, sessions, prefix limits, links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo

from turnup.model.interface_name import InterfaceName

# 2026/11/22 14:22:23.601 BGP: [N9HHH-F8H1M] %ADJCHANGE: neighbor ...
_LINE = re.compile(
    r"(?P<at>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)(?:\.(?P<part>\d{1,6}))? (?P<who>[A-Z0-9]+): (?:\[[^\]]*\])*\s*(?P<text>.*)"
)
_ISIS = re.compile(
    r"%ADJCHANGE: Adjacency to (?P<name>\S+) \((?P<port>\S+)\) for level-\d changed from (?P<old>\w+) to (?P<new>\w+), "
    r"(?P<why>.*)"
)
_BGP = re.compile(r"%ADJCHANGE: neighbor (?P<peer>[\d.]+)\S* in vrf \S+ (?P<state>Up|Down)(?: (?P<why>.*))?")
_NOTE = re.compile(
    r"%NOTIFICATION(?:\([^)]*\))?: (?P<way>sent to|received from) neighbor (?P<peer>[\d.]+)\S* (?P<code>\d+/\d+) "
    r"\((?P<words>[^)]*)\)(?: (?P<bytes>\d+) bytes)?.*"
)
_MAXIMUM = re.compile(
    r".*%MAXPFX(?P<over>EXCEED)?: No\. of .* prefix received from (?P<peer>[\d.]+)\S*:? (?:has reached )?(?P<count>\d+)"
    r"(?: exceed,? limit |, max )(?P<limit>\d+).*"
)
_WHY = {
    "holding timer expired": "hold time expired",
    "circuit is not up": "interface state down",
    "circuit is being brought down": "interface state down",
    "interface down": "interface state down",
}


def read(line: str, ports: Mapping[str, InterfaceName], zone: tzinfo = UTC) -> tuple[datetime, str] | None:
    """Time (UTC) and message of one line of FRR's log; None for what IOS would not say. `zone` is the node's own."""
    match = _LINE.fullmatch(line.rstrip())
    if match is None or (text := said(match["text"], ports)) is None:
        return None
    part = int((match["part"] or "0").ljust(6, "0"))
    local = datetime.strptime(match["at"], "%Y/%m/%d %H:%M:%S").replace(microsecond=part, tzinfo=zone)
    return local.astimezone(UTC), text


def said(text: str, ports: Mapping[str, InterfaceName]) -> str | None:
    """The message of IOS for one of FRR's."""
    for pattern, words in _MESSAGES:
        if match := pattern.fullmatch(text):
            return words(match, ports)
    return None


def _adjacency(match: re.Match[str], ports: Mapping[str, InterfaceName]) -> str | None:
    name = ports.get(match["port"], match["port"])
    head = f"%CLNS-5-ADJCHANGE: ISIS: Adjacency to {match['name']} ({name})"
    if match["new"] == "Up":
        return f"{head} Up, new adjacency"
    if match["old"] == "Up":
        return f"{head} Down, {_WHY.get(match['why'], match['why'])}"
    return None


def _session(match: re.Match[str], _ports: Mapping[str, InterfaceName]) -> str:
    why = f" {match['why']}" if match["why"] else ""
    return f"%BGP-5-ADJCHANGE: neighbor {match['peer']} {match['state']}{why}"


def _notification(match: re.Match[str], _ports: Mapping[str, InterfaceName]) -> str:
    words, count = match["words"].rpartition("/")[2].lower(), match["bytes"] or "0"
    return f"%BGP-3-NOTIFICATION: {match['way']} neighbor {match['peer']} {match['code']} ({words}) {count} bytes"


def _maximum(match: re.Match[str], _ports: Mapping[str, InterfaceName]) -> str:
    head, peer, count, limit = "No. of prefix received from", match["peer"], match["count"], match["limit"]
    if match["over"]:
        return f"%BGP-3-MAXPFXEXCEED: {head} {peer} (afi 0): {count} exceed limit {limit}"
    return f"%BGP-4-MAXPFX: {head} {peer} (afi 0) reaches {count}, max {limit}"


_MESSAGES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Mapping[str, InterfaceName]], str | None]], ...] = (
    (_ISIS, _adjacency),
    (_BGP, _session),
    (_NOTE, _notification),
    (_MAXIMUM, _maximum),
)

LinkState = tuple[bool, bool]  # switched on, carrier


def link_messages(name: InterfaceName, was: LinkState, now: LinkState) -> Iterator[str]:
    """What IOS logs when a port goes from one state to the other."""
    (was_on, _), (is_on, _) = was, now
    if was_on and not is_on:
        yield f"%LINK-5-CHANGED: Interface {name}, changed state to administratively down"
    elif all(now) != all(was):
        yield f"%LINK-3-UPDOWN: Interface {name}, changed state to {'up' if all(now) else 'down'}"
    if all(now) != all(was):
        word = "up" if all(now) else "down"
        yield f"%LINEPROTO-5-UPDOWN: Line protocol on Interface {name}, changed state to {word}"
