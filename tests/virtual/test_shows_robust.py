"""Whatever is missing from a configuration, a show answers with text or not at all; it never breaks the session."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pushed_order import ROUTER, pushed_lab, session
from shown_lines import SHOWN

from turnup import folder
from turnup.errors import InputError, TurnupError
from turnup.virtual.config_tree import ConfigTree
from turnup.virtual.faults import Fault, all_faults
from turnup.virtual.lab import Lab
from turnup.virtual.shows.overrides import Overrides
from turnup.virtual.shows.registry import Args, command_words, shows
from turnup.virtual.shows.view import View

COMMANDS = sorted({command for _, command, _ in SHOWN} | {"show interfaces", "show diag", "show controllers pos"})
KEPT = ("version ", "hostname ", "end")


@cache
def _pushed() -> tuple[Lab, tuple[str, ...]]:
    made, _ = pushed_lab()
    return made, tuple(made.devices[ROUTER].config.text().split("\n"))


@given(st.sets(st.integers(0, 400), max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_line_is_needed(missing: set[int]) -> None:
    made, lines = _pushed()
    device = made.devices[ROUTER]
    text = "\n".join(line for at, line in enumerate(lines) if at not in missing or line.startswith(KEPT))
    device.__dict__["config"] = ConfigTree.read(text, device.cards)
    mine = session(device)
    for command in COMMANDS:
        shown = made.provider.show(device, tuple(command.split()), mine)
        assert shown is None or shown == "" or shown.endswith("\n"), command


@pytest.mark.parametrize("value", ["", "down", "0", "7", "true", "none"])
def test_no_state_breaks_a_show(value: str) -> None:
    """Every state name of every fault, with values that its writer did not think of."""
    made, _ = pushed_lab()
    device = made.devices[ROUTER]
    mine = session(device)
    names = {key for fault in all_faults().values() for key in fault.state}
    numbers = {key for key in names if isinstance(_value(key), int) and not isinstance(_value(key), bool)}
    device.faults = (Fault("any", state={key: value for key in names - (numbers if not value.isdigit() else set())}),)
    for command in COMMANDS:
        assert made.provider.show(device, tuple(command.split()), mine) is not None or command.startswith("show red")


def _value(key: str) -> object:
    return next(fault.state[key] for fault in all_faults().values() if key in fault.state)


def test_after_a_reload_nothing_is_older_than_the_boot() -> None:
    made, _ = pushed_lab()
    device = made.devices[ROUTER]
    mine = session(device)
    made.provider.show(device, ("show", "ip", "bgp", "summary"), mine)
    device.booted = device.clock()
    text = made.provider.show(device, ("show", "ip", "bgp", "summary"), mine) or ""
    assert " 3w2d " not in text
    assert " 00:00:0" in text


def test_every_state_of_a_fault_is_described() -> None:
    text = (folder("lab") / "faults" / "README.md").read_text(encoding="utf-8")
    patterns = []
    for row in text.split("\n"):
        if row.startswith("| `"):
            first, *others = re.findall(r"`([^`]+)`", row.split(" | ")[0])
            stem = first.rpartition(".")[0]
            patterns += [first, *(stem + one if one.startswith(".") else one for one in others)]
    known = [re.compile(re.sub("<[^>]*>", ".+", re.escape(one))) for one in patterns]
    for name, fault in all_faults().items():
        for key in fault.state:
            assert any(one.fullmatch(key) for one in known), f"{name}: {key} is not described in lab/faults/README.md"


def test_a_state_of_the_wrong_kind_is_named() -> None:
    with pytest.raises(InputError, match=r"state interface.Serial5/0.crc_errors: 'many' is not a number"):
        Overrides({"interface.*.crc_errors": "many"}).number("interface.Serial5/0.crc_errors")
    assert Overrides({"a.*": 1, "a.b": 2}).number("a.b") == 2
    assert Overrides({"a.?": "yes"}).flag("a.b")
    assert Overrides({}).texts("a", ("x",)) == ("x",)


def test_no_form_has_two_answers() -> None:
    def other(view: View, args: Args) -> str:
        return "never"

    before = command_words()
    with pytest.raises(TurnupError, match="two answers to `show version`"):
        shows("show version")(other)
    assert command_words() == before
