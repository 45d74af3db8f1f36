"""A port in service is changed, moved, given to another and disconnected, from the command line, when allowed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pop import ORDER, Command, Ran

from turnup import folder
from turnup.laboratory import Lab, control
from turnup.noc import Noc

ROUTER, PSO = "nyc-hud-gsr1", "PSO-2001-000051"
NOW = ("--confirm", "--emergency", "the test cannot wait for Sunday")
Clock = Callable[[datetime], None]

HEAD = """\
order_id: {id}
action: {action}
supersedes: PSO-2001-000051
location:
  site: NYC-60HUDSON
speed: DS3
customer:
  code: {code}
  name: Somebody
requested_by: J. Smith, Qwest order desk
"""
CHANGE = """\
bgp:
  peer_as: 64603
  maximum_prefix: 250
  allowed_prefixes: [203.0.113.0/24, 198.51.100.0/24]
  md5_key_ref: LVL3-MD5
"""
FREE = """\
cross_connect:
  circuit_id: T3Z/NYC/0055
  customer_demarc: Cage 9 panel 1 pos 1
layer2:
  encapsulation: HDLC
layer3:
  link_prefix: 10.10.9.0/30
"""
REDESIGNATE = """\
cross_connect:
  circuit_id: T3Z/NYC/0044
  customer_demarc: Cage 9 panel 1 pos 1
layer2:
  encapsulation: HDLC
layer3:
  link_prefix: 10.10.8.0/30
"""


def ends(turnup: Command, order: str) -> tuple[str, str]:
    """The last event of an order's history, and where it led."""
    last = json.loads(turnup("--lab", "order", "history", order, "--json").out)[-1]
    return last["event"], last["state"]


def good_list(ran: Ran) -> list[object]:
    assert ran.code == 0, ran.err
    found: list[object] = json.loads(ran.out)
    return found


def write(folder: Path, number: int, action: str, body: str = "", code: str = "LVL3") -> Path:
    path = folder / f"{number}.yaml"
    head = HEAD.format(id=f"PSO-2001-{number:06}", action=action, code=code)
    path.write_text((head.replace("supersedes: PSO-2001-000051\n", "") if action == "NEW" else head) + body)
    return path


def running(pop: Lab) -> tuple[str, str]:
    answer = control(pop, {"do": "running", "router": ROUTER})
    return answer["running"], answer["startup"]


def section(text: str, header: str) -> list[str]:
    lines = text.splitlines()
    start = lines.index(header)
    end = next(i for i in range(start + 1, len(lines)) if not lines[i].startswith(" "))
    return [line.strip() for line in lines[start + 1 : end]]


