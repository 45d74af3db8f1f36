"""Verify RP memory: the route processor has the memory of the order, and enough of it is free in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.errors import CouldNotRun
from turnup.facts.log_message import LogMessage
from turnup.facts.memory import Memory
from turnup.facts.process_memory import ProcessMemory
from turnup.facts.version import Version
from turnup.model.policy import MemoryLimits
from turnup.model.verdict import Finding, Seen
from turnup.rules.evidence import own_version, taken_away
from turnup.rules.logs import in_window, log_window, matches
from turnup.rules.times import uptime

_POOLS = ("Processor", "Application Memory")  # of the route processor; the second is IOS-XR's
_MARGIN = timedelta(seconds=5)  # between the NOC's clock and the router's
_SHORTAGES = ("*-*-MALLOCFAIL", "HA-HA_WD-*-MEMORY*")  # IOS-XR's watchdog tells of memory that runs out
_TOLD = "out of memory: failed to allocate"  # FRR, whose message has no name; the daemon ends with it
_SETTLED = timedelta(minutes=10)  # before, routes are still coming in and the free value is too good


@check(18, "Verify RP memory", needs=("version", "memory", "process_memory", "clock", "log_message"))
def rp_memory(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Installed memory equals inventory's; the Processor pool has the policy's free memory, its largest block likewise.

    Memory of line cards is another figure and never counted. FAIL: other size installed, too little free, too
    fragmented, allocation failures in the log. INCONCLUSIVE: router up for less than ten minutes, pools not readable
    (the total free alone says nothing about fragmentation), no limits in the policy.
    """
    version = own_version(expected, facts)
    seen = facts.seen(version)
    wanted = expected.need(expected.router.memory_kbyte, "the memory of the route processor")
    source = expected.inventory("memory_kbyte")
    installed = _installed(version)
    if installed is None:
        yield inconclusive("installed memory (kbyte)", "not shown", expected=wanted, source=source, seen=seen)
    else:
        yield compare("installed memory (kbyte)", wanted, installed, source=source, seen=seen)
    up = uptime(version.uptime)
    if up is None or up < _SETTLED:
        yield inconclusive("up long enough", f"up for {version.uptime}", expected="at least 10 minutes", seen=seen)
    yield from part("free memory", _free(expected, facts))
    yield from part("allocation failures", _failures(expected, facts))


def _installed(version: Version) -> int | None:
    """Kilobytes; some images of IOS-XR tell gigabytes, some nothing."""
    if version.memory_kbyte is None and version.memory_gbyte is not None:
        return version.memory_gbyte * 1024 * 1024
    return version.memory_kbyte


def _free(expected: Expected, facts: Facts) -> Iterator[Finding]:
    limits = expected.need(expected.policy.memory, "the free memory of the route processor")
    if not facts.answered(Memory):
        yield from _totals(expected, facts, limits)
        return
    pools = [row for row in facts.rows(Memory) if row.pool in _POOLS]
    if len(pools) != 1:
        raise CouldNotRun(f"{len(pools)} Processor pools are shown")
    row, seen = pools[0], facts.seen(pools[0])
    free = row.free if row.free_mbyte is None else row.free_mbyte * 1024 * 1024
    if free is None:
        raise CouldNotRun(f"the pool {row.pool} is shown without what is free of it")
    yield _enough(expected, free, limits, seen_of=facts.seen(row))
    pieces = tuple(taken_away(expected, facts, "largest free block", "largest_free_block"))
    yield from pieces
    if pieces:
        return
    if row.largest is None:
        raise CouldNotRun(f"the pool {row.pool} is shown without its largest free block")
    percent = row.largest * 100 // free if free else 0
    yield holds(
        "largest free block",
        percent >= limits.largest_percent,
        expected=f"at least {limits.largest_percent} % of what is free",
        observed=f"{percent} % ({row.largest} bytes)",
        source=expected.agreed("memory.largest_percent"),
        seen=seen,
    )


def _totals(expected: Expected, facts: Facts, limits: MemoryLimits) -> Iterator[Finding]:
    """Images that refuse `show memory summary` still give the totals; the largest block stays unknown."""
    pools = [row for row in facts.rows(ProcessMemory) if row.pool in (None, "Processor")]
    if len(pools) != 1:
        raise CouldNotRun(f"{len(pools)} Processor pools are shown")
    yield _enough(expected, pools[0].free, limits, seen_of=facts.seen(pools[0]))
    yield inconclusive("largest free block", "show memory summary was refused", expected=f"{limits.largest_percent} %")


def _enough(expected: Expected, free: int, limits: MemoryLimits, *, seen_of: tuple[Seen, ...]) -> Finding:
    return holds(
        "free memory",
        free >= limits.free_bytes,
        expected=f"at least {limits.free_bytes} bytes",
        observed=f"{free} bytes",
        source=expected.agreed("memory.free_bytes"),
        seen=seen_of,
    )


def _failures(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Failures since the start of the change; all of them where the router's clock cannot tell."""
    rows = facts.rows(LogMessage)
    try:
        window = log_window(expected, facts, _MARGIN)
        rows = in_window(rows, window.since, window.now, window.up)
    except CouldNotRun:
        pass  # an untrusted clock excuses nothing
    found = [row for row in rows if matches(row, _SHORTAGES) or _TOLD in row.text]
    seen = facts.seen(*found) or facts.whole(LogMessage)
    yield compare("allocation failures in the log", 0, len(found), seen=seen)
