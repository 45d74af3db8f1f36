"""No text of an order ever becomes a second line: `injection.py [--examples N]`, part of `make faults`.

Every known attack in every field and form, then hypothesis, over several processes. Prints how far the orders came;
exit code 1 when one of them did what it may not.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Protocol

from hypothesis import HealthCheck, Phase, given, seed, settings
from injection_attacks import PLATFORMS, Hostile, hostile, known_attacks
from injection_path import FORMS, Breach, Came, Path, document
from injection_rendered import Rendered

BATCH = 2000  # examples of one run of hypothesis: its memory grows with them
Counts = Counter[tuple[str, str, str, str]]


class Way(Protocol):
    """Where an order is sent."""

    def follow(self, form: str, data: bytes) -> Came:
        """How far it came."""


Ways = Mapping[str, Way]


def all_ways() -> dict[str, Way]:
    """By platform: IOS as far as a virtual router, the others as far as the lines."""
    return {"ios": Path()} | {name: Rendered(name) for name in PLATFORMS if name != "ios"}


def send(ways: Ways, order: Hostile, counts: Counts, source: str) -> None:
    """Send one order and count how far it came. Raises Breach, and whatever is no refusal of ours."""
    came = ways[order.platform].follow(order.form, document(order.form, order.fields, order.raw))
    counts[source, order.platform, order.form, came.stage] += 1


def attacks(ways: Ways, counts: Counts, share: tuple[int, int], every: int = 1) -> None:
    """The table of known attacks, this process's share of every Nth."""
    number, of = share
    for order in islice(known_attacks(), number * every, None, of * every):
        send(ways, order, counts, "known attacks")


def examples(ways: Ways, counts: Counts, number: int, most: int) -> None:
    """That many examples of hypothesis; the seed is fixed by the process's number."""
    done = 0
    while done < most:
        batch = min(BATCH, most - done)

        @seed(number * 1_000_000 + done)
        @settings(
            max_examples=batch,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(hostile())
        def sent(order: Hostile) -> None:
            send(ways, order, counts, "hypothesis")

        sent()
        done += batch


def work(number: int, of: int, most: int, every: int, into: multiprocessing.SimpleQueue[object]) -> None:
    """One process."""
    counts: Counts = Counter()
    try:
        ways = all_ways()
        attacks(ways, counts, (number, of), every)
        examples(ways, counts, number, most)
    except Exception as error:  # noqa: BLE001 - shown by the parent, which fails
        into.put(f"{type(error).__name__}: {error}"[:3000] + "\n" + "\n".join(getattr(error, "__notes__", ()))[:3000])
    into.put(counts)


def main() -> int:
    """0 when no order did anything it may not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100_000, help="of hypothesis, over all processes")
    parser.add_argument("--every", type=int, default=1, help="of the known attacks only every Nth")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    into = context.SimpleQueue()
    each = -(-options.examples // options.workers)
    processes = [
        context.Process(target=work, args=(number, options.workers, each, options.every, into))
        for number in range(options.workers)
    ]
    for process in processes:
        process.start()
    counts: Counts = Counter()
    wrong = []
    left = len(processes)
    while left:
        if into.empty():
            if not any(process.is_alive() for process in processes) and into.empty():
                wrong.append(f"{left} of {len(processes)} processes died without a word")
                break
            time.sleep(0.1)
            continue
        got = into.get()
        if isinstance(got, Counter):
            counts += got
            left -= 1
        else:
            wrong.append(str(got))
    for process in processes:
        process.join()
    return _told(counts, wrong, time.monotonic() - began)


def _told(counts: Counts, wrong: list[str], seconds: float) -> int:
    for source in ("known attacks", "hypothesis"):
        for name in PLATFORMS:
            for form in FORMS:
                stages = {stage: n for (*key, stage), n in sorted(counts.items()) if key == [source, name, form]}
                if stages:
                    told = ", ".join(f"{n} {k}" for k, n in stages.items())
                    print(f"{source:<14}{name:<7}{form:<6}{sum(stages.values()):>8}  {told}")
    for text in wrong:
        print(f"\nBREACH OR DEFECT: {text}")
    total = sum(counts.values())
    print(f"\n{total} hostile orders, {len(wrong)} breaches, {seconds:.0f} s")
    return 1 if wrong or not total else 0


__all__ = ["Breach", "main"]

if __name__ == "__main__":
    sys.exit(main())
