"""A change that was tested before it was saved, and taken back: an attempt where it was one, and no more than that.

The history is what stands: an order is never said to be on a port, changed, or gone, for a change that was taken back.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pop import ORDER, Command

from turnup.laboratory import Lab, control

pytestmark = pytest.mark.proof  # one lab a case; what counts as an attempt is in tests/life, quickly

PSO = "PSO-2001-000051"
NOW = ("--confirm", "--emergency", "the test cannot wait for Sunday")
TRIED = ("--accept", "--back-out", "always")

CHANGE = """\
order_id: PSO-2001-000061
action: CHANGE
supersedes: PSO-2001-000051
location: { site: NYC-60HUDSON }
speed: DS3
customer: { code: LVL3, name: Level 3 }
requested_by: J. Smith, Qwest order desk
bgp:
  peer_as: 64603
  maximum_prefix: 250
  allowed_prefixes: [203.0.113.0/24, 198.51.100.0/24]
  md5_key_ref: LVL3-MD5
"""


def history(turnup: Command, order: str = PSO) -> list[tuple[str, str]]:
    rows = json.loads(turnup("--lab", "order", "history", order, "--json").out)
    return [(row["event"], row["state"]) for row in rows]


def due(turnup: Command) -> dict[str, Any]:
    rows: list[dict[str, Any]] = json.loads(turnup("--lab", "due", "--json").out)
    return {row["order"]: row for row in rows}[PSO]


def faulty(pop: Lab, *, on: bool) -> None:
    control(pop, {"do": "fault", "name": "tftp-source-missing", "on": on})


def move(turnup: Command, to: str) -> int:
    return turnup("--lab", "move", PSO, "--because", "loss of signal", "--to", to, *NOW, *TRIED).code


def test_a_new_port_that_is_taken_back_is_an_attempt(turnup: Command, pop: Lab) -> None:
    faulty(pop, on=True)
    assert turnup("--lab", "push", ORDER, "--confirm", *TRIED).code == 7
    assert history(turnup)[-1] == ("test failed", "rejected")
    assert (due(turnup)["attempts"], due(turnup)["unsuccessful"]) == (1, 1)
    assert turnup("--lab", "push", ORDER, "--confirm", *TRIED).code == 7
    assert history(turnup)[-1] == ("test failed", "election"), "the second: the customer may choose (PASA 1.4(b))"
    assert due(turnup)["unsuccessful"] == 2
    certificates = [json.loads(path.read_text()) for path in (pop.home.path / "certificates").glob("*.json")]
    assert sorted(one["attempt"] for one in certificates) == [1, 2]
    assert ("provision", "provisioned") not in history(turnup), "it was taken back each time"


def test_a_move_that_is_taken_back_leaves_the_order_where_it_was(turnup: Command, pop: Lab) -> None:
    faulty(pop, on=True)
    assert turnup("--lab", "run", ORDER, "--confirm").code == 4
    before = history(turnup)
    assert before[-1] == ("test failed", "rejected")
    assert move(turnup, "Serial6/0") == 7
    assert history(turnup) == [*before, ("test failed", "election")], "an attempt at once, and no move"
    assert (due(turnup)["port"], due(turnup)["unsuccessful"]) == ("Serial5/0", 2)
    assert turnup("--lab", "order", "elect", PSO, "different-port", "--by", "Q. West").code == 0
    assert move(turnup, "Serial6/1") == 7
    assert history(turnup)[-1] == ("test failed", "election"), "the third"
    assert due(turnup)["unsuccessful"] == 3


def test_a_move_that_stands_is_history_with_its_test(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    assert move(turnup, "Serial6/2") == 0
    assert history(turnup)[-2:] == [("moved", "provisioned"), ("test passed", "tested")]
    assert due(turnup)["port"] == "Serial6/2"


def test_a_port_in_service_stays_accepted_when_its_move_is_taken_back(turnup: Command, pop: Lab) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    proved = history(turnup)
    faulty(pop, on=True)
    assert move(turnup, "Serial6/0") == 7
    assert history(turnup) == proved, "the port it has was proved, and was not touched"
    faulty(pop, on=False)
    assert turnup("--lab", "order", "deliver", PSO, "--by", "J. Smith", "--proof", "mail 17").code == 0
    assert turnup("--lab", "order", "accept", PSO, "--by", "Q. West").code == 0
    served = history(turnup)
    faulty(pop, on=True)
    assert move(turnup, "Serial6/0") == 7
    assert history(turnup) == served
    assert served[-1] == ("begin service", "in service")


def test_a_change_that_is_taken_back_was_not_carried_out(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    order = tmp_path / "change.yaml"
    order.write_text(CHANGE)
    faulty(pop, on=True)
    assert turnup("--lab", "push", order, *NOW, *TRIED).code == 7
    assert history(turnup, "PSO-2001-000061")[-1] == ("acknowledge", "acknowledged")
    assert turnup("--lab", "push", order, *NOW).code == 0
    assert history(turnup, "PSO-2001-000061")[-1] == ("carry out", "carried out")


@pytest.mark.parametrize("tried", [False, True])
def test_a_port_is_another_order_s_only_when_that_stands(
    turnup: Command, pop: Lab, tmp_path: Path, tried: bool
) -> None:
    assert turnup("--lab", "run", ORDER, "--confirm").code == 0
    order = tmp_path / "redesignate.yaml"
    order.write_text(
        "order_id: PSO-2001-000063\naction: REDESIGNATE\nsupersedes: PSO-2001-000051\n"
        "location: { site: NYC-60HUDSON }\nspeed: DS3\ncustomer: { code: OTHR, name: Other }\n"
        "cross_connect: { circuit_id: T3Z/NYC/0044, customer_demarc: Cage 9 panel 1 pos 1 }\n"
        "layer2: { encapsulation: HDLC }\nlayer3: { link_prefix: 10.10.8.0/30 }\nrequested_by: J. Smith, order desk\n"
    )
    assert turnup("--lab", "order", "ack", order).code == 0
    for what, which in (("removed", PSO), ("made", "PSO-2001-000063")):
        assert turnup("--lab", "logbook", "cross-connect", what, which, "--by", "x").code == 0
    before = history(turnup)
    if tried:
        faulty(pop, on=True)
    ran = turnup("--lab", "redesignate", order, *NOW, *(TRIED if tried else ()))
    assert ran.code == (7 if tried else 0), ran
    if tried:
        assert history(turnup) == before, "the port is still the old order's"
        assert history(turnup, "PSO-2001-000063")[-1] == ("test failed", "rejected")
    else:
        assert history(turnup)[-1] == ("disconnected", "available")
        assert history(turnup, "PSO-2001-000063")[-1] == ("provision", "provisioned")
