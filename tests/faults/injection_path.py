"""From an order's text to the bytes on a router's line, and what they would do there. Used by the proof of injection.

The judge is not the code under test: the typed bytes go to a virtual router of our own, whose configuration before and
after is compared line by line with what this order may touch, worked out here from the order alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any
from xml.sax.saxutils import escape

from turnup.change.plan import Plan, make_plan
from turnup.configuration import Configuration
from turnup.connect.guard import fit_to_type
from turnup.equipment.estate import Equipment, load_equipment
from turnup.errors import InputError, TurnupError
from turnup.load.json import read_json
from turnup.load.order import order_of, parse_order_xml, parse_order_yaml
from turnup.load.order_xml import element_path
from turnup.model.equipment import Assignment
from turnup.model.order import OrderMessage, PortServiceOrder
from turnup.order.acknowledge import acknowledge
from turnup.platforms import all_platforms, platform
from turnup.render import render_order
from turnup.render.grammar import grammar_of
from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.device import Device
from turnup.virtual.lab import Plain, make_lab
from turnup.virtual.shows import SimulatedState

NOW = datetime(2001, 7, 10, 9, 30, tzinfo=UTC)
FORMS = ("xml", "yaml", "json")
KEY = "k3y-of-the-lab"


@dataclass(frozen=True)
class Came:
    """How far an order came: `refused at reading`, `refused at acknowledge` ..., or `typed`; and its typed lines."""

    stage: str
    lines: tuple[str, ...] = ()


class Breach(AssertionError):
    """An order's text did what it may not."""


def document(form: str, fields: Mapping[str, Any], raw: Mapping[str, str]) -> bytes:
    """The order in that form. `raw` are texts put in unescaped, by the mark that stands for them in `fields`."""
    text = _xml(fields) if form == "xml" else json.dumps(fields)
    for mark, value in raw.items():
        text = text.replace(mark if form == "xml" else f'"{mark}"', value)
    return text.encode("utf-8", "surrogatepass")


def _xml(fields: Mapping[str, Any]) -> str:
    header = (
        "<Header><MessageId>MSG-2001-000118</MessageId><From>QWEST</From><To>KMC</To>"
        "<SentAt>2001-07-09T14:00:00Z</SentAt></Header>"
    )
    body = "".join(_element(name, value, name) for name, value in fields.items())
    return f'<Message xmlns="urn:turnup:port-access:1">{header}<PortServiceOrder>{body}</PortServiceOrder></Message>'


def _element(name: str, value: Any, path: str) -> str:
    tag = element_path(path).split("/")[-1].split(".")[-1].split("[")[0]
    if isinstance(value, Mapping):
        inner = "".join(_element(below, item, f"{path}.{below}") for below, item in value.items())
        return f"<{tag}>{inner}</{tag}>"
    if isinstance(value, list):
        return "".join(_element(name, item, f"{path}[0]") for item in value)
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{tag}>{escape(said)}</{tag}>"


def read(form: str, data: bytes) -> OrderMessage:
    """The order in that document."""
    if form == "xml":
        return parse_order_xml(data, where="order.xml")
    if form == "yaml":
        return parse_order_yaml(data, where="order.yaml")
    content = read_json(data, where="order.json")
    if not isinstance(content, dict):
        raise InputError("is not an order")
    return OrderMessage(order_of(content, "order.json"))


