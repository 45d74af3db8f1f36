"""How fast the store is: what is due among 10,000 orders, and 1,000 orders advanced by one state."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import turnup
from turnup.certificate.document import digest, from_json, to_json
from turnup.desk.entering import Desk
from turnup.desk.sources import DataFolder
from turnup.home import Home
from turnup.model.order import Action
from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.noc import open_noc
from turnup.order.due import due_list
from turnup.order.entries import Entry, OrderFile, write_entries
from turnup.order.life import Happening
from turnup.order.states import Actor, Event, State
from turnup.store import Store, open_store
from turnup.store.checking import faults
from turnup.store.events import append, standings
from turnup.store.messages import closed_tickets
from turnup.store.runs import red_tests

ORDERS, ADVANCED, TRIES = 10_000, 1_000, 5
START = datetime(2001, 7, 9, 14, tzinfo=UTC)
NOW = START + timedelta(days=30)
NOW_ = datetime(2026, 12, 24, tzinfo=UTC)
CERTIFICATE = Path(__file__).parents[1] / "tests" / "certificate" / "samples" / "satisfied.json"
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


class Took(NamedTuple):
    """Seconds by the wall, and of a processor: on a loaded machine only the second tells."""

    wall: float
    cpu: float

    @classmethod
    def since(cls, start: Took) -> Took:
        return cls(time.perf_counter() - start.wall, time.process_time() - start.cpu)

    @classmethod
    def now(cls) -> Took:
        return cls(time.perf_counter(), time.process_time())

    def __str__(self) -> str:
        return f"{self.wall:.2f} s wall, {self.cpu:.2f} s of a processor"


def due(store: Store) -> Took:
    """How long it takes to list what is due among all orders, as `turnup due` does."""
    start = Took.now()
    with store.reading() as connection:
        found = due_list(standings(connection), CLOCKS, NOW, red_tests(connection), closed_tickets(connection))
    assert len(found) == ORDERS, len(found)
    return Took.since(start)


def advance(store: Store) -> Took:
    """How long it takes to take 1,000 orders one state on, each in a transaction of its own, on the disk."""
    start = Took.now()
    for number in range(1, ADVANCED * len(STEPS), len(STEPS)):
        happening = Happening(f"PSO-{number:05}", Event.CROSS_CONNECT, Actor.CARRIER, NOW, "bench")
        with store.writing() as connection:
            append(connection, happening, CLOCKS, NOW, expected=2)
    return Took.since(start)


def deemed(folder: Path) -> Took:
    """The same by `turnup order advance`: 1,000 ports, each with its ledger entry, certificate and silence.

    Every order's proofs in the data folder are looked at first: one that failed a test since is accepted by nothing.
    """
    inventory = folder / "inventory"
    shutil.copytree(turnup.folder("inventory"), inventory)
    policy = inventory / "policy.yaml"
    policy.write_text(policy.read_text().replace("clocks: {}", "clocks: { acceptance_new: 48h }"))
    noc = open_noc(inventory=inventory, home=Home(folder / "home"), environment={})
    sample = from_json(CERTIFICATE.read_text())
    delivered = sample.ended + timedelta(hours=1)
    noc = replace(noc, clock=lambda: delivered + timedelta(days=3))
    store = noc.store()
    entry = Entry(1, Action.NEW, "0" * 64, {"customer": {"code": "X"}}, START, START, None, None, "s", "r", "p")
    certificates = noc.home.part("certificates")
    with store.writing() as connection:
        for number in range(ADVANCED):
            name = f"PSO-{number:05}"
            write_entries(noc.home.part("orders"), OrderFile(name, (entry,), started=True))
            own = replace(sample, subject=replace(sample.subject, order=name, router="r", port="p"))
            (certificates / f"{name}--p.json").write_text(to_json(own))
            steps = [*STEPS[:4], (Event.TEST_PASS, Actor.CARRIER, {"certificate": digest(own)})]
            steps.append((Event.DELIVER, Actor.CARRIER, {"certificate": digest(own), "delivery": "mail"}))
            for step, (event, actor, detail) in enumerate(steps):
                at = delivered if event is Event.DELIVER else sample.ended if step == 4 else START
                here = {"router": "r", "port": "p"} if {"certificate", "port"} & set(detail) else {}
                append(
                    connection,
                    Happening(name, event, actor, at, "bench", {**detail, **here}),
                    noc.equipment.policy.clocks,
                    NOW_,
                )
    start, desk, read = Took.now(), Desk(noc, store), DataFolder(noc)
    lives = [desk.advance(name, read) for name in read.orders]
    took = Took.since(start)
    assert all(life is not None and life.state is State.IN_SERVICE for life in lives)
    store.close()
    return took


def main() -> int:
    """Measure, print, and fail when a target is missed."""
    with TemporaryDirectory() as folder:
        store = open_store(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder)}/turnup.db")
        fill(store)
        listed = [due(store) for _ in range(TRIES)]
        advanced = advance(store)
        start = Took.now()
        with store.reading() as connection:
            assert not list(faults(connection))
        checked = Took.since(start)
        store.close()
        accepted = deemed(Path(folder))
    middle = sorted(listed)[TRIES // 2]
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"what is due among {ORDERS} orders: median {middle} (target 0.5 s)")
    print(f"{ADVANCED} orders advanced by one state: {advanced} (target 10 s)")
    print(f"{ADVANCED} orders deemed accepted and in service (two states) by `order advance`: {accepted} (target 10 s)")
    print(f"chain, states and standings of {ORDERS} orders checked: {checked}")
    return int(missed(middle, 0.5) or missed(advanced, 10) or missed(accepted, 10))


def missed(took: Took, target: float) -> bool:
    """By the wall; where others had the processors more than half of the time, by what we used of one."""
    starved = took.wall > 2 * took.cpu and os.getloadavg()[0] > (os.cpu_count() or 1)
    return (took.cpu if starved else took.wall) >= target


if __name__ == "__main__":
    sys.exit(main())
