"""What a change of the configuration makes the router write to its log: links, line protocols, BGP and IS-IS."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from turnup.model.interface_name import InterfaceName
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.passwords import decode7


def is_shut(device: Device, interface: InterfaceName) -> bool:
    """Whether the interface is administratively down."""
    return device.config.value(device.config.header_of(interface), ("shutdown",)) is not None


def has_carrier(device: Device, interface: InterfaceName) -> bool:
    """Whether somebody stands at the other end (a port with an address is cabled) and no fault holds the line down."""
    if str(device.override(f"interface.{interface}.status") or "up") != "up":
        return False
    if str(device.override(f"interface.{interface}.uncabled") or "").lower() in ("true", "1", "yes"):
        return False
    virtual = interface.type == "Loopback"
    return virtual or device.far_end(interface) is not None or device.config.address(interface) is not None


def established(device: Device) -> frozenset[str]:
    """Customers whose BGP session is up: on a port that is up, not shut, AS and key as the far end has them."""
    section = f"router bgp {device.router.local_as}"
    lines = device.config.lines(section)
    shut = {line.key[1] for line in lines if line.key[0] == "neighbor" and line.key[2:] == ("shutdown",)}
    peers = {line.key[1]: line.text.split()[-1] for line in lines if line.key[2:] == ("remote-as",)}
    ports = _customer_ports(device, [peer for peer in peers if peer not in shut])
    return frozenset(peer for peer, port in ports.items() if _talks(device, section, peer, peers[peer], port))


def _customer_ports(device: Device, peers: list[str]) -> dict[str, InterfaceName]:
    found: dict[str, InterfaceName] = {}
    addresses = {peer: IPv4Address(peer) for peer in peers if peer[0].isdigit()}
    for header in device.config.sections() if peers else ():
        if not header.startswith("interface ") or header.startswith("interface Loopback"):
            continue
        name = InterfaceName.parse(header.split()[1])
        own = device.config.address(name)
        if own is not None:
            found |= {peer: name for peer, address in addresses.items() if address in own.network}
    return found


def _talks(device: Device, section: str, peer: str, remote_as: str, port: InterfaceName) -> bool:
    if is_shut(device, port) or is_shut(device, port.parent) or not has_carrier(device, port.parent):
        return False
    far = device.far_end(port)
    if far is None or far.peer_as is None:
        return True
    key = _key(device.config.value(section, ("neighbor", peer, "password")))
    return str(far.peer_as) == remote_as and far.md5_key in (None, key)


def _key(line: str | None) -> str:
    words = (line or "").split()
    if len(words) < 4:
        return ""
    return (decode7(words[-1]) or "") if words[3] == "7" and len(words) == 5 else words[-1]


@dataclass(frozen=True)
class Before:
    """What was so before a change: the sessions that were up, and whether the section's interface was shut."""

    sessions: frozenset[str]
    shut: bool


def look(device: Device, section: str) -> Before:
    """Remember what a change in that section may change."""
    sessions = established(device) if device.backing is None else frozenset()
    return Before(sessions, device.config.value(section, ("shutdown",)) is not None)


def changed(device: Device, section: str, key: tuple[str, ...], negated: bool, was: Before) -> None:
    """Log what this change did; where protocols are real, they say it themselves."""
    if device.backing is not None:
        device.settle()
        return
    if section.startswith("interface ") and key == ("shutdown",) and was.shut == negated:
        _link(device, InterfaceName.parse(section.split()[1]), shut=not negated)
    before, after = was.sessions, established(device)
    for peer in sorted(after - before):
        device.say(f"%BGP-5-ADJCHANGE: neighbor {peer} Up")
    for peer in sorted(before - after):
        reason = "Admin. shutdown" if key[-1:] == ("shutdown",) and key[0] == "neighbor" else "Interface flap"
        device.say(f"%BGP-5-ADJCHANGE: neighbor {peer} Down {reason}")


def _link(device: Device, interface: InterfaceName, *, shut: bool) -> None:
    if shut:
        device.say(f"%LINK-5-CHANGED: Interface {interface}, changed state to administratively down")
    elif has_carrier(device, interface):
        device.say(f"%LINK-3-UPDOWN: Interface {interface}, changed state to up")
    else:
        device.say(f"%LINK-3-UPDOWN: Interface {interface}, changed state to down")
        return
    if has_carrier(device, interface):
        word = "down" if shut else "up"
        device.say(f"%LINEPROTO-5-UPDOWN: Line protocol on Interface {interface}, changed state to {word}")
        _adjacency(device, interface, word)


def _adjacency(device: Device, interface: InterfaceName, word: str) -> None:
    far = device.far_end(interface)
    runs = device.config.value(device.config.header_of(interface), ("ip", "router", "isis")) is not None
    if far is not None and far.is_neighbor and runs:
        reason = "Up, new adjacency" if word == "up" else "Down, interface state down"
        device.say(f"%CLNS-5-ADJCHANGE: ISIS: Adjacency to {far.name} ({interface}) {reason}")


def configured(device: Device, session: SessionInfo) -> None:
    """Log who configured the router, as IOS does when configuration mode is left."""
    where = "console" if session.line == "con" else f"vty{session.number} ({session.host})"
    device.say(f"%SYS-5-CONFIG_I: Configured from console by {session.username} on {where}")
    device.last_change = (device.clock(), session.username)
