"""A sample of the proofs of `make faults`, and that each of them can fail."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from crash import Share, ats
from crash_agreement import End, Texts, divergences
from crash_commands import Standing
from crash_faults import BEGUN, FAULTS, Fault, fault_of
from crash_scenes import Scene
from injection_attacks import ATTACKS, FIELDS, PLATFORMS, VARIANTS, Hostile, base, put
from injection_path import FORMS, Breach, document
from injection_path import Path as Way
from injection_rendered import Rendered

from turnup.change.journal import State
from turnup.render.intent import ConfigItem

pytestmark = pytest.mark.checkout

HERE = Path(__file__).parent
TOP = HERE.parents[1]
SAMPLES = {
    "crash": (HERE / "crash.py", "--action", "NEW", "--sample", "67", "--workers", "1"),
    "way back": (HERE / "crash.py", "--action", "NEW", "--fault", "killed on the way back", "--workers", "1"),
    "injection": (HERE / "injection.py", "--examples", "200", "--every", "97"),
    "round trip": (HERE / "round_trip.py", "--every", "37"),
}


SLOW = ("way back",)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.proof] if name in SLOW else []) for name in SAMPLES]
)
def test_a_sample_of_the_proof(name: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TURNUP_")}
    ran = subprocess.run(
        [sys.executable, *map(str, SAMPLES[name])],
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        env={**environment, "PYTHONPATH": str(TOP / "src")},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


# --- the crash proof can fail ----------------------------------------------------------------------------------------

SAID = Standing({"PSO-1": ("Serial5/0", False)}, (), {"PSO-1": "acknowledged"})
DONE = Standing({"PSO-1": ("Serial5/0", True)}, (), {"PSO-1": "provisioned"})
SHOW = {"section": "exec", "text": "show running-config", "login": 1, "answer": ""}
LINE = {"section": "interface Serial5/0", "text": "crc 32", "login": 1, "answer": ""}
SCENE = Scene("NEW", (), Path(), ("before\n", "before\n"), SAID, ("after\n", "after\n"), DONE, (SHOW, LINE, SHOW))
TEXTS = Texts("before\n", "after\n", "before\nedit\n", "after\nedit\n")
BACK = End((State.BACKED_OUT,), (7, 0), "before\n", "before\n", SAID, (SHOW, LINE, SHOW))
THERE = End((State.SAVED,), (0, 0), "after\n", "after\n", DONE, (SHOW, LINE, SHOW))
DROPPED, OUTSIDE = fault_of("dropped before the line"), fault_of("foreign edit outside")
RECOVERY = fault_of("recovery killed after (half way)")


@pytest.mark.parametrize("end", [BACK, THERE], ids=["back", "there"])
def test_before_and_after_are_no_divergence(end: End) -> None:
    assert not list(divergences(SCENE, TEXTS, DROPPED, 2, end))


WRONG: list[tuple[str, Fault, End, str]] = [
    ("half", DROPPED, replace(BACK, running="half\n"), "neither before nor after"),
    ("half saved", DROPPED, replace(BACK, startup="half\n"), "startup holds"),
    ("saved too early", DROPPED, replace(BACK, startup="after\n"), "startup holds"),
    ("not saved", DROPPED, replace(THERE, startup="before\n"), "said to be saved"),
    ("left open", DROPPED, replace(BACK, states=(State.PHASE1,)), "left at phase1"),
    ("two journals", DROPPED, replace(BACK, states=(State.ABORTED, State.BACKED_OUT)), "2 journals"),
    ("ledger", DROPPED, replace(BACK, standing=DONE), "ledger and store"),
    ("histories", DROPPED, replace(THERE, standing=SAID), "ledger and store"),
    ("store", DROPPED, replace(THERE, standing=replace(DONE, faults=("the chain is broken",))), "ledger and store"),
    ("a person", DROPPED, replace(BACK, states=(State.NEEDS_HUMAN,)), "a person is called"),
    ("recover failed", DROPPED, replace(BACK, codes=(7, 1)), "recover ended with 1"),
    ("was not killed", fault_of("killed after the line"), BACK, "exit code 7"),
    ("was killed", DROPPED, replace(BACK, codes=(-9, 0)), "exit code -9"),
    ("recovery was not killed", RECOVERY, replace(BACK, codes=(-9, 0), first=0), "first recovery ended with 0"),
    ("another recovery was killed", DROPPED, replace(BACK, first=-9), "first recovery ended with -9"),
    ("refused", DROPPED, replace(BACK, heard=(SHOW, {**LINE, "answer": "% Invalid"})), "the router refused"),
    ("twice", DROPPED, replace(BACK, heard=(SHOW, LINE, LINE)), "twice without a look"),
    ("edit lost", OUTSIDE, BACK, "neither before nor after"),
    ("edit saved", OUTSIDE, replace(THERE, running="after\nedit\n", startup="after\nedit\n"), "startup holds"),
]


@pytest.mark.parametrize(("fault", "end", "said"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_every_divergence_is_told(fault: Fault, end: End, said: str) -> None:
    assert any(said in text for text in divergences(SCENE, TEXTS, fault, 2, end))


def test_faults_have_names_of_their_own() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


KINDS = {  # what the proof promises for every line, and the mishaps that stand for it
    "dropped before the line": ("drop-before",),
    "dropped after it, before its answer": ("drop-after",),
    "SIGKILL": ("kill-before", "kill-after"),
    "router stops answering": ("hang",),
    "line rejected": ("reject",),
    "syslog burst": ("burst",),
    "foreign edit": ("edit",),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("steps", [1, 29, 62])
def test_every_kind_of_mishap_happens_at_every_line(kind: str, steps: int) -> None:
    happens: set[int] = set()
    for fault in FAULTS:
        for at in ats(fault, steps, dict.fromkeys(BEGUN, 0)):
            happens |= {at} & {mishap["at"] for mishap in fault.mishaps(at, 1) if mishap["kind"] in KINDS[kind]}
    assert happens == set(range(1, steps + 1))


@pytest.mark.parametrize("begun", BEGUN)
def test_recovery_is_killed_at_each_of_its_commands(begun: str) -> None:
    mine = [fault for fault in FAULTS if fault.begun == begun]
    for fault in mine:
        at_most = len(fault.entries) or 17
        assert ats(fault, 3, {**dict.fromkeys(BEGUN, 0), begun: 17}) == tuple(range(1, at_most + 1))
    assert {mishap["kind"] for fault in mine for mishap in fault.mishaps(1, 1)} == {"kill-before", "kill-after"}


def test_a_worker_that_counts_other_steps_is_told() -> None:
    share = Share(multiprocessing.Value("i", 0), multiprocessing.Array("i", 15), None)
    share.agree("CHANGE", 43, 30, 8)
    share.agree("CHANGE", 43, 30, 8)
    assert [share.drawn(), share.drawn()] == [0, 1]
    with pytest.raises(RuntimeError, match="CHANGE takes"):
        share.agree("CHANGE", 42, 30, 8)


# --- the proof of injection can fail ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def way() -> Way:
    return Way()


@pytest.mark.parametrize("form", FORMS)
def test_the_order_itself_is_typed(form: str, way: Way) -> None:
    assert way.follow(form, document(form, base({}), {})).stage == "typed"


@pytest.mark.parametrize(
    "line",
    ["interface POS2/0", "shutdown\rno router bgp 64500", "description ?", "no ip classless", "x" * 255],
)
def test_the_judge_sees_what_may_not_be(line: str, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = way._typed

    def typed(plan: Any) -> list[str]:
        return [*honest(plan), line, "mtu 1500"]

    monkeypatch.setattr(way, "_typed", typed)
    with pytest.raises(Breach):
        way.follow("json", document("json", base({}), {}))


@pytest.mark.parametrize(
    ("name", "number"), [(name, at) for name in PLATFORMS if name != "ios" for at in range(len(VARIANTS[name]))]
)
def test_the_order_itself_is_rendered(name: str, number: int) -> None:
    order = document("json", base(VARIANTS[name][number]), {})
    assert Rendered(name).follow("json", order).stage == "typed"


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("interface GigabitEthernet0/0/0/0", "shutdown"),
        ("", "no router bgp 64500"),
        ("router bgp 64500", "neighbor 10.255.1.2 shutdown"),
        ("router bgp 64500", "no neighbor 10.10.3.2 remote-as 64603"),
        ("prefix-set CUST-64603-IN", "0.0.0.0/0"),
        ("route-policy CUST-64603-IN", "set local-preference 200"),
        ("route-policy CUST-OUT", "pass"),
        ("interface POS0/0/0/1", "description CUST|LVL3\nend|"),
        ("interface POS0/0/0/1", "shutdown"),  # twice
    ],
)
def test_the_judge_of_rendered_lines_sees_what_may_not_be(
    section: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Rendered("iosxr")
    honest = way.judge

    def judged(order: Any, port: Any, card: Any, items: Any) -> None:
        honest(order, port, card, (*items, ConfigItem(section, text, 1)))

    monkeypatch.setattr(way, "judge", judged)
    with pytest.raises(Breach):
        way.follow("json", document("json", base(VARIANTS["iosxr"][0]), {}))


def test_every_field_of_an_order_is_attacked() -> None:
    assert {"order_id", "customer.name", "bgp.allowed_prefixes", "layer2.dsu_bandwidth", "requested_due"} <= set(FIELDS)
    assert len(FIELDS) > 30
    assert len(set(ATTACKS)) == len(ATTACKS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("field", ["customer.code", "cross_connect.circuit_id", "bgp.peer_as"])
def test_an_attack_is_refused_where_it_is_read(field: str, form: str, way: Way) -> None:
    fields = base({})
    put(fields, field, "A\nno router bgp 64500")
    order = Hostile(form, fields, {}, (field,))
    assert way.follow(form, document(order.form, order.fields, order.raw)).stage == "refused at reading"


# --- the table of docs/side_by_side.md -------------------------------------------------------------------------------


def test_the_committed_table_is_whole() -> None:
    """`make faults` runs bench/side_by_side.py --check, which holds every cell against a run."""
    page = (TOP / "docs" / "side_by_side.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| a ") or "drops" in line]
    assert len({(row[0], row[1]) for row in rows}) == 5 * 4
    for trouble, tool, running, startup, _ in rows:
        if tool == "turnup push":
            assert (running, startup) == ("as before", "as before"), trouble
        if tool == "netmiko send_config_set":
            assert running.startswith("HALF"), trouble
