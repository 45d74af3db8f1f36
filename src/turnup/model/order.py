"""The Port Service Order (PASA 1.3(a)) as frozen types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from turnup.model.interface_name import InterfaceName


class Action(StrEnum):
    """What an order asks for (PASA 1.3(a) and (c))."""

    NEW = "NEW"
    CHANGE = "CHANGE"
    REDESIGNATE = "REDESIGNATE"
    DISCONNECT = "DISCONNECT"
    CANCEL = "CANCEL"


class Speed(StrEnum):
    """Port speeds of Schedule 3, as the order writes them."""

    DS3 = "DS3"
    OC3C = "OC3C"
    OC12C = "OC12C"
    OC48C = "OC48C"
    FE = "FE"
    GE = "GE"

    @property
    def kbit(self) -> int:
        """Bandwidth in kbit/s as IOS shows it (`BW 44210 Kbit`)."""
        return _KBIT[self]


_KBIT = {
    Speed.DS3: 44210,
    Speed.OC3C: 155000,
    Speed.OC12C: 622000,
    Speed.OC48C: 2488000,
    Speed.FE: 100000,
    Speed.GE: 1000000,
}


class Encapsulation(StrEnum):
    """Layer 2 of the cross-connect."""

    HDLC = "HDLC"
    PPP = "PPP"
    FRAME_RELAY = "FRAME-RELAY"
    ETHERNET = "ETHERNET"
    DOT1Q = "DOT1Q"


class ClockSource(StrEnum):
    """Who gives the line clock."""

    INTERNAL = "INTERNAL"
    LINE = "LINE"


@dataclass(frozen=True)
class Customer:
    """The Qwest Customer to which the Port is cross-connected (PASA 1.3(a))."""

    code: str
    name: str
    cage: str | None = None


@dataclass(frozen=True)
class Location:
    """Equipment Site, and the router and port when the order names them."""

    site: str
    router: str | None = None
    port: InterfaceName | None = None


@dataclass(frozen=True)
class CrossConnect:
    """The physical cross-connect (PASA 1.3(b)(i))."""

    circuit_id: str
    customer_demarc: str
    letter_of_authority: str | None = None


@dataclass(frozen=True)
class Layer2:
    """Line settings as agreed with the far end; None = the template's default for the card."""

    encapsulation: Encapsulation
    vlan: int | None = None
    dlci: int | None = None
    crc: int | None = None
    scramble: bool | None = None
    clock_source: ClockSource | None = None
    framing: str | None = None
    dsu_mode: int | None = None
    dsu_bandwidth: int | None = None
    cable_length: int | None = None
    c2: int | None = None
    mtu: int | None = None


@dataclass(frozen=True)
class Layer3:
    """The link network, a /30 or /31; the router takes the low address unless told otherwise."""

    link_prefix: IPv4Network
    router_end: str = "LOW"
    icmp_filtered: bool = False  # declared by the customer: its end does not answer pings

    @property
    def router_address(self) -> IPv4Address:
        """Our end of the link."""
        return self._ends[0 if self.router_end == "LOW" else 1]

    @property
    def customer_address(self) -> IPv4Address:
        """The customer's end of the link."""
        return self._ends[1 if self.router_end == "LOW" else 0]

    @property
    def _ends(self) -> tuple[IPv4Address, IPv4Address]:
        # Counted, never listed: an order may ask for 0.0.0.0/0, and is refused only later.
        outermost = 0 if self.link_prefix.num_addresses <= 2 else 1
        return self.link_prefix.network_address + outermost, self.link_prefix.broadcast_address - outermost


@dataclass(frozen=True)
class Bgp:
    """The customer's BGP session. `md5_key_ref` names a secret; the key itself is never in an order."""

    peer_as: int
    maximum_prefix: int
    allowed_prefixes: tuple[IPv4Network, ...] = ()
    minimum_prefixes: int = 0
    policy_name: str | None = None
    md5_key_ref: str | None = None


@dataclass(frozen=True)
class PortServiceOrder:
    """One Port Service Order, revision included. `origin` is the file (and line) it was read from."""

    order_id: str
    action: Action
    location: Location
    speed: Speed
    customer: Customer
    requested_by: str
    revision: int = 1
    supersedes: str | None = None
    equipment_model: str | None = None
    cross_connect: CrossConnect | None = None
    layer2: Layer2 | None = None
    layer3: Layer3 | None = None
    bgp: Bgp | None = None
    requested_due: datetime | None = None
    origin: str = ""


@dataclass(frozen=True)
class Header:
    """Who sent a message, to whom, when (UTC)."""

    message_id: str
    sender: str
    recipient: str
    sent_at: datetime
    in_reply_to: str | None = None


@dataclass(frozen=True)
class OrderMessage:
    """A Port Service Order with its envelope; a YAML order has no envelope."""

    order: PortServiceOrder
    header: Header | None = None
