"""An order is moved to another router of its site (PASA 1.4(b)(ii)): first up there, then gone here, or it is told.

Two changes, each with a way back. Whatever happens between them, the ledger knows where the order stands, and what
the router that it has left still has of it: `due` names it, `recover` takes it away.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pop import ORDER, Command, Ran
from ruamel.yaml import YAML

from turnup.laboratory import Lab, control

OLD, NEW, PSO = "nyc-hud-gsr1", "nyc-hud-gsr2", "PSO-2001-000051"
EMERGENCY = ("--emergency", "the test cannot wait for Sunday")
NOW = ("--confirm", *EMERGENCY)
TO = ("--to", f"{NEW}:Serial5/1")
WORDS = ("--lab", "move", PSO, "--because", "loss of signal")
BARE = ["no ip address", "no ip directed-broadcast", "shutdown"]
KILLED = Path(__file__).with_name("killed.py")


def running(pop: Lab, router: str) -> tuple[str, str]:
    answer = control(pop, {"do": "running", "router": router})
    return answer["running"], answer["startup"]


def section(text: str, header: str) -> list[str]:
    return [line.strip() for line in text.split(f"{header}\n")[1].split("!")[0].splitlines()]


def good(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def owed(turnup: Command) -> list[str]:
    """Ports that `due` says have lines of a moved order still."""
    rows = json.loads(turnup("--lab", "due", "--json").out)
    return [row["about"] for row in rows if row["order"] is None and "1.4(b)(ii)" in row["clause"]]


def port_of(turnup: Command) -> tuple[str, str]:
    shown = good(turnup("--lab", "order", "show", PSO, "--json"))
    return shown["router"], shown["port"]


def unreachable(pop: Lab, router: str, *, away: bool = True) -> None:
    """The router's management path is lost, or is there again."""
    path = pop.inventory / "hosts.yaml"
    hosts = path.with_suffix(".kept")
    if not away:
        path.write_text(hosts.read_text())
        return
    hosts.write_text(path.read_text())
    port = pop.ready["routers"][router]["ssh"]
    path.write_text(path.read_text().replace(str(port), "1"))
    assert path.read_text() != hosts.read_text()


def is_moved(turnup: Command, pop: Lab) -> None:
    """The order is on the new router, saved, and nothing of it is on the old one."""
    assert port_of(turnup) == (NEW, "Serial5/1")
    now, startup = running(pop, NEW)
    assert now == startup
    assert "ip address 10.10.3.1 255.255.255.252" in section(now, "interface Serial5/1")
    now, startup = running(pop, OLD)
    assert now == startup
    assert section(now, "interface Serial5/0") == BARE
    assert "10.10.3.2" not in now
    assert owed(turnup) == []


@pytest.fixture
def serving(turnup: Command, pop: Lab) -> tuple[str, str]:
    """The running configurations of both while the order is in service on the old one."""
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    return running(pop, OLD)[0], running(pop, NEW)[0]


def test_moved_to_another_router(turnup: Command, pop: Lab, serving: tuple[str, str]) -> None:
    plan = good(turnup(*WORDS, *TO, "--json"))
    assert (plan["router"], plan["port"], plan["action"]) == (NEW, "Serial5/1", "MOVE")
    assert (plan["then"]["router"], plan["then"]["port"], plan["then"]["action"]) == (OLD, "Serial5/0", "VACATE")
    shown = turnup(*WORDS, *TO)
    assert f"Digest of both {plan['digest']}" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 100
    assert (running(pop, OLD)[0], running(pop, NEW)[0]) == serving
    ran = turnup(*WORDS, *TO, *NOW, "--digest", plan["then"]["digest"])
    assert ran.code == 6, "half of it was approved"
    assert (running(pop, OLD)[0], running(pop, NEW)[0]) == serving
    ran = good(turnup(*WORDS, *TO, *NOW, "--digest", plan["digest"], "--accept", "--back-out", "always", "--json"))  # type: ignore[assignment]
    assert ran["push"]["state"] == "saved"  # type: ignore[index]
    assert ran["push"]["owes"] == []  # type: ignore[index]
    assert ran["certificate"]["outcome"] == "SATISFIED"  # type: ignore[index]
    is_moved(turnup, pop)
    history = json.loads(turnup("--lab", "order", "history", PSO, "--json").out)
    assert [row["event"] for row in history][-2:] == ["moved", "test passed"]
    ports = json.loads(turnup("--lab", "ports", "NYC", "--speed", "DS3", "--json").out)
    state = {(row["router"], row["port"]): row["state"] for row in ports}
    assert (state[OLD, "Serial5/0"], state[NEW, "Serial5/1"]) == ("bad", "assigned")
    again = good(turnup(*WORDS, *TO, *NOW, "--json"))
    assert again["push"]["sent"] == 0
    assert turnup("--lab", "test", PSO).code == 0
    assert turnup("--lab", "drift", OLD).code == 0
    assert turnup("--lab", "recover", OLD).code == 0
    assert turnup("--lab", "recover", NEW).code == 0
    is_moved(turnup, pop)


