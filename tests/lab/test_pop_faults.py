"""The faults of the POP are read whole, name what is there, and each stands in the published matrix."""

from __future__ import annotations

from pathlib import Path

import pytest
from pop_faults import PLATFORMS, Fault, Step, all_faults

from turnup import folder
from turnup.virtual.pop.topology import read_topology

FAULTS = {fault.name: fault for fault in all_faults()}
TOPOLOGY = read_topology(folder("lab") / "pop.clab.yml")
PAGE = Path(__file__).parents[2] / "docs" / "fault-matrix.md"


def known(step: Step, platform: str) -> bool:
    """Whether the step says one thing, of something that is there."""
    cable = step.cut or step.mend
    said = [bool(cable), bool(step.service), bool(step.type), bool(step.run), step.ready, step.wait is not None]
    if cable:
        node, _, interface = cable.partition(":")
        assert interface in TOPOLOGY.interfaces(node)
    if step.front:
        assert platform == "ios", "only that platform has fronts"
    who = step.node or step.front
    return said.count(True) == 1 and (not who or who in TOPOLOGY.nodes) and bool(who) == bool(step.type or step.run)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", FAULTS)
def test_every_step_can_be_done(name: str, platform: str) -> None:
    steps = FAULTS[name].steps(platform)
    if steps is None:
        assert FAULTS[name].why, "why it cannot be made there"
        return
    assert steps.make
    assert all(known(step, platform) for step in (*steps.make, *steps.undo))


@pytest.mark.parametrize("name", FAULTS)
def test_something_is_expected_to_turn_red(name: str) -> None:
    fault = FAULTS[name]
    applicable = frozenset(range(1, 21))
    assert all(fault.expected(p, applicable) for p in PLATFORMS if fault.steps(p))
    assert any(fault.steps(p) for p in PLATFORMS)


@pytest.mark.checkout
@pytest.mark.parametrize("name", FAULTS)
def test_the_published_matrix_has_it(name: str) -> None:
    assert f"| {FAULTS[name].title} |" in PAGE.read_text()


def test_a_fault_that_proves_nothing_expects_every_test_that_applies() -> None:
    fault = Fault("x", silent=("frr",))
    assert fault.expected("frr", frozenset({1, 9})) == {1, 9}
    assert fault.steps("ios") is None
