"""Which line settings go with each other, and which a line card can do (reference: provisioning 1.1, 1.2)."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.model.equipment import LineCard
from turnup.model.order import Encapsulation, Layer2, Speed

Point = tuple[str, str]  # field of the order, reason

# What the order sets -> the capability that the card must have for it.
NEEDS = {
    "crc": "crc",
    "scramble": "scramble",
    "clock_source": "clock",
    "framing": "framing",
    "dsu_mode": "dsu",
    "dsu_bandwidth": "dsu",
    "cable_length": "cablelength",
    "c2": "pos-c2",
    "mtu": "mtu",
}
LIMITS: dict[str, tuple[int, ...] | range] = {
    "crc": (16, 32),
    "dsu_mode": (0, 1, 2),
    "dsu_bandwidth": range(1, 44211),
    "cable_length": range(451),
    "c2": range(256),
    "mtu": range(64, 9217),
}
FULL_DS3 = 44210  # kbit/s
_TAGS = {"vlan": (Encapsulation.DOT1Q, range(1, 4095)), "dlci": (Encapsulation.FRAME_RELAY, range(16, 1008))}


def setting_points(layer2: Layer2) -> Iterator[Point]:
    """What is wrong with the settings whatever the card."""
    for field, allowed in LIMITS.items():
        value = getattr(layer2, field)
        if value is not None and value not in allowed:
            yield f"layer2.{field}", f"must be {_said(allowed)}, not {value}"
    for field, (encapsulation, numbers) in _TAGS.items():
        value = getattr(layer2, field)
        if layer2.encapsulation is not encapsulation and value is not None:
            yield f"layer2.{field}", f"goes with {encapsulation} only, not with {layer2.encapsulation}"
        elif layer2.encapsulation is encapsulation and value not in numbers:
            seen = "is missing" if value is None else f"must be {_said(numbers)}, not {value}"
            yield f"layer2.{field}", f"{seen} ({encapsulation} needs it)"


def carries(card: LineCard, encapsulation: Encapsulation) -> bool:
    """Whether the card can be given that encapsulation."""
    return encapsulation.value.lower() in card.capabilities


def card_points(layer2: Layer2, card: LineCard) -> Iterator[Point]:
    """What this card cannot do of what is ordered."""
    if not carries(card, layer2.encapsulation):
        yield "layer2.encapsulation", f"the line card {card.part} cannot carry {layer2.encapsulation}"
    for field, capability in NEEDS.items():
        if getattr(layer2, field) is not None and capability not in card.capabilities:
            yield f"layer2.{field}", f"the line card {card.part} has no such setting"
    if layer2.framing is not None and "framing" in card.capabilities:
        yield from _framing(layer2, ("c-bit", "m13", "bypass") if card.speed is Speed.DS3 else ("sonet", "sdh"))


def _framing(layer2: Layer2, allowed: tuple[str, ...]) -> Iterator[Point]:
    if layer2.framing not in allowed:
        yield "layer2.framing", f"must be {' or '.join(allowed)}, not {layer2.framing}"
    full = layer2.dsu_bandwidth in (None, FULL_DS3)
    if layer2.framing == "bypass" and (layer2.scramble or layer2.dsu_mode or not full):
        yield "layer2.framing", "bypass needs scrambling off, DSU mode 0 and the full bandwidth"


def _said(allowed: tuple[int, ...] | range) -> str:
    if isinstance(allowed, range):
        return f"{allowed.start} to {allowed.stop - 1}"
    return " or ".join(map(str, allowed))