@pytest.mark.proof
def test_its_way_back(turnup: Command, pop: Lab, serving: tuple[str, str]) -> None:
    """Moved there and back: both routers are what they were, byte for byte."""
    before = [control(pop, {"do": "running", "router": router}) for router in (OLD, NEW)]
    assert turnup(*WORDS, *TO, *NOW).code == 0
    marked = ("--by", "x", "--because", "retested")
    assert turnup("--lab", "logbook", "port", "good", OLD, "Serial5/0", *marked).code == 0
    assert turnup(*WORDS, "--to", f"{OLD}:Serial5/0", *NOW).code == 0
    assert [control(pop, {"do": "running", "router": router}) for router in (OLD, NEW)] == before
    assert owed(turnup) == []


@pytest.mark.proof
def test_what_others_have_not_saved_on_the_new_router_leaves_the_old_one_as_it_is(
    turnup: Command, pop: Lab, serving: tuple[str, str]
) -> None:
    """A port that a reload would lose is no port to give another one up for."""
    before = running(pop, OLD)
    control(pop, {"do": "configure", "router": NEW, "lines": ["interface Serial5/4", "description somebody's work"]})
    ran = turnup(*WORDS, *TO, *NOW, "--json")
    assert ran.code == 8, ran
    assert json.loads(ran.out)["push"]["state"] == "unsaved"
    assert running(pop, OLD) == before
    assert owed(turnup) == [f"{OLD} Serial5/0"]


@pytest.mark.proof
@pytest.mark.parametrize("on_the_way", ["phase 1", "tests"])
def test_the_old_router_is_not_touched_when_the_new_one_is_taken_back(
    turnup: Command, pop: Lab, serving: tuple[str, str], on_the_way: str
) -> None:
    before = [running(pop, router) for router in (OLD, NEW)]
    if on_the_way == "phase 1":
        control(pop, {"do": "fault", "name": "refuses-mid-push", "on": True})
    else:
        control(pop, {"do": "configure", "router": NEW, "lines": ["no ip tftp source-interface"]})
        before = [running(pop, router) for router in (OLD, NEW)]
    ran = turnup(*WORDS, *TO, *NOW, "--accept", "--back-out", "always")
    assert ran.code == 7, ran
    assert [running(pop, router)[0] for router in (OLD, NEW)] == [one for one, _ in before]
    assert port_of(turnup) == (OLD, "Serial5/0")
    assert owed(turnup) == []
    history = json.loads(turnup("--lab", "order", "history", PSO, "--json").out)
    last = history[-1]["event"]
    assert last == ("test failed" if on_the_way == "tests" else "provision"), "an attempt at once, and no move"


@pytest.mark.parametrize("where", [OLD, NEW])
def test_a_foreign_line_is_found_before_anything_is_sent(
    turnup: Command, pop: Lab, serving: tuple[str, str], where: str
) -> None:
    port = "Serial5/0" if where == OLD else "Serial5/1"
    control(pop, {"do": "configure", "router": where, "lines": [f"interface {port}", "ip access-group 10 in"]})
    before = [running(pop, router) for router in (OLD, NEW)]
    ran = turnup(*WORDS, *TO, *NOW)
    assert ran.code == 6, ran
    assert [running(pop, router) for router in (OLD, NEW)] == before
    assert port_of(turnup) == (OLD, "Serial5/0")


@pytest.mark.proof
def test_live_service_is_moved_in_a_window_or_an_emergency(turnup: Command, pop: Lab, serving: tuple[str, str]) -> None:
    """PASA 2.3(a): the new port serves nobody yet, the old one does; nothing is sent to either."""
    before = [running(pop, router) for router in (OLD, NEW)]
    ran = turnup(*WORDS, *TO, "--confirm")
    assert ran.code == 6, ran
    assert OLD in ran.err
    assert [running(pop, router) for router in (OLD, NEW)] == before


