"""Verify all interfaces: the ordered port as ordered, links and loopback up, spare ports shut, line card sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.facts.diagnosis import Diagnosis
from turnup.facts.interface import Interface
from turnup.facts.interface_brief import InterfaceBrief
from turnup.facts.slot import Slot
from turnup.model.equipment import Assignment
from turnup.model.order import Encapsulation, Speed
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen
from turnup.rules.foreign_lines import FOREIGN, HARMLESS
from turnup.rules.interfaces import (
    SECOND,
    alarms,
    controller_asks,
    errors,
    in_brief,
    in_slot,
    named,
    only,
    state,
    traffic,
    up,
)
from turnup.rules.line_settings import ds3, sonet
from turnup.rules.orders import addressed_interface
from turnup.rules.other_igps import speakers
from turnup.rules.spare_ports import spare_ports

_SHOWN = {
    Encapsulation.HDLC: "HDLC",
    Encapsulation.PPP: "PPP",
    Encapsulation.FRAME_RELAY: "FRAME-RELAY",
    Encapsulation.ETHERNET: "ARPA",
    Encapsulation.DOT1Q: "ARPA",  # of the port itself; its subinterface has the tag
}
_TAGGED = "802.1Q Virtual LAN"
_MTU = {Speed.FE: 1500, Speed.GE: 1500}  # others 4470 on this equipment
_BANDWIDTHS = {  # both are in use for a whole DS-3; IOS-XR tells the exact rate of SONET
    Speed.DS3: (44210, 44736),
    Speed.OC3C: (155000, 155520),
    Speed.OC12C: (622000, 622080),
    Speed.OC48C: (2488000, 2488320),
}
_SLOT_RUNS = ("IOS Running", "IOS XR RUN", "ok")  # 12.0S, IOS-XR, IOS-XE
_CARD_RUNS = "Line Card Enabled (IOS RUN)"


@dataclass(frozen=True)
class Settings:
    """`errors_allowed`: errors of the past, since counters were cleared, that need no look at the port.

    `accepted_lines`: lines that a port may have beside its order's, as the configuration shows them.
    """

    errors_allowed: int = 0
    accepted_lines: tuple[str, ...] = ()


def asks(expected: Expected) -> tuple[Ask, ...]:
    """The controller of the ordered port, and all interfaces once more (counters)."""
    ports = [expected.assignment.port.interface] if expected.assignment else []
    return (*controller_asks(ports), Ask.of("interface", **SECOND))


@check(
    9,
    "Verify all interfaces",
    needs=("interface_brief", "interface", "running_config", "slot", "diagnosis"),
    asks=asks,
    settings=Settings,
)
def interfaces(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Ordered port up/up, not looped, with the order's encapsulation, CRC, MTU, speed and address, without alarms.

    Error counters do not grow during the test. Its line card runs and has not crashed. Links and loopback are up.
    Ports that nobody uses (no address, no description, no part of another port) are shut.
    Every line of the order below an interface stands in the configuration (its description is test 20).
    FAIL: any of these is otherwise, a line of somebody else, OSPF, RIP or EIGRP on the port, half-duplex.
    INCONCLUSIVE: the port is missing though its card is there, old errors on the counters, card unknown to `show diag`,
    a line that nobody has looked at, an output not readable.
    """
    yield from part("ordered port", _ordered(expected, facts))
    yield from part("lines of the port", _configured(expected, facts))
    yield from part("routing on the port", _spoken_on(expected, facts))
    yield from part("line card", _card(expected, facts))
    yield from part("links and loopback", _in_service(expected, facts))
    yield from part("spare ports", spare_ports(expected, facts))


def _ordered(expected: Expected, facts: Facts) -> Iterator[Finding]:
    assignment = expected.ordered()
    name = assignment.port.interface
    row = only(facts.rows(Interface), name)
    if row is None:
        yield from _absent(facts, assignment)
        return
    yield from state(facts, row, source=expected.order("location"))
    yield from _line_settings(expected, facts, row, assignment)
    yield from _address(expected, facts)
    allowed = expected.settings("interfaces", Settings).errors_allowed
    yield from errors(facts, row, allowed=allowed, source=expected.agreed("checks.interfaces.errors_allowed"))
    yield from part(f"{name} traffic", traffic(facts, row))
    yield from part(f"{name} alarms", alarms(facts, name, source="Schedule 2"))
    yield from part(f"{name} DS-3 settings", ds3(expected, facts, name))
    yield from part(f"{name} SONET settings", sonet(expected, facts, row))


