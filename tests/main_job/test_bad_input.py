"""Bad input of issue and field: a clear error that says what to do, the right exit code, nothing sent, nothing lost."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pop import ORDER, Command

from turnup import folder
from turnup.laboratory import Lab, control

YAML = (folder("orders") / "60-hudson-ds3-level3.yaml").read_text()


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in YAML, f"the sample order has no {old!r}"
    path = tmp_path / "order.yaml"
    path.write_text(YAML.replace(old, new))
    return path


def untouched(pop: Lab) -> list[dict[str, object]]:
    return [control(pop, {"do": "running", "router": name}) for name in pop.ready["routers"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.xml", b"<Message"),
        ("empty.xml", b""),
        ("doctype.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'),
        ("other.xml", b"<html/>"),
        ("broken.yaml", b"order_id: [\n"),
        ("tag.yaml", b"order_id: !!python/object/apply:os.system [id]\n"),
        ("unknown.yaml", YAML.replace("order_id", "orderid").encode()),
        ("latin.yaml", YAML.replace("Level 3", "Lével 3").encode("latin-1")),
        ("huge.xml", b"<Message>" + b"x" * 2_000_000),
        ("nul.yaml", YAML.replace("Level 3", "Level\x00 3").encode()),
        ("order.txt", YAML.encode()),
    ],
)
def test_malformed_or_hostile_files(turnup: Command, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for command in (("order", "check"), ("plan",), ("run", "--confirm")):
        ran = turnup(*command[:1], *command[1:], path)
        assert ran.code == 2, (command, ran)
        assert name in ran.err
        assert "what to do:" in ran.err


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("site: 60 Hudson Street", "site: 61 Hudson Street", "location.site"),
        ("site: 60 Hudson Street", "site: 60 Hudson Street\n  router: nyc-hud-gsr1\n  port: Serial5/9", "port"),
        ("site: 60 Hudson Street", "site: 60 Hudson Street\n  router: nyc-hud-gsr1\n  port: Serial6/11", "port"),
        ("encapsulation: PPP", "encapsulation: DOT1Q\n  vlan: 100", "layer2"),
        ("link_prefix: 10.10.3.0/30", "link_prefix: 10.254.1.0/30", "layer3.link_prefix"),
        ("link_prefix: 10.10.3.0/30", "link_prefix: 10.10.3.0/29", "layer3.link_prefix"),
        ("speed: DS3", "speed: OC48C", "speed"),
        ("203.0.113.0/24", "0.0.0.0/0", "bgp.allowed_prefixes"),
        ("peer_as: 64603", "peer_as: 64500", "bgp.peer_as"),
        ("name: Level 3", 'name: "Level 3\\nno router bgp 64500"', "customer.name"),
        ("name: Level 3", 'name: "Level 3?"', "customer.name"),
        ("name: Level 3", 'name: "Level\\x1a 3"', "customer.name"),
        ("circuit_id: T3Z/NYC/0007", 'circuit_id: "T3Z\\u2028x"', "circuit_id"),
    ],
)
def test_points_to_clarify(
    turnup: Command,
    still_pop: Lab,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    old: str,
    new: str,
    field: str,
) -> None:
    monkeypatch.setenv("TURNUP_HOME", str(still_pop.home.path.parents[1]))
    before = untouched(still_pop)
    path = changed(tmp_path, old, new)
    ran = turnup("--lab", "order", "ack", path, "--json")
    assert ran.code == 2, ran
    assert field in {p["field"].split("[")[0] for p in json.loads(ran.out)["clarify"]} | {
        p["field"].rpartition(".")[2].split("[")[0] for p in json.loads(ran.out)["clarify"]
    } | {p["field"].partition(".")[0] for p in json.loads(ran.out)["clarify"]}
    sent = turnup("--lab", "run", path, "--confirm")
    assert sent.code == 2
    assert untouched(still_pop) == before


def test_an_occupied_link_network(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    before = untouched(pop)
    other = changed(tmp_path, "PSO-2001-000051", "PSO-2001-000099")
    ran = turnup("--lab", "run", other, "--confirm")
    assert ran.code == 2
    assert "10.10.3.0/30" in ran.err
    assert untouched(pop) == before


def test_an_unreachable_router(turnup: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inventory = _inventory(tmp_path, 1)  # nothing listens on port 1
    monkeypatch.setenv("TURNUP_USERNAME", "noc")
    monkeypatch.setenv("TURNUP_PASSWORD", "not-used-here")
    ran = turnup("--inventory", inventory, "run", ORDER, "--confirm")
    assert ran.code == 5, ran
    assert "what to do:" in ran.err
    tested = turnup("--inventory", inventory, "test", "--router", "nyc-hud-gsr1", "--json")
    assert tested.code == 5
    rows = json.loads(tested.out)["certificate"]["rows"]
    assert not [row["number"] for row in rows if row["verdict"] == "PASS"]


def test_a_refused_login(turnup: Command, pop: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = untouched(pop)
    monkeypatch.setenv("TURNUP_PASSWORD", "wrong-password")
    monkeypatch.setenv("TURNUP_USERNAME", "noc")
    monkeypatch.setenv("TURNUP_HOME", str(pop.home.path))
    ran = turnup("--inventory", pop.inventory, "run", ORDER, "--confirm")
    assert ran.code == 5, ran
    assert "wrong-password" not in ran.err + ran.out
    assert "TURNUP_PASSWORD" in ran.err
    assert untouched(pop) == before


@pytest.mark.parametrize("changed_key", [True, False])
def test_a_changed_or_unknown_host_key(turnup: Command, pop: Lab, changed_key: bool) -> None:
    before = untouched(pop)
    known = pop.home.known_hosts
    other = "AAAAC3NzaC1lZDI1NTE5AAAAIJ0V0NGc5u1Yz5mlxE6EBMTqUNyyc9PUSqvb4hxL3WBy"
    known.write_text(re.sub(r"AAAA\S+", other, known.read_text()) if changed_key else "")
    ran = turnup("--lab", "run", ORDER, "--confirm")
    assert ran.code == 5, ran
    assert "host key" in ran.err
    assert untouched(pop) == before
    accepted = turnup("--lab", "--accept-new-host-key", "plan", ORDER)
    assert accepted.code == (5 if changed_key else 0), accepted.err


def test_no_account_and_no_key(turnup: Command, pop: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNUP_HOME", str(pop.home.path))
    ran = turnup("--inventory", pop.inventory, "plan", ORDER)
    assert ran.code == 2
    assert "TURNUP_USERNAME" in ran.err
    for name in ("TURNUP_USERNAME", "TURNUP_PASSWORD"):
        monkeypatch.setenv(name, pop.environment[name])
    before = untouched(pop)
    ran = turnup("--inventory", pop.inventory, "push", ORDER, "--confirm")
    assert ran.code == 2
    assert "LVL3" in ran.err
    assert untouched(pop) == before


def test_usage(turnup: Command) -> None:
    assert turnup("checks", "explain", "flesh").code == 2
    assert "did you mean 'flash'" in turnup("checks", "explain", "flesh").err
    assert turnup("plan", "no-such-file.xml").code == 2
    assert turnup("report", "no-such.json").code == 2
    assert turnup("frobnicate").code == 2


def _inventory(tmp_path: Path, port: int) -> Path:
    import shutil

    from ruamel.yaml import YAML

    copy = tmp_path / "inventory"
    shutil.copytree(folder("inventory"), copy)
    yaml = YAML(typ="rt", pure=True)
    hosts = yaml.load((copy / "hosts.yaml").read_text())
    for host in hosts.values():
        host["hostname"], host["port"] = "127.0.0.1", port
        host["data"]["console_server"] = {"host": "127.0.0.1", "port": port}
        host["data"]["noc_resolvers"] = [f"127.0.0.1#{port}"]
    with (copy / "hosts.yaml").open("w") as file:
        yaml.dump(hosts, file)
    return copy
