"""Sample orders for the tests of rendering and change: one for every service, card and encapsulation."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from turnup import folder
from turnup.model.equipment import Assignment, LineCard, Port, Router
from turnup.model.order import (
    Action,
    Bgp,
    ClockSource,
    CrossConnect,
    Customer,
    Encapsulation,
    Layer2,
    Layer3,
    Location,
    PortServiceOrder,
)
from turnup.model.policy import Policy
from turnup.platforms import Platform, Settings
from turnup.render import Intent, render_order

IOS = Platform("ios", folder("templates") / "ios", Settings("Cisco IOS"))
ROUTER = Router(
    name="nyc-hud-gsr1",
    site="NYC-60HUDSON",
    platform="ios",
    chassis="12012",
    processor="GRP-B",
    loopback=IPv4Address("10.255.1.1"),
    net="49.0001.0102.5500.1001.00",
    local_as=64500,
)
POLICY = Policy(
    customer_route_map_in="CUST-IN",
    customer_route_map_out="CUST-OUT",
    secrets={"LVL3-MD5": "env:TURNUP_SECRET_LVL3_MD5"},
)
BGP = Bgp(64603, 100, (IPv4Network("203.0.113.0/24"),), md5_key_ref="LVL3-MD5")
SLOT = 5
E = Encapsulation


@dataclass(frozen=True)
class Case:
    """A name, the card the port is on, and what layer 2 the order asks for."""

    name: str
    card: str
    layer2: Layer2
    bgp: Bgp | None = BGP

    def __str__(self) -> str:
        return self.name


GOLDEN = (
    Case("ds3-ppp", "6DS3-SMB", Layer2(E.PPP, crc=32)),
    Case("ds3-hdlc", "12DS3-SMB", Layer2(E.HDLC)),
    Case("ds3-frame-relay", "6DS3-SMB", Layer2(E.FRAME_RELAY, dlci=16, crc=16)),
    Case(
        "ds3-subrate-kentrox",
        "12DS3-SMB",
        Layer2(
            E.PPP,
            crc=16,
            scramble=True,
            clock_source=ClockSource.INTERNAL,
            framing="m13",
            dsu_mode=1,
            dsu_bandwidth=10000,
            cable_length=50,
            mtu=1500,
        ),
    ),
    Case("oc3c-ppp", "4OC3/POS", Layer2(E.PPP, crc=32, scramble=True, c2=22, clock_source=ClockSource.INTERNAL)),
    Case("oc3c-hdlc", "8OC3/POS", Layer2(E.HDLC, crc=16)),
    Case("oc3c-frame-relay", "4OC3/POS", Layer2(E.FRAME_RELAY, dlci=100, crc=32, scramble=True)),
    Case("oc3c-sdh", "16OC3/POS", Layer2(E.PPP, crc=32, framing="sdh", mtu=9180)),
    Case("oc12c-ppp", "OC12/POS", Layer2(E.PPP, crc=32, scramble=True)),
    Case("oc12c-hdlc", "4OC12/POS", Layer2(E.HDLC, crc=32)),
    Case("oc12c-frame-relay", "OC12/POS", Layer2(E.FRAME_RELAY, dlci=1007)),
    Case("oc48c-ppp", "OC48/POS", Layer2(E.PPP, crc=32, scramble=True)),
    Case("oc48c-hdlc", "OC48/POS", Layer2(E.HDLC, crc=32)),
    Case("fe-ethernet", "8FE-TX", Layer2(E.ETHERNET)),
    Case("fe-ethernet-no-bgp", "8FE-TX", Layer2(E.ETHERNET), bgp=None),
    Case("fe-dot1q", "8FE-TX", Layer2(E.DOT1Q, vlan=100)),
    Case("ge-ethernet", "GE-GBIC", Layer2(E.ETHERNET, mtu=1530)),
    Case("ge-dot1q", "GE-GBIC", Layer2(E.DOT1Q, vlan=4094)),
    Case("ge-dot1q-no-bgp", "3GE-GBIC", Layer2(E.DOT1Q, vlan=7), bgp=None),
)


def card(part: str) -> LineCard:
    return IOS.linecards[part]


def every_card() -> tuple[Case, ...]:
    """Every orderable card with every encapsulation it can carry, with and without BGP."""
    cases = []
    for part, kind in IOS.linecards.items():
        for encapsulation in Encapsulation if kind.orderable else ():
            if encapsulation.value.lower() not in kind.capabilities:
                continue
            layer2 = Layer2(
                encapsulation,
                vlan=100 if encapsulation is E.DOT1Q else None,
                dlci=16 if encapsulation is E.FRAME_RELAY else None,
                crc=32 if "crc" in kind.capabilities else None,
                scramble=True if "scramble" in kind.capabilities else None,
            )
            cases += [
                Case(f"{part}-{encapsulation}{'' if bgp else '-no-bgp'}", part, layer2, bgp) for bgp in (BGP, None)
            ]
    return tuple(cases)


def kinds() -> tuple[Case, ...]:
    """One case for each kind of port and encapsulation; TURNUP_ALL_CASES=1 takes every card, with and without BGP."""
    if os.environ.get("TURNUP_ALL_CASES"):
        return every_card()
    found: dict[object, Case] = {}
    for case in every_card():
        found.setdefault((card(case.card).interface.split("{")[0], case.layer2.encapsulation), case)
    return (*found.values(), next(case for case in GOLDEN if case.bgp is None))


def order_for(case: Case) -> PortServiceOrder:
    """The contract's own example, turned to that case."""
    return PortServiceOrder(
        order_id="PSO-2001-000051",
        action=Action.NEW,
        location=Location(ROUTER.site),
        speed=card(case.card).speed,
        customer=Customer("LVL3", "Level 3"),
        requested_by="J. Smith",
        cross_connect=CrossConnect("T3Z/NYC/0007", "Cage 12 panel 4 pos 7"),
        layer2=case.layer2,
        layer3=Layer3(IPv4Network("10.10.3.0/30")),
        bgp=case.bgp,
    )


def assign(order: PortServiceOrder, part: str, port: int = 0) -> Assignment:
    """That order on that port of a card in slot 5."""
    kind = card(part)
    return Assignment(order, Port(ROUTER.name, ROUTER.site, kind.interfaces(SLOT)[port], kind, SLOT))


def assignment_for(case: Case) -> Assignment:
    return assign(order_for(case), case.card)


def intent_for(case: Case) -> Intent:
    return render_order(IOS, assignment_for(case), ROUTER, POLICY)


def with_bgp(case: Case, **changes: object) -> Case:
    """The case with other BGP fields."""
    return replace(case, bgp=replace(case.bgp or BGP, **changes))  # type: ignore[arg-type]