def _absent(facts: Facts, assignment: Assignment) -> Iterator[Finding]:
    name, slot = assignment.port.interface, assignment.port.slot
    if facts.lacks("slot"):
        yield compare(str(name), "present", "absent", seen=facts.whole(Interface))
        return
    cards = in_slot(facts.rows(Slot), assignment.port)
    if cards:
        yield inconclusive(
            str(name),
            f"not shown, though slot {slot} holds {cards[0].card}",
            expected="present",
            seen=facts.seen(*cards),
        )
    else:
        yield compare(str(name), "present", f"absent, slot {slot} is empty", seen=facts.whole(Slot))


def _line_settings(expected: Expected, facts: Facts, row: Interface, assignment: Assignment) -> Iterator[Finding]:
    speed, seen = assignment.order.speed, facts.seen(row)
    step = assignment.port.card.bandwidth_step
    wanted = tuple(kbit // step * step for kbit in _BANDWIDTHS.get(speed, (speed.kbit,)))
    yield holds(
        f"{row.name} bandwidth",
        row.bandwidth_kbit in wanted,
        expected=f"{wanted[0]} kbit/s ({speed})",
        observed=row.bandwidth_kbit,
        source=expected.order("speed"),
        seen=seen,
    )
    layer2 = expected.need(assignment.order.layer2, "layer 2 of the order")
    shown = (row.encapsulation or "").split(",")[0].removesuffix(" IETF")
    if shown == _TAGGED and layer2.encapsulation is Encapsulation.DOT1Q:
        shown = "ARPA"  # some images show the tag on the port as well
    source = expected.order("layer2.encapsulation")
    yield compare(f"{row.name} encapsulation", _SHOWN[layer2.encapsulation], shown, source=source, seen=seen)
    mtu = (layer2.mtu or _MTU.get(speed, 4470)) + assignment.port.card.mtu_header
    yield compare(f"{row.name} MTU", mtu, row.mtu, source=expected.order("layer2.mtu"), seen=seen)
    if row.duplex:
        yield compare(f"{row.name} duplex", "full", row.duplex.lower(), source=source, seen=seen)
    crc = layer2.crc or (assignment.port.card.default_crc if speed not in _MTU else None)
    if crc is not None:
        yield compare(f"{row.name} CRC", crc, row.crc, source=expected.order("layer2.crc"), seen=seen)


def _address(expected: Expected, facts: Facts) -> Iterator[Finding]:
    link = expected.need(expected.ordered().order.layer3, "the link network of the order")
    port = addressed_interface(expected)
    wanted = IPv4Interface(f"{link.router_address}/{link.link_prefix.prefixlen}")
    source = expected.order("layer3.link_prefix")
    row = only(facts.rows(Interface), port)
    if row is None:
        yield compare(f"{port} address", wanted, "no such interface", source=source, seen=facts.whole(Interface))
        return
    yield compare(f"{port} address", wanted, row.address, source=source, seen=facts.seen(row))
    if port != str(expected.ordered().port.interface):
        yield from up(facts, row, source=source)
        yield from _tag(expected, facts, row)
    brief = facts.rows(InterfaceBrief)
    for line in named(brief, port):
        shown = in_brief(line)
        yield compare(f"{port} in brief", f"{wanted.ip} up/up", shown, source=source, seen=facts.seen(line))
    if not named(brief, port):
        yield inconclusive(f"{port} in brief", "not in the table", expected=f"{wanted.ip} up/up")


def _tag(expected: Expected, facts: Facts, row: Interface) -> Iterator[Finding]:
    layer2 = expected.need(expected.ordered().order.layer2, "layer 2 of the order")
    if layer2.encapsulation is Encapsulation.DOT1Q:
        kind, _, tag = (row.encapsulation or "").partition(",")
        shown = f"{kind} {''.join(ch for ch in tag if ch.isdigit())}"
        source, seen = expected.order("layer2.vlan"), facts.seen(row)
        yield compare(f"{row.name} tag", f"{_TAGGED} {layer2.vlan}", shown, source=source, seen=seen)


def _configured(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """The rendered lines as they stand: what no show command tells (cdp, redirects) is proved here."""
    config = facts.configuration()
    lines = expected.need(expected.lines, "the lines of the order")
    for section, text in lines:
        if section.startswith("interface ") and not text.startswith("description "):  # test 20 has its text
            shown = text if text in (config.section(section) or ()) else None
            source, seen = expected.order("lines"), lines_seen(facts, text, section=section)
            yield compare(f"{section.split()[1]}: {text}", text, shown, source=source, seen=seen)
    for section in dict.fromkeys(section for section, _ in lines if section.startswith("interface ")):
        yield from _left_over(expected, facts, section, {text for header, text in lines if header == section})


def _spoken_on(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """A routing process may run on the port by its address alone: then it tells the customer the network's routes."""
    link = expected.need(expected.ordered().order.layer3, "the link network of the order")
    port = addressed_interface(expected)
    for header, text in speakers(facts.configuration(), port, link.router_address):
        source, seen = expected.order("lines"), lines_seen(facts, text, section=header)
        yield compare(f"{port}: routing process", "none", f"{header}: {text}", source=source, seen=seen)


def _left_over(expected: Expected, facts: Facts, section: str, ours: set[str]) -> Iterator[Finding]:
    """Lines of somebody else that change what the port does with packets; the image's own defaults are none.

    A line that nobody has looked at may do anything: it is shown, and policy may accept it.
    """
    ours = {*ours, *expected.settings("interfaces", Settings).accepted_lines}
    subject, source = f"{section.split()[1]}: line not of the order", expected.order("lines")
    for text in facts.configuration().section(section) or ():
        seen = lines_seen(facts, text, section=section)
        if text in ours:
            continue
        if text.startswith(FOREIGN) or text == "cdp":
            yield compare(subject, "none", text, source=source, seen=seen)
        elif not text.startswith(HARMLESS):
            why = f"`{text}`: what it does to packets is not known; policy may accept it (accepted_lines)"
            yield inconclusive(subject, why, expected="none", source=source, seen=seen)


def _card(expected: Expected, facts: Facts) -> Iterator[Finding]:
    port = expected.ordered().port
    source = expected.inventory(f"slots.{port.slot}")
    slots = in_slot(facts.rows(Slot), port)
    names = expected.need(port.card.show_diag, f"the names under which {port.card.part} is shown")
    if not slots:
        yield compare(f"slot {port.slot}", port.card.part, "empty", source=source, seen=facts.whole(Slot))
    for row in slots:
        seen = facts.seen(row)
        yield holds(
            f"slot {port.slot} card",
            _is_card(row.card, names),
            expected=port.card.part,
            observed=row.card,
            source=source,
            seen=seen,
        )
        state_word = row.state.split("  ")[0].strip()
        runs = state_word in _SLOT_RUNS
        told = f"slot {port.slot} state"
        yield holds(told, runs, expected=_SLOT_RUNS[0], observed=state_word, source=source, seen=seen)
    boards = [row for row in facts.rows(Diagnosis) if row.slot == port.slot]
    if not boards:
        yield inconclusive(f"board in slot {port.slot}", "not in show diag", expected=_CARD_RUNS, source=source)
    for board in boards:
        seen = facts.seen(board)
        good = _is_card(board.card, names)
        told = port.card.part
        yield holds(f"card in slot {port.slot}", good, expected=told, observed=board.card, source=source, seen=seen)
        words = " ".join((board.state or "").replace("( ", "(").replace(" )", ")").split())
        yield compare(f"board in slot {port.slot}", _CARD_RUNS, words, source=source, seen=seen)
        yield compare(f"crashes of slot {port.slot}", 0, board.crashes, source=source, seen=seen)


def _is_card(shown: str, names: tuple[str, ...]) -> bool:
    """The router adds the optics behind the card's name."""
    return any(shown == name or shown.startswith(f"{name} ") for name in names)


def _in_service(expected: Expected, facts: Facts) -> Iterator[Finding]:
    router = expected.router
    wanted = [(str(link.interface), str(link.address.ip)) for link in router.links if link.in_service]
    wanted.append((router.source_interface, str(router.loopback)))
    rows = facts.rows(InterfaceBrief)
    for name, address in wanted:
        found = named(rows, name)
        shown = "; ".join(map(in_brief, found))
        source, seen = expected.inventory("links, loopback"), facts.seen(*found) or facts.whole(InterfaceBrief)
        yield compare(name, f"{address} up/up", shown, source=source, seen=seen)