def good(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran
    document: dict[str, Any] = json.loads(ran.out)
    return document


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the clock of everything turnup does."""
    import turnup.noc

    real = turnup.noc.open_noc

    def set_clock(moment: datetime) -> None:
        def opened(**options: Any) -> Noc:
            return replace(real(**options), clock=lambda: moment)

        monkeypatch.setattr("turnup.noc.open_noc", opened)

    return set_clock


@pytest.fixture
def serving(turnup: Command, pop: Lab) -> str:
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    return running(pop)[0]


def test_change(turnup: Command, pop: Lab, serving: str, tmp_path: Path) -> None:
    order = write(tmp_path, 61, "CHANGE", CHANGE)
    plan = good(turnup("--lab", "plan", order, "--json"))
    assert plan["action"] == "CHANGE"
    assert not any("encapsulation" in line for line in plan["phase1"])
    assert running(pop)[0] == serving
    ran = good(turnup("--lab", "push", order, *NOW, "--digest", plan["digest"], "--json"))
    assert ran["push"]["state"] == "saved"
    assert "as an emergency" in str(ran["push"]["notes"])
    now, startup = running(pop)
    assert now == startup
    gone, come = (set(a.splitlines()) - set(b.splitlines()) for a, b in ((serving, now), (now, serving)))
    assert gone == {
        " neighbor 10.10.3.2 maximum-prefix 100 80",
        "ip prefix-list CUST-64603-IN seq 5 permit 203.0.113.0/24",
    }
    assert come == {
        " neighbor 10.10.3.2 maximum-prefix 250 80",
        "ip prefix-list CUST-64603-IN seq 5 permit 198.51.100.0/24",
        "ip prefix-list CUST-64603-IN seq 10 permit 203.0.113.0/24",
    }
    assert good(turnup("--lab", "push", order, *NOW, "--json"))["push"]["state"] == "unchanged"
    assert ends(turnup, "PSO-2001-000061") == ("carry out", "carried out")
    # What is tested from now on is the order as changed; the first document is another one.
    assert turnup("--lab", "test", PSO).code in (0, 4)
    assert turnup("--lab", "test", ORDER).code == 2
    assert good(turnup("--lab", "push", PSO, "--confirm", "--json"))["push"]["state"] == "unchanged"


def test_disconnect_and_the_port_is_free_again(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    before = running(pop)
    assert turnup("--lab", "push", ORDER, "--confirm").code == 0
    order = folder("orders") / "60-hudson-ds3-level3-disconnect.xml"
    assert turnup("--lab", "disconnect", order).code == 0
    assert turnup("--lab", "disconnect", ORDER).code == 2
    assert turnup("--lab", "push", order, *NOW).code == 2
    assert good(turnup("--lab", "disconnect", order, *NOW, "--json"))["push"]["state"] == "saved"
    now, startup = running(pop)
    assert now == startup
    assert section(now, "interface Serial5/0") == [
        "description AVAILABLE", "no ip address", "no ip directed-broadcast", "shutdown",
    ]  # fmt: skip
    assert now.replace(" description AVAILABLE\n", "") == before[0]
    state = good(turnup("--lab", "ports", "NYC", "--speed", "DS3", "--live", "--json"))
    assert next(row for row in state if (row["router"], row["port"]) == (ROUTER, "Serial5/0"))["state"] == "free"  # type: ignore[index]
    again = turnup("--lab", "disconnect", order, *NOW)
    assert again.code == 2
    assert "carried out already" in again.err
    assert running(pop) == (now, startup)
    (left,) = good_list(turnup("--lab", "due", "--json"))
    assert "'order': None" in str(left), "nothing is left to do for either order; the emergency is to be told"
    assert ends(turnup, "PSO-2001-000051") == ("disconnected", "available")
    assert ends(turnup, "PSO-2001-000090") == ("carry out", "carried out")
    assert good(turnup("--lab", "plan", write(tmp_path, 70, "NEW", FREE), "--json"))["port"] == "Serial5/0"


def test_redesignate_waits_for_both_cross_connects(turnup: Command, pop: Lab, serving: str, tmp_path: Path) -> None:
    order = write(tmp_path, 63, "REDESIGNATE", REDESIGNATE, "OTHR")
    ran = turnup("--lab", "redesignate", order, *NOW)
    assert ran.code == 0, ran
    assert "stays shut" in ran.out
    shut = running(pop)[0]
    assert "shutdown" in section(shut, "interface Serial5/0")
    assert not any(word in shut for word in ("LVL3", "64603", "10.10.3.2", PSO))
    assert running(pop)[1] == shut
    change = write(tmp_path, 64, "CHANGE", REDESIGNATE, "OTHR")
    change.write_text(change.read_text().replace(PSO, "PSO-2001-000063"))
    assert turnup("--lab", "push", change, *NOW).code == 6, "a change would have activated it"
    assert turnup("--lab", "redesignate", order, *NOW, "--accept").code == 2, "nothing can be tested that is shut"
    for what, which in (("removed", PSO), ("made", "PSO-2001-000063")):
        assert good(turnup("--lab", "redesignate", order, *NOW, "--json"))["push"]["state"] == "unchanged"
        assert running(pop)[0] == shut
        assert turnup("--lab", "logbook", "cross-connect", what, which, "--by", "field staff").code == 0
    # No emergency: the port serves nobody yet.
    assert good(turnup("--lab", "redesignate", order, "--confirm", "--json"))["push"]["state"] == "saved"
    assert "shutdown" not in section(running(pop)[0], "interface Serial5/0")
    assert good(turnup("--lab", "redesignate", "PSO-2001-000063", "--confirm", "--json"))["push"]["sent"] == 0
    shown = good(turnup("--lab", "order", "show", "PSO-2001-000063", "--json"))
    assert shown["port"] == "Serial5/0"
    assert ends(turnup, PSO) == ("disconnected", "available")
    assert ends(turnup, "PSO-2001-000063")[1] == "provisioned"


def test_move_marks_the_bad_port(turnup: Command, pop: Lab, serving: str) -> None:
    words = ("--lab", "move", PSO, "--because", "loss of signal")
    plan = good(turnup(*words, "--json"))
    assert plan["port"] == "Serial6/0", "another card is preferred: the card may be what is broken"
    assert turnup(*words, *NOW).code == 2, "sent twice, it would move twice"
    ran = good(turnup(*words, *NOW, "--to", plan["port"], "--digest", plan["digest"], "--json"))
    assert ran["push"]["state"] == "saved"
    assert good(turnup(*words, *NOW, "--to", plan["port"], "--json"))["push"]["sent"] == 0
    now = running(pop)[0]
    assert section(now, "interface Serial5/0") == ["no ip address", "no ip directed-broadcast", "shutdown"]
    assert "ip address 10.10.3.1 255.255.255.252" in section(now, "interface Serial6/0")
    ports = good(turnup("--lab", "ports", "NYC", "--speed", "DS3", "--json"))
    state = {row["port"]: row["state"] for row in ports if row["router"] == ROUTER}  # type: ignore[index]
    assert (state["Serial5/0"], state["Serial6/0"]) == ("bad", "assigned")
    assert (
        turnup("--lab", "logbook", "port", "good", ROUTER, "Serial5/0", "--by", "x", "--because", "retested").code == 0
    )
    ports = good(turnup("--lab", "ports", "NYC", "--speed", "DS3", "--json"))
    assert {row["port"]: row["state"] for row in ports if row["router"] == ROUTER}["Serial5/0"] == "free"  # type: ignore[index]
    back = good(turnup("--lab", "move", PSO, "--to", "Serial5/0", "--because", "repaired", *NOW, "--json"))
    assert back["push"]["state"] == "saved"
    assert running(pop)[0] == running(pop)[1] == serving


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("FastEthernet7/0", 6, "is no DS3 port"),
        ("Serial6/11", 6, "is marked bad"),
        ("Serial9/9", 2, "has no port"),
    ],
)
def test_move_to_what_is_not_there(turnup: Command, pop: Lab, serving: str, to: str, code: int, said: str) -> None:
    ran = turnup("--lab", "move", PSO, "--to", to, "--because", "loss of signal", *NOW)
    assert (ran.code, said in ran.err) == (code, True), ran
    assert running(pop)[0] == serving


def test_only_in_an_announced_window(turnup: Command, pop: Lab, serving: str, tmp_path: Path, at: Clock) -> None:
    """PASA 2.3(a): refused, not warned; Wednesday and Sunday 02:00 to 06:00 in New York, 48 hours after the notice."""
    order = write(tmp_path, 61, "CHANGE", CHANGE)
    monday = datetime(2001, 7, 9, 14, tzinfo=UTC)
    sunday = datetime(2001, 7, 15, 6, 30, tzinfo=UTC)

    def pushed(moment: datetime) -> Ran:
        at(moment)
        return turnup("--lab", "push", order, "--confirm")

    ran = pushed(monday)
    assert ran.code == 6, ran
    assert "only Wednesday and Sunday" in ran.err
    ran = pushed(sunday)
    assert ran.code == 6, ran
    assert "no notice is recorded" in ran.err
    at(monday)
    told = good(turnup("--lab", "logbook", "notice", ROUTER, "--by", "J. Smith", "--json"))
    assert told["starts"].startswith("2001-07-15 06:00")
    assert pushed(sunday - timedelta(hours=1)).code == 6
    assert pushed(sunday + timedelta(hours=4)).code == 6
    assert pushed(sunday + timedelta(days=3)).code == 6, "another window than the one announced"
    assert running(pop)[0] == serving
    ran = pushed(sunday)
    assert ran.code == 0, ran
    assert "in the window announced by J. Smith" in ran.out
    assert running(pop)[0] != serving


def test_notice_in_the_future_or_outside(turnup: Command, pop: Lab) -> None:
    words = ("--lab", "logbook", "notice", ROUTER, "--by", "J. Smith")
    assert turnup(*words, "--sent", "2199-01-01T00:00+00:00").code == 2
    assert turnup(*words, "--window", "2001-07-09T14:00+00:00").code == 2
    assert turnup(*words, "--window", "2001-07-15T06:00").code == 2
    assert good(turnup("--lab", "logbook", "list", "--json"))["notices"] == []


def test_a_foreign_change_is_refused_with_three_texts(turnup: Command, pop: Lab, serving: str, tmp_path: Path) -> None:
    lines = ["interface Serial5/0", "ip access-group 10 in"]
    control(pop, {"do": "configure", "router": ROUTER, "lines": lines})
    before = running(pop)
    order = write(tmp_path, 61, "CHANGE", CHANGE)
    for words in (("push", order), ("move", PSO, "--because", "loss of signal", "--to", "Serial5/1")):
        ran = turnup("--lab", *words, *NOW)
        assert ran.code == 6, ran
        parts = [ran.err.index(word) for word in ("intended:", "last applied by turnup:", "running:")]
        assert parts == sorted(parts)
        assert "ip access-group 10 in" in ran.err[parts[2] :]
        assert "ip access-group 10 in" not in ran.err[: parts[2]]
    assert running(pop) == before


@pytest.mark.parametrize(("policy", "code"), [("always", 7), ("never", 4)])
def test_a_red_test_right_after_the_push(turnup: Command, pop: Lab, policy: str, code: int) -> None:
    before = running(pop)
    control(pop, {"do": "fault", "name": "tftp-source-missing", "on": True})
    before = running(pop)
    ran = turnup("--lab", "push", ORDER, "--confirm", "--accept", "--back-out", policy)
    assert ran.code == code, ran
    if policy == "always":
        assert running(pop)[0] == before[0]
        assert "failed: 1" in ran.err
    else:
        assert PSO in running(pop)[0]
    assert list((pop.home.path / "certificates").glob("*.json"))


def test_to_ask_needs_somebody(turnup: Command, pop: Lab) -> None:
    before = running(pop)
    assert turnup("--lab", "push", ORDER, "--confirm", "--accept", "--back-out", "ask").code == 2
    assert turnup("--lab", "run", ORDER, "--confirm", "--back-out", "sometimes").code == 2
    assert running(pop) == before
