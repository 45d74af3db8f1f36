"""The sample playbooks of docs/, run as their users run them; and Nornir's tasks by themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pop import ORDER, Command

from turnup.errors import LoginRefused, UsageError
from turnup.laboratory import Lab, control
from turnup.load.order import read_order
from turnup.noc import Noc, open_noc
from turnup.runner import run_on

DOCS = Path(__file__).parents[2] / "docs"


def played(pop: Lab, playbook: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = {"TURNUP_INVENTORY": str(pop.inventory), "TURNUP_HOME": str(pop.home.path)}
    return subprocess.run(
        [sys.executable, str(DOCS / playbook), *words],
        env={**os.environ, **pop.environment, **paths, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def noc_of(pop: Lab, **environment: str) -> Noc:
    return open_noc(inventory=pop.inventory, home=pop.home, environment={**pop.environment, **environment})


def test_retest_playbook(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    ran = played(pop, "playbook_accept.py", "PSO-2001-000051")
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "1 of 1 satisfied"), ran.stdout + ran.stderr
    ran = played(pop, "playbook_accept.py", "PSO-2001-000051", "PSO-1999-000001")
    assert ran.returncode == 4
    assert "PSO-1999-000001: has no port: NOT TESTED" in ran.stdout
    control(pop, {"do": "fault", "name": "tftp-source-missing", "on": True})
    ran = played(pop, "playbook_accept.py", "PSO-2001-000051")
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (4, "0 of 1 satisfied"), ran.stdout + ran.stderr
    assert played(pop, "playbook_accept.py").returncode == 4, "no order at all was green"


def test_backup_playbook(pop: Lab, tmp_path: Path) -> None:
    ran = played(pop, "playbook_backup.py", str(tmp_path / "backup"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    files = sorted(f.stem for f in (tmp_path / "backup").iterdir())
    assert files == sorted(pop.ready["routers"])
    text = (tmp_path / "backup" / "nyc-hud-gsr1.cfg").read_text()
    assert "<secret:last-resort>" in text
    assert pop.environment["TURNUP_SECRET_LAST_RESORT"] not in text
    refused = played(pop, "playbook_backup.py", str(tmp_path / "backup"), TURNUP_PASSWORD="wrong-one")
    assert refused.returncode == 5
    assert "wrong-one" not in refused.stdout + refused.stderr


def test_one_failing_router_never_hides(pop: Lab) -> None:
    """Nornir leaves a host that failed out of the next run; here it has an outcome every time."""
    from turnup.runner import task_named

    routers = list(pop.ready["routers"])
    bad = noc_of(pop, TURNUP_PASSWORD="wrong-one")
    first = run_on(bad.nornir, routers, task_named("snapshot"), noc=bad)
    assert [type(o.error) for o in first.values()] == [LoginRefused] * len(routers)
    good = noc_of(pop)
    again = run_on(bad.nornir, routers, task_named("snapshot"), noc=good)
    assert list(again) == routers
    assert not [o for o in again.values() if o.failed]
    with pytest.raises(UsageError, match="did you mean"):
        run_on(good.nornir, ["nyc-hud-gsr"], task_named("snapshot"), noc=good)


def test_tasks_in_a_plain_nornir_run(pop: Lab) -> None:
    """`nr.run(task=...)` as a NOC engineer writes it: `changed`, `diff`, `failed`."""
    from turnup.job import acknowledged, assigned
    from turnup.runner import task_named

    noc = noc_of(pop).knowing(["LVL3-MD5"])
    message = read_order(ORDER)
    assert acknowledged(noc, message).accepted
    assignment = assigned(noc, message, enter=True)
    only = noc.nornir.filter(name=assignment.port.router)
    plan = only.run(task=task_named("plan"), noc=noc, assignment=assignment)[assignment.port.router][0]
    assert (plan.changed, plan.failed) == (False, False)
    assert "+ description CUST|LVL3|DS3" in plan.diff
    dry = only.run(task=task_named("push"), noc=noc, assignment=assignment)[assignment.port.router][0]
    assert (dry.changed, dry.result[1]) == (False, None)
    sent = only.run(task=task_named("push"), noc=noc, assignment=assignment, confirm=True)[assignment.port.router][0]
    assert (sent.changed, sent.failed, sent.result[1].state) == (True, False, "saved")
    tested = only.run(task=task_named("accept"), noc=noc, assignment=assignment)[assignment.port.router][0]
    assert (tested.failed, tested.result.outcome) == (False, "SATISFIED")
    control(pop, {"do": "fault", "name": "vty-unguarded", "on": True})
    red = only.run(task=task_named("accept"), noc=noc, assignment=assignment)[assignment.port.router][0]
    assert (red.failed, red.result.outcome) == (True, "NOT SATISFIED")


def test_discover_writes_an_entry_that_loads(turnup: Command, pop: Lab) -> None:
    port = pop.ready["routers"]["nyc-hud-gsr1"]["ssh"]
    ran = turnup("--lab", "inventory", "discover", "nyc-hud-gsr1", "--address", "127.0.0.1", "--port", port)
    assert ran.code == 0, ran.err
    from ruamel.yaml import YAML

    (name, entry), *rest = YAML(typ="safe", pure=True).load(ran.out).items()
    assert (name, rest) == ("nyc-hud-gsr1", [])
    known = noc_of(pop).equipment.router("nyc-hud-gsr1")
    assert entry["data"]["slots"] == dict(known.slots)
    assert entry["data"]["net"] == known.net
    wrong = turnup("--lab", "inventory", "discover", "other-name", "--address", "127.0.0.1", "--port", port)
    assert wrong.code in (3, 5)


def test_discover_through_napalm(turnup: Command, pop: Lab) -> None:
    port = pop.ready["routers"]["nyc-hud-gsr1"]["ssh"]
    words = ("--lab", "inventory", "discover", "nyc-hud-gsr1", "--address", "127.0.0.1", "--port", port, "--napalm")
    ran = turnup(*words, "ios")
    assert ran.code == 0, ran.err
    assert "12012" in ran.out
    assert turnup(*words, "no-such-driver").code == 2
