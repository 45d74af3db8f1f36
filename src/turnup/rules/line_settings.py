"""Line settings of a port that both ends must share: DS-3 framing and clock, SONET scrambling and C2 (checklist 9)."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.checks import Expected, Facts, compare, inconclusive
from turnup.facts.controller_pos import ControllerPos
from turnup.facts.controller_serial import ControllerSerial
from turnup.facts.interface import Interface
from turnup.model.interface_name import InterfaceName
from turnup.model.order import ClockSource, Layer2
from turnup.model.verdict import Finding
from turnup.rules.interfaces import only


def ds3(expected: Expected, facts: Facts, name: InterfaceName) -> Iterator[Finding]:
    """Framing, clock, DSU mode and cable length must match the far end; what the order leaves open is not compared."""
    layer2 = expected.need(expected.ordered().order.layer2, "layer 2 of the order")
    wanted = _ordered_ds3(layer2)
    if name.type != "Serial" or not wanted:
        return
    row = only(facts.rows(ControllerSerial), name)
    if row is None:
        yield inconclusive(f"{name} controller", "the router does not show it")
        return
    shown = {
        "framing": row.framing.lower(),
        "clock_source": row.clock_source.lower(),
        "dsu_mode": str(row.dsu_mode),
        "cable_length": str(row.cable_length),
    }
    for field, value in wanted.items():
        source, seen = expected.order(f"layer2.{field}"), facts.seen(row)
        yield compare(f"{name} {field.replace('_', ' ')}", value, shown[field], source=source, seen=seen)


def sonet(expected: Expected, facts: Facts, row: Interface) -> Iterator[Finding]:
    """Scrambling and the path's C2 byte must match the far end; what the order leaves open is not compared."""
    name = expected.ordered().port.interface
    layer2 = expected.need(expected.ordered().order.layer2, "layer 2 of the order")
    if name.type != "POS":
        return
    if layer2.scramble is not None:
        wanted, seen = "enabled" if layer2.scramble else "disabled", facts.seen(row)
        yield compare(f"{name} scramble", wanted, row.scramble, source=expected.order("layer2.scramble"), seen=seen)
    if layer2.c2 is not None:
        controller = only(facts.rows(ControllerPos), name)
        if controller is None or controller.c2 is None:
            yield inconclusive(f"{name} C2", "the router does not show it", expected=layer2.c2)
            return
        source, seen = expected.order("layer2.c2"), facts.seen(controller)
        yield compare(f"{name} C2", layer2.c2, int(controller.c2, 16), source=source, seen=seen)


def _ordered_ds3(layer2: Layer2) -> dict[str, str]:
    clock = {ClockSource.INTERNAL: "internal", ClockSource.LINE: "line"}
    given = {
        "framing": layer2.framing.lower() if layer2.framing else None,
        "clock_source": clock[layer2.clock_source] if layer2.clock_source else None,
        "dsu_mode": None if layer2.dsu_mode is None else str(layer2.dsu_mode),
        "cable_length": None if layer2.cable_length is None else str(layer2.cable_length),
    }
    return {field: value for field, value in given.items() if value is not None}
