"""CHANGE, DISCONNECT, REDESIGNATE and MOVE on the fake router: there, exactly back, and nothing of anybody else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from fake_router import FakeSession, Killed, Trouble
from in_service import DS3, Site
from sample_orders import GOLDEN, POLICY, SLOT, Case, card, kinds

from turnup.change.plan import Plan
from turnup.change.recover import recover
from turnup.change.undertaking import Kind
from turnup.errors import BackedOut, Refused
from turnup.home import Home
from turnup.render.intent import typed

ACTIONS = tuple(kind for kind in Kind if kind is not Kind.NEW)
TWO_PORTS = tuple(case for case in kinds() if card(case.card).ports > 1)


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turnup.durable.os.fsync", lambda descriptor: None)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def lines(plan: Plan, phase: int = 1) -> list[str]:
    return [str(line) for line in typed(plan.change.phase1 if phase == 1 else plan.change.phase2)]


@pytest.mark.parametrize("kind", ACTIONS)
@pytest.mark.parametrize("case", TWO_PORTS, ids=str)
def test_there_and_the_second_time_nothing_is_sent(case: Case, kind: Kind, home: Home) -> None:
    site = Site(case, home)
    work = site.work(kind)
    assert site.plan(work).change.live
    assert site.do(work) == "saved"
    assert site.router.startup == site.router.show() != site.serving
    assert site.plan(work).empty
    assert site.do(work) == "unchanged"


@pytest.mark.parametrize("kind", ACTIONS)
@pytest.mark.parametrize("case", TWO_PORTS, ids=str)
def test_not_accepted_goes_back_byte_for_byte(case: Case, kind: Kind, home: Home) -> None:
    site = Site(case, home)
    with pytest.raises(BackedOut, match="test 9"):
        site.do(site.work(kind), accept=lambda: "test 9")
    assert site.router.show() == site.router.startup == site.serving


STOPS = ("reject", "drop-before", "drop-after", "kill-before", "kill-after", "noise")
SHAPES = [case for case in GOLDEN if case.name in ("ds3-ppp", "fe-dot1q", "ds3-frame-relay")]


def stopped_at(case: Case, kind: Kind, stop: str, home: Home, at: range | None = None) -> None:
    done = Site(case, home)
    count = len(lines(done.plan(done.work(kind))))
    assert count > 8
    done.do(done.work(kind))
    first = STOPS.index(stop) % 3 + 1  # every line of the first service is met by two kinds of stop
    for line in at or range(first, count + 1, 3 if case is DS3 else 7):
        site = Site(case, Home(home.path / f"at{line}"))
        session = FakeSession(site.router, Trouble(stop, line))
        with suppress(BackedOut, Killed):
            site.do(site.work(kind), session, reopen=lambda site=site: FakeSession(site.router))
        recover(FakeSession(site.router), site.home, "nyc-hud-gsr1")
        assert site.router.show() == site.router.startup, line
        # All of it on the router when the power went: then it stands, and is saved.
        last = line == count or stop == "noise"
        assert site.router.show() in ((site.serving, done.router.show()) if last else (site.serving,)), line


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("kind", ACTIONS)
def test_stopped_half_way(kind: Kind, stop: str, home: Home) -> None:
    stopped_at(DS3, kind, stop, home, range(6, 7))


@pytest.mark.proof
@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("kind", ACTIONS)
@pytest.mark.parametrize("case", SHAPES, ids=str)
def test_stopped_at_every_line(case: Case, kind: Kind, stop: str, home: Home) -> None:
    stopped_at(case, kind, stop, home)


@pytest.mark.parametrize("kind", ACTIONS)
def test_somebody_changed_a_line_of_the_order(kind: Kind, home: Home) -> None:
    site = Site(DS3, home)
    site.router.line("router bgp 64500", "neighbor 10.10.3.2 maximum-prefix 9999 80")
    with pytest.raises(Refused) as refused:
        site.plan(site.work(kind))
    text = str(refused.value)
    ours, running = text.index("last applied by turnup:"), text.index("running:")
    wanted = text[: text.index("last applied")]
    assert "maximum-prefix 100 80" in wanted
    assert "maximum-prefix 100 80" in text[ours:running]
    assert "maximum-prefix 9999 80" in text[running:]
    marked = [line.split(" ")[-2] for line in text.splitlines() if line.startswith("* ")]
    assert marked == ["100", "100", "9999"]
    assert site.router.heard == ["neighbor 10.10.3.2 maximum-prefix 9999 80"]


@pytest.mark.parametrize("kind", ACTIONS)
def test_somebody_changed_other_lines(kind: Kind, home: Home) -> None:
    site = Site(DS3, home)
    site.router.line("interface POS6/0", "description SOMEBODY ELSE")
    site.router.startup = site.router.show()
    site.do(site.work(kind))
    assert " description SOMEBODY ELSE" in site.router.show()


def test_a_policy_that_changed_since_is_not_somebody_else(home: Home) -> None:
    """The lines are those of our last push, though they would be rendered otherwise today."""
    site = Site(DS3, home)
    site.policy = replace(POLICY, customer_route_map_out="CUST-IN")
    assert site.do(site.disconnect) == "saved"
    assert site.router.show() == site.empty


def test_change_touches_single_lines(home: Home) -> None:
    site = Site(DS3, home)
    plan = site.plan(site.change)
    sent = [text.strip() for text in lines(plan)]
    assert sent[:4] == ["router bgp 64500", "neighbor 10.10.3.2 shutdown", "interface Serial5/0", "shutdown"]
    assert not any(word in text for text in sent for word in ("encapsulation", "crc", "redirects"))
    site.do(site.change)
    now = site.router.show()
    assert "10.10.3." not in now
    assert " neighbor 10.10.7.2 maximum-prefix 250 80" in now
    assert "|CKT:T3Z/NYC/0099|PSO:PSO-2001-000051|" in now


def test_a_list_that_another_port_uses_is_not_changed(home: Home) -> None:
    site = Site(DS3, home)
    for line in ("neighbor 10.10.9.2 remote-as 64603", "neighbor 10.10.9.2 prefix-list CUST-64603-IN in"):
        assert site.router.line("router bgp 64500", line)[1] == ""
    with pytest.raises(Refused, match="is used by a neighbour that is not this customer's"):
        site.plan(site.change)


def test_disconnect_leaves_the_available_description(home: Home) -> None:
    site = Site(DS3, home, replace(POLICY, available_description="AVAILABLE"))
    site.do(site.disconnect)
    assert site.router.sections["interface Serial5/0"] == [
        "no ip address",
        "no ip directed-broadcast",
        "shutdown",
        "description AVAILABLE",
    ] or sorted(site.router.sections["interface Serial5/0"]) == sorted(
        ["no ip address", "no ip directed-broadcast", "shutdown", "description AVAILABLE"]
    )
    from turnup.change.undertaking import Undertaking

    assert site.do(Undertaking(Kind.NEW, site.standing)) == "saved", "the port was not free again"
    assert site.router.show() == site.serving


def test_redesignate_stays_shut_until_both_are_recorded(home: Home) -> None:
    site = Site(DS3, home)
    plan = site.plan(site.redesignate(connected=False))
    assert not plan.change.phase2
    assert "stays shut" in plan.notes[0]
    assert site.do(site.redesignate(connected=False)) == "saved"
    shut = site.router.show()
    port, bgp = site.router.sections["interface Serial5/0"], site.router.sections["router bgp 64500"]
    assert "shutdown" in port
    assert "neighbor 10.10.8.2 shutdown" in bgp
    assert not any(word in shut for word in ("LVL3", "64603", "10.10.3.", "PSO-2001-000051"))
    assert site.plan(site.redesignate(connected=False)).empty
    assert site.router.show() == shut
    plan = site.plan(site.redesignate())
    assert not plan.change.live, "a port that is shut serves nobody"
    assert [line.strip() for line in lines(plan, 2)] == [
        "router bgp 64500", "no neighbor 10.10.8.2 shutdown", "interface Serial5/0", "no shutdown",
    ]  # fmt: skip
    assert site.do(site.redesignate()) == "saved"
    assert "shutdown" not in site.router.sections["interface Serial5/0"]


def test_redesignate_to_the_same_link_carries_no_key_over(home: Home) -> None:
    site = Site(DS3, home)
    work = site.redesignate()
    order = work.assignment.order
    same = replace(order, layer3=site.standing.order.layer3, bgp=order.bgp and replace(order.bgp, peer_as=64603))
    site.do(replace(work, assignment=replace(work.assignment, order=same)))
    assert not any("10.10.3.2 password" in line for line in site.router.sections["router bgp 64500"])


def test_move_builds_the_new_port_before_it_touches_the_old(home: Home) -> None:
    site = Site(DS3, home)
    sent = [text.strip() for text in lines(site.plan(site.move))]
    old = sent.index("interface Serial5/0")
    assert sent[0] == "interface Serial5/1"
    assert old > sent.index("crc 32")
    assert sent.index("neighbor 10.10.3.2 shutdown") < old
    assert sent.index("no ip address") < sent.index("ip address 10.10.3.1 255.255.255.252")
    site.do(site.move)
    assert site.router.sections["interface Serial5/0"] == ["no ip directed-broadcast", "shutdown", "no ip address"]
    assert "shutdown" not in site.router.sections["interface Serial5/1"]
    assert "passive-interface Serial5/1" in site.router.sections["router isis"]
    assert "passive-interface Serial5/0" not in site.router.sections["router isis"]


def test_the_diff_of_a_move_shows_no_port_that_is_not_touched(home: Home) -> None:
    """Ports look alike: a diff may take the lines of one for another's, and show changes that nobody makes."""
    site = Site(DS3, home)
    kind = card(DS3.card)
    far = kind.interfaces(SLOT)[4]
    for name in kind.interfaces(SLOT)[1:5]:
        header = f"interface {name}"
        if header not in site.router.sections:
            site.router.sections[""].append(header)
            site.router.sections[header] = ["no ip address", "no ip directed-broadcast", "shutdown"]
    work = replace(site.move, assignment=replace(site.standing, port=replace(site.standing.port, interface=far)))
    changed = {line[1:] for line in site.plan(work).diff.splitlines() if line[:1] in "+-"}
    assert not any(line.startswith("interface ") for line in changed)
    assert "@@ interface Serial5/1" not in site.plan(work).diff


def test_move_to_a_port_that_somebody_has(home: Home) -> None:
    site = Site(DS3, home)
    site.router.line("interface Serial5/1", "description SOMEBODY")
    with pytest.raises(Refused, match="Serial5/1 is not free"):
        site.plan(site.move)
