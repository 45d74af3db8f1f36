"""One writer per router over a shared store, on both databases: fenced, expiring, never given twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import pytest
from lives import START

from turnup.change.lease import Lease, LeaseLost
from turnup.change.shared_lease import LENGTH, StoreLeases
from turnup.errors import Refused
from turnup.store import Store


@dataclass
class Nobody:
    """No lock of this machine: what stands between two holders is the store alone."""

    token: int = 0

    @contextmanager
    def held(self, router: str, holder: str, wait: float = 0.0) -> Iterator[Lease]:
        yield self

    def must_hold(self) -> None:
        """Always."""


@dataclass
class Watch:
    now: datetime = START
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def leases(store: Store, watch: Watch) -> StoreLeases:
    return StoreLeases(store, Nobody(), watch, watch.sleep)


def test_one_after_the_other(store: Store) -> None:
    watch = Watch()
    with leases(store, watch).held("r1", "PSO-1") as one:
        one.must_hold()
        with pytest.raises(Refused, match="PSO-1 writes to it"), leases(store, watch).held("r1", "PSO-2"):
            pass
        with leases(store, watch).held("r2", "PSO-2") as elsewhere:
            elsewhere.must_hold()
    with leases(store, watch).held("r1", "PSO-2") as two:
        assert two.token > one.token


def test_a_holder_that_slept_too_long_is_fenced_off(store: Store) -> None:
    watch = Watch()
    with leases(store, watch).held("r1", "PSO-1") as one:
        watch.now += LENGTH + timedelta(seconds=1)
        with leases(store, watch).held("r1", "PSO-2") as two:
            with pytest.raises(LeaseLost, match="took it over"):
                one.must_hold()
            two.must_hold()
        with pytest.raises(LeaseLost):  # it was given back by another: it is still not ours
            one.must_hold()


def test_a_holder_that_looks_keeps_it(store: Store) -> None:
    watch = Watch()
    with leases(store, watch).held("r1", "PSO-1") as one:
        for _ in range(20):
            watch.now += LENGTH / 2
            one.must_hold()
        with pytest.raises(Refused), leases(store, watch).held("r1", "PSO-2"):
            pass


def test_who_waits_gets_it_when_a_crashed_holder_s_time_is_over(store: Store) -> None:
    watch = Watch()
    crashed = leases(store, watch).held("r1", "PSO-1")
    crashed.__enter__()
    with leases(store, watch).held("r1", "PSO-2", wait=LENGTH.total_seconds() + 1) as two:
        two.must_hold()
    assert sum(watch.slept) >= LENGTH.total_seconds() - 1


def test_never_two_at_once(store: Store) -> None:
    watch, inside, lock, most = Watch(), [], Lock(), []

    def one(number: int) -> None:
        try:
            with leases(store, watch).held("r1", f"PSO-{number}") as lease:
                with lock:
                    inside.append(number)
                    most.append(len(inside))
                lease.must_hold()
                with lock:
                    inside.remove(number)
        except Refused:
            pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(30)))
    assert max(most) == 1
