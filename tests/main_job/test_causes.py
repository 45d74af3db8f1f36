"""Each fault of the lab is called by its cause, and said to be on the right side: lab/faults/*.toml, `[cause]`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pop import ORDER, quick_inventory

from turnup import job
from turnup.certify import IDENTITY, port_of, what_is_expected
from turnup.checks import Expected, all_checks
from turnup.home import Home
from turnup.judge import TranscriptFacts, asks_of, judge
from turnup.laboratory import Lab, control, down, up
from turnup.load.order import read_order
from turnup.model.certificate import Cause
from turnup.noc import Noc, open_noc
from turnup.platforms import platform
from turnup.virtual.faults import Fault, all_faults
from turnup.why import causes

pytestmark = pytest.mark.proof

FAULTS = {name: fault for name, fault in all_faults().items() if fault.tests}
# Counters and logs keep what was, as on a real router: these come last, each on what the others left.
LEAVES_TRACES = ("bgp-notification", "intrapop-errors", "log-line-card", "log-malloc", "port-errors", "port-flapping")


@dataclass(frozen=True)
class Delivered:
    """A POP with the contract's own order in service, and what its tests must see."""

    pop: Lab
    noc: Noc
    expected: Expected

    def causes(self, fault: str) -> tuple[Cause, ...]:
        """What the red tests of that fault fold into."""
        host = self.noc.nornir.inventory.hosts[self.expected.router.name]
        control(self.pop, {"do": "fault", "name": fault, "on": True})
        try:
            transcript = self.noc.collect(host, dict.fromkeys((*asks_of(all_checks(), self.expected), *IDENTITY)))
        finally:
            control(self.pop, {"do": "fault", "name": fault, "on": False})
        results = judge(self.expected, TranscriptFacts(platform("ios"), platform("noc"), transcript))
        return causes(results, port_of(self.expected))


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivered]:
    home = Home(tmp_path_factory.mktemp("causes") / "home")
    pop = up(home, quick_inventory(), with_parent=True)
    noc = open_noc(inventory=pop.inventory, home=pop.home, environment=pop.environment)
    assignment = job.assigned(noc, read_order(ORDER), enter=True)
    noc = noc.knowing(("last-resort", "LVL3-MD5"))
    job.pushed(noc, assignment)
    since = job.window_start(noc, assignment)
    yield Delivered(
        pop, noc, what_is_expected(noc, assignment.port.router, assignment, since, ("last-resort", "LVL3-MD5"))
    )
    down(home)


def named(fault: Fault, found: tuple[Cause, ...]) -> None:
    assert fault.cause is not None, "a fault that turns a test red says in [cause] what it is called, and whose it is"
    mine = [cause for cause in found if cause.name.startswith(fault.cause.name)]
    assert mine, [cause.name for cause in found]
    assert mine[0].side.value == fault.cause.side
    assert mine[0].router == "nyc-hud-gsr1"
    assert mine[0].next or mine[0].layer == "DNS", "what to type next"


@pytest.mark.parametrize("name", sorted(set(FAULTS) - set(LEAVES_TRACES)))
def test_a_fault_has_one_cause(delivered: Delivered, name: str) -> None:
    found = delivered.causes(name)
    named(FAULTS[name], found)
    assert len(found) == 1, [cause.name for cause in found]


def test_faults_that_leave_traces_have_their_causes(tmp_path_factory: pytest.TempPathFactory) -> None:
    stays = delivered.__wrapped__(tmp_path_factory)  # type: ignore[attr-defined]
    delivery = next(stays)
    try:
        for name in LEAVES_TRACES:
            named(FAULTS[name], delivery.causes(name))
    finally:
        next(stays, None)


@pytest.mark.parametrize("name", ["authorization-failed-show", "drop-mid-output", "log-line-inside-a-line"])
def test_what_could_not_be_asked_has_one_cause(delivered: Delivered, name: str) -> None:
    """Half of the tests are inconclusive, for one reason: a person reads one line, not thirty."""
    found = delivered.causes(name)
    assert len(found) == 1, [(cause.name, [one.subject for one in cause.folded]) for cause in found]
