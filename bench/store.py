"""How fast the store is: what is due among 10,000 orders, and 1,000 orders advanced by one state."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.order.due import due_list
from turnup.order.life import Happening
from turnup.order.states import Actor, Event
from turnup.store import Store, open_store
from turnup.store.checking import faults
from turnup.store.events import append, standings
from turnup.store.runs import red_tests

ORDERS, ADVANCED, TRIES = 10_000, 1_000, 5
START = datetime(2001, 7, 9, 14, tzinfo=UTC)
NOW = START + timedelta(days=30)
CLOCKS = Clocks(
    acknowledgement=Period.parse("24h"),
    completion=Period.parse("10bd"),
    acceptance_new=Period.parse("5bd"),
    repair=Period.parse("8h"),
)
STEPS: tuple[tuple[Event, Actor, dict[str, str]], ...] = (
    (Event.RECEIVE, Actor.CUSTOMER, {}),
    (Event.ACKNOWLEDGE, Actor.CARRIER, {"router": "nyc-hud-gsr1", "port": "Serial5/0"}),
    (Event.CROSS_CONNECT, Actor.CARRIER, {}),
    (Event.PROVISION, Actor.CARRIER, {}),
    (Event.TEST_PASS, Actor.CARRIER, {"certificate": "good"}),
    (Event.DELIVER, Actor.CARRIER, {"certificate": "good", "delivery": "mail"}),
)


def fill(store: Store) -> None:
    """Orders in every state up to delivery, in few transactions: how they got there is not what is measured."""
    for first in range(0, ORDERS, 500):
        with store.writing() as connection:
            for number in range(first, first + 500):
                for step, (event, actor, detail) in enumerate(STEPS[: 1 + number % len(STEPS)]):
                    at = START + timedelta(minutes=number, hours=step)
                    order = f"PSO-{number:05}"
                    append(connection, Happening(order, event, actor, at, "bench", detail), CLOCKS, NOW)


def due(store: Store) -> float:
    """Seconds to list what is due among all orders."""
    start = time.perf_counter()
    with store.reading() as connection:
        found = due_list(standings(connection), CLOCKS, NOW, red_tests(connection))
    assert len(found) == ORDERS, len(found)
    return time.perf_counter() - start


def advance(store: Store) -> float:
    """Seconds to take 1,000 orders one state on, each in a transaction of its own, on the disk."""
    start = time.perf_counter()
    for number in range(1, ADVANCED * len(STEPS), len(STEPS)):
        happening = Happening(f"PSO-{number:05}", Event.CROSS_CONNECT, Actor.CARRIER, NOW, "bench")
        with store.writing() as connection:
            append(connection, happening, CLOCKS, NOW, expected=2)
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, and fail when a target is missed."""
    with TemporaryDirectory() as folder:
        store = open_store(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder)}/turnup.db")
        fill(store)
        listed = [due(store) for _ in range(TRIES)]
        advanced = advance(store)
        start = time.perf_counter()
        with store.reading() as connection:
            assert not list(faults(connection))
        checked = time.perf_counter() - start
        store.close()
    print(f"what is due among {ORDERS} orders: median {median(listed):.2f} s (first {listed[0]:.2f} s; target 0.5 s)")
    print(f"{ADVANCED} orders advanced by one state: {advanced:.2f} s (target 10 s)")
    print(f"chain, states and standings of {ORDERS} orders checked: {checked:.2f} s")
    return int(median(listed) >= 0.5 or advanced >= 10)


if __name__ == "__main__":
    sys.exit(main())
