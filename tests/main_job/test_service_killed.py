"""Actions on a port in service that are killed: router, journal and ledger agree, whichever command comes next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pop import ORDER, Command

from turnup import folder
from turnup.laboratory import Lab, control

pytestmark = pytest.mark.proof

ROUTER, PSO = "nyc-hud-gsr1", "PSO-2001-000051"
KILLED = Path(__file__).with_name("killed.py")
DISCONNECT = folder("orders") / "60-hudson-ds3-level3-disconnect.xml"
NOW = ("--confirm", "--emergency", "the test cannot wait for Sunday")
WORDS = {
    "disconnect": ("disconnect", str(DISCONNECT), *NOW),
    "move": ("move", PSO, "--because", "loss of signal", "--to", "Serial5/1", *NOW),
}


def running(pop: Lab) -> tuple[str, str]:
    answer = control(pop, {"do": "running", "router": ROUTER})
    return answer["running"], answer["startup"]


def killed(tmp_path: Path, when: str, *words: str) -> None:
    process = subprocess.run(
        [sys.executable, str(KILLED), when, "--lab", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
        env={**os.environ, "TURNUP_HOME": str(tmp_path / "home")},
    )
    assert process.returncode == -signal.SIGKILL, (process.returncode, process.stdout, process.stderr)


def port_of(turnup: Command, order: str = PSO) -> str | None:
    ran = turnup("--lab", "order", "show", order, "--json")
    assert ran.code == 0, ran
    port: str | None = json.loads(ran.out)["port"]
    return port


@pytest.fixture
def serving(turnup: Command, pop: Lab) -> str:
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    return running(pop)[0]


@pytest.mark.parametrize("kind", ["disconnect", "move"])
@pytest.mark.parametrize("when", ["line:3", "line:9", "note:phase1"])
def test_killed_half_way(turnup: Command, pop: Lab, serving: str, tmp_path: Path, kind: str, when: str) -> None:
    if (kind, when) == ("disconnect", "note:phase1"):
        when = "line:12"  # a disconnect is complete when its first phase is
    killed(tmp_path, when, *WORDS[kind])
    assert running(pop)[0] != serving
    assert turnup("--lab", "recover", ROUTER).code == 0
    assert running(pop) == (serving, serving)
    assert port_of(turnup) == "Serial5/0"
    assert turnup("--lab", *WORDS[kind]).code == 0


@pytest.mark.parametrize("kind", ["disconnect", "move"])
@pytest.mark.parametrize("then", ["recover", "again"])
def test_killed_when_complete(turnup: Command, pop: Lab, serving: str, tmp_path: Path, kind: str, then: str) -> None:
    killed(tmp_path, "note:verified", *WORDS[kind])
    assert running(pop)[1] == serving, "saved before it was said to be verified"
    if then == "recover":
        assert turnup("--lab", "recover", ROUTER).code == 0
    else:
        turnup("--lab", *WORDS[kind])
    now, startup = running(pop)
    assert now == startup != serving
    assert port_of(turnup) == (None if kind == "disconnect" else "Serial5/1")
    ports = json.loads(turnup("--lab", "ports", "NYC", "--speed", "DS3", "--json").out)
    state = {row["port"]: row["state"] for row in ports if row["router"] == ROUTER}
    assert state["Serial5/0"] == ("free" if kind == "disconnect" else "bad")


def test_killed_when_complete_then_another_order(turnup: Command, pop: Lab, serving: str, tmp_path: Path) -> None:
    """The next push on that router finishes it, and the ledger hears of it."""
    killed(tmp_path, "note:verified", *WORDS["disconnect"])
    other = folder("orders") / "60-hudson-ds3-level3.yaml"
    order = tmp_path / "other.yaml"
    text = other.read_text().replace(PSO, "PSO-2001-000052").replace("10.10.3.0/30", "10.10.3.4/30")
    order.write_text(
        text.replace("64603", "64604").replace("203.0.113.0/24", "198.51.100.0/24").replace("LVL3\n", "OTHR\n")
    )
    ran = turnup("--lab", "push", order, "--confirm")
    assert ran.code == 0, ran
    assert port_of(turnup) is None
    assert running(pop)[0] == running(pop)[1]


def test_needs_human_blocks_every_action(turnup: Command, pop: Lab, serving: str, tmp_path: Path) -> None:
    killed(tmp_path, "line:9", *WORDS["disconnect"])
    (path,) = (one for one in (pop.home.path / "journal").glob("*.json") if PSO not in one.name)
    document = json.loads(path.read_text())
    document["history"].append({"state": "needs-human", "at": document["history"][-1]["at"], "note": "by hand"})
    path.write_text(json.dumps(document))
    before = running(pop)
    for words in (*WORDS.values(), ("push", PSO, "--confirm")):
        ran = turnup("--lab", *words)
        assert ran.code == 6, (words, ran)
        assert path.name in ran.err
    assert running(pop) == before
    assert turnup("--lab", "recover", ROUTER, "--resolve", "put it right").code == 2
    assert turnup("--lab", "recover", ROUTER, "--resolve", "put it right", "--by", "J. Smith").code == 0
    assert json.loads(path.read_text())["history"][-1]["note"] == "J. Smith: put it right"
