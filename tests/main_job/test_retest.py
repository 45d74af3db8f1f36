"""Repairs, retests and elections from the command line, on virtual routers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pop import ORDER, Command, Ran
from ruamel.yaml import YAML

from turnup import folder
from turnup.laboratory import Lab
from turnup.noc import Noc

ROUTER, PSO, SECOND = "nyc-hud-gsr1", "PSO-2001-000051", "PSO-2001-000088"
NOW = ("--confirm", "--emergency", "the test cannot wait for Sunday")
NEIGHBOUR = """\
order_id: PSO-2001-000088
action: NEW
location:
  site: NYC-60HUDSON
  router: nyc-hud-gsr1
  port: Serial5/1
speed: DS3
customer:
  code: OTHR
  name: Other
requested_by: J. Smith, Qwest order desk
cross_connect:
  circuit_id: T3Z/NYC/0055
  customer_demarc: Cage 9 panel 1 pos 1
layer2:
  encapsulation: HDLC
layer3:
  link_prefix: 10.10.9.0/30
"""


def good(ran: Ran) -> Any:
    assert ran.code == 0, ran.out + ran.err
    return json.loads(ran.out) if ran.out.lstrip().startswith(("{", "[")) else ran.out


def events(turnup: Command, order: str = PSO) -> list[tuple[str, str]]:
    return [(row["event"], row["state"]) for row in good(turnup("--lab", "order", "history", order, "--json"))]


def into_service(turnup: Command, order: object = ORDER, name: str = PSO) -> None:
    assert turnup("--lab", "run", order, "--confirm").code == 0
    good(turnup("--lab", "order", "deliver", name, "--by", "J. Smith", "--proof", "mail 17"))
    good(turnup("--lab", "order", "accept", name, "--by", "Q. West"))


def unreachable(pop: Lab, port: int) -> int:
    """Point the inventory at that port; the one that was there."""
    yaml, path = YAML(), pop.inventory / "hosts.yaml"
    hosts = yaml.load(path)
    before = hosts[ROUTER]["port"]
    hosts[ROUTER]["port"] = port
    yaml.dump(hosts, path)
    return int(before)


def test_a_repair_from_the_call_to_its_acceptance(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "retest", PSO).code == 2
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    assert turnup("--lab", "retest", PSO).code == 6, "its first test is no retest"
    good(turnup("--lab", "order", "deliver", PSO, "--by", "J. Smith", "--proof", "mail 17"))
    good(turnup("--lab", "order", "accept", PSO, "--by", "Q. West"))
    call = ("--lab", "repair", "open", f"{ROUTER}:Serial5/0", "--by", "J. Smith", "--reason", "no light")
    for wrong in (("--caused-by", "the weather"), ("--scope", "town"), ("--answered", "2001-07-15")):
        assert turnup(*call, *wrong).code == 2, wrong
    opened = good(turnup(*call, "--customers", 5, "--json"))
    assert (opened["critical"], opened["customers"], opened["ports"]) == (True, 5, 1)
    assert turnup(*call).code == 6, "it is open"
    close = ("--lab", "repair", "close", PSO, "--by", "J. Smith", "--caused-by", "carrier")
    assert turnup(*close).code == 6
    good(turnup("lab", "fault", "bgp-active"))
    assert turnup("--lab", "retest", "Serial5/0").code == 4
    assert events(turnup)[-2:] == [("fault", "repairing"), ("test failed", "rejected")]
    assert turnup(*close).code == 6
    good(turnup("lab", "fault", "bgp-active", "--clear"))
    ran = good(turnup("--lab", "retest", PSO, "--json"))
    (port,) = ran["ports"]
    assert (port["occasion"], port["state"], port["outcome"]) == ("REPAIR", "tested", "SATISFIED")
    assert port["comparison"]["differences"] == []
    closed = good(turnup(*close, "--json"))
    assert closed["restored"]
    assert turnup(*close).code == 6, "it is closed"
    good(turnup("--lab", "order", "deliver", PSO, "--by", "J. Smith", "--proof", "mail 18"))
    good(turnup("--lab", "order", "accept", PSO, "--by", "Q. West"))
    assert events(turnup)[-4:] == [
        ("restored", "tested"),
        ("deliver results", "results delivered"),
        ("accept", "accepted"),
        ("begin service", "in service"),
    ]
    assert turnup("--lab", "db", "check").code == 0


@pytest.mark.proof
def test_a_card_is_retested_with_one_collection_and_a_killed_one_goes_on(
    turnup: Command, pop: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = tmp_path / "neighbour.yaml"
    neighbour.write_text(NEIGHBOUR)
    into_service(turnup)
    assert turnup("--lab", "push", neighbour, "--confirm").code == 0
    collected: list[str] = []
    collect = Noc.collect

    def counting(self: Noc, host: Any, asks: Any) -> Any:
        collected.append(host.name)
        return collect(self, host, asks)

    monkeypatch.setattr(Noc, "collect", counting)
    ran = good(turnup("--lab", "retest", ROUTER, "--card", 5, "--json"))
    assert [row["order"] for row in ran["ports"]] == [PSO]
    assert [row["order"] for row in ran["not_retested"]] == [SECOND], "it was never accepted"
    assert turnup("--lab", "retest", ROUTER, "--card", 9).code == 2
    assert turnup("--lab", "retest", "--all", "--site", "NYC-60HUDSON").code == 2
    assert turnup("--lab", "retest", "--resume").code == 2, "nothing was left"
    assert turnup("--lab", "retest", "--site", "NYC-60HUDSON").code == 0
    assert collected == [ROUTER] * 2
    retests = pop.home.path / "retests"
    last = sorted(retests.glob("*.json"))[-1]
    killed = json.loads(last.read_text()) | {"finished": None}
    last.write_text(json.dumps(killed))
    ran = turnup("--lab", "retest", "--resume", "--json")
    assert good(ran)["summary"] == {"SATISFIED": 1}
    assert "1 of 1 ports are done" in ran.err
    assert collected == [ROUTER] * 2, "what has a certificate of this retest is not asked again"
    for path in (pop.home.path / "certificates").glob("*.json"):
        if json.loads(path.read_text())["started"] >= killed["started"][:19]:
            path.unlink()
    last.write_text(json.dumps(killed))
    assert good(turnup("--lab", "retest", "--resume", "--json"))["summary"] == {"SATISFIED": 1}
    assert collected == [ROUTER] * 3


@pytest.mark.proof
def test_one_collection_serves_two_ports_and_each_has_its_own_evidence(
    turnup: Command, pop: Lab, tmp_path: Path
) -> None:
    neighbour = tmp_path / "neighbour.yaml"
    neighbour.write_text(NEIGHBOUR)
    into_service(turnup)
    into_service(turnup, neighbour, SECOND)
    opened = good(turnup("--lab", "repair", "open", PSO, "--by", "x", "--reason", "card", "--scope", "card", "--json"))
    assert [row["order"] for row in opened["opened"]] == [PSO, SECOND]
    assert (opened["customers"], opened["critical"]) == (2, False)
    ran = turnup("--lab", "retest", "--all", "--json")
    assert [row["state"] for row in good(ran)["ports"]] == ["tested", "tested"]
    assert f"1 of 1: {ROUTER}: 2 SATISFIED" in ran.err
    one, two = (json.loads(Path(row["certificate_file"]).read_text()) for row in good(ran)["ports"])
    shared = {(item["command"], item["at"]) for item in one["evidence"]} & {
        (item["command"], item["at"]) for item in two["evidence"]
    }
    assert {command for command, _ in shared} >= {"show version", "show logging"}
    assert not [item for item in two["evidence"] if "10.10.3.2" in item["command"]], "that is the neighbour's link"


@pytest.mark.proof
def test_a_run_that_was_not_completed_is_no_attempt_and_the_choice_moves_the_port(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    good(turnup("lab", "fault", "bgp-active"))
    test = ("--lab", "test", PSO, "--json")

    def attempt(ran: Ran) -> int:
        return int(json.loads(ran.out)["certificate"]["attempt"])

    assert attempt(turnup(*test)) == 1
    reached = unreachable(pop, 1)
    away = turnup(*test)
    assert (away.code, attempt(away)) == (5, 2)
    unreachable(pop, reached)
    assert events(turnup)[-1] == ("test not completed", "rejected")
    second = turnup(*test)
    assert (second.code, attempt(second)) == (4, 2)
    assert events(turnup)[-1] == ("test failed", "election")
    (row,) = good(turnup("--lab", "due", "--json"))
    assert (row["attempts"], row["unsuccessful"], row["opportunities"], row["whose"]) == (2, 2, None, "customer")
    shown = good(turnup("--lab", "order", "show", PSO))
    assert "attempt 2 of [not configured], 2 unsuccessful" in shown
    note = shown.split("\n\n")[0]
    assert max(map(len, note.splitlines())) <= 80
    for words in ("T3Z/NYC/0007", "60 Hudson Street", "election", "EST", "FAIL 8", "Cause", "(customer)"):
        assert words in note or words.replace("EST", "EDT") in note, words
    good(turnup("--lab", "order", "elect", PSO, "different-port", "--by", "Q. West"))
    good(turnup("--lab", "move", PSO, "--because", "red twice", "--to", "Serial6/0", *NOW, "--json"))
    assert events(turnup)[-2:] == [("different port", "acknowledged"), ("moved", "provisioned")]
    shown = good(turnup("--lab", "order", "show", PSO, "--json"))
    assert (shown["port"], shown["left_ports"]) == ("Serial6/0", [f"{ROUTER} Serial5/0"])
    (row,) = good(turnup("--lab", "due", "--json"))
    assert (row["router"], row["port"]) == (ROUTER, "Serial6/0")
    third = turnup(*test)
    assert attempt(third) == 3, "opportunities go on over alternate ports"
    good(turnup("--lab", "order", "elect", PSO, "discontinue", "--by", "Q. West"))
    shown = good(turnup("--lab", "order", "show", PSO, "--json"))
    assert (shown["state"], shown["fee_reduced"], shown["whose"]) == ("discontinued", True, "carrier")
    assert "disconnect" in shown["next"]


def test_only_ports_that_orders_have(turnup: Command) -> None:
    ack = turnup("order", "ack", folder("orders") / "60-hudson-ds3-level3.xml", "--offline")
    assert ack.code == 0
    for words in ((PSO,), ("Serial5/0",), (f"{ROUTER}:Serial5/0",), ("nonsense",), ()):
        assert turnup("retest", *words).code == 2, words
    assert turnup("retest", "--all").code == 5, "nothing to test is never good"
    assert turnup("retest", "--all", "--occasion", "INITIAL").code == 2
    assert turnup("retest", "--all", "--since", "2099-01-01T00:00+00:00").code == 2, "a window that is to come"
    shown = json.loads(turnup("order", "show", PSO, "--json").out)
    assert (shown["state"], shown["certificate"], shown["whose"]) == ("acknowledged", None, "carrier")