def test_an_old_router_that_does_not_answer(turnup: Command, pop: Lab, serving: tuple[str, str]) -> None:
    unreachable(pop, OLD)
    ran = turnup(*WORDS, *TO, *NOW)
    assert ran.code == 5, ran
    assert "--old-later" in ran.err
    assert running(pop, NEW)[0] == serving[1]
    ran = turnup(*WORDS, *TO, "--old-later", "--confirm")
    assert ran.code == 6, "service that may be live is moved in a window, or in an emergency"
    assert "does not answer" in turnup(*WORDS, *TO).out or "--old-later" in turnup(*WORDS, *TO).out
    ran = turnup(*WORDS, *TO, "--old-later", *NOW, "--json")
    assert ran.code == 8, ran
    assert json.loads(ran.out)["push"]["owes"] == [f"{OLD} Serial5/0"]
    assert owed(turnup) == [f"{OLD} Serial5/0"]
    assert port_of(turnup) == (NEW, "Serial5/1")
    assert turnup("--lab", "recover", OLD, *EMERGENCY).code == 8, "it is still away"
    assert turnup("--lab", "recover", NEW).code == 8, "and that is not forgotten"
    assert "recover" in turnup("--lab", "due").out
    unreachable(pop, OLD, away=False)
    refused = turnup("--lab", "recover", OLD)
    assert refused.code == 8, "what is on it may serve"
    assert running(pop, OLD)[0] == serving[0]
    moved_back = turnup(*WORDS, "--to", f"{OLD}:Serial5/1", *NOW)
    assert moved_back.code == 6, "its own lines are in the way"
    assert "recover" in moved_back.err
    paid = turnup("--lab", "recover", OLD, *EMERGENCY)
    assert paid.code == 0, paid
    is_moved(turnup, pop)


@pytest.mark.proof
def test_what_others_have_not_saved_keeps_the_old_port_owed(
    turnup: Command, pop: Lab, serving: tuple[str, str]
) -> None:
    """Bare in the running configuration alone, it would come back with a reload."""
    control(pop, {"do": "configure", "router": OLD, "lines": ["interface Serial6/5", "description somebody's work"]})
    ran = turnup(*WORDS, *TO, *NOW, "--json")
    assert ran.code == 8, ran
    assert json.loads(ran.out)["push"]["owes"] == [f"{OLD} Serial5/0"]
    assert section(running(pop, OLD)[0], "interface Serial5/0") == BARE
    assert owed(turnup) == [f"{OLD} Serial5/0"]
    assert turnup(*WORDS, *TO, *NOW).code == 8
    paid = turnup(*WORDS, *TO, *NOW, "--save-all")
    assert paid.code == 0, paid
    assert owed(turnup) == []


@pytest.mark.proof
def test_an_order_that_is_gone_still_owes(turnup: Command, pop: Lab, serving: tuple[str, str], tmp_path: Path) -> None:
    """Disconnected on its new router while the old one was away: the old port is cleared all the same."""
    unreachable(pop, OLD)
    assert turnup(*WORDS, *TO, "--old-later", *NOW).code == 8
    message = tmp_path / "disconnect.yaml"
    message.write_text(
        f"order_id: PSO-2001-000099\naction: DISCONNECT\nsupersedes: {PSO}\nlocation: {{ site: NYC-60HUDSON }}\n"
        "speed: DS3\ncustomer: { code: LVL3, name: Level 3 }\nrequested_by: J. Smith, order desk\n"
    )
    assert turnup("--lab", "disconnect", message, *NOW).code == 0
    assert "10.10.3.1" not in running(pop, NEW)[0]
    assert owed(turnup) == [f"{OLD} Serial5/0"]
    unreachable(pop, OLD, away=False)
    assert turnup("--lab", "recover", OLD, *EMERGENCY).code == 0
    assert section(running(pop, OLD)[0], "interface Serial5/0") == BARE
    assert owed(turnup) == []


