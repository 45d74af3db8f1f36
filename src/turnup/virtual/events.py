"""What a change of the configuration makes the router write to its log: links, line protocols, BGP and IS-IS."""

from __future__ import annotations

from turnup.model.interface_name import InterfaceName
from turnup.virtual.device import Device, FarEnd, SessionInfo
from turnup.virtual.passwords import decode7


def is_shut(device: Device, interface: InterfaceName) -> bool:
    """Whether the interface is administratively down."""
    return device.config.value(f"interface {interface}", ("shutdown",)) is not None


def has_carrier(device: Device, interface: InterfaceName) -> bool:
    """Whether somebody stands at the other end and no fault holds the line down."""
    if device.state.get(f"interface.{interface}.status", "up") != "up":
        return False
    return interface.type == "Loopback" or device.far_end(interface) is not None


def port_of(device: Device, far: FarEnd) -> InterfaceName | None:
    """The port a far end is cabled to; None while it hangs on none."""
    if far.interface is not None:
        return far.interface
    names = (name for name, _, _ in device.interfaces())
    return next((name for name in names if device.far_end(name) is far), None)


def established(device: Device) -> frozenset[str]:
    """Addresses of the customers whose BGP session is up: cabled, not shut, AS and key as the far end has them."""
    return frozenset(str(far.address) for far in device.far_ends if far.peer_as is not None and _talks(device, far))


def _talks(device: Device, far: FarEnd) -> bool:
    section, peer = f"router bgp {device.router.local_as}", str(far.address)
    tree = device.config
    if tree.value(section, ("neighbor", peer, "remote-as")) != f"neighbor {peer} remote-as {far.peer_as}":
        return False
    if tree.value(section, ("neighbor", peer, "shutdown")) is not None:
        return False
    port = port_of(device, far)
    if port is None or is_shut(device, port) or not has_carrier(device, port):
        return False
    return far.md5_key is None or far.md5_key == _key(tree.value(section, ("neighbor", peer, "password")))


def _key(line: str | None) -> str:
    words = (line or "").split()
    if len(words) < 4:
        return ""
    return (decode7(words[-1]) or "") if words[3] == "7" and len(words) == 5 else words[-1]


def changed(device: Device, section: str, key: tuple[str, ...], negated: bool, before: frozenset[str]) -> None:
    """Log what this change did. `before` are the sessions that were up before it."""
    if section.startswith("interface ") and key == ("shutdown",):
        _link(device, InterfaceName.parse(section.split()[1]), shut=not negated)
    after = established(device)
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
    runs = device.config.value(f"interface {interface}", ("ip", "router", "isis")) is not None
    if far is not None and far.is_neighbor and runs:
        reason = "Up, new adjacency" if word == "up" else "Down, interface state down"
        device.say(f"%CLNS-5-ADJCHANGE: ISIS: Adjacency to {far.name} ({interface}) {reason}")


def configured(device: Device, session: SessionInfo) -> None:
    """Log who configured the router, as IOS does when configuration mode is left."""
    where = "console" if session.line == "con" else f"vty{session.number} ({session.host})"
    device.say(f"%SYS-5-CONFIG_I: Configured from console by {session.username} on {where}")
    device.last_change = (device.clock(), session.username)
