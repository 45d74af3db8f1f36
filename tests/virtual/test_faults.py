"""Faults: read strictly, applied at boot and at run time, taken back without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from session import Recorder
from virtual_estate import device

from turnup.errors import InputError, TurnupError, UsageError
from turnup.virtual.access import Account
from turnup.virtual.device import Device
from turnup.virtual.faults import Behaviour, ConfigFault, Fault, all_faults, fault_named, load_fault
from turnup.virtual.lab import Lab

NO_TFTP = Fault("tftp", config=(ConfigFault(remove=("ip tftp source-interface *",)),), name="no-tftp")


def _lab(router: Device) -> Lab:
    return Lab({router.router.name: router}, Recorder(), {"noc": Account("x")})


def _write(folder: Path, text: str) -> Path:
    path = folder / "sample.toml"
    path.write_text(text)
    return path


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    fault = load_fault(_write(tmp_path, """
        title = "T"
        tests = [1, 9]
        routers = "nyc-*"
        [[config]]
        section = "router isis"
        remove = ["passive-interface *"]
        [state]
        interface."POS1/0".status = "down"
        "memory.free" = 5
        [[behaviour]]
        command = "^show"
        kind = "delay"
        value = "1"
    """))  # fmt: skip
    assert fault.name == "sample"
    assert fault.tests == (1, 9)
    assert fault.config == (ConfigFault("router isis", ("passive-interface *",)),)
    assert fault.state == {"interface.POS1/0.status": "down", "memory.free": 5}
    assert fault.behaviour == (Behaviour("^show", "delay", "1"),)
    assert fault.applies("nyc-hud-gsr1")
    assert not fault.applies("lax-wil-gsr1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 'T'\ntest = [1]", "did you mean 'tests'"),
        ("tests = [1]", "title"),
        ("title = 'T'\n[[behaviour]]\ncommand = 'x'\nkind = 'dealy'", "did you mean 'delay'"),
        ("title = 'T'\n[[behaviour]]\ncommand = '('\nkind = 'hang'", "regular expression"),
        ("title = 'T'\n[[behaviour]]\ncommand = 'x'\nkind = 'delay'\nvalue = 'long'", "seconds"),
        ("title = 'T'\ntests = [21]", "1 to 20"),
        ("title = ", "sample.toml"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_fault(_write(tmp_path, text))


def test_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match="did you mean 'slow-answers'"):
        fault_named("slow-answer")


def test_every_fault_of_the_lab_can_be_read() -> None:
    assert {"hang", "drop-mid-output", "drop-mid-push", "wrong-prompt", "slow-answers"} <= set(all_faults())


def test_configuration_is_faulty_from_boot_in_running_and_startup() -> None:
    router = device(faults=(NO_TFTP,))
    assert "tftp" not in router.config.text()
    assert router.startup == router.config.text()


def test_a_fault_that_finds_nothing_to_spoil_is_an_error() -> None:
    with pytest.raises(InputError, match="no line 'ip nothing'"):
        device(faults=(Fault("x", config=(ConfigFault(remove=("ip nothing",)),)),)).config.text()


@pytest.mark.parametrize("built", [False, True])
def test_on_and_off_leaves_no_trace(built: bool) -> None:
    router, clean = device(), device().config.text()
    lab = _lab(router)
    if built:
        router.config.text()
    section = Fault(
        "isis", config=(ConfigFault(remove=("router isis",), add=("ip http server",)),), state={"a": 1}, name="isis"
    )
    lab.fault_on(NO_TFTP)
    lab.fault_on(section)
    assert "tftp" not in router.config.text()
    assert "router isis" not in router.startup.splitlines()
    assert "ip http server" in router.startup
    assert router.override("a") == 1
    lab.fault_off("isis")
    lab.fault_off("no-tftp")
    assert router.config.text() == clean
    assert router.startup == clean
    assert router.override("a") is None


def test_a_line_that_a_fault_replaces_comes_back() -> None:
    router, clean = device(), device().config.text()
    lab = _lab(router)
    lab.fault_on(Fault("x", config=(ConfigFault("line con 0", add=("exec-timeout 0 0",)),), name="x"))
    assert "exec-timeout 10 0" not in (router.configuration.section("line con 0") or ())
    lab.fault_off("x")
    assert router.config.text() == clean


def test_a_fault_that_does_not_fit_changes_nothing() -> None:
    router, clean = device(), device().config.text()
    lab = _lab(router)
    misfit = Fault("x", config=(ConfigFault(remove=("ip tftp *", "ip nothing")),), state={"a": 1}, name="x")
    with pytest.raises(InputError, match="ip nothing"):
        lab.fault_on(misfit)
    assert router.config.text() == clean
    assert router.override("a") is None
    assert lab.active == {}


def test_a_fault_that_is_not_on_cannot_go_off() -> None:
    with pytest.raises(TurnupError, match="is not on"):
        _lab(device()).fault_off("hang")


def test_the_exact_name_goes_before_a_pattern() -> None:
    router = device(faults=(Fault("x", state={"interface.*.status": "down", "interface.POS1/0.status": "up"}),))
    assert router.override("interface.POS1/0.status") == "up"
    assert router.override("interface.POS2/0.status") == "down"
