"""From an order's text to the rendered lines of IOS XR and FRR: no router, and no acknowledgement that might refuse it.

The judge works the lines out anew from the order's typed values: each line that is rendered must be one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from injection_path import KEY, Breach, Came, read

from turnup.connect.guard import fit_to_type
from turnup.equipment.estate import load_equipment
from turnup.errors import TurnupError
from turnup.model.equipment import Assignment, LineCard, Port
from turnup.model.order import PortServiceOrder
from turnup.platforms import platform
from turnup.render import render_order
from turnup.render.grammar import grammar_of
from turnup.render.intent import ConfigItem

ROUTER, SLOT = "nyc-hud-gsr1", 0
_TEXT = r"[!-~]+(?: [!-~]+)*"  # one line of printable ASCII
_INTERFACE = {
    "iosxr": (r"ipv4 address \S+ \S+", r"encapsulation (?:hdlc|ppp|dot1q \d{1,4})", r"pos crc (?:16|32)", r"mtu \d+"),
    "frr": (r"ip address \S+", r"bandwidth \d+", r"mtu \d+"),
}
_ALWAYS = (r"", r"(?:no )?shutdown", rf"description CUST\|{_TEXT}\|")


class Rendered:
    """The way of an order as far as the lines that a platform would be sent."""

    def __init__(self, name: str) -> None:
        self.name, self.platform = name, platform(name)
        self.grammar = grammar_of(self.platform)
        equipment = load_equipment()
        self.router, self.policy = replace(equipment.routers[ROUTER], platform=name), equipment.policy

    def follow(self, form: str, data: bytes) -> Came:
        """Send it so far. Raises Breach; anything but our own errors is a defect as well and goes on."""
        stage = "reading"
        try:
            order = read(form, data).order
            stage = "render"
            card = next((one for one in self.platform.linecards.values() if one.speed == order.speed), None)
            if card is None:
                return Came("refused at render")
            port = Port(ROUTER, self.router.site, card.interfaces(SLOT)[-1], card, SLOT)
            intent = render_order(self.platform, Assignment(order, port), self.router, self.policy)
            stage = "wire"
            items = (*intent.phase1, *intent.phase2)
            typed = tuple(self._typed(item) for item in items)
        except TurnupError:
            return Came(f"refused at {stage}")
        self.judge(order, port, card, items)
        return Came("typed", typed)

    def _typed(self, item: ConfigItem) -> str:
        self.grammar.check(item.section, item.text)
        text = item.text
        for name in self.policy.secrets:
            text = text.replace(f"<secret:{name}>", KEY)
        for line in filter(None, (item.section, text)):
            fit_to_type(line)
        return text

    def judge(self, order: PortServiceOrder, port: Port, card: LineCard, items: tuple[ConfigItem, ...]) -> None:
        """Raise Breach for a line that this order may not have, or has twice."""
        may = [*self._port(order, port), *self._routing(order)]
        for item in items:
            if not any(item.section == section and re.fullmatch(text, item.text) for section, text in may):
                raise Breach(f"{item.text!r} below {item.section!r} is no line of {port.interface} on {card.part}")
        lines = [item for item in items if item.text and item.text not in ("end-set", "end-policy")]
        if len({(item.section, item.text) for item in lines}) != len(lines):
            raise Breach(f"a line stands twice: {lines}")

    def _port(self, order: PortServiceOrder, port: Port) -> Iterator[tuple[str, str]]:
        header = f"interface {port.interface}"
        vlan = order.layer2.vlan if order.layer2 else None
        for section in (header, *([f"{header}.{vlan}"] if vlan is not None else [])):
            yield from ((section, text) for text in (*_ALWAYS, *_INTERFACE[self.name]))

    def _routing(self, order: PortServiceOrder) -> Iterator[tuple[str, str]]:
        if order.bgp is None or order.layer3 is None:
            return
        process, name = f"router bgp {self.router.local_as}", f"CUST-{order.bgp.peer_as}-IN"
        peer = re.escape(f"neighbor {order.layer3.customer_address}")
        yield process, rf"|{peer} {_TEXT}|no {peer} shutdown"
        prefixes = [re.escape(str(prefix)) for prefix in order.bgp.allowed_prefixes]
        if self.name == "frr":
            yield from (("", rf"ip prefix-list {name} seq \d+ permit {prefix}") for prefix in prefixes)
            return
        yield "", "end-set|end-policy"
        yield f"prefix-set {name}", "|".join(("", *(f"{prefix},?" for prefix in prefixes)))
        yield f"route-policy {name}", rf"|if destination in {name} then|apply [A-Za-z0-9_-]+|else|drop|pass|endif"
