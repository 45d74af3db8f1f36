"""Equipment Sites and Qualified Equipment (Schedule 3) as frozen types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from turnup.model.interface_name import InterfaceName
from turnup.model.order import PortServiceOrder, Speed


@dataclass(frozen=True)
class LineCard:
    """One kind of line card: what it offers and what it hides (reference: provisioning 1.1).

    `interface` is a pattern such as `Serial{slot}/{port}`. `hidden_defaults` are lines the card accepts but
    `show running-config` never shows.
    """

    part: str
    title: str
    speed: Speed
    ports: int
    interface: str
    engine: int
    show_diag: tuple[str, ...] = ()  # names under which `show diag` / `show gsr` show it
    capabilities: frozenset[str] = frozenset()
    hidden_defaults: tuple[str, ...] = ()
    default_crc: int | None = None
    orderable: bool = True
    bandwidth_step: int = 1  # kbit/s: FRR keeps whole Mbit/s
    mtu_header: int = 0  # bytes of the layer 2 header that the platform counts in a port's MTU

    def interfaces(self, slot: int) -> tuple[InterfaceName, ...]:
        """Names of the ports when the card sits in that slot."""
        return tuple(InterfaceName.parse(self.interface.format(slot=slot, port=p)) for p in range(self.ports))


@dataclass(frozen=True)
class IntraPopLink:
    """A link between two pieces of equipment of one POP (Schedule 2, test 1)."""

    interface: InterfaceName
    address: IPv4Interface
    far_router: str
    far_interface: str
    far_address: IPv4Address
    metric: int | None = None
    in_service: bool = True


@dataclass(frozen=True)
class IbgpPeer:
    """One session of the iBGP mesh."""

    name: str
    address: IPv4Address


@dataclass(frozen=True)
class AclEntry:
    """One line of an access-list: action and source network."""

    action: str
    source: IPv4Network


@dataclass(frozen=True)
class ConsoleServer:
    """Where the router's console is reached out of band (Schedule 2 (iv))."""

    host: str
    port: int


@dataclass(frozen=True)
class Applicability:
    """Whether a test applies to a router; `reason` and `agreed_by` are shown on the certificate."""

    applicable: bool
    reason: str = ""
    agreed_by: str = ""


@dataclass(frozen=True)
class Router:
    """One piece of Qualified Equipment, as inventory describes it. None or empty = inventory does not say."""

    name: str
    site: str
    platform: str
    chassis: str
    processor: str
    loopback: IPv4Address
    net: str
    local_as: int
    slots: Mapping[int, str] = field(default_factory=dict)  # slot -> line card part
    processor_slots: tuple[int, ...] = (0,)  # where the route processors sit; never a line card
    is_type: str = "level-2-only"
    isis_tag: str = ""
    isis_lines: tuple[str, ...] = ()  # what only this router lets into IS-IS, e.g. `default-information originate`
    bgp_lines: tuple[str, ...] = ()  # what only this router does in BGP, e.g. `redistribute isis level-2`
    links: tuple[IntraPopLink, ...] = ()
    ibgp_peers: tuple[IbgpPeer, ...] = ()
    reserved_ports: tuple[InterfaceName, ...] = ()
    bad_ports: tuple[InterfaceName, ...] = ()
    dns_zone: str | None = None
    name_servers: tuple[IPv4Address, ...] = ()
    noc_resolvers: tuple[str, ...] = ()  # "address" or "address#port": whom the NOC itself asks
    tacacs_servers: tuple[IPv4Address, ...] = ()
    log_hosts: tuple[IPv4Address, ...] = ()
    management_targets: tuple[IPv4Address, ...] = ()
    source_interface: str = "Loopback0"
    vty_acl: str | None = None
    vty_acl_entries: tuple[AclEntry, ...] = ()
    console_server: ConsoleServer | None = None
    flash_device: str | None = None
    memory_kbyte: int | None = None
    last_resort_user: str | None = None
    last_resort_secret: str | None = None  # name of a secret, never the secret
    rpms: Applicability | None = None
    link_pool: tuple[IPv4Network, ...] = ()
    origin: str = ""  # file the record came from
    sources: Mapping[str, str] = field(default_factory=dict)  # field -> `file:line` where its value stands

    def source_of(self, field_path: str) -> str:
        """Where the value of a field (`links.POS1/0` and `net, local_as` too) stands; otherwise the record itself."""
        first = field_path.replace(",", ".").split(".")[0].strip()
        return self.sources.get(first, self.origin)


@dataclass(frozen=True)
class Site:
    """An Equipment Site. `equipment` are the router models Schedule 3 lists there."""

    site_id: str
    name: str
    city: str
    timezone: str
    equipment: tuple[str, ...]
    address: str = ""  # street address
    aliases: tuple[str, ...] = ()
    routers: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class Port:
    """A port of a router, with the line card it sits on."""

    router: str
    site: str
    interface: InterfaceName
    card: LineCard
    slot: int


@dataclass(frozen=True)
class Assignment:
    """A port given to an order (PASA 1.3(b))."""

    order: PortServiceOrder
    port: Port
