"""The configuration a virtual router boots with: complete 12.0S, made from its equipment record (Schedule 3).

It is what a carrier's router looks like before an order comes: every port of every card there and shut, the POP's
links up, the mesh built, management as Schedule 2 asks for it. `Foreign` adds a customer who was there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv4Network

from turnup.model.equipment import IntraPopLink, LineCard, Router
from turnup.model.interface_name import InterfaceName
from turnup.virtual.hidden import hidden_defaults
from turnup.virtual.passwords import encode7, hash5


@dataclass(frozen=True)
class Foreign:
    """A customer already in service on a port: lines that no order of ours may touch."""

    router: str
    code: str
    interface: str
    speed: str
    circuit: str
    order: str
    link: IPv4Network
    peer_as: int
    prefixes: tuple[IPv4Network, ...]
    password: str = "EXAMPLE-A-KEY"  # noqa: S105 - a key of the lab


@dataclass(frozen=True)
class LabSecrets:
    """Plain lab secrets that the configuration holds hashed or as type 7."""

    last_resort: str
    enable: str
    tacacs_key: str = "lab-tacacs-key"


@dataclass(frozen=True)
class Baseline:
    """Everything the configurations of a lab are made from. `images` by processor, as `device:file`."""

    secrets: LabSecrets
    images: Mapping[str, str] = field(default_factory=dict)
    foreign: tuple[Foreign, ...] = ()
    management: Mapping[str, IPv4Interface] = field(default_factory=dict)

    def text(self, router: Router, cards: Mapping[int, LineCard]) -> str:
        """The running configuration; order within it does not matter, the tree puts it right."""
        foreign = tuple(one for one in self.foreign if one.router == router.name)
        lines = [
            *self._head(router),
            *_services(router),
            *_interfaces(router, cards, foreign),
            *_ethernet0(self.management.get(router.name)),
            *_isis(router, foreign),
            *_bgp(router, foreign),
            *_policy(router, foreign),
            *_management(router, self.secrets),
            *_lines(router),
            "end",
        ]
        return "\n".join(lines) + "\n"

    def _head(self, router: Router) -> Iterator[str]:
        yield "version 12.0"
        yield "no service pad"
        yield "service timestamps debug datetime msec localtime show-timezone"
        yield "service timestamps log datetime msec localtime show-timezone"
        yield "service password-encryption"
        yield f"hostname {router.name}"
        if image := self.images.get(router.processor):
            yield f"boot system flash {image}"
        yield "logging buffered 65536 debugging"
        yield "no logging console"
        yield "aaa new-model"
        yield "aaa authentication login default tacacs+ local"
        yield "aaa authentication enable default tacacs+ enable"
        yield "aaa authorization exec default tacacs+ local"
        yield "aaa accounting exec default start-stop tacacs+"
        yield "aaa accounting commands 15 default start-stop tacacs+"
        yield f"enable secret 5 {hash5(self.secrets.enable, 'eNaB')}"
        if user := router.last_resort_user:
            yield f"username {user} privilege 15 secret 5 {hash5(self.secrets.last_resort, 'lAsT')}"


def _services(router: Router) -> Iterator[str]:
    yield "ip subnet-zero"
    yield "no ip source-route"
    yield "no ip finger"
    yield f"ip ftp source-interface {router.source_interface}"
    yield f"ip tftp source-interface {router.source_interface}"
    yield f"ip tacacs source-interface {router.source_interface}"
    if router.dns_zone:
        yield f"ip domain-name {router.dns_zone}"
    yield from (f"ip name-server {server}" for server in router.name_servers)
    yield "no ip bootp server"
    yield "clns routing"


def _interfaces(router: Router, cards: Mapping[int, LineCard], foreign: tuple[Foreign, ...]) -> Iterator[str]:
    yield "interface Loopback0"
    yield " description ROUTER-ID"
    yield f" ip address {router.loopback} 255.255.255.255"
    yield " no ip directed-broadcast"
    links = {link.interface: link for link in router.links}
    customers = {InterfaceName.parse(one.interface): one for one in foreign}
    for slot, card in sorted(cards.items()):
        for name in card.interfaces(slot):
            yield f"interface {name}"
            yield from _shown(_port(name, links.get(name), customers.get(name)), hidden_defaults(name, card))


def _ethernet0(address: IPv4Interface | None) -> Iterator[str]:
    """The route processor's own Ethernet: shut unless it has a place in the management network."""
    yield "interface Ethernet0"
    yield f" ip address {address.ip} {address.netmask}" if address else " no ip address"
    yield " no ip directed-broadcast"
    if address is None:
        yield " shutdown"


def _port(name: InterfaceName, link: IntraPopLink | None, customer: Foreign | None) -> Iterator[str]:
    if link is not None:
        return _link(link, name)
    if customer is not None:
        return _customer(customer, name)
    return iter((" no ip address", " no ip directed-broadcast", " shutdown"))


def _shown(lines: Iterator[str], hidden: tuple[str, ...]) -> Iterator[str]:
    return (line for line in lines if line.strip() not in hidden)


