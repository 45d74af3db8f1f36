"""One interface as its configuration lines make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Interface

from turnup.model.equipment import LineCard
from turnup.model.interface_name import InterfaceName

_SHORT = {
    "Serial": "Se",
    "POS": "PO",
    "FastEthernet": "Fa",
    "GigabitEthernet": "Gi",
    "Ethernet": "Et",
    "Loopback": "Lo",
}


@dataclass(frozen=True)
class Port:
    """An interface: its name, the card it sits on (None for loopbacks and the processor's own) and its lines."""

    name: InterfaceName
    card: LineCard | None
    lines: tuple[str, ...]

    def words(self, *first: str) -> tuple[str, ...] | None:
        """What follows these words in the first line that begins with them; None when there is no such line."""
        return next((w[len(first) :] for line in self.lines if (w := tuple(line.split()))[: len(first)] == first), None)

    def word(self, *first: str) -> str:
        """The first of those words, "" when there is none."""
        found = self.words(*first)
        return found[0] if found else ""

    @property
    def short(self) -> str:
        """`Se5/0`, as narrow tables abbreviate it."""
        return f"{_SHORT.get(self.name.type, self.name.type[:2])}{self.name.place}{self.name.sub}"

    @property
    def shut(self) -> bool:
        """Whether `shutdown` stands there."""
        return "shutdown" in self.lines

    @property
    def is_sonet(self) -> bool:
        """Packet over SONET."""
        return self.name.type == "POS"

    @property
    def is_serial(self) -> bool:
        """DS-3."""
        return self.name.type == "Serial"

    @property
    def is_ethernet(self) -> bool:
        """Any kind of Ethernet."""
        return self.name.type.endswith("Ethernet")

    @property
    def is_virtual(self) -> bool:
        """Loopbacks: up without a cable."""
        return self.name.type == "Loopback"

    @cached_property
    def description(self) -> str:
        """The text behind `description`, its blanks kept."""
        return next((line.removeprefix("description ") for line in self.lines if line.startswith("description ")), "")

    @cached_property
    def address(self) -> IPv4Interface | None:
        """The primary address."""
        for line in self.lines:
            words = line.split()
            if words[:2] == ["ip", "address"] and len(words) == 4:
                return IPv4Interface(f"{words[2]}/{words[3]}")
        return None

    @property
    def encapsulation(self) -> str:
        """`HDLC`, `PPP`, `FRAME-RELAY`, `ARPA`, `802.1Q Virtual LAN`, `LOOPBACK`."""
        if self.is_virtual:
            return "LOOPBACK"
        if self.is_ethernet:
            return "802.1Q Virtual LAN" if self.word("encapsulation").lower() == "dot1q" else "ARPA"
        return (self.word("encapsulation") or "hdlc").upper()

    @property
    def vlan(self) -> str:
        """Number behind `encapsulation dot1Q`, "" without one."""
        words = self.words("encapsulation") or ()
        return words[1] if len(words) > 1 and words[0].lower() == "dot1q" else ""

    @property
    def crc(self) -> int:
        """Length of the frame check: configured, or the card's default."""
        default = self.card.default_crc if self.card and self.card.default_crc else 16
        return int(self.word("crc") or default)

    @property
    def scrambled(self) -> bool:
        """Whether the payload is scrambled."""
        return "pos scramble-atm" in self.lines or "scramble" in self.lines

    @property
    def loopback(self) -> str:
        """`local`, `internal`, `line`, ... when the port is looped on purpose, "" otherwise."""
        words = self.words("loopback")
        return "" if words is None else " ".join(words) or "local"

    @property
    def keepalive(self) -> str:
        """What show interfaces says about it."""
        if "no keepalive" in self.lines:
            return "Keepalive not set"
        return f"Keepalive set ({self.word('keepalive') or 10} sec)"

    @property
    def mtu(self) -> int:
        """Bytes."""
        if mtu := self.word("mtu"):
            return int(mtu)
        return 1514 if self.is_virtual else 1500 if self.is_ethernet else 4470

    @property
    def kbit(self) -> int:
        """Bandwidth: configured, or the speed of the hardware."""
        if set_to := self.word("bandwidth"):
            return int(set_to)
        return 8000000 if self.is_virtual else self.card.speed.kbit if self.card else 10000

    @property
    def isis(self) -> bool:
        """Whether IS-IS runs on it by its own line."""
        return any(line.split()[:3] == ["ip", "router", "isis"] for line in self.lines)


def interface_lines(sections: Sequence[tuple[str, tuple[str, ...]]]) -> dict[InterfaceName, tuple[str, ...]]:
    """Lines of every `interface` section, in the order of the configuration."""
    return {
        InterfaceName.parse(header.split(None, 1)[1].split(" point-to-point")[0]): body
        for header, body in sections
        if header.startswith("interface ")
    }
