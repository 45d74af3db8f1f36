"""What could cut off the router's management is refused, or chosen, watched and taken back; the rest is by inverse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest
from fake_router import FakeSession, Killed, Trouble
from in_service import DS3, Site
from sample_orders import ROUTER

from turnup.change.footprint import Footprint
from turnup.change.methods import (
    Inverse,
    Watched,
    cancel_reload,
    management_in_reach,
    method_for,
    schedule_reload,
)
from turnup.change.recover import recover
from turnup.change.wire import Writable
from turnup.connect import Address, Credentials, open_session
from turnup.equipment.estate import load_equipment
from turnup.errors import BackedOut, CouldNotRun, NeedsHuman, Refused, Unreachable
from turnup.home import Home
from turnup.model.equipment import IntraPopLink
from turnup.model.interface_name import InterfaceName
from turnup.platforms import Platform, platform
from turnup.virtual.lab import Plain, make_lab
from turnup.virtual.server import running
from turnup.virtual.shows import SimulatedState

IOS = platform("ios")
PORT = Footprint(ports=("Serial5/0",))
LINK = IntraPopLink(
    InterfaceName.parse("Serial5/0"), IPv4Interface("10.254.1.1/30"), "x", "POS1/0", IPv4Address("10.254.1.2")
)


@pytest.mark.parametrize(
    ("router", "lines", "said"),
    [
        (ROUTER, ("ip address 10.10.3.1 255.255.255.252",), None),
        (replace(ROUTER, links=(LINK,)), (), "carries an intra-POP link"),
        (ROUTER, ("ip router isis",), "has an IS-IS adjacency"),
        (replace(ROUTER, source_interface="Serial5/0"), (), "is the source of the router's own traffic"),
        (
            replace(ROUTER, tacacs_servers=(IPv4Address("192.0.2.20"),)),
            ("ip address 192.0.2.1 255.255.255.0",),
            "leads to a station of the NOC",
        ),
    ],
)
def test_what_could_cut_off_management(router: object, lines: tuple[str, ...], said: str | None) -> None:
    sections = {"": ("interface Serial5/0", "interface Loopback0"), "interface Serial5/0": lines}
    found = management_in_reach(PORT, sections, router)  # type: ignore[arg-type]
    assert found == () if said is None else (found and said in found[0])


def test_another_port_is_no_concern() -> None:
    sections = {"": (), "interface Serial5/1": ("ip router isis",), "interface Serial5/10.5": ("ip router isis",)}
    assert management_in_reach(PORT, sections, ROUTER) == ()


def test_the_method_is_chosen_by_what_it_could_cut_off() -> None:
    watch: Callable[[], Writable] = lambda: FakeSession(None)  # type: ignore[arg-type]  # noqa: E731
    assert method_for(IOS, (), None, watch) == Inverse()
    assert method_for(IOS, (), 10, watch) == Inverse()
    assert method_for(IOS, ("x",), 0, watch) == Watched(0, watch)
    for minutes, way in ((None, watch), (10, None)):
        with pytest.raises(Refused, match="could cut off the router's own management") as refused:
            method_for(IOS, ("x",), minutes, way)
        assert "--reload-in" in refused.value.advice


def test_a_method_that_is_not_built_is_refused() -> None:
    for methods in ({}, {"customer-port": "commit-confirmed"}, {"customer-port": "watched-by-nobody"}):
        other = Platform("iosxr", IOS.home, replace(IOS.settings, methods=methods))
        with pytest.raises(Refused, match="no proved method"):
            method_for(other, (), None, None)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(DS3, Home(tmp_path / "home"))
    # The fake router of other tests knows no dialogues.
    found.router.platform = replace(found.router.platform, settings=IOS.settings)
    return found


class Watcher(FakeSession):
    """A second session that looks."""

    def command(self, text: str, timeout: float | None = None) -> object:  # type: ignore[override]
        self._alive()
        self.router_box.asked.append(text)
        return None


def watched(site: Site, minutes: int, dead: bool = False) -> Watched:
    def watch() -> Watcher:
        session = Watcher(site.router)
        session.dead = dead
        return session

    return Watched(minutes, watch)  # type: ignore[arg-type]


@pytest.mark.parametrize("minutes", [0, 10])
def test_watched_and_saved(site: Site, minutes: int) -> None:
    assert site.do(site.change, method=lambda plan: watched(site, minutes)) == "saved"
    scheduled = ["reload in 10"] if minutes else []
    assert site.router.asked == [*scheduled, "show clock", "show clock", *(["reload cancel"] if minutes else [])]


def test_nobody_gets_in_any_more(site: Site) -> None:
    with pytest.raises(BackedOut, match="the session was lost"):
        site.do(site.change, method=lambda plan: watched(site, 10, dead=True))
    assert site.router.show() == site.router.startup == site.serving
    assert site.router.asked == ["reload in 10", "reload cancel"]


def test_a_crash_leaves_the_reload_to_recovery(site: Site) -> None:
    with pytest.raises(Killed):
        site.do(site.change, FakeSession(site.router, Trouble("kill-after", 5)), method=lambda plan: watched(site, 10))
    assert site.router.asked == ["reload in 10"]
    (done,) = recover(FakeSession(site.router), site.home, ROUTER.name)
    assert "the scheduled reload was cancelled" in done.note
    assert site.router.asked == ["reload in 10", "reload cancel"]
    assert site.router.show() == site.serving


def test_a_reload_that_cannot_be_cancelled_needs_a_person(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(session: object) -> None:
        raise CouldNotRun("no answer")

    monkeypatch.setattr("turnup.change.methods.cancel_reload", fails)
    with pytest.raises(NeedsHuman, match="could not be cancelled") as told:
        site.do(site.change, FakeSession(site.router, Trouble("reject", 5)), method=lambda plan: watched(site, 10))
    assert "reload cancel" in told.value.advice
    assert site.router.show() == site.serving


def test_no_reload_over_unsaved_work(site: Site) -> None:
    site.router.line("interface POS6/0", "bandwidth 100000")
    with pytest.raises(Refused, match="lose the unsaved work of others"):
        site.do(site.change, method=lambda plan: watched(site, 10))
    assert site.router.asked == []


def test_reload_in_on_the_virtual_router(tmp_path: Path) -> None:
    equipment = load_equipment()
    lab = make_lab((equipment.routers[ROUTER.name],), equipment.sites, equipment.policy, SimulatedState(), Plain("lab"))
    with running(lab, tmp_path / "host") as ready:
        port = ready["routers"][ROUTER.name]["ssh"]  # type: ignore[index]
        session = open_session(
            Address(ROUTER.name, "127.0.0.1", port),
            IOS,
            Credentials("noc", "lab"),
            str,
            known_hosts=tmp_path / "known_hosts",
            accept_new=True,
        )
        schedule_reload(session, 10)
        assert lab.devices[ROUTER.name].reload_in == "10"
        assert "Reload scheduled" in session.command("show reload").text
        cancel_reload(session)
        assert lab.devices[ROUTER.name].reload_in == ""
        assert Unreachable.exit_code == 5
