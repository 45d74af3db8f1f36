"""Faults of the virtual routers, seen through the whole path: session, parsers, tests, certificate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pop import ORDER, quick_inventory

from turnup import job
from turnup.certificate.document import from_json, to_json
from turnup.home import Home
from turnup.laboratory import Lab, control, down, up
from turnup.load.order import read_order
from turnup.model.certificate import Certificate, Occasion, Outcome
from turnup.model.equipment import Assignment
from turnup.model.verdict import Verdict
from turnup.noc import Noc, open_noc

pytestmark = pytest.mark.proof

# One fault or more for every test of Schedule 2 that applies to this router, and the tests it must turn red.
FAULTS = {
    "intrapop-link-down": {1},
    "intrapop-errors": {1},
    "intrapop-looped": {1},
    "rpms-unexpected": {2, 3},
    "customer-ping-loss": {4},
    "isis-narrow-metrics": {5},
    "isis-on-customer-port": {5},
    "prefix-list-missing": {6},
    "isis-esis-only": {7},
    "bgp-prefix-limit": {8},
    "port-looped": {9},
    "port-errors": {9},
    "dns-reverse-missing": {10},
    "ftp-source-wrong": {11},
    "console-logged-in": {12},
    "last-resort-type7": {13},
    "tacacs-server-missing": {14},
    "vty-unguarded": {15},
    "wrong-image": {16},
    "image-deleted": {17},
    "memory-low": {18},
    "log-malloc": {18, 19},
    "description-stale": {20},
}
LEAVES_TRACES = {"intrapop-errors", "port-errors", "log-malloc"}  # counters and logs keep what was: as on a real router


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Noc, Assignment]]:
    """A POP with the contract's own order in service."""
    home = Home(tmp_path_factory.mktemp("faults") / "home")
    pop = up(home, quick_inventory(), with_parent=True)
    noc = open_noc(inventory=pop.inventory, home=pop.home, environment=pop.environment)
    assignment = job.assigned(noc, read_order(ORDER), enter=True)
    job.pushed(noc, assignment)
    yield pop, noc, assignment
    down(home)


def certified(noc: Noc, assignment: Assignment) -> Certificate:
    return job.tested(noc, assignment.port.router, assignment, Occasion.REPAIR)


def red(certificate: Certificate) -> set[int]:
    return {row.number for row in certificate.rows if row.verdict is Verdict.FAIL}


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - LEAVES_TRACES))
def test_a_fault_is_seen_and_its_repair(delivered: tuple[Lab, Noc, Assignment], fault: str) -> None:
    pop, noc, assignment = delivered
    control(pop, {"do": "fault", "name": fault, "on": True})
    try:
        certificate = certified(noc, assignment)
    finally:
        control(pop, {"do": "fault", "name": fault, "on": False})
    assert red(certificate) >= FAULTS[fault]
    assert certificate.outcome is Outcome.NOT_SATISFIED
    assert from_json(to_json(certificate)) == certificate
    for row in certificate.rows:
        if row.verdict is Verdict.FAIL:
            (decided, *_) = [f for f in row.findings if f.verdict is Verdict.FAIL]
            assert decided.expected, (row.number, decided)
            assert decided.observed, (row.number, decided)
            assert decided.source, (row.number, decided)
    assert certified(noc, assignment).outcome is Outcome.SATISFIED


@pytest.mark.parametrize("fault", sorted(LEAVES_TRACES))
def test_what_grows_or_was_logged_is_seen(tmp_path_factory: pytest.TempPathFactory, fault: str) -> None:
    home = Home(tmp_path_factory.mktemp("traces") / "home")
    pop = up(home, quick_inventory(), with_parent=True)
    try:
        noc = open_noc(inventory=pop.inventory, home=pop.home, environment=pop.environment)
        assignment = job.assigned(noc, read_order(ORDER), enter=True)
        job.pushed(noc, assignment)
        assert certified(noc, assignment).outcome is Outcome.SATISFIED
        control(pop, {"do": "fault", "name": fault, "on": True})
        assert red(certified(noc, assignment)) >= FAULTS[fault]
    finally:
        down(home)


def test_every_test_has_a_fault() -> None:
    assert set().union(*FAULTS.values()) == set(range(1, 21))
