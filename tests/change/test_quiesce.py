"""A CHANGE shuts what its lines need shut and nothing else, there and back; the guard and the radius follow it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from fake_router import FakeSession, Trouble
from in_service import DS3, Site
from sample_orders import GOLDEN, Case

from turnup.change.plan import Plan
from turnup.change.show import as_dict, as_text
from turnup.change.undertaking import Undertaking
from turnup.errors import BackedOut
from turnup.home import Home
from turnup.model.order import CrossConnect, Layer3
from turnup.render.intent import typed

DOT1Q = next(case for case in GOLDEN if case.name == "fe-dot1q")


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turnup.durable.os.fsync", lambda descriptor: None)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def change(site: Site, **parts: Any) -> Undertaking:
    """A CHANGE of those parts and of nothing else."""
    return replace(site.change, then=replace(site.standing.order, **parts))


def sent(plan: Plan) -> list[str]:
    return [line.text for line in typed((*plan.change.phase1, *plan.change.phase2)) if line.child]


CIRCUIT = CrossConnect("T3Z/NYC/0099", "Cage 12 panel 4 pos 8")


@pytest.mark.parametrize("case", [DS3, DOT1Q], ids=str)
def test_text_for_people_shuts_nothing(case: Case, home: Home) -> None:
    site = Site(case, home)
    work = change(site, cross_connect=CIRCUIT)
    plan = site.plan(work)
    assert {text.split(" ")[0] for text in sent(plan)} == {"description"}
    assert not plan.change.phase2
    assert not any("shutdown" in str(line) for line in plan.change.backout)
    assert not plan.change.live
    assert plan.blast.text_only
    assert (plan.blast.port, plan.blast.card, plan.blast.router) == ((), (), ())
    assert "only text" in as_text(plan)
    assert "everything shut" not in as_text(plan)
    with pytest.raises(BackedOut):
        site.do(work, accept=lambda: "test 9")
    assert site.router.show() == site.serving
    assert site.do(work) == "saved"
    assert not any("shutdown" in line for line in site.router.heard)


def test_text_that_is_refused_goes_back_without_shutting_anything(home: Home) -> None:
    site = Site(DOT1Q, home)
    with pytest.raises(BackedOut):
        site.do(change(site, cross_connect=CIRCUIT), FakeSession(site.router, Trouble("reject", 4)))
    assert site.router.show() == site.serving
    assert not any("shutdown" in line for line in site.router.heard)


def test_a_filter_rests_the_peer_and_not_the_port(home: Home) -> None:
    site = Site(DS3, home)
    bgp = site.standing.order.bgp
    assert bgp
    plan = site.plan(change(site, bgp=replace(bgp, allowed_prefixes=(IPv4Network("198.51.100.0/25"),))))
    assert [text for text in sent(plan) if "shutdown" in text] == [
        "neighbor 10.10.3.2 shutdown", "no neighbor 10.10.3.2 shutdown",
    ]  # fmt: skip
    assert plan.change.live
    assert plan.blast.interrupts == ("neighbor 10.10.3.2",)
    assert "Phase 1, the neighbor shut, the port in service" in as_text(plan)


def test_a_limit_of_the_peer_rests_the_peer_and_not_the_port(home: Home) -> None:
    site = Site(DS3, home)
    bgp = site.standing.order.bgp
    assert bgp
    work = change(site, bgp=replace(bgp, maximum_prefix=250))
    assert "shutdown" not in sent(site.plan(work))
    assert site.do(work) == "saved"
    assert " neighbor 10.10.3.2 maximum-prefix 250 80" in site.router.show()
    assert "neighbor 10.10.3.2 shutdown" not in site.router.show()


def test_the_line_itself_rests_port_and_peer(home: Home) -> None:
    site = Site(DS3, home)
    layer2 = site.standing.order.layer2
    assert layer2
    plan = site.plan(change(site, layer2=replace(layer2, crc=16)))
    assert sent(plan) == [
        "neighbor 10.10.3.2 shutdown", "shutdown", "no crc 32", "no neighbor 10.10.3.2 shutdown", "no shutdown",
    ]  # fmt: skip
    assert plan.blast.interrupts == ("Serial5/0", "neighbor 10.10.3.2")
    assert as_dict(plan)["blast_radius"]["interrupts"] == ["Serial5/0", "neighbor 10.10.3.2"]
    assert plan.blast.router


def test_a_port_that_serves_nobody_is_not_interrupted(home: Home) -> None:
    site = Site(DS3, home)
    site.do(site.disconnect)
    assert site.plan(replace(site.disconnect)).empty
    from turnup.change.undertaking import Kind

    assert site.plan(Undertaking(Kind.NEW, site.standing)).blast.interrupts == ()


def test_another_link_rests_both(home: Home) -> None:
    site = Site(DS3, home)
    plan = site.plan(change(site, layer3=Layer3(IPv4Network("10.10.7.0/30"))))
    assert "shutdown" in sent(plan)
    assert "Phase 1, everything shut" in as_text(plan)
