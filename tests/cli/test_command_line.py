"""The command line itself: light, documented, scriptable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pop import Command

from turnup import folder
from turnup.laboratory import Lab

COMMANDS = [
    ("sites",),
    ("ports",),
    ("plan",),
    ("push",),
    ("test",),
    ("run",),
    ("report",),
    ("verify",),
    ("countersign",),
    ("attest",),
    ("reissue",),
    ("keys", "new"),
    ("keys", "show"),
    ("recover",),
    ("repair", "open"),
    ("repair", "close"),
    ("retest",),
    ("demo",),
    ("order", "check"),
    ("order", "ack"),
    ("order", "show"),
    ("checks", "list"),
    ("checks", "explain"),
    ("lab", "up"),
    ("lab", "down"),
    ("lab", "status"),
    ("lab", "fault"),
    ("lab", "faults"),
    ("interruption", "open"),
    ("performance",),
    ("credits",),
    ("mgs", "report"),
    ("mgs", "order", "receive"),
    ("inventory", "check"),
    ("inventory", "discover"),
]
HEAVY = ("netmiko", "paramiko", "napalm", "nornir", "asyncssh", "lxml", "jinja2", "textfsm", "ruamel", "cryptography")


def python(program: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TURNUP_")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["turnup", "turnup.cli.app", "turnup.checks", "turnup.platforms"])
def test_heavy_libraries_are_not_loaded(module: str) -> None:
    loaded = python(f"import sys, {module}; print(sorted({{m.split('.')[0] for m in sys.modules}} & set({HEAVY})))")
    assert loaded == "[]"


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_help_in_80_columns(turnup: Command, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = turnup(*command, "--help")
    assert ran.code == 0, ran.err
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "\x1b[" not in ran.out, "colour off a terminal"


def test_the_job_is_the_first_panel_of_help(turnup: Command) -> None:
    panels = [line.split()[1:4] for line in turnup("--help").out.splitlines() if line.startswith("╭")]
    assert panels[:2] == [["Options", *panels[0][1:]], ["The", "job", panels[1][2]]]
    assert len(panels) >= 6


RELEASES = ("confirm", "emergency", "save_all", "reload_in", "back_out", "resolved", "resolve_note")


def test_what_releases_a_guard_is_never_taken_from_the_environment() -> None:
    """A variable exported once would make every dry run a push."""
    from typer.main import get_command

    from turnup.cli.app import app

    found = [
        (command, option.name, option.allow_from_autoenv)
        for command, made in get_command(app).commands.items()  # type: ignore[attr-defined]
        for option in made.params
        if option.name in RELEASES
    ]
    assert {name for _, name, _ in found} >= {"confirm", "emergency", "save_all", "reload_in", "back_out"}
    assert not [one for one in found if one[2]]


def test_every_option_has_an_environment_variable(turnup: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not turnup("inventory", "check").out.startswith("{")
    monkeypatch.setenv("TURNUP_INVENTORY_CHECK_JSON", "1")
    assert json.loads(turnup("inventory", "check").out)["sites"] == 3
    monkeypatch.setenv("TURNUP_INVENTORY", "/no/such/folder")
    assert turnup("inventory", "check").code == 2


@pytest.mark.parametrize(
    "command", [("sites",), ("ports", "LAX"), ("checks", "list"), ("lab", "faults"), ("inventory", "check")]
)
def test_json_is_one_document(turnup: Command, command: tuple[str, ...]) -> None:
    ran = turnup(*command, "--json")
    assert ran.code == 0
    assert json.loads(ran.out)


def test_an_error_as_json(turnup: Command) -> None:
    ran = turnup("report", "no-such-file.json", "--json")
    document = json.loads(ran.out) if ran.out else {}
    assert ran.code == 2
    assert not document or document["exit_code"] == 2


def test_an_order_s_history_is_found_by_its_file_too(turnup: Command, tmp_path: Path) -> None:
    order = folder("orders") / "60-hudson-ds3-level3.xml"
    ran = turnup("--home", tmp_path, "order", "history", order)
    assert ran.code == 2
    assert "no order PSO-2001-000051 was received" in ran.err


def test_no_library_speaks_on_the_terminal() -> None:
    """Nornir logs a refused push with its traceback: not redacted, and not what a person at a terminal needs."""
    told = """
import logging, sys
from turnup.cli import main
sys.argv = ["turnup", "--version"]
try:
    main()
except SystemExit:
    logging.getLogger("nornir.core.task").error("Traceback (most recent call last)")
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("turnup 0.")
    assert done.stderr == ""


def test_version_and_completion(turnup: Command) -> None:
    assert turnup("--version").out.startswith("turnup 0.")
    assert turnup().code in (0, 2)


@pytest.mark.parametrize("number", range(1, 21))
def test_every_test_is_explained(turnup: Command, number: int) -> None:
    ran = turnup("checks", "explain", number)
    assert ran.code == 0
    for word in ("Schedule 2", "Rule", "FAIL", "INCONCLUSIVE"):
        assert word in ran.out, word


def test_a_nornir_config_file_of_one_s_own(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    """Users of Nornir point turnup at their own inventory through an ordinary config file."""
    config = tmp_path / "nornir.yaml"
    config.write_text(
        f"""
inventory:
  plugin: SimpleInventory
  options:
    host_file: {pop.inventory / "hosts.yaml"}
    group_file: {pop.inventory / "groups.yaml"}
    defaults_file: {pop.inventory / "defaults.yaml"}
runner:
  plugin: threaded
  options: {{num_workers: 4}}
user_defined:
  turnup_sites: {pop.inventory / "sites.yaml"}
  turnup_policy: {pop.inventory / "policy.yaml"}
"""
    )
    ran = turnup("--config", config, "inventory", "check", "--json")
    assert ran.code == 0, ran.err
    assert len(json.loads(ran.out)["routers"]) == 4
    config.write_text(config.read_text().replace("turnup_sites", "turnup_site"))
    ran = turnup("--config", config, "inventory", "check")
    assert ran.code == 2
    assert "did you mean" in ran.err


def test_live_capacity(turnup: Command, pop: Lab) -> None:
    """The router knows of a customer that no order of ours brought."""
    ports = {
        p["port"]: p["state"]
        for p in json.loads(turnup("--lab", "ports", "NYC", "--speed", "OC3C", "--live", "--json").out)
        if p["router"] == "nyc-hud-gsr1"
    }
    assert ports["POS2/0"] == "in use"
    assert ports["POS2/1"] == "free"
    assert turnup("--lab", "sites", "--live").code == 0


def test_the_sample_orders_are_all_read(turnup: Command) -> None:
    for order in sorted(folder("orders").iterdir()):
        ran = turnup("order", "check", order)
        assert ran.code in (0, 2), (order.name, ran.err)
        assert "defect" not in ran.err
