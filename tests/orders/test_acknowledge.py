"""Every order is answered: with its port, or with every point that keeps it from being carried out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_estate import configuration_of, sample_cards, sample_estate
from sample_messages import NOW, changed, headers, level3, orders, sample

from turnup import folder
from turnup.equipment import Equipment
from turnup.errors import Clarification, InputError
from turnup.load.order import read_order
from turnup.load.xml import parse_xml, schema_faults
from turnup.model.acknowledgement import Acknowledgement
from turnup.model.equipment import Assignment
from turnup.model.order import Action, Header, OrderMessage, PortServiceOrder
from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.order.acknowledge import acknowledge, acknowledgement_json, acknowledgement_xml, clarify
from turnup.platforms import Platform, Settings
from turnup.render import render_order

ESTATE, CARDS = sample_estate(), sample_cards()
GSR1 = ESTATE.router("nyc-hud-gsr1")


def answer(message: OrderMessage, estate: Equipment = ESTATE, **more: Any) -> Acknowledgement:
    given_ = {"configurations": {}, "taken": (), **more}
    return acknowledge(message, estate, CARDS, now=NOW, **given_)


def test_the_contract_s_example_gets_the_first_ds3() -> None:
    found = answer(level3(), configurations={GSR1.name: configuration_of(GSR1)})
    assert found.accepted
    assert found.port is not None
    assert (found.port.router, str(found.port.interface)) == ("nyc-hud-gsr1", "Serial5/0")
    assert found.in_reply_to == "MSG-2001-000118"
    assert found.committed_by is None  # the contract's period is not configured


@pytest.mark.parametrize(
    "name",
    ["1-wilshire-oc3c-pos-ppp.yaml", "60-hudson-ge-dot1q.yaml", "350-cermak-fe.yaml", "60-hudson-ds3-level3.yaml"],
)
def test_every_new_sample_is_accepted(name: str) -> None:
    assert answer(read_order(sample(name))).points == ()


def test_a_configured_period_gives_a_date() -> None:
    policy = replace(ESTATE.policy, clocks=Clocks(completion=Period.parse("10d"), disconnect=Period.parse("3d")))
    estate = replace(ESTATE, policy=policy)
    assert answer(level3(), estate).committed_by == NOW + timedelta(days=10)
    assert answer(read_order(sample("60-hudson-ds3-level3-disconnect.xml")), estate).committed_by == NOW + timedelta(
        days=3
    )


# what is changed in the example, the field that is to be clarified, and what is said
POINTS = [
    ({"location__site": "Nowhere"}, "location.site", "no Equipment Site 'Nowhere'"),
    ({"revision": 0}, "revision", "must be 1 or more"),
    ({"layer3": None}, "layer3", "a NEW order needs it"),
    ({"layer2": None}, "layer2", "a NEW order needs it"),
    ({"cross_connect": None}, "cross_connect", "a NEW order needs it"),
    ({"supersedes": "PSO-1"}, "supersedes", "does not go with NEW"),
    ({"location__port": "Serial5/0"}, "location.router", "its router must be"),
    ({"location__router": "nyc-hud-gsr1", "location__port": "Serial5/0.1"}, "location.port", "not a subinterface"),
    (
        {"location__router": "nyc-hud-gsr1", "location__port": "Serial5/7"},
        "location.port",
        "has Serial5/0 to Serial5/5",
    ),
    ({"equipment_model": "GSR 12416"}, "equipment_model", "has no GSR 12416; it has 12012"),
    ({"speed": "OC48C"}, "speed", "no free OC48C port"),
    ({"layer2__encapsulation": "DOT1Q"}, "layer2.encapsulation", "carries DOT1Q"),
    ({"layer2__encapsulation": "ETHERNET"}, "layer2.encapsulation", "carries ETHERNET"),
    ({"layer2__vlan": 100}, "layer2.vlan", "goes with DOT1Q only"),
    ({"layer2__dlci": 100}, "layer2.dlci", "goes with FRAME-RELAY only"),
    ({"layer2__encapsulation": "FRAME-RELAY"}, "layer2.dlci", "is missing"),
    ({"layer2__encapsulation": "FRAME-RELAY", "layer2__dlci": 15}, "layer2.dlci", "must be 16 to 1007, not 15"),
    ({"layer2__crc": 24}, "layer2.crc", "must be 16 or 32, not 24"),
    ({"layer2__c2": 22}, "layer2.c2", "6DS3-SMB has no such setting"),
    ({"layer2__framing": "sdh"}, "layer2.framing", "must be c-bit or m13 or bypass, not sdh"),
    ({"layer2__framing": "bypass", "layer2__scramble": True}, "layer2.framing", "bypass needs scrambling off"),
    ({"layer2__dsu_bandwidth": 44211}, "layer2.dsu_bandwidth", "must be 1 to 44210"),
    ({"layer2__cable_length": 451}, "layer2.cable_length", "must be 0 to 450"),
    ({"layer2__mtu": 9300}, "layer2.mtu", "must be 64 to 9216"),
    ({"layer3__link_prefix": "10.10.3.0/29"}, "layer3.link_prefix", "must be a /30 or /31"),
    ({"layer3__link_prefix": "10.10.3.0/32"}, "layer3.link_prefix", "must be a /30 or /31"),
    (
        {"layer3__link_prefix": "10.254.1.0/30"},
        "layer3.link_prefix",
        "overlaps the intra-POP link of nyc-hud-gsr2 POS1/0",
    ),
    ({"layer3__link_prefix": "10.255.1.0/30"}, "layer3.link_prefix", "the loopback of nyc-hud-gsr1"),
    ({"layer3__link_prefix": "10.20.3.0/30"}, "layer3.link_prefix", "outside the link pool of NYC-60HUDSON"),
    ({"layer3__link_prefix": "127.0.0.0/30"}, "layer3.link_prefix", "no addresses for a link"),
    ({"layer3__link_prefix": "10.10.9.0/30"}, "layer3.link_prefix", "in use: order PSO-9"),
    ({"layer3__link_prefix": "10.10.8.0/30"}, "layer3.link_prefix", "in use: nyc-hud-gsr1 Serial6/0"),
    ({"bgp__peer_as": 64500}, "bgp.peer_as", "is our own AS"),
    ({"bgp__peer_as": 0}, "bgp.peer_as", "must be 1 to 65535"),
    ({"bgp__peer_as": 65536}, "bgp.peer_as", "must be 1 to 65535"),
    ({"bgp__peer_as": 23456}, "bgp.peer_as", "not 23456"),
    ({"bgp__maximum_prefix": 0}, "bgp.maximum_prefix", "must be 1 to"),
    ({"bgp__minimum_prefixes": 101}, "bgp.minimum_prefixes", "more than maximum_prefix 100"),
    ({"bgp__md5_key_ref": "LVL4-MD5"}, "bgp.md5_key_ref", "no secret LVL4-MD5"),
    ({"bgp__policy_name": "NOPE"}, "bgp.policy_name", "has no route-map NOPE-IN"),
    ({"bgp__allowed_prefixes": []}, "bgp.allowed_prefixes", "must name at least one"),
    ({"bgp__allowed_prefixes": ["0.0.0.0/0"]}, "bgp.allowed_prefixes[0]", "is the default route"),
    ({"bgp__allowed_prefixes": ["4.0.0.0/7"]}, "bgp.allowed_prefixes[0]", "shorter than /8"),
    ({"bgp__allowed_prefixes": ["8.8.8.0/25"]}, "bgp.allowed_prefixes[0]", "longer than /24"),
    ({"bgp__allowed_prefixes": ["8.8.8.0/24", "192.168.4.0/24"]}, "bgp.allowed_prefixes[1]", "private or reserved"),
    ({"bgp__allowed_prefixes": ["100.0.0.0/8"]}, "bgp.allowed_prefixes[0]", "private or reserved"),
    ({"bgp__allowed_prefixes": ["192.0.2.0/24"]}, "bgp.allowed_prefixes[0]", "a server of"),
    ({"bgp__allowed_prefixes": ["8.8.8.0/24", "8.8.8.0/24"]}, "bgp.allowed_prefixes[1]", "stands twice"),
    ({"action": "DISCONNECT", "location__router": None}, "supersedes", "names the order it is about"),
    ({"action": "CHANGE"}, "supersedes", "names the order it is about"),
    ({"action": "CANCEL"}, "supersedes", "names the order it takes back"),
    (
        {"action": "REDESIGNATE", "supersedes": "PSO-1", "cross_connect": None},
        "cross_connect",
        "REDESIGNATE order needs it",
    ),
    (
        {"action": "CHANGE", "supersedes": "PSO-1", "cross_connect": None, "layer2": None, "layer3": None, "bgp": None},
        "action",
        "says what changes",
    ),
]
LIVE = {GSR1.name: configuration_of(GSR1, Serial6_0=("ip address 10.10.8.1 255.255.255.252",))}


@pytest.mark.parametrize(("changes", "field", "said"), POINTS, ids=[f"{field}: {said}" for _, field, said in POINTS])
def test_a_point_to_clarify(changes: dict[str, Any], field: str, said: str) -> None:
    found = answer(changed(**changes), configurations=LIVE, links={IPv4Network("10.10.9.0/30"): "order PSO-9"})
    assert not found.accepted
    assert found.port is None
    assert any(one == field and said in reason for one, reason in found.points), found.points


def test_all_points_are_named_at_once() -> None:
    found = answer(
        changed(location__site="Nowhere", layer2__crc=24, bgp__peer_as=64500, layer3__link_prefix="10.254.1.0/30")
    )
    fields = [field for field, _ in found.points]
    assert fields == ["layer2.crc", "location.site", "layer3.link_prefix", "bgp.peer_as"]


def test_a_policy_may_allow_what_is_a_bogon() -> None:
    estate = replace(ESTATE, policy=replace(ESTATE.policy, bogons_allowed=True))
    assert answer(changed(bgp__allowed_prefixes=["172.16.0.0/16"]), estate).accepted


def test_a_policy_without_exceptions_refuses_documentation_networks() -> None:
    estate = replace(ESTATE, policy=replace(ESTATE.policy, bogon_exceptions=()))
    assert not answer(level3(), estate).accepted


def test_our_own_networks_are_never_a_customer_s() -> None:
    estate = replace(ESTATE, policy=replace(ESTATE.policy, own_networks=(IPv4Network("8.8.0.0/16"),)))
    assert "our own network" in answer(changed(bgp__allowed_prefixes=["8.8.8.0/24"]), estate).points[0][1]


def test_a_disconnect_is_about_a_port_in_use() -> None:
    message = read_order(sample("60-hudson-ds3-level3-disconnect.xml"))
    live = {GSR1.name: configuration_of(GSR1, Serial5_0=("ip address 10.10.3.1 255.255.255.252",))}
    found = answer(message, configurations=live, taken=[("nyc-hud-gsr1", "Serial5/0")])
    assert found.accepted
    assert found.port is not None
    assert str(found.port.interface) == "Serial5/0"


@settings(max_examples=60, deadline=None)
@given(order=orders(), header=headers())
def test_any_order_is_answered(order: PortServiceOrder, header: Header) -> None:
    found = answer(OrderMessage(order, header))
    assert found.accepted != bool(found.points)
    assert json.loads(acknowledgement_json(found))["order_id"] == order.order_id
    assert not list(schema_faults(parse_xml(acknowledgement_xml(found, header), where="answer")))


@settings(max_examples=80, deadline=None)
@given(order=orders(), data=st.data())
def test_what_is_accepted_can_be_rendered(order: PortServiceOrder, data: st.DataObject) -> None:
    """No promise that the renderer then breaks: settings of all kinds on ports of all kinds."""
    name = data.draw(
        st.sampled_from(["1-wilshire-oc3c-pos-ppp.yaml", "60-hudson-ge-dot1q.yaml", "60-hudson-ds3-level3.yaml"])
    )
    base = read_order(sample(name)).order
    assert base.layer2 is not None
    drawn = order.layer2 or base.layer2
    chosen = data.draw(
        st.sets(st.sampled_from(["crc", "scramble", "clock_source", "dsu_mode", "cable_length", "mtu", "c2"]))
    )
    small = {"crc": 16, "dsu_mode": 1, "cable_length": 20, "mtu": 1500, "c2": 207}
    layer2 = replace(base.layer2, **{field: small.get(field, getattr(drawn, field)) for field in chosen})
    order = replace(base, layer2=layer2, order_id=order.order_id, customer=order.customer)
    found = answer(OrderMessage(order))
    if found.accepted:
        assert found.port is not None
        platform = Platform("ios", folder("templates") / "ios", Settings("Cisco IOS"))
        render_order(platform, Assignment(order, found.port), ESTATE.routers[found.port.router], ESTATE.policy)


def test_a_document_that_is_no_order_is_answered_too() -> None:
    points = clarify(InputError("is not well-formed XML", where="x.xml:3"), NOW).points
    assert points == (("message", "is not well-formed XML (line 3)"),)
    found = clarify(Clarification([("customer.name", "holds \u2028")]), NOW)
    assert level3().header is not None
    data = acknowledgement_xml(found, level3().header)  # type: ignore[arg-type]
    assert not list(schema_faults(parse_xml(data, where="answer")))
    assert b"<Field>Customer/Name</Field>" in data


@pytest.mark.parametrize("action", Action)
def test_every_action_is_answered(action: Action) -> None:
    found = answer(changed(action=action.value))
    assert found.accepted == (action is Action.NEW)
