"""A secret that a person put where none belongs is refused, not shown, and not kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import planted
import pytest
from pop import Command, Ran

from turnup import folder

KNOWN = "Kn0wn-Value-Qq77"
ORDER = folder("orders") / "60-hudson-ds3-level3.yaml"


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turnup: Command) -> Path:
    monkeypatch.setenv("TURNUP_SECRET_LVL3_MD5", KNOWN)
    monkeypatch.setenv("TURNUP_USERNAME", "noc")
    monkeypatch.setenv("TURNUP_PASSWORD", "Login-Word-Ww55")
    shutil.copytree(folder("inventory"), tmp_path / "inventory")
    return tmp_path / "inventory"


def nowhere(ran: Ran, tmp_path: Path, *secrets: str) -> None:
    kept = [text for name, text in planted.written(tmp_path / "home")] if (tmp_path / "home").exists() else []
    for text in (ran.out, ran.err, *kept):
        assert planted.leaks(text, [(secret, secret) for secret in secrets]) == []


IN_AN_ORDER = [
    ("requested_by: J. Smith, Qwest order desk", "requested_by: J. Smith {}", "requested_by"),
    ("  name: Level 3", "  name: Level 3 {}", "customer.name"),
    ("  cage: Cage 12", "  cage: '{}'", "customer.cage"),
    ("Cage 12 panel 4 pos 7", "{}", "customer_demarc"),
    ("circuit_id: T3Z/NYC/0007", "circuit_id: {}", "circuit_id"),
    ("order_id: PSO-2001-000051", "order_id: {}", "order_id"),
    ("md5_key_ref: LVL3-MD5", "md5_key_ref: {}", "md5_key_ref"),
]


@pytest.mark.parametrize(("old", "new", "field"), IN_AN_ORDER, ids=[field for *_, field in IN_AN_ORDER])
@pytest.mark.parametrize("command", [("order", "check"), ("order", "ack", "--offline"), ("plan",)], ids=" ".join)
def test_a_known_secret_in_an_order(
    turnup: Command, inventory: Path, tmp_path: Path, command: tuple[str, ...], old: str, new: str, field: str
) -> None:
    text = ORDER.read_text()
    assert old in text
    order = tmp_path / "order.yaml"
    order.write_text(text.replace(old, new.format(KNOWN)))
    ran = turnup("--inventory", inventory, *command, order)
    assert ran.code == 2, ran
    assert field in ran.err
    assert "is not shown" in ran.err
    nowhere(ran, tmp_path, KNOWN)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password 7 0822455D0A16544541", "0822455D0A16544541"),
        ("username x secret 5 $1$s4lt$abcdefghijklmnopqrstu.", "$1$s4lt$abcdefghijklmnopqrstu."),
        ("ftp://op:Unkn0wn-Word@192.0.2.1/x", "Unkn0wn-Word"),
        ("snmp-server community Unkn0wn-Word ro", "Unkn0wn-Word"),
    ],
)
def test_what_looks_like_a_secret_in_an_order(
    turnup: Command, inventory: Path, tmp_path: Path, text: str, secret: str
) -> None:
    order = tmp_path / "order.yaml"
    order.write_text(ORDER.read_text().replace("requested_by: J. Smith, Qwest order desk", f"requested_by: '{text}'"))
    ran = turnup("--inventory", inventory, "order", "check", order)
    assert ran.code == 2, ran
    assert "looks like a secret" in ran.err
    nowhere(ran, tmp_path, secret)


IN_THE_INVENTORY = [
    ("hosts.yaml", 'chassis: "12012"', "chassis: '{}'", "chassis"),
    ("sites.yaml", "name: 60 Hudson Street", "name: 60 Hudson {}", "name"),
    ("policy.yaml", "customer_route_map_in: CUST-IN", "customer_route_map_in: {}", "customer_route_map_in"),
    ("defaults.yaml", "agreed_by: customer", "agreed_by: {}", "agreed_by"),
]


@pytest.mark.parametrize(("file", "old", "new", "field"), IN_THE_INVENTORY, ids=[f for f, *_ in IN_THE_INVENTORY])
def test_a_known_secret_in_the_inventory(
    turnup: Command, inventory: Path, tmp_path: Path, file: str, old: str, new: str, field: str
) -> None:
    path = inventory / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new.format(KNOWN), 1))
    ran = turnup("--inventory", inventory, "inventory", "check")
    assert ran.code == 2, ran
    assert field in ran.err
    nowhere(ran, tmp_path, KNOWN)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("hosts.yaml", "loopback: 10.255.1.1", "loopback: {}"),
        ("policy.yaml", "bgp_soak_seconds: 0", "{}: 0"),
        ("policy.yaml", "last-resort: env:TURNUP_SECRET_LAST_RESORT", "last-resort: {}"),
        ("policy.yaml", "clocks: {{}}", "clocks: '{}'"),
    ],
)
@pytest.mark.parametrize("debug", ["", "1"], ids=["plain", "traceback"])
def test_a_message_about_a_mistake_does_not_show_it(
    turnup: Command,
    inventory: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    old: str,
    new: str,
    debug: str,
) -> None:
    monkeypatch.setenv("TURNUP_DEBUG", debug)
    path, old = inventory / file, old.replace("{{}}", "{}")
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new.format(KNOWN), 1))
    ran = turnup("--inventory", inventory, "inventory", "check")
    assert ran.code == 2, ran
    assert ("Traceback" in ran.err) == bool(debug)
    nowhere(ran, tmp_path, KNOWN)


@pytest.mark.parametrize("words", [("plan", KNOWN), ("order", "show", KNOWN), ("checks", "explain", KNOWN)])
def test_a_secret_on_the_command_line_is_not_repeated(
    turnup: Command, inventory: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = turnup("--inventory", inventory, *words)
    assert ran.code == 2
    nowhere(ran, tmp_path, KNOWN)


def test_a_defect_that_shows_a_secret_shows_a_token(
    turnup: Command, inventory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: object, **__: object) -> None:
        raise ValueError(f"unexpected {KNOWN}")

    monkeypatch.setattr("turnup.noc.open_noc", defect)
    monkeypatch.setenv("TURNUP_DEBUG", "1")
    ran = turnup("--inventory", inventory, "sites")
    assert ran.code == 1
    assert "unexpected <secret:lvl3-md5>" in ran.err
    nowhere(ran, tmp_path, KNOWN)
