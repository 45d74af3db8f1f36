"""What an order renders for IOS XR is what the healthy router of the recorded cases shows, word for word."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from types import SimpleNamespace
from typing import cast

import pytest
from platform_cases import healthy

from turnup.change.wire import Wire, Writable
from turnup.checks import Expected
from turnup.configuration import Configuration
from turnup.errors import Clarification, Refused
from turnup.model.equipment import Assignment, Port
from turnup.model.interface_name import InterfaceName
from turnup.model.order import Encapsulation, Speed
from turnup.model.transcript import Ask
from turnup.platforms import platform
from turnup.render import Intent, render_order

XR = platform("iosxr")


def _expected() -> Expected:
    return healthy("iosxr").expected


def _assignment(part: str = "SPA-5X1GE", interface: str = "GigabitEthernet0/5/0/0") -> Assignment:
    given = _expected().ordered()
    card = XR.linecards[part]
    port = Port(given.port.router, given.port.site, InterfaceName.parse(interface), card, 5)
    return Assignment(replace(given.order, speed=card.speed), port)


def _rendered(assignment: Assignment) -> Intent:
    expected = _expected()
    policy = replace(expected.policy, secrets={"LVL3-MD5": "env:TURNUP_SECRET_LVL3_MD5"})
    return render_order(XR, assignment, expected.router, policy)


def _lines(section: str, intent: Intent) -> list[str]:
    return [text for header, text in intent.lines if header == section]


def test_expected_lines_of_the_cases_are_those_that_the_order_renders() -> None:
    intent = _rendered(_assignment())
    assert intent.lines == _expected().lines
    assert intent.description == _expected().description


def test_every_rendered_line_stands_in_the_healthy_configuration() -> None:
    text = next(iter(healthy("iosxr").transcript((XR,), [Ask("running_config")]).answers.values())).text
    shown = set(Configuration.read(text.replace("encrypted <secret", "<secret"), XR.reading).pairs())
    assert set(XR.in_test_words(_rendered(_assignment()).lines)) <= {
        (section, line.replace("password 7 ", "password ")) for section, line in shown
    }


def test_card_in_the_cases_is_the_platforms_own() -> None:
    told, own = _expected().ordered().port.card, XR.linecards["SPA-5X1GE"]
    assert (told.show_diag, told.mtu_header, told.interface) == (own.show_diag, own.mtu_header, own.interface)


def test_several_networks_stand_in_one_set_in_order() -> None:
    assignment = _assignment()
    assert assignment.order.bgp
    networks = (IPv4Network("203.0.113.0/24"), IPv4Network("198.51.100.0/24"))
    bgp = replace(assignment.order.bgp, allowed_prefixes=networks)
    intent = _rendered(replace(assignment, order=replace(assignment.order, bgp=bgp)))
    assert _lines("prefix-set CUST-64603-IN", intent) == ["198.51.100.0/24,", "203.0.113.0/24"]
    words = [text for _, text in XR.in_test_words(intent.lines) if text.startswith("ip prefix-list ")]
    assert words == [f"ip prefix-list CUST-64603-IN permit {net}" for net in sorted(networks)]


def test_mtu_counts_the_header() -> None:
    assignment = _assignment()
    assert assignment.order.layer2
    order = replace(assignment.order, layer2=replace(assignment.order.layer2, mtu=4470))
    assert "mtu 4484" in _lines("interface GigabitEthernet0/5/0/0", _rendered(replace(assignment, order=order)))


def test_tag_makes_a_subinterface() -> None:
    assignment = _assignment()
    assert assignment.order.layer2
    layer2 = replace(assignment.order.layer2, encapsulation=Encapsulation.DOT1Q, vlan=100)
    intent = _rendered(replace(assignment, order=replace(assignment.order, layer2=layer2)))
    assert "encapsulation dot1q 100" in _lines("interface GigabitEthernet0/5/0/0.100", intent)
    words = XR.in_test_words(intent.lines)
    assert ("interface GigabitEthernet0/5/0/0.100", "encapsulation dot1Q 100") in words
    assert ("interface GigabitEthernet0/5/0/0.100", "ip address 10.10.5.1 255.255.255.252") in words


def test_pos_port() -> None:
    assignment = _assignment("SPA-4XOC3-POS", "POS0/5/0/1")
    assert assignment.order.layer2
    layer2 = replace(assignment.order.layer2, encapsulation=Encapsulation.PPP, crc=16)
    intent = _rendered(replace(assignment, order=replace(assignment.order, speed=Speed.OC3C, layer2=layer2)))
    lines = _lines("interface POS0/5/0/1", intent)
    assert "encapsulation ppp" in lines
    assert ("interface POS0/5/0/1", "crc 16") in XR.in_test_words(intent.lines)


def test_order_without_bgp_has_neither_neighbor_nor_policy() -> None:
    assignment = _assignment()
    intent = _rendered(replace(assignment, order=replace(assignment.order, bgp=None)))
    assert {section for section, _ in intent.lines} == {"interface GigabitEthernet0/5/0/0"}


def test_text_of_an_order_is_never_a_second_line() -> None:
    assignment = _assignment()
    assert assignment.order.cross_connect
    cross_connect = replace(assignment.order.cross_connect, circuit_id="X\nshutdown")
    with pytest.raises(Clarification):
        _rendered(replace(assignment, order=replace(assignment.order, cross_connect=cross_connect)))


def test_no_line_is_typed_alone_to_a_router_that_waits_for_a_commit() -> None:
    session = cast("Writable", SimpleNamespace(platform=XR))
    with pytest.raises(Refused, match="takes lines at a commit"):
        Wire(session).send(())
