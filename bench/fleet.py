"""200 routers at 20 ms: collect 25 shows of each, ours against the spike's method; whole wall time and memory.

Every run is a fresh process with 200 threads. Target: at most 1.3 x the spike's method, which verifies nothing and
sends everything at once: "ours at once" is like for like; "ours" is as shipped, with its window.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import clients
import routers

COUNT, DELAY, RUNS, AT_MOST = 200, 20, 5, 1.3


def one_run(method: str, ports: list[int], known_hosts: Path) -> dict[str, float]:
    """All routers at once, in this process; imports and one connection come before the clock."""
    client: Callable[[int], dict[str, str]] = clients.spike
    if method != "spike":
        window = 0 if method == "ours at once" else None
        client = partial(clients.ours, known_hosts=known_hosts, config=False, window=window)
    client(ports[0])
    before = resource.getrusage(resource.RUSAGE_SELF)
    begun = time.perf_counter()
    with ThreadPoolExecutor(max_workers=len(ports)) as pool:
        answers = list(pool.map(client, ports))
    seconds = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_SELF)
    for of_one in answers:
        routers.check(of_one)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu": cpu, "mb": after.ru_maxrss / 1024}


def main() -> int:
    """Print the table."""
    known = Path(tempfile.mkdtemp()) / "known_hosts"
    methods = ("ours", "ours at once", "spike")
    results: dict[str, list[dict[str, float]]] = {method: [] for method in methods}
    with routers.running(COUNT, DELAY) as ports:
        given = json.dumps({"ports": ports(DELAY), "known_hosts": str(known)})
        for run in range(RUNS + 1):
            for method in methods if run % 2 else reversed(methods):
                command = [sys.executable, __file__, method]
                done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
                if run:  # the first round fills our known_hosts and warms the routers
                    results[method].append(json.loads(done.stdout))
    medians = {}
    for method, values in results.items():
        medians[method] = statistics.median(value["seconds"] for value in values)
        low, high = min(v["seconds"] for v in values), max(v["seconds"] for v in values)
        cpu, memory = (statistics.median(value[of] for value in values) for of in ("cpu", "mb"))
        print(
            f"{COUNT} routers at {DELAY} ms  {method:13s} {medians[method]:6.2f} s ({low:.2f}-{high:.2f})"
            f"  CPU {cpu:5.2f} s  memory {memory:4.0f} MB",
            flush=True,
        )
    for mine in ("ours", "ours at once"):
        ratio = medians[mine] / medians["spike"]
        print(f"{mine} / spike: {ratio:.2f} (target <= {AT_MOST})  {'ok' if ratio <= AT_MOST else 'MISSED'}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        handed = json.loads(sys.stdin.read())
        print(json.dumps(one_run(sys.argv[1], handed["ports"], Path(handed["known_hosts"]))))
        sys.exit(0)
    sys.exit(main())
