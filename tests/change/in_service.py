"""A fake router with an order in service, and the undertakings that change it. Shared by the tests of actions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any

from fake_router import FakeRouter, FakeSession
from sample_orders import GOLDEN, IOS, POLICY, ROUTER, SLOT, Case, assign, card, order_for

from turnup.change.journal import Journals
from turnup.change.plan import Plan
from turnup.change.push import push
from turnup.change.undertaking import Ground, Kind, Undertaking, plan_of
from turnup.configuration import Configuration
from turnup.home import Home
from turnup.model.equipment import Assignment, Port
from turnup.model.order import Action, CrossConnect, Customer, Layer3
from turnup.model.policy import Policy

DS3 = GOLDEN[0]
KEYS = {"LVL3-MD5": "env:TURNUP_SECRET_LVL3_MD5"}


@dataclass
class Site:
    """One router with the order of `case` in service on port 0 of its card; port 1 is free."""

    case: Case
    home: Home
    policy: Policy = POLICY
    others: str = ""  # interfaces of other customers

    def __post_init__(self) -> None:
        kind = card(self.case.card)
        names = [str(name) for name in kind.interfaces(SLOT)[:2]]
        self.router = FakeRouter.with_ports(*names, extra=self.others)
        self.empty = self.router.show()
        self.standing = assign(order_for(self.case), self.case.card)
        self.do(Undertaking(Kind.NEW, self.standing))
        self.serving = self.router.show()
        self.router.heard.clear()

    @property
    def ground(self) -> Ground:
        return Ground(IOS, ROUTER, self.policy, Journals(self.home.part("journal")))

    def plan(self, work: Undertaking) -> Plan:
        return plan_of(work, self.ground, Configuration.read(self.router.show()))

    def do(self, work: Undertaking, session: FakeSession | None = None, **options: Any) -> str:
        return push(session or FakeSession(self.router), self.plan(work), self.home, **options).state

    def _order(self, action: Action, number: int) -> Any:
        return replace(self.standing.order, order_id=f"PSO-2001-{number:06}", action=action)

    @property
    def change(self) -> Undertaking:
        """Another link, other prefixes, another circuit."""
        order = self.standing.order
        bgp = order.bgp and replace(
            order.bgp,
            maximum_prefix=250,
            allowed_prefixes=(IPv4Network("198.51.100.0/25"), IPv4Network("203.0.113.0/24")),
        )
        circuit = CrossConnect("T3Z/NYC/0099", "Cage 12 panel 4 pos 8")
        then = replace(order, layer3=Layer3(IPv4Network("10.10.7.0/30")), bgp=bgp, cross_connect=circuit)
        asks = Assignment(self._order(Action.CHANGE, 61), self.standing.port)
        return Undertaking(Kind.CHANGE, asks, self.standing, then)

    @property
    def disconnect(self) -> Undertaking:
        return Undertaking(
            Kind.DISCONNECT, Assignment(self._order(Action.DISCONNECT, 62), self.standing.port), self.standing
        )

    def redesignate(self, *, connected: bool = True) -> Undertaking:
        """The same port for another customer, with another link, AS and no key."""
        order = self._order(Action.REDESIGNATE, 63)
        bgp = order.bgp and replace(
            order.bgp, peer_as=64777, md5_key_ref=None, allowed_prefixes=(IPv4Network("192.0.2.128/25"),)
        )
        new = replace(
            order,
            customer=Customer("OTHR", "Other"),
            cross_connect=CrossConnect("T3Z/NYC/0044", "Cage 9 panel 1 pos 1"),
            layer3=Layer3(IPv4Network("10.10.8.0/30")),
            bgp=bgp,
        )
        asks = Assignment(new, self.standing.port)
        return Undertaking(Kind.REDESIGNATE, asks, self.standing, connected=connected)

    @property
    def move(self) -> Undertaking:
        kind = card(self.case.card)
        name = kind.interfaces(SLOT)[1] if kind.ports > 1 else kind.interfaces(SLOT + 1)[0]
        port = Port(ROUTER.name, ROUTER.site, name, kind, SLOT)
        return Undertaking(Kind.MOVE, Assignment(self.standing.order, port), self.standing, because="port is bad")

    def work(self, kind: Kind) -> Undertaking:
        every = {
            Kind.CHANGE: self.change,
            Kind.DISCONNECT: self.disconnect,
            Kind.REDESIGNATE: self.redesignate(),
            Kind.MOVE: self.move,
            Kind.VACATE: Undertaking(Kind.VACATE, self.standing, self.standing),
        }
        return every[kind]
