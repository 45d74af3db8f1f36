"""What a live router shows, rendered from recorded JSON of FRR, through the product's own templates."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from pushed_order import lab, push, session

from turnup.errors import CouldNotRun, TurnupError
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse
from turnup.platforms import platform
from turnup.virtual.device import Device
from turnup.virtual.live.aaa import Aaa
from turnup.virtual.live.node import Node, Ran
from turnup.virtual.live.sources import LiveSources
from turnup.virtual.live.state import Behind, LiveState

RECORDED = Path(__file__).parent / "frr_recorded"
COMMANDS = {
    "show isis neighbor detail json": "isis_neighbor_detail",
    "show bgp ipv4 unicast summary json": "bgp_summary",
    "show bgp neighbors json": "bgp_neighbors",
    "show ip route json": "ip_route",
    "show bgp ipv4 unicast json": "bgp_routes",
}
REPLIES = "\n".join(f"64 bytes from 10.254.1.2: icmp_seq={n} ttl=64 time=0.2 ms" for n in range(1, 101))


class Recorded:
    """A node that answers what was recorded; `broken`: it does not answer at all."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken

    def ask(self, command: str) -> Any:
        return self._read(COMMANDS[command])

    def json(self, *command: str) -> Any:
        assert command == ("ip", "-j", "-s", "-s", "link")
        return self._read("link")

    def socket(self) -> socket.socket:
        raise CouldNotRun("a recording has no network")

    def run(self, *command: str, seconds: float = 20.0) -> Ran:
        del seconds
        if self.broken:
            raise CouldNotRun("cr1: no answer")
        return Ran(0, REPLIES if command[0] == "ping" else "", "")

    def _read(self, name: str) -> Any:
        if self.broken:
            raise CouldNotRun("cr1: `vtysh` answered ''")
        return json.loads((RECORDED / f"{name}.json").read_text())


def live(*, broken: bool = False) -> Device:
    """nyc-hud-gsr1 with the sample order on it, and a node behind it that is a recording."""
    device = lab("GRP-B").devices["nyc-hud-gsr1"]
    push(device)
    node = cast(Node, Recorded(broken=broken))
    behind = object.__new__(Behind)  # without its process: nothing is followed or watched
    behind.device, behind.node, behind.aaa = device, node, Aaa(node, device)
    behind.sources = LiveSources(node, behind.aaa)
    device.backing = behind
    return device


def shown(device: Device, command: str) -> str:
    text = LiveState().show(device, tuple(command.split()), session(device))
    assert text is not None
    return text


def rows(device: Device, fact: str, command: str = "", **args: str) -> tuple[Any, ...]:
    ios = platform("ios")
    request = ios.request(Ask.of(fact, **args))
    assert request is not None
    answer = Answer(request.command, shown(device, command or request.command), datetime.now(UTC))
    return parse(ios, request.ask, answer).rows


@pytest.fixture(scope="module")
def router() -> Device:
    return live()


def test_neighbors(router: Device) -> None:
    found = {(one.system_id, one.interface, one.state, one.type) for one in rows(router, "isis_neighbor")}
    assert found == {("nyc-hud-gsr2", "PO1/0", "UP", "L2"), ("nyc-hud-dnac1", "Gi4/0", "UP", "L2")}
    by_clns = {(one.system_id, one.interface, one.state) for one in rows(router, "clns_neighbor")}
    assert by_clns == {("nyc-hud-gsr2", "PO1/0", "Up"), ("nyc-hud-dnac1", "Gi4/0", "Up")}


def test_sessions(router: Device) -> None:
    found = {str(one.neighbor): (one.state, one.prefixes) for one in rows(router, "bgp_summary")}
    assert found["10.10.3.2"] == (None, 1)
    assert found["10.255.1.2"][0] == "Idle", "a neighbour that FRR does not have"
    assert "10.10.3.2       4 64603       8       7" in shown(router, "show ip bgp summary")
    block = shown(router, "show ip bgp neighbors 10.10.3.2")
    assert "BGP state = Established, up for 00:00:05" in block
    assert "hold time is 9, keepalive interval is 3 seconds" in block
    assert "Local host: 10.10.3.1, Local port: 179" in block
    assert rows(router, "bgp_neighbor", "show ip bgp neighbors 10.10.3.2", neighbor="10.10.3.2")


def test_routes(router: Device) -> None:
    (customer,) = rows(router, "route", "show ip route 203.0.113.9", address="203.0.113.9")
    assert (str(customer.prefix), customer.protocol, str(customer.next_hop)) == (
        "203.0.113.0/24",
        "bgp 64500",
        "10.10.3.2",
    )
    (mesh,) = rows(router, "route", "show ip route 10.255.1.2", address="10.255.1.2")
    assert (mesh.protocol, mesh.interface) == ("isis", "POS1/0")
    assert "i L2    10.255.1.2/32 [115/20] via 10.254.1.2" in shown(router, "show ip route")


def test_ports_are_as_the_kernel_has_them(router: Device) -> None:
    found = {one.name: (one.status, one.protocol) for one in rows(router, "interface_brief")}
    assert found["Serial5/0"] == ("up", "up")
    assert found["Serial5/1"] == ("administratively down", "down")  # no device of the kernel, and shut
    text = shown(router, "show interfaces POS1/0")
    assert "     18 packets input, 23440 bytes, 0 no buffer" in text
    assert rows(router, "interface")


def test_a_ping(router: Device) -> None:
    words = "ping 10.254.1.2 size 1500 repeat 100 source 10.255.1.1 df"
    args = {"address": "10.254.1.2", "size": "1500", "count": "100", "source": "10.255.1.1"}
    (found,) = rows(router, "ping", words, **args)
    assert (found.sent, found.received) == (100, 100)
    assert "Success rate is 100 percent (100/100), round-trip min/avg/max = 1/1/1 ms" in shown(router, words)


def test_the_client_counts(router: Device) -> None:
    assert {one.address: one.opens for one in rows(router, "tacacs_server")} == {
        str(server): 0 for server in router.router.tacacs_servers
    }


@pytest.mark.parametrize("fact", ["isis_neighbor", "bgp_summary", "interface", "interface_brief"])
def test_a_node_that_does_not_answer_is_never_an_empty_table(fact: str) -> None:
    broken = live(broken=True)
    with pytest.raises(TurnupError):
        rows(broken, fact)
