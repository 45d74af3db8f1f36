"""`configure terminal lock` where the image has it: nobody else configures meanwhile. Elsewhere we go in without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from turnup.connect import Address, Credentials, open_session
from turnup.connect.router import RouterSession
from turnup.equipment.estate import load_equipment
from turnup.errors import CommandRefused
from turnup.platforms import platform
from turnup.virtual.lab import Lab, Plain, make_lab
from turnup.virtual.server import running
from turnup.virtual.shows import SimulatedState

OLD, NEW = "nyc-hud-gsr1", "lax-wil-gsr1"  # 12.0(17)S3 and 12.0(32)SY6c


@contextmanager
def routers(folder: Path) -> Iterator[tuple[Lab, dict[str, int]]]:
    equipment = load_equipment()
    chosen = tuple(equipment.routers[name] for name in (OLD, NEW))
    lab = make_lab(chosen, equipment.sites, equipment.policy, SimulatedState(), Plain("lab"))
    with running(lab, folder / "host") as ready:
        yield lab, {name: ready["routers"][name]["ssh"] for name in (OLD, NEW)}  # type: ignore[index]


def session(folder: Path, name: str, port: int) -> RouterSession:
    address = Address(name, "127.0.0.1", port)
    known = folder / "known_hosts"
    return open_session(address, platform("ios"), Credentials("noc", "lab"), str, known_hosts=known, accept_new=True)


@pytest.mark.parametrize("name", [OLD, NEW])
def test_locked_where_the_image_can(tmp_path: Path, name: str) -> None:
    with routers(tmp_path) as (lab, ports):
        one, other = session(tmp_path, name, ports[name]), session(tmp_path, name, ports[name])
        for _ in range(2):  # the second time it is known
            one.enter_config()
            assert one.config_line("interface Loopback0", "config-if") == ""
            assert (lab.devices[name].config_lock is not None) == (name == NEW)
            if name == NEW:
                other.enter_config()
                with pytest.raises(CommandRefused, match="locked exclusively by user 'noc'"):
                    other.config_line("interface Loopback0", "config-if")
            one.leave_config()
            assert lab.devices[name].config_lock is None
            other.enter_config()
            assert other.config_line("interface Loopback0", "config-if") == ""
            other.leave_config()


def test_a_lost_session_locks_nobody_out(tmp_path: Path) -> None:
    import time

    with routers(tmp_path) as (lab, ports):
        one = session(tmp_path, NEW, ports[NEW])
        one.enter_config()
        one.config_line("interface Loopback0", "config-if")
        one.close()
        for _ in range(200):
            if lab.devices[NEW].config_lock is None:
                break
            time.sleep(0.02)
        other = session(tmp_path, NEW, ports[NEW])
        other.enter_config()
        assert other.config_line("interface Loopback0", "config-if") == ""
        other.leave_config()
