"""Lines an interface takes without ever showing them, because they are its card's defaults (provisioning 1.2)."""

from __future__ import annotations

from turnup.model.equipment import LineCard
from turnup.model.interface_name import InterfaceName

# Cards whose record names no hidden defaults; `crc` differs by card and stands in the record (default_crc).
_HIDDEN = {
    "Serial": (
        "encapsulation hdlc",
        "framing c-bit",
        "dsu mode 0",
        "dsu bandwidth 44210",
        "cablelength 10",
        "clock source line",
        "bandwidth 44210",
        "crc 16",
    ),
    "POS": ("encapsulation hdlc", "clock source line", "pos framing sonet"),
    "FastEthernet": ("duplex auto", "speed auto", "half-duplex"),
}


def hidden_defaults(interface: InterfaceName, card: LineCard | None) -> tuple[str, ...]:
    """Of that interface on that card (None: no card has it)."""
    by_type = _HIDDEN.get(interface.type, ())
    if card is None or interface.type in ("Loopback", "Ethernet"):
        return by_type
    crc = (f"crc {card.default_crc}",) if card.default_crc else ()
    return (card.hidden_defaults or by_type) + crc
