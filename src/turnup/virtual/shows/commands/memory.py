"""Memory of the route processor: `show memory summary`, `show processes memory`."""

from __future__ import annotations

from turnup.virtual.shows.commands.version import memory_kbyte
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View

_IMAGE = 27 * 1024 * 1024  # what image and data segments take before the pools are made
_FAST = (131072, 67064)
# Number, name and the part of the used memory that each holds (one so many-th).
_PROCESSES = (
    (0, "*Init*", 2),
    (0, "*Sched*", 400),
    (0, "*Dead*", 900),
    (2, "Load Meter", 9000),
    (5, "Check heaps", 9000),
    (38, "IP Input", 700),
    (61, "BGP Router", 4),
    (65, "CLNS/ISIS Update", 60),
)


def _processor(view: View) -> tuple[int, int, int, int]:
    """Total, free, lowest, largest of the Processor pool, bytes."""
    total = memory_kbyte(view) * 1024 - _IMAGE
    free = view.overrides.number("memory.processor.free", total * 2 // 3)
    lowest = view.overrides.number("memory.processor.lowest", free - 1024 * 1024 if free > 2**21 else free // 2)
    return total, free, lowest, view.overrides.number("memory.processor.largest", free * 9 // 10)


@shows("show memory summary", "show memory")
def summary(view: View, _args: Args) -> str:
    """The pools; what stands below them is only as long as a parser needs to pass over it."""
    total, free, lowest, largest = _processor(view)
    fast, used = _FAST
    return (
        "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)\n"
        f"Processor   61F24B40 {total:>11} {total - free:>11} {free:>11} {lowest:>11} {largest:>11}\n"
        f"     Fast   61F04B40 {fast:>11} {used:>11} {fast - used:>11} {fast - used:>11} {fast - used - 44:>11}\n"
    )


@shows("show processes memory")
def processes(view: View, _args: Args) -> str:
    """The totals in the one line of 12.0, then the processes that hold most."""
    total, free, _, _ = _processor(view)
    held = total - free
    lines = [
        f"Total: {total}, Used: {held}, Free: {free}",
        " PID TTY  Allocated      Freed    Holding    Getbufs    Retbufs Process",
    ]
    for pid, name, part in _PROCESSES:
        lines.append(
            f"{pid:>4}   0 {held // part * 2:>10} {held // part:>10} {held // part:>10} {0:>10} {0:>10} {name}"
        )
    return "\n".join(lines) + "\n"
