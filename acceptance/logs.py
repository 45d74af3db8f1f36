"""Examine Logs: nothing unexplained since the change, and the log can prove it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.facts.log_header import LogHeader
from turnup.facts.log_message import LogMessage
from turnup.model.verdict import Finding, Verdict
from turnup.rules.evidence import taken_away
from turnup.rules.logs import Subjects, Window, code, drops, in_window, is_fault, log_window, matches, oldest
from turnup.rules.orders import ordered_interfaces

_KEPT = ("notifications", "informational", "debugging")  # our own change and a line protocol's flap are severity 5
_SENT = ("errors", "warnings", *_KEPT)  # a graver level keeps from the log hosts what this test calls a fault


@dataclass(frozen=True)
class Settings:
    """`drops_allowed`: how often what is under test may go down in the window (once while it is cabled).

    `clock_margin_seconds`: the window begins so much earlier, because the router's clock is not the NOC's.
    """

    drops_allowed: int = 1
    clock_margin_seconds: int = 5


@check(19, "Examine Logs", needs=("clock", "version", "log_header", "log_message"), settings=Settings)
def logs(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """From the start of the change: no message of severity 0 to 2, none of 3 that policy does not ignore, none denied.

    Interfaces and sessions under test go down at most as often as allowed; those of other ports do not count.
    The log goes to inventory's log hosts. FAIL: any such message, each shown; other log hosts, one that the router
    does not reach, or none of severity 3 sent there.
    INCONCLUSIVE: logging off, not buffered, filtered or only for worse than notifications; the buffer does not reach
    back to the start, or the router restarted since; clock not synchronised or over a minute from the NOC's; not even
    our own change is in the log. After a repair without a change of ours a quiet log is good, if it holds older
    messages.
    """
    header = facts.one(LogHeader)
    yield from part("log hosts", _hosts(expected, facts, header))
    if not header.enabled or not header.buffer_size:
        yield inconclusive("log buffer", "logging is off or not buffered", seen=facts.seen(header))
        return
    if header.buffer_level not in _KEPT or header.buffer_filter:
        filtered = ", and only what a filter lets in" if header.buffer_filter else ""
        why = f"the buffer keeps messages up to {header.buffer_level or 'a level that is not told'}{filtered}"
        wanted = f"up to {_KEPT[0]} or more"
        yield inconclusive("level of the log buffer", why, expected=wanted, seen=facts.seen(header))
    yield from part("messages", _messages(expected, facts, header))


def _hosts(expected: Expected, facts: Facts, header: LogHeader) -> Iterator[Finding]:
    wanted = set(map(str, expected.need(expected.router.log_hosts, "the log hosts")))
    away = tuple(taken_away(expected, facts, "log hosts", "log_hosts"))
    yield from away
    if not away:
        source, seen = expected.inventory("log_hosts"), facts.seen(header)
        yield compare("log hosts", wanted, set(header.hosts), source=source, seen=seen)
    sent = f"level {header.trap_level}" if header.trap_level else "trap logging is off"
    sent += ", the link to a host is down" if header.link_down else ""
    good, seen = header.trap_level in _SENT and not header.link_down, facts.seen(header)
    yield holds("sent to the log hosts", good, expected="trap logging of errors", observed=sent, seen=seen)


def _messages(expected: Expected, facts: Facts, header: LogHeader) -> Iterator[Finding]:
    margin = timedelta(seconds=expected.settings("logs", Settings).clock_margin_seconds)
    window = log_window(expected, facts, margin)
    rows = facts.rows(LogMessage)
    yield from _reach(facts, header, rows, window)
    counted = in_window(rows, window.since, window.now, window.up)
    subjects, rules = _subjects(expected), expected.policy.logs
    yield from _without_severity(facts, counted)
    faults = [row for row in counted if is_fault(row, rules.deny, rules.ignore, subjects)]
    for row in faults:
        source = expected.agreed("logs")
        yield Finding(
            f"log message {code(row) or 'without code'}", Verdict.FAIL, "none", row.text, source, facts.seen(row)
        )
    if not counted and window.since is not None and (expected.own_change or not rows):
        why = "none, not even of our own change"
        wanted = f"messages since {window.since}"
        yield inconclusive("log messages", why, expected=wanted, seen=facts.whole(LogMessage))
    elif not faults:
        told = f"{len(counted)} messages, {_counted(counted)}{_lost(header)}"
        seen = facts.whole(LogMessage)
        yield holds("log messages", True, expected="no fault", observed=told, source=expected.agreed("logs"), seen=seen)
    allowed = expected.settings("logs", Settings).drops_allowed
    fallen = drops(counted, subjects)
    told = "; ".join(f"{name} {len(found)} times ({kind})" for (name, kind), found in fallen.items())
    yield holds(
        "what is under test went down",
        all(len(found) <= allowed for found in fallen.values()),
        expected=f"at most {allowed} times each",
        observed=told,
        source=expected.agreed("checks.logs.drops_allowed"),
        seen=facts.seen(*(row for found in fallen.values() for row in found)) or facts.whole(LogMessage),
    )


def _without_severity(facts: Facts, counted: tuple[LogMessage, ...]) -> Iterator[Finding]:
    """Messages without a severity (FRR without `log record-priority`): whether one is a fault is open."""
    untold = [row for row in counted if row.facility is not None and row.severity is None]
    if untold:
        why = f"{len(untold)} messages without a severity, the first: {untold[0].text}"
        yield inconclusive("severity of the messages", why, expected="a severity of each", seen=facts.seen(*untold))


def _lost(header: LogHeader) -> str:
    """Messages that no buffer ever got, since boot: a gap that the reader should know of."""
    lost = (header.dropped or 0) + (header.rate_limited or 0)
    return f"; {lost} dropped or rate-limited since boot" if lost else ""


def _reach(facts: Facts, header: LogHeader, rows: tuple[LogMessage, ...], window: Window) -> Iterator[Finding]:
    """Whether the buffer still holds everything since the start: what was overwritten cannot be judged."""
    if window.up is None:
        yield inconclusive("reach of the log", "the router does not say how long it is up", seen=facts.seen(header))
    if window.since and window.up is not None and window.now - window.up > window.since:
        why = f"the router restarted at {window.now - window.up:%Y-%m-%d %H:%M}: what it logged before is lost"
        yield inconclusive("reach of the log", why, expected=f"back to {window.since}", seen=facts.seen(header))
    if window.since is None:
        if not rows and header.buffer_logged:
            why = f"the header counts {header.buffer_logged} messages, the buffer shows none"
            yield inconclusive("reach of the log", why, expected="the messages", seen=facts.seen(header))
        return
    overwritten = (
        bool(rows and rows[0].stamp is None) or header.buffer_logged is None or header.buffer_logged > len(rows)
    )
    first = oldest(rows, window.now, window.up)
    if overwritten and (first is None or first > window.since):
        why = f"the buffer begins at {first or 'an unknown time'}, after the start"
        yield inconclusive("reach of the log", why, expected=f"back to {window.since}", seen=facts.seen(header))


def _subjects(expected: Expected) -> Subjects:
    ports = list(ordered_interfaces(expected))
    links = [str(link.interface) for link in expected.router.links]
    peers = [str(peer.address) for peer in expected.router.ibgp_peers]
    layer3 = expected.assignment.order.layer3 if expected.assignment else None
    peers += [str(layer3.customer_address)] if layer3 else []
    return Subjects(tuple(dict.fromkeys((*ports, *links))), tuple(peers))


def _counted(messages: tuple[LogMessage, ...]) -> str:
    counts = Counter(code(message) or "without code" for message in messages)
    told = ", ".join(f"{count} x {name}" for name, count in counts.most_common(6)) or "none"
    foreign = [m for m in messages if matches(m, ("SYS-5-CONFIG_I", "*-SYS-5-CONFIG_I"))]
    return f"{told}; {len(foreign)} configuration changes" if foreign else told
