"""A push with --accept that is cut off while its tests run: nothing is saved unproved, and nothing stays unproved.

At the first, the middle and the last command that the router hears between the last line and `write memory`.
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
from pop import ORDER, Command

from turnup.laboratory import Lab, control

pytestmark = pytest.mark.proof

ROUTER, PSO = "nyc-hud-gsr1", "PSO-2001-000051"
PUSH = ("--lab", "push", ORDER, "--confirm", "--accept", "--back-out", "always")
EVERY = 22


def texts(pop: Lab) -> tuple[str, str]:
    answer = control(pop, {"do": "running", "router": ROUTER})
    return answer["running"], answer["startup"]


def states(pop: Lab) -> list[str]:
    files = sorted((pop.home.path / "journal").glob("*.json"))
    return [json.loads(file.read_text())["history"][-1]["state"] for file in files]


def listen(pop: Lab, *mishaps: dict[str, Any]) -> None:
    control(pop, {"do": "listen", "router": ROUTER, "mishaps": list(mishaps)})


def pushed(turnup: Command, tmp_path: Path, pop: Lab, kind: str, at: int, *, stays: bool) -> int:
    """`push` in a process of its own that this happens to; its exit code."""
    home = str(tmp_path / "home")
    words = [sys.executable, "-m", "turnup", *map(str, PUSH)]
    process = subprocess.Popen(
        ["sh", "-c", 'read -r go; exec "$@"', "sh", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TURNUP_HOME": home},
    )
    mishap = {"at": at, "kind": kind, "lines": list(REFUSED), "stays": stays}
    listen(pop, {**mishap, "pid": process.pid} if kind.startswith("kill") else mishap)
    process.communicate("go\n", timeout=120)
    return process.returncode


REFUSED = ("                ^", "% Invalid input detected at '^' marker.", "")
FIRST, LAST = 48, 92  # commands of the tests; the first test below sees that they still are


def test_where_the_tests_are(turnup: Command, pop: Lab) -> None:
    listen(pop)
    assert turnup(*PUSH).code == 0
    heard = [(one["section"], one["text"]) for one in control(pop, {"do": "heard", "router": ROUTER})["heard"]]
    assert heard[FIRST - 2] == ("exec", "show running-config"), "what was activated is read back"
    assert heard[LAST] == ("exec", "write memory"), "only then is it saved"
    assert all(section == "exec" and text.split()[0] in SEEN for section, text in heard[FIRST - 1 : LAST])


SEEN = ("terminal", "show", "dir", "ping")
ENDS = {"kill-before": {-signal.SIGKILL}, "drop-before": {3, 5}, "reject": {3}}


@pytest.mark.parametrize("at", range(FIRST, LAST + 1, EVERY))
@pytest.mark.parametrize(
    ("kind", "stays"), [("kill-before", False), ("drop-before", False), ("drop-before", True), ("reject", False)]
)
def test_cut_off(turnup: Command, pop: Lab, tmp_path: Path, kind: str, stays: bool, at: int) -> None:
    """What could not be proved is not saved, and nobody says that it was; then the tests run, and it is."""
    code = pushed(turnup, tmp_path, pop, kind, at, stays=stays)
    heard = len(control(pop, {"do": "heard", "router": ROUTER})["heard"])
    listen(pop)
    running, startup = texts(pop)
    if code == 0:  # this command is not what a verdict rests on
        assert (kind, states(pop), running) == ("reject", ["saved"], startup)
        return
    assert code in ENDS[kind]
    assert heard >= at
    assert PSO in running
    assert PSO not in startup
    assert states(pop) == (["verified"] if kind == "kill-before" else ["unsaved"])
    if kind == "kill-before":
        ran = turnup("--lab", "recover", ROUTER)
        assert "its acceptance tests have passed" in ran.out
    else:
        ran = turnup("--lab", "push", ORDER, "--confirm")
        assert ran.code == 8, "the tests are owed"
        ran = turnup(*PUSH)
    assert ran.code == 0, ran
    running, startup = texts(pop)
    assert PSO in startup
    assert running == startup


def test_a_recovery_that_cannot_complete_the_tests_says_so(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    assert pushed(turnup, tmp_path, pop, "kill-before", LAST, stays=False) == -signal.SIGKILL
    listen(pop, {"at": 30, "kind": "drop-before", "lines": [], "stays": True})
    ran = turnup("--lab", "recover", ROUTER)
    assert ran.code == 8, ran
    assert "have passed" not in ran.out
    assert "have not passed" in " ".join(ran.out.split())
    listen(pop)
    assert PSO not in texts(pop)[1]
