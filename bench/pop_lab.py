"""The POP of real protocols: until its nodes are ready, its protocols up; and down again.

As network namespaces, or with --clab by containerlab on a Docker engine, which is started each time where none runs;
containerlab and the nodes' image are made before the clock starts. Needs root, and Debian's packages
(tests/lab/need_packages.sh, tests/lab/need_containerlab.sh). Seconds count from the call that starts it. Median of
RUNS runs; the target is for all of it, and a run that did not come up is a failure, never left out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from turnup.errors import TurnupError
from turnup.virtual.pop.pop import ADJACENCIES, Pop, start
from turnup.virtual.pop.runner import Kind

RUNS, NEVER = 7, 60.0
AT_MOST = {Kind.NAMESPACES: 6.0, Kind.CONTAINERS: 30.0}


@dataclass(frozen=True)
class Run:
    """One start and stop: seconds, MiB (proportional set size), number of processes."""

    ready: float
    adjacencies: float
    sessions: float
    down: float
    memory: float
    processes: float


def run(folder: Path, kind: Kind) -> Run:
    """Start, wait, look, stop."""
    begun = time.monotonic()
    pop = start(folder, kind, with_parent=True)
    try:
        ready = time.monotonic() - begun
        adjacencies = _since(begun, lambda: pop.adjacencies() == ADJACENCIES)
        pop.settle(NEVER)
        sessions = time.monotonic() - begun
        memory, processes = _size(pop)
    finally:
        ending = time.monotonic()
        pop.down()
    return Run(ready, adjacencies, sessions, time.monotonic() - ending, memory, processes)


def _since(begun: float, look: Callable[[], bool]) -> float:
    while not look():
        if time.monotonic() - begun > NEVER:
            raise TimeoutError(f"not up after {NEVER:g} s")
        time.sleep(0.02)
    return time.monotonic() - begun


def _size(pop: Pop) -> tuple[float, int]:
    """MiB and number of all processes in the nodes."""
    spaces = {Path(f"/proc/{number}/ns/pid").readlink() for number in pop.runner.described()["nodes"].values()}
    kilobytes, count = 0, 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "ns/pid").readlink() not in spaces:
                continue
            rollup = (entry / "smaps_rollup").read_text()
        except OSError:
            continue  # it ended while we looked
        count += 1
        kilobytes += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kilobytes / 1024, count


def main() -> int:
    """Print the table; 1 when the median misses the target, 3 when the POP cannot run here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--clab", action="store_true", help="by containerlab instead")
    told = parser.parse_args()
    kind = Kind.CONTAINERS if told.clab else Kind.NAMESPACES
    if told.runs < 1:
        parser.error("--runs must be at least 1")
    runs = []
    # One more for containers, not counted: it builds what is missing.
    for number in range(-1 if kind is Kind.CONTAINERS else 0, told.runs):
        with tempfile.TemporaryDirectory(prefix="turnup-pop-") as folder:
            try:
                runs.append(run(Path(folder) / "pop", kind))
            except TurnupError as error:
                print(f"could not run: {error}\n{error.advice}", file=sys.stderr)
                return int(error.exit_code)
        if number < 0:
            runs.clear()
            continue
        print(f"run {number + 1}: " + "  ".join(f"{value:.2f}" for value in astuple(runs[-1])), file=sys.stderr)
    one, five, _ = os.getloadavg()
    print(f"POP as {kind}, {told.runs} runs, {os.cpu_count()} cores, load {one:.1f} ({five:.1f} over 5 minutes)")
    units = {"memory": "MiB", "processes": ""}
    for index, field in enumerate(fields(Run)):
        values = sorted(astuple(each)[index] for each in runs)
        print(
            f"{field.name:12} median {statistics.median(values):7.2f}  least {values[0]:7.2f}  most {values[-1]:7.2f}"
            f"  {units.get(field.name, 's')}"
        )
    median = statistics.median(max(each.adjacencies, each.sessions) for each in runs)
    target = AT_MOST[kind]
    print(f"all up {median:.2f} s (target < {target:g})  {'ok' if median < target else 'MISSED'}")
    return 0 if median < target else 1


if __name__ == "__main__":
    sys.exit(main())
