"""A live router's node follows what is typed: the least that does it, told when it is refused, made up by nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest
from pushed_order import lab, push
from virtual_estate import device as fresh

from turnup.errors import InputError
from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.faults import Fault
from turnup.virtual.live.follow import Follower
from turnup.virtual.live.node import Node, Ran

PORTS = ("lo", "POS1-0", "POS2-0", "Serial5-0", "Gi4-0")


class Noted:
    """A node that notes what it is given; it complains of lines that hold one of `dislikes`."""

    def __init__(self, *dislikes: str) -> None:
        self.dislikes = dislikes
        self.given: list[list[str]] = []
        self.ran: list[tuple[str, ...]] = []

    def json(self, *command: str) -> Any:
        assert command == ("ip", "-j", "link")
        return [{"ifname": name} for name in PORTS]

    def configure(self, lines: Sequence[str]) -> str:
        self.given.append(list(lines))
        bad = [line for line in lines if any(word in line for word in self.dislikes)]
        return f"% Unknown command: {bad[0]}" if bad else ""

    def run(self, *command: str) -> Ran:
        self.ran.append(command)
        return Ran(0, "", "")


class Following:
    """The backing of a device, as far as its configuration goes."""

    def __init__(self, node: Noted) -> None:
        self.node = node
        self.follower = Follower(cast(Node, node))

    def changed(self, device: Device) -> None:
        self.follower.changed(device)

    def log_in(self, username: str, password: str, line: str, caller: str) -> int | None:
        raise AssertionError("nobody logs in")

    def opened(self, session: SessionInfo) -> None:
        """Nothing is accounted."""

    def closed(self, session: SessionInfo) -> None:
        """Nothing is accounted."""

    def commanded(self, session: SessionInfo, command: str) -> None:
        """Nothing is accounted."""

    def told(self) -> Mapping[str, object]:
        return {}


def followed(*dislikes: str) -> tuple[Device, Noted, Follower]:
    node, device = Noted(*dislikes), fresh()
    backing = Following(node)
    device.backing = backing
    device.settle()
    return device, node, backing.follower


def test_the_whole_configuration_first_then_each_line_as_it_is_typed() -> None:
    device, node, follower = followed()
    (first,) = node.given
    assert "router bgp 64500" in first
    assert "interface Serial5-0" in first
    assert ("ip", "link", "set", "dev", "Serial5-0", "mtu", "4470") in node.ran
    node.given.clear()
    mode = ConfigMode(device)
    for line in ("interface Serial5/0", "description CUST|X|", "crc 32", "no shutdown", "mtu 1500"):
        assert mode.line(line) == ""
    assert node.given == [
        ["interface Serial5-0", "description CUST|X|", "exit"],
        ["interface Serial5-0", "no shutdown", "exit"],
    ]
    assert node.ran[-1] == ("ip", "link", "set", "dev", "Serial5-0", "mtu", "1500")
    assert "interface Serial5/0: crc 32" in follower.left
    assert follower.refused == []


def test_nothing_is_made_up_in_the_log() -> None:
    device, _, _ = followed()
    mode = ConfigMode(device)
    for line in ("interface POS1/0", "shutdown", "router bgp 64500", "no neighbor 10.10.1.2"):
        assert mode.line(line) == ""
    assert device.log == []


def test_what_frr_refuses_is_told_and_the_rest_is_entered() -> None:
    device, node, follower = followed()
    node.dislikes, node.given = ("password",), []
    mode = ConfigMode(device)
    assert mode.line("router bgp 64500") == ""
    assert mode.line("neighbor 10.10.1.2 password a-new-key") == ""
    assert mode.line("neighbor 10.10.1.2 description other") == ""
    assert follower.refused == [
        "router bgp 64500 / neighbor 10.10.1.2 password <secret>: "
        "% Unknown command: neighbor 10.10.1.2 password <secret>"
    ]
    assert node.given[-1] == ["router bgp 64500", "neighbor 10.10.1.2 description other", "exit"]


def test_an_order_and_the_way_back_leave_the_node_as_it_was() -> None:
    device = lab("GRP-B").devices["nyc-hud-gsr1"]
    node = Noted()
    backing = Following(node)
    device.backing = backing
    device.settle()
    before, startup = device.config.text(), device.startup
    node.given.clear()
    push(device)
    pushed = [line for lines in node.given for line in lines]
    assert "neighbor 10.10.3.2 remote-as 64603" in pushed
    assert pushed.index("neighbor 10.10.3.2 shutdown") < pushed.index("no neighbor 10.10.3.2 shutdown")
    node.given.clear()
    device.restore(before, startup)
    (back,) = node.given
    assert "no neighbor 10.10.3.2" in back
    assert back.index("interface Serial5-0") < back.index("shutdown")
    node.given.clear()
    device.settle()
    assert node.given == [], "nothing is left to do"


def test_what_is_real_cannot_be_made_up() -> None:
    made = lab("GRP-B")
    device = made.devices["nyc-hud-gsr1"]
    device.backing = Following(Noted())
    with pytest.raises(InputError, match=r"interface\.POS1/0\.status is real on nyc-hud-gsr1"):
        made.fault_on(Fault("a title", name="x", state={"interface.POS1/0.status": "down"}))
    assert made.active == {}
    made.fault_on(Fault("a title", name="y", state={"flash.free": 1}))
    device.backing = None
    made.fault_on(Fault("a title", name="z", state={"interface.POS1/0.status": "down"}))
