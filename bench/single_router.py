"""One router: connect, 25 shows, 30 lines, close, with 20, 50 and 100 ms added round trip; medians, side by side.

Targets: at most 1.15 x a bare paramiko pipeline that does the same, at least 8 x faster than plain netmiko.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import clients
import routers

DELAYS = (20, 50, 100)
RUNS, NAIVE_RUNS = 5, 2
WINDOW = 160
AT_MOST, AT_LEAST = 1.15, 8.0
Client = Callable[[int], dict[str, str]]


def measure(client: Client, port: int) -> float:
    """Seconds of one whole run; its answers are checked."""
    begun = time.perf_counter()
    answers = client(port)
    seconds = time.perf_counter() - begun
    routers.check(answers)
    return seconds


def verdict(met: bool) -> str:
    """`ok`, or loud."""
    return "ok" if met else "MISSED"


def main() -> int:
    """Print the table."""
    known = Path(tempfile.mkdtemp()) / "known_hosts"
    methods: dict[str, tuple[Client, int]] = {
        "ours, window 160": (partial(clients.ours, known_hosts=known), RUNS),
        "bare, window 160": (partial(clients.bare, window=WINDOW), RUNS),
        "ours, all at once": (partial(clients.ours, known_hosts=known, window=0), RUNS),
        "bare, all at once": (partial(clients.bare, window=0), RUNS),
        "plain netmiko": (clients.plain_netmiko, NAIVE_RUNS),
    }
    medians: dict[tuple[str, int], float] = {}
    with routers.running(1, *DELAYS) as ports:
        measure(methods["ours, window 160"][0], ports(DELAYS[0])[0])  # loads what is loaded lazily
        for ms in DELAYS:
            seconds: dict[str, list[float]] = {name: [] for name in methods}
            for run in range(RUNS):
                for name in list(methods) if run % 2 else reversed(methods):
                    if run < methods[name][1]:
                        seconds[name].append(measure(methods[name][0], ports(ms)[0]))
            for name, values in seconds.items():
                medians[name, ms] = statistics.median(values)
                spread = f"({min(values):.2f}-{max(values):.2f}, {len(values)} runs)"
                print(f"{ms:4d} ms  {name:18s} {medians[name, ms]:7.3f} s  {spread}", flush=True)
    print()
    for ms in DELAYS:
        for way in ("window 160", "all at once"):
            ratio = medians[f"ours, {way}", ms] / medians[f"bare, {way}", ms]
            print(
                f"{ms:4d} ms  {way:11s}: {ratio:5.2f} x bare paramiko      (target <= {AT_MOST})  {verdict(ratio <= AT_MOST)}"
            )
        faster = medians["plain netmiko", ms] / medians["ours, window 160", ms]
        print(
            f"{ms:4d} ms  window 160 : {faster:5.1f} x faster than netmiko (target >= {AT_LEAST:g})  {verdict(faster >= AT_LEAST)}"
        )
        price = medians["ours, window 160", ms] / medians["bare, all at once", ms]
        print(f"{ms:4d} ms  for information: the window's price, ours at 160 / bare all at once = {price:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
