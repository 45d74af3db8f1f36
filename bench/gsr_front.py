"""GSR fronts with FRR behind them: until all is up, the push, the customer's session, the twenty tests, the end.

Needs root and Debian's packages (tests/lab/need_packages.sh). Median of RUNS runs, each on a lab of its own; a run that
does not come up, or whose certificate is not satisfied, is a failure and never left out.
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

from turnup import folder, job, laboratory, pop_lab
from turnup.errors import TurnupError
from turnup.home import Home
from turnup.load.order import read_order
from turnup.model.certificate import Occasion
from turnup.noc import open_noc
from turnup.virtual.pop.pop import Pop, opened

RUNS, NEVER = 5, 60.0
ROUTER, PEER, PREFIX = "cr3", "10.2.2.2", "203.0.113.0/24"


@dataclass(frozen=True)
class Run:
    """Seconds: from nothing to every adjacency and session; plan and push; from its end to the session with the
    customer, and to his prefix at the upstream; the twenty tests (without the trial of their evidence); the end.
    """

    up: float
    push: float
    session: float
    upstream: float
    tests: float
    down: float


def run(home: Home) -> Run:
    """Once."""
    begun = time.monotonic()
    lab = pop_lab.up(home, "namespaces", front="ios")
    try:
        up = time.monotonic() - begun
        policy = lab.inventory / "policy.yaml"
        policy.write_text(policy.read_text() + "sensitivity: false\n")
        noc = open_noc(inventory=lab.inventory, home=lab.home, environment=lab.environment)
        pop = opened(Path(str(lab.ready["folder"])))
        assignment = job.assigned(noc, read_order(folder("lab") / "front" / "order.yaml"), enter=True)
        begun = time.monotonic()
        job.pushed(noc, assignment)
        pushed = time.monotonic()
        session = _since(pushed, lambda: pop.peers(ROUTER).get(PEER) == "Established")
        upstream = _since(pushed, lambda: _upstream(pop))
        tested = time.monotonic()
        certificate = job.tested(noc, ROUTER, assignment, Occasion.INITIAL)
        tests = time.monotonic() - tested
        if str(certificate.outcome) != "SATISFIED":
            raise TimeoutError(f"the certificate is {certificate.outcome}")
    finally:
        ending = time.monotonic()
        laboratory.down(home)
    return Run(up, pushed - begun, session, upstream, tests, time.monotonic() - ending)


def _upstream(pop: Pop) -> bool:
    return "not in" not in pop.vtysh("dnac", f"show ip bgp {PREFIX}", check=False)


def _since(begun: float, look: Callable[[], bool]) -> float:
    while not look():
        if time.monotonic() - begun > NEVER:
            raise TimeoutError(f"not after {NEVER:g} s")
        time.sleep(0.02)
    return time.monotonic() - begun


def main() -> int:
    """Run them all; 1 when one did not come up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    runs = []
    for number in range(parser.parse_args().runs):
        with tempfile.TemporaryDirectory(prefix="turnup-bench-") as name:
            try:
                runs.append(run(Home(Path(name))))
            except (TurnupError, TimeoutError) as error:
                print(f"run {number + 1} failed: {error}", file=sys.stderr)
                return 1
    print(f"{'seconds, median of ' + str(len(runs)):34} {'median':>8} {'worst':>8}")
    for place, field in enumerate(fields(Run)):
        values = [astuple(one)[place] for one in runs]
        print(f"{field.name:34} {statistics.median(values):8.2f} {max(values):8.2f}")
    print(f"load average of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0


if __name__ == "__main__":
    sys.exit(main())
