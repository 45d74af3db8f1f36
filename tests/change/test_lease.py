"""A writer that lost the router types nothing more, wherever he was; two writers come one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_router import FakeSession, Trouble
from in_service import DS3, Site

from turnup.change.journal import Journals, State
from turnup.change.lease import FileLeases, Lease, LeaseLost, Leases, kept
from turnup.change.recover import recover
from turnup.change.undertaking import Kind
from turnup.errors import NeedsHuman, Refused
from turnup.home import Home


@dataclass
class Counted:
    """A lease of a shared store that is lost at the Nth look."""

    token: int
    at: int
    looks: int = 0

    def must_hold(self) -> None:
        self.looks += 1
        if self.looks >= self.at:
            raise LeaseLost("somebody else has it")


@dataclass
class Shared:
    """Another implementation of the Protocol than the files."""

    at: int = 10**6
    given: list[Counted] = field(default_factory=list)

    @contextmanager
    def held(self, router: str, holder: str, wait: float = 0.0) -> Iterator[Lease]:
        self.given.append(Counted(len(self.given) + 1, self.at))
        yield self.given[-1]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_both_stores_obey_the_protocol(tmp_path: Path) -> None:
    stores: tuple[Leases, ...] = (FileLeases(tmp_path), Shared())
    for store in stores:
        with store.held("r1", "PSO-1") as one:
            one.must_hold()
        with store.held("r1", "PSO-2") as two:
            assert two.token > one.token


def test_the_file_of_another_holder_stops_us(tmp_path: Path) -> None:
    with FileLeases(tmp_path).held("r1", "PSO-1") as lease:
        for text in (json.dumps({"token": lease.token + 1, "holder": "x"}), "", "{}"):
            (tmp_path / "r1.lease").write_text(text)
            with pytest.raises(LeaseLost, match="took it over"):
                lease.must_hold()
        (tmp_path / "r1.lock").unlink()  # somebody tidied up: the lock no longer keeps anybody out
        with FileLeases(tmp_path).held("r1", "PSO-2") as other:
            other.must_hold()
            with pytest.raises(LeaseLost):
                lease.must_hold()
    with pytest.raises(Refused), FileLeases(tmp_path).held("r1", "x"), FileLeases(tmp_path).held("r1", "y"):
        pass


@pytest.mark.proof
@pytest.mark.parametrize("kind", [Kind.CHANGE, Kind.MOVE])
def test_lost_at_every_look(kind: Kind, home: Home, tmp_path: Path) -> None:
    whole = Shared()
    site = Site(DS3, home)
    site.do(site.work(kind), leases=whole)
    looks, after = whole.given[0].looks, site.router.show()
    assert looks > 8
    for at in range(1, looks + 1):
        site = Site(DS3, Home(tmp_path / str(at)))
        lease = Shared(at)
        with pytest.raises(LeaseLost):
            site.do(site.work(kind), leases=lease)
        assert lease.given[0].looks == at, "it looked again after it had lost the router"
        assert site.router.saves == 1, "only the order's own"
        *_, journal = Journals(site.home.part("journal")).of("nyc-hud-gsr1")
        assert journal.record.state in (State.PUSHING, State.PHASE1, State.VERIFIED)
        recover(FakeSession(site.router), site.home, "nyc-hud-gsr1")
        assert site.router.show() == site.router.startup
        assert site.router.show() in (site.serving, after)


def test_lost_while_going_back(home: Home) -> None:
    site = Site(DS3, home)
    session = FakeSession(site.router, Trouble("reject", 6))
    with pytest.raises(NeedsHuman, match="somebody else has it"):
        site.do(site.change, session, leases=Shared(9))
    *_, journal = Journals(home.part("journal")).of("nyc-hud-gsr1")
    assert journal.record.state is State.BACKING_OUT
    recover(FakeSession(site.router), home, "nyc-hud-gsr1")
    assert site.router.show() == site.router.startup == site.serving


def watched(lease: Counted, looks: int) -> None:
    with kept(lease, every=0.001):
        while lease.looks < looks:
            pass


def test_it_is_kept_while_the_acceptance_tests_run() -> None:
    lease = Counted(1, at=10**6)
    watched(lease, 5)
    assert lease.looks >= 6


@pytest.mark.parametrize("at", [1, 3])
def test_lost_while_the_acceptance_tests_run(at: int) -> None:
    lease = Counted(1, at)
    with pytest.raises(LeaseLost):
        watched(lease, at)


def test_lost_in_the_tests_nothing_is_saved_nor_taken_back(home: Home) -> None:
    site = Site(DS3, home)
    heard: list[int] = []

    def tests() -> str:
        heard.append(len(site.router.heard))
        shared.given[-1].at = 0
        return "failed: 9"

    shared = Shared()
    with pytest.raises(LeaseLost):
        site.do(site.change, accept=tests, leases=shared)
    assert heard == [len(site.router.heard)]
    assert site.router.startup == site.serving
    (journal,) = Journals(home.part("journal")).open("nyc-hud-gsr1")
    assert journal.record.state is State.VERIFIED