class Path:
    """The whole way of an order on IOS, against one estate."""

    def __init__(self) -> None:
        self.platform = platform("ios")
        self.grammar = grammar_of(self.platform)
        equipment = load_equipment()
        self.equipment: Equipment = replace(
            equipment, routers={key: replace(one, platform="ios") for key, one in equipment.routers.items()}
        )
        self.cards = {key: found.linecards for key, found in all_platforms().items()}
        self.lab = make_lab(
            tuple(self.equipment.routers.values()), equipment.sites, equipment.policy, SimulatedState(), Plain("lab")
        )
        self._judged: set[tuple[str, ...]] = set()
        self._plans: dict[object, Plan] = {}

    @cached_property
    def configurations(self) -> dict[str, Configuration]:
        """What every router shows."""
        return {name: device.configuration for name, device in self.lab.devices.items()}

    def follow(self, form: str, data: bytes) -> Came:
        """Send it the whole way. Raises Breach; anything but our own errors is a defect as well and goes on."""
        stage = "reading"
        try:
            message = read(form, data)
            stage = "acknowledge"
            answer = acknowledge(message, self.equipment, self.cards, self.configurations, (), NOW)
            if not answer.accepted or answer.port is None:
                return Came("refused at acknowledge")
            assignment = Assignment(message.order, answer.port)
            stage = "render"
            router = self.equipment.routers[answer.port.router]
            intent = render_order(self.platform, assignment, router, self.equipment.policy)
            stage = "plan"
            same = (str(assignment.port), intent.phase1, intent.phase2)
            if same not in self._plans:  # what renders alike is planned alike
                self._plans[same] = make_plan(
                    self.platform, intent, assignment, router, self.configurations[router.name]
                )
            plan = self._plans[same]
            stage = "wire"
            typed = tuple(self._typed(plan))
        except TurnupError:
            return Came(f"refused at {stage}")
        self._judge(message.order, assignment, plan, typed)
        return Came("typed", typed)

    def _typed(self, plan: Plan) -> list[str]:
        lines = []
        section = ""
        for item in (*plan.change.phase1, *plan.change.phase2):
            self.grammar.check(item.section, item.text)
            if item.section and item.section != section:
                lines.append(fit_to_type(item.section))
            section = item.section
            if item.text:
                text = item.text
                for name in self.equipment.policy.secrets:
                    text = text.replace(f"<secret:{name}>", KEY)
                lines.append(fit_to_type(text))
        return lines

    # --- the judge ---------------------------------------------------------------------------------------------------

    def _judge(self, order: PortServiceOrder, assignment: Assignment, plan: Plan, typed: tuple[str, ...]) -> None:
        stream = "".join(f"{line}\r" for line in typed)
        if any(not " " <= char <= "~" for char in stream.replace("\r", "")) or "?" in stream:
            raise Breach(f"not only printable ASCII: {stream!a}")
        count = len([item for item in (*plan.change.phase1, *plan.change.phase2) if item.text])
        if stream.count("\r") < count or any(len(line) > 254 for line in typed):
            raise Breach("a line was lost, or is too long")
        if typed in self._judged:
            return
        device = self.lab.devices[assignment.port.router]
        before, after = device.config.text(), _carried_out(device, typed)
        may = _may_touch(order, assignment)
        was, now = _lines(before), _lines(after)
        for section, line in (was - now) | (now - was):
            if not any(_within(section, line, one) for one in may):
                raise Breach(f"{line!r} below {section!r} is outside {assignment.port.interface}: {typed!a}")
        if len(self._judged) < 50_000:
            self._judged.add(typed)


def _carried_out(device: Device, typed: tuple[str, ...]) -> str:
    """The configuration after those lines; the device is as before."""
    tree = device.config
    copied = type(tree).read(tree.text(), tree.cards)
    device.__dict__["config"] = copied
    try:
        mode = ConfigMode(device)
        for line in typed:
            said = mode.line(line)
            if said:
                raise Breach(f"the router says {said!r} to {line!r}")
        return copied.text()
    finally:
        device.__dict__["config"] = tree


@lru_cache(maxsize=64)
def _lines(text: str) -> frozenset[tuple[str, str]]:
    found, section = set(), ""
    for line in text.splitlines():
        if line.startswith(" "):
            found.add((section, line.strip()))
        else:
            section = line
            found.add(("", line))
    return frozenset(found)


def _may_touch(order: PortServiceOrder, assignment: Assignment) -> tuple[tuple[str, str], ...]:
    """(start of the section, start of the line) of everything this order may touch, from its typed values alone."""
    port = str(assignment.port.interface)
    may = [(f"interface {port}", ""), ("", f"interface {port}."), ("router isis", f"passive-interface {port}")]
    if order.layer3 and order.bgp:
        may += [
            ("router bgp ", f"neighbor {order.layer3.customer_address} "),
            ("", f"ip prefix-list CUST-{order.bgp.peer_as}-IN "),
        ]
    return tuple(may)


def _within(section: str, line: str, may: tuple[str, str]) -> bool:
    below, first = may
    text = line.removeprefix("no ")
    if not below:
        return not section and text.startswith(first)
    exact = section == below or section.startswith(f"{below}.") or (below.endswith(" ") and section.startswith(below))
    return exact and (text == first or text.startswith(first if not first or first.endswith(" ") else f"{first}."))
