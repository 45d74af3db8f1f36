"""Faults in lab/faults: together they reach every test of Schedule 2, and each turns red what it says, nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest
from pushed_order import OTHERS, ROUTER, Sample, lab, pushed_lab, results, session

from turnup import folder
from turnup.errors import InputError
from turnup.model.verdict import Verdict
from turnup.virtual.faults import Fault, all_faults

RED = (Verdict.FAIL, Verdict.INCONCLUSIVE)
WRONG = {name: fault for name, fault in all_faults().items() if fault.tests}
# Outputs in which a fault of the state must show; DNS and console are served beside the shows.
COMMANDS = (
    "show version",
    "show bootvar",
    "show gsr",
    "show diag",
    "show interfaces",
    "show interfaces description",
    "show controllers pos",
    "show controllers serial",
    "show isis neighbors",
    "show clns neighbors",
    "show ip bgp summary",
    "show tacacs",
    "dir slot0:",
    "show memory summary",
    "show logging",
    "show clock",
    "ping 10.10.3.2 size 1500 repeat 100 source 10.10.3.1 df",
    "ping 10.254.1.2 repeat 100",
    "ping 192.0.2.10",
)


@cache
def _whole() -> dict[int, Verdict]:
    made, since = pushed_lab()
    return {one.number: one.verdict for one in results(made, since)}


def test_a_router_without_fault_is_green() -> None:
    verdicts = _whole()
    assert sorted(verdicts) == list(range(1, 21))
    assert {number for number, verdict in verdicts.items() if verdict is Verdict.NOT_APPLICABLE} == {2, 3}
    assert {verdict for number, verdict in verdicts.items() if number not in (2, 3)} == {Verdict.PASS}


@pytest.mark.parametrize("sample", OTHERS, ids=lambda sample: sample.file)
def test_other_sample_orders_are_green_too(sample: Sample) -> None:
    made, since = pushed_lab(sample)
    red = {one.number: one.reason for one in results(made, since, sample) if one.verdict in RED}
    assert red == {}


def test_every_test_has_a_fault() -> None:
    reached = {number for fault in WRONG.values() for number in fault.tests}
    assert reached == set(range(1, 21))


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_fault_turns_red_what_it_says_and_nothing_else(name: str) -> None:
    made, since = pushed_lab()
    made.fault_on(WRONG[name])
    found = results(made, since)
    red = {one.number: one.reason for one in found if one.verdict in RED}
    assert set(red) == set(WRONG[name].tests), f"`tests` of lab/faults/{name}.toml and the tests disagree: {red}"


@pytest.mark.parametrize("name", sorted(name for name, fault in WRONG.items() if fault.config))
def test_a_repair_puts_everything_back(name: str) -> None:
    made, _ = pushed_lab()
    device = made.devices[ROUTER]
    before = sorted(device.configuration.pairs())
    made.fault_on(WRONG[name])
    assert sorted(device.configuration.pairs()) != before
    made.fault_off(name)
    assert sorted(device.configuration.pairs()) == before


@pytest.mark.parametrize("name", sorted(name for name, fault in WRONG.items() if len(fault.state) > 1))
def test_every_state_of_a_fault_shows_somewhere(name: str) -> None:
    """A state name that nothing reads would do nothing beside the others; where it stands alone its test shows it."""
    for key, value in WRONG[name].state.items():
        if key.split(".")[0] in ("dns", "console"):
            continue
        wrong = _outputs(Fault("one", state={key: value}))
        assert wrong != _sound(), f"{key} = {value!r} shows in none of the commands"


@cache
def _sound() -> list[str]:
    return _outputs(None)


def _outputs(fault: Fault | None) -> list[str]:
    """Every command twice, so that what grows is seen, at a time that stands still."""
    made, _ = pushed_lab()
    device = made.devices[ROUTER]
    standing = datetime(2001, 11, 20, 14, 0, tzinfo=UTC)
    device.booted, device.clock = standing - device.uptime, lambda: standing
    device.log.clear()
    if fault is not None:
        made.fault_on(fault)
    mine = session(device)
    return [made.provider.show(device, tuple(command.split()), mine) or "" for command in (*COMMANDS, *COMMANDS)]


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_fault_says_what_real_fault_it_stands_for(name: str) -> None:
    text = (folder("lab") / "faults" / f"{name}.toml").read_text()
    first = text.split("\n")[0]
    assert first.startswith("# ")
    assert first.endswith(".")
    assert len(WRONG[name].title) > 15
    later = "Switch on after the push." in first
    fits_before = True
    try:
        lab("GRP-B").fault_on(WRONG[name])
    except InputError:  # its lines are not there before the order
        fits_before = False
    assert fits_before or later, "a fault that needs the order's lines says so in its first line"
