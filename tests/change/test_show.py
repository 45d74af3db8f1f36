"""A plan as a person and a program see it."""

from __future__ import annotations

import json
from dataclasses import replace

from fake_router import FakeRouter
from sample_orders import GOLDEN, IOS, POLICY, ROUTER, assignment_for

from turnup.change.plan import Plan, make_plan
from turnup.change.show import as_dict, as_text
from turnup.configuration import Configuration
from turnup.render import render_order

DS3 = GOLDEN[0]


def plan() -> Plan:
    router = FakeRouter.with_ports("Serial5/0")
    assignment = assignment_for(DS3)
    intent = render_order(IOS, assignment, ROUTER, POLICY)
    return make_plan(IOS, intent, assignment, ROUTER, Configuration.read(router.show()))


def test_it_fits_the_screen_and_tells_everything() -> None:
    text = as_text(plan())
    assert max(map(len, text.splitlines())) <= 80
    for said in (
        "Plan for nyc-hud-gsr1 Serial5/0: NEW PSO-2001-000051 revision 1",
        "Phase 1, everything shut\n  interface Serial5/0\n   shutdown",
        "Phase 2, activate",
        "Back-out",
        "  + ip address 10.10.3.1 255.255.255.252",
        "  on the port: none",
        "  on the card: EXAMPLE-B (1 interface)",
        "  on the router: EXAMPLE-A (1 interface)",
        "Digest ",
    ):
        assert said in text


def test_an_empty_plan_says_so() -> None:
    full = plan()
    empty = replace(full, change=replace(full.change, phase1=(), phase2=(), backout=()), diff="")
    assert "Nothing to send" in as_text(empty)
    assert as_dict(empty)["empty"] is True


def test_the_mapping_is_plain_and_whole() -> None:
    data = json.loads(json.dumps(as_dict(plan())))
    assert data["phase2"] == [
        "router bgp 64500",
        " no neighbor 10.10.3.2 shutdown",
        "interface Serial5/0",
        " no shutdown",
    ]
    assert data["blast_radius"]["card"] == [{"interface": "Serial5/5", "customer": "EXAMPLE-B"}]
    assert {"section": "router isis", "line": "passive-interface Serial5/0"} in data["expected"]
    assert data["digest"] == plan().digest