def _link(link: IntraPopLink, name: InterfaceName) -> Iterator[str]:
    yield f" description INTRA-POP|to {link.far_router} {link.far_interface}|"
    yield f" ip address {link.address.ip} {link.address.netmask}"
    yield " no ip directed-broadcast"
    yield " ip router isis"
    yield from _sonet(name)
    if not link.in_service:
        yield " shutdown"
    yield f" isis metric {link.metric or 10} level-2"


def _sonet(name: InterfaceName) -> Iterator[str]:
    if name.type == "POS":
        yield " encapsulation ppp"
        yield " crc 32"
        yield " clock source internal"
        yield " pos scramble-atm"
        yield " pos flag c2 22"


def _customer(one: Foreign, name: InterfaceName) -> Iterator[str]:
    yield f" description CUST|{one.code}|{one.speed}|CKT:{one.circuit}|PSO:{one.order}|"
    yield f" ip address {next(one.link.hosts())} {one.link.netmask}"
    yield " no ip redirects"
    yield " no ip directed-broadcast"
    yield " no ip proxy-arp"
    yield from _sonet(name)
    yield " no cdp enable"


def _isis(router: Router, foreign: tuple[Foreign, ...]) -> Iterator[str]:
    yield f"router isis {router.isis_tag}".rstrip()
    yield " passive-interface Loopback0"
    yield from (f" passive-interface {InterfaceName.parse(one.interface)}" for one in foreign)
    yield f" net {router.net}"
    yield f" is-type {router.is_type}"
    yield " metric-style wide"
    yield " log-adjacency-changes"


def _bgp(router: Router, foreign: tuple[Foreign, ...]) -> Iterator[str]:
    yield f"router bgp {router.local_as}"
    yield " no synchronization"
    yield f" bgp router-id {router.loopback}"
    yield " bgp log-neighbor-changes"
    yield " neighbor IBGP peer-group"
    yield f" neighbor IBGP remote-as {router.local_as}"
    yield f" neighbor IBGP update-source {router.source_interface}"
    yield " neighbor IBGP next-hop-self"
    yield " neighbor IBGP send-community"
    yield from (f" neighbor {peer.address} peer-group IBGP" for peer in router.ibgp_peers)
    for one in foreign:
        peer = list(one.link.hosts())[-1]
        yield f" neighbor {peer} remote-as {one.peer_as}"
        yield f" neighbor {peer} description CUST|{one.code}|PSO:{one.order}|"
        if one.password:
            yield f" neighbor {peer} password 7 {encode7(one.password)}"
        yield f" neighbor {peer} version 4"
        yield f" neighbor {peer} prefix-list CUST-{one.peer_as}-IN in"
        yield f" neighbor {peer} route-map CUST-IN in"
        yield f" neighbor {peer} route-map CUST-OUT out"
        yield f" neighbor {peer} maximum-prefix 100 80"
    yield " no auto-summary"


def _policy(router: Router, foreign: tuple[Foreign, ...]) -> Iterator[str]:
    yield "ip classless"
    yield "ip bgp-community new-format"
    yield f"ip community-list 1 permit {router.local_as}:100"
    for one in foreign:
        for at, network in enumerate(one.prefixes, start=1):
            yield f"ip prefix-list CUST-{one.peer_as}-IN seq {at * 5} permit {network}"
    yield from ("route-map CUST-IN permit 10", " set local-preference 120", f" set community {router.local_as}:100")
    yield from ("route-map CUST-OUT permit 10", " match community 1")


def _management(router: Router, secrets: LabSecrets) -> Iterator[str]:
    yield "logging trap debugging"
    yield f"logging source-interface {router.source_interface}"
    yield from (f"logging {host}" for host in router.log_hosts)
    for entry in router.vty_acl_entries:
        source = "any" if entry.source.prefixlen == 0 else f"{entry.source.network_address} {entry.source.hostmask}"
        yield f"access-list {router.vty_acl} {entry.action.ljust(6)} {source}"
    yield from (f"tacacs-server host {server}" for server in router.tacacs_servers)
    yield f"tacacs-server key 7 {encode7(secrets.tacacs_key)}"
    yield "snmp-server community EXAMPLE RO 10"
    yield f"snmp-server trap-source {router.source_interface}"
    yield f"snmp-server location {router.site}"
    yield from ("banner motd ^C", "Authorized use only. All activity is logged.", "^C")


def _lines(router: Router) -> Iterator[str]:
    yield from ("line con 0", " exec-timeout 10 0", "line aux 0", " no exec", " exec-timeout 10 0", "line vty 0 4")
    if router.vty_acl:
        yield f" access-class {router.vty_acl} in"
    yield from (" exec-timeout 10 0", " transport input telnet ssh")
    yield "ntp clock-period 17180043"
    yield f"ntp source {router.source_interface}"
    if router.tacacs_servers:
        yield f"ntp server {router.tacacs_servers[0]}"