@pytest.mark.proof
def test_an_old_router_that_is_scrapped(turnup: Command, pop: Lab, serving: tuple[str, str]) -> None:
    """It never answers again: a person's word ends the debt, and only once the inventory has it no more."""
    unreachable(pop, OLD)
    assert turnup(*WORDS, *TO, "--old-later", *NOW).code == 8
    word = ("--lab", "recover", OLD, "--scrapped", "J. Smith: to the breakers, asset 4711")
    ran = turnup(*word)
    assert ran.code == 6, "it is in the inventory"
    assert "take it out of the inventory" in ran.err
    path, yaml = pop.inventory / "hosts.yaml", YAML()
    hosts = yaml.load(path.read_text())
    del hosts[OLD]
    with path.open("w") as file:
        yaml.dump(hosts, file)
    ran = turnup("--lab", "due")
    assert "--scrapped" in " ".join(ran.out.split()), ran
    assert turnup("--lab", "recover", NEW).code == 8
    for bad in ("gone", "J. Smith:", ": gone"):
        assert turnup(*word[:-1], bad).code == 2
    assert turnup(*word, "--resolved", "J. Smith: by hand").code == 2
    assert turnup("--lab", "recover", NEW, "--scrapped", "J. Smith: gone").code == 2, "it owes nothing"
    ran = turnup(*word)
    assert ran.code == 0, ran
    assert "Serial5/0: J. Smith: to the breakers" in ran.out
    assert owed(turnup) == []
    assert turnup("--lab", "recover", NEW).code == 0
    assert turnup(*word).code == 2, "it is ended already"


def test_there_is_no_such_port(turnup: Command, pop: Lab, serving: tuple[str, str]) -> None:
    for to, code, said in (
        (f"{NEW}:Serial9/9", 2, "has no port"),
        (f"{NEW}:FastEthernet7/0", 6, "is no DS3 port"),
        ("lax-wil-gsr1:Serial5/0", 2, "has no router 'lax-wil-gsr1'"),
        ("nyc-hud-gsr9:Serial5/0", 2, "has no router"),
    ):
        ran = turnup(*WORDS, "--to", to, *NOW)
        assert (ran.code, said in ran.err) == (code, True), ran
    assert (running(pop, OLD)[0], running(pop, NEW)[0]) == serving


@pytest.mark.proof
def test_another_router_is_picked_only_when_this_one_has_none(
    turnup: Command, pop: Lab, serving: tuple[str, str]
) -> None:
    assert good(turnup(*WORDS, "--json"))["router"] == OLD
    hosts = pop.inventory / "hosts.yaml"
    own = [f"Serial5/{n}" for n in range(1, 6)] + [f"Serial6/{n}" for n in range(12)]
    hosts.write_text(hosts.read_text().replace("Serial6/11", ", ".join(own)))
    plan = good(turnup(*WORDS, "--json"))
    assert (plan["router"], plan["port"], plan["then"]["router"]) == (NEW, "Serial5/0", OLD)


@pytest.mark.proof
@pytest.mark.parametrize(
    "when",
    # 32 lines on the new router, then 17 on the old one
    ["note:planned", "line:9", "note:verified", "note:saved", "line:34", "line:40", "line:46"],
)
@pytest.mark.parametrize("then", ["recover", "again"])
def test_killed_anywhere(
    turnup: Command, pop: Lab, serving: tuple[str, str], tmp_path: Path, when: str, then: str
) -> None:
    """The order is on one router or the other, never said to be where it is not; in the end it is moved."""
    words = [*WORDS, *TO, *NOW]
    process = subprocess.run(
        [sys.executable, str(KILLED), when, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "TURNUP_HOME": str(tmp_path / "home")},
    )
    assert process.returncode == -signal.SIGKILL, (process.returncode, process.stdout, process.stderr)
    if then == "recover":
        assert turnup("--lab", "recover", NEW, *EMERGENCY).code in (0, 8)
        assert turnup("--lab", "recover", OLD, *EMERGENCY).code == 0
        here, there = running(pop, OLD)[0], running(pop, NEW)[0]
        stands = port_of(turnup)[0]
        assert (stands == NEW) == ("10.10.3.1" in there)
        assert (stands == OLD) == ("10.10.3.1" in here)
        assert owed(turnup) == []
    ran = turnup(*words)
    assert ran.code == 0, ran
    is_moved(turnup, pop)
    events = [row["event"] for row in json.loads(turnup("--lab", "order", "history", PSO, "--json").out)]
    assert events.count("moved") == 1
