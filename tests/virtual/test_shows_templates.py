"""Every template reads what the virtual routers show, and reads back what their state is."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Interface
from typing import Any

import pytest
from pushed_order import ROUTER, answered, lab, looked_up, push, session

from turnup.model.interface_name import InterfaceName, same_interface
from turnup.model.transcript import Answer, Ask
from turnup.parse import parse
from turnup.platforms import platform
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.lab import Lab

ROUTERS = ("nyc-hud-gsr1", "nyc-hud-gsr2", "lax-wil-gsr1", "chi-cer-gsr1")
ELSEWHERE = ("running_config",)  # the front shows it, not the state


@pytest.fixture(scope="module")
def made() -> Lab:
    whole = lab()
    push(whole.devices[ROUTER])
    return whole


def rows(made: Lab, router: str, fact: str, **args: str) -> tuple[Any, ...]:
    device, ios = made.devices[router], platform("ios")
    request = ios.request(Ask.of(fact, **args))
    assert request is not None
    answer = Answer(request.command, answered(made, device, session(device), request), datetime.now(UTC))
    return parse(ios, request.ask, answer).rows


def arguments(device: Device, fact: str) -> dict[str, str]:
    known = device.router
    return {
        "bgp_neighbor": {"neighbor": str(known.ibgp_peers[0].address)},
        "directory": {"device": known.flash_device or ""},
        "route": {"address": str(known.ibgp_peers[0].address)},
        "ping": {
            "address": str(known.links[0].far_address),
            "size": "1500",
            "count": "100",
            "source": str(known.loopback),
        },
    }.get(fact, {})


@pytest.mark.parametrize("router", ROUTERS)
@pytest.mark.parametrize("fact", sorted(set(platform("ios").commands) - set(ELSEWHERE)))
def test_every_template_reads_every_router(made: Lab, router: str, fact: str) -> None:
    device = made.devices[router]
    has_none = (fact == "controller_pos" and not any(n.type == "POS" for n, _, _ in device.interfaces())) or (
        fact == "controller_serial" and not any(n.type == "Serial" for n, _, _ in device.interfaces())
    )
    assert not has_none, "every router of the sample estate has both kinds of port"
    assert rows(made, router, fact, **arguments(device, fact))


@pytest.mark.parametrize("router", ROUTERS)
def test_identity_reads_back(made: Lab, router: str) -> None:
    known, (version,), (boot,) = made.devices[router].router, rows(made, router, "version"), rows(made, router, "boot")
    assert version.hostname == router
    assert version.chassis.split("/")[0] == known.chassis
    assert version.memory_kbyte == known.memory_kbyte
    assert version.image_file.startswith(known.flash_device)
    assert boot.images[0] == version.image_file
    files = rows(made, router, "directory", device=known.flash_device or "")
    assert version.image_file.split(":")[1] in {file.name for file in files}


@pytest.mark.parametrize("router", ROUTERS)
def test_ports_and_cards_read_back(made: Lab, router: str) -> None:
    device = made.devices[router]
    interfaces = rows(made, router, "interface")
    brief = rows(made, router, "interface_brief")
    described = rows(made, router, "interface_description")
    physical = [str(name) for name, _, _ in device.interfaces()]
    assert [row.name for row in interfaces][: len(physical)] == physical
    assert [(row.name, row.status, row.protocol) for row in brief] == [
        (row.name, row.status, row.protocol) for row in interfaces
    ]
    assert len(described) == len(interfaces)
    for long, short in zip(interfaces, described, strict=True):
        assert same_interface(long.name, short.name)
        assert short.description == (long.description or "")
    for link in device.router.links:
        (row,) = [one for one in interfaces if one.name == str(link.interface)]
        assert (row.status, row.protocol, row.address) == ("up", "up", IPv4Interface(link.address))
    slots = {row.slot: row.card for row in rows(made, router, "slot")}
    boards = {row.slot: row for row in rows(made, router, "diagnosis")}
    assert set(boards) == {0, *device.cards}
    for slot, card in device.cards.items():
        assert slots[slot] in card.show_diag
        assert boards[slot].card.startswith(slots[slot])
        assert boards[slot].crashes == 0
        assert boards[slot].state == "Line Card Enabled (IOS  RUN )"


@pytest.mark.parametrize("router", ROUTERS)
def test_routing_reads_back(made: Lab, router: str) -> None:
    known = made.devices[router].router
    links = {(link.interface, link.far_router) for link in known.links}
    isis, clns = rows(made, router, "isis_neighbor"), rows(made, router, "clns_neighbor")
    assert {(InterfaceName.parse(row.interface), row.system_id) for row in isis} == links
    assert {(InterfaceName.parse(row.interface), row.system_id) for row in clns} == links
    (protocol,) = rows(made, router, "clns_protocol")
    assert protocol.system_id.startswith(".".join(known.net.split(".")[-4:-1]))
    peers = {row.neighbor: row for row in rows(made, router, "bgp_summary")}
    for peer in known.ibgp_peers:
        assert peers[str(peer.address)].prefixes is not None
        (detail,) = rows(made, router, "bgp_neighbor", neighbor=str(peer.address))
        assert (detail.state, detail.update_source) == ("Established", "Loopback0")
        (route,) = rows(made, router, "route", address=str(peer.address))
        assert route.prefix == f"{peer.address}/32"


@pytest.mark.parametrize("router", ROUTERS)
def test_management_reads_back(made: Lab, router: str) -> None:
    known = made.devices[router].router
    assert [row.address for row in rows(made, router, "tacacs_server")] == [str(one) for one in known.tacacs_servers]
    (hosts,) = rows(made, router, "hosts")
    assert hosts.domain == known.dns_zone
    assert list(hosts.name_servers) == [str(one) for one in known.name_servers]
    assert {row.access_in for row in rows(made, router, "line") if row.kind == "VTY"} == {known.vty_acl}
    entries = rows(made, router, "access_list")
    assert [(row.name, row.action) for row in entries] == [(known.vty_acl, e.action) for e in known.vty_acl_entries]
    (mine,) = [row for row in rows(made, router, "user") if row.mine]
    assert mine.user == "noc"
    (clock,) = rows(made, router, "clock")
    assert (clock.flag, clock.source) == (None, "NTP")
    (header,) = rows(made, router, "log_header")
    assert list(header.hosts) == [str(one) for one in known.log_hosts]
    assert rows(made, router, "log_message")[1].text.count("\n") == 3


def test_the_ordered_port_reads_back(made: Lab) -> None:
    (row,) = [one for one in rows(made, ROUTER, "interface") if one.name == "Serial5/0"]
    assert (row.status, row.protocol, row.encapsulation, row.crc) == ("up", "up", "PPP", 32)
    assert row.address == IPv4Interface("10.10.3.1/30")
    (peer,) = rows(made, ROUTER, "bgp_neighbor", neighbor="10.10.3.2")
    assert (peer.remote_as, peer.state, peer.accepted_prefixes) == ("64603", "Established", 1)
    assert (peer.prefix_list_in, peer.maximum_prefixes) == ("CUST-64603-IN", 100)
    assert (peer.route_map_in, peer.route_map_out) == ("CUST-IN", "CUST-OUT")


def test_the_name_server_of_the_lab_reads_back(made: Lab) -> None:
    text = looked_up(made, Ask.of("dns_answer", type="A", name=f"{ROUTER}.example.net", server="192.0.2.53"))
    assert f"NOERROR = {made.devices[ROUTER].router.loopback}" in text


def test_other_sessions_read_back(made: Lab) -> None:
    device = made.devices["nyc-hud-gsr2"]
    now = device.clock()
    mine = session(device)
    device.sessions[0] = SessionInfo("", "con", 0, 0, "", now, now, 1)
    device.sessions[3] = SessionInfo("tech", "vty", 1, 3, "192.0.2.9", now, now, 1)
    found = [(row.mine, row.line, row.user, row.location) for row in rows(made, "nyc-hud-gsr2", "user")]
    assert found == [
        (False, "0 con 0", None, None),
        (True, "2 vty 0", "noc", mine.host),
        (False, "3 vty 1", "tech", "192.0.2.9"),
    ]
    used = [row.number for row in rows(made, "nyc-hud-gsr2", "line") if row.in_use]
    assert used == [0, 2, 3]
