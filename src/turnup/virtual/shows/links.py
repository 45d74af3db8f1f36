"""Whether a port is up, and whom it reaches: what its lines, its cable and the far end together make of it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from turnup.model.interface_name import InterfaceName
from turnup.virtual.device import FarEnd
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.view import View

ADMIN_DOWN = "administratively down"


@dataclass(frozen=True)
class Link:
    """State of one port as show interfaces says it; `suffix` is `looped` or "". `why` says what keeps it down."""

    status: str
    protocol: str
    suffix: str = ""
    why: str = ""

    @property
    def up(self) -> bool:
        """Whether packets get through."""
        return self.status == "up" and self.protocol == "up" and not self.suffix


def link(view: View, port: Port) -> Link:
    """State of that port, asked once."""
    known = view.once(_states)
    if port.name not in known:
        known[port.name] = view.sources.link(view, port)
    return known[port.name]


def _states(_view: View) -> dict[InterfaceName, Link]:
    return {}


def derived_link(view: View, port: Port) -> Link:
    """A fault's word first, then what follows from configuration and cable."""
    found = _derived(view, port)
    over, key = view.overrides, f"interface.{port.name}"
    status = over.text(f"{key}.status", found.status)
    protocol = over.text(f"{key}.protocol", found.protocol if status == "up" else "down")
    return Link(status, protocol, over.text(f"{key}.suffix", found.suffix), found.why)


def _derived(view: View, port: Port) -> Link:
    if port.shut:
        return Link(ADMIN_DOWN, "down", why="shutdown")
    if port.is_virtual:
        return Link("up", "up")
    if port.name.sub:
        return _subinterface(view, port)
    if port.card is None:  # the processor's own Ethernet, on the management switch
        return Link("up", "up") if port.address else Link("up", "down", why="no address")
    if port.loopback:
        # HDLC sees its own keepalives come back and stays up; PPP refuses to talk to itself.
        return Link("up", "down", why="looped") if port.encapsulation == "PPP" else Link("up", "up", "looped", "looped")
    if view.overrides.flag(f"interface.{port.name}.uncabled") or not _cabled(view, port):
        return Link("down", "down", why="no cable")
    if mismatch := _mismatch(view, port):
        return Link("up", "down", why=mismatch)
    return Link("up", "up")


def _subinterface(view: View, port: Port) -> Link:
    parent = view.port(str(port.name.parent))
    above = link(view, parent) if parent else Link("down", "down", why="no parent")
    return above if not above.up or port.word("encapsulation") else Link("up", "down", why="no encapsulation")


def _cabled(view: View, port: Port) -> bool:
    """The lab cables every port that carries an address: the cross-connect follows the order."""
    if far_end(view, port):
        return True
    return any(sub.name.parent == port.name and sub.address and not sub.shut for sub in view.ports if sub.name.sub)


def _mismatch(view: View, port: Port) -> str:
    """Line settings that the two ends have differently, "" when they agree."""
    far = far_end(view, port)
    if far is None or port.is_ethernet:
        return ""
    if far.encapsulation and far.encapsulation.upper() != port.encapsulation:
        return "encapsulation"
    if far.crc and far.crc != port.crc:
        return "crc"
    if far.scramble is not None and far.scramble != port.scrambled:
        return "scramble"
    return ""


def far_end(view: View, port: Port) -> FarEnd | None:
    """Who stands at the other end: the lab's cable, or whoever the /30 leaves room for. None: no cable."""
    if (known := view.device.far_end(port.name)) is not None:
        return known
    planned = next((one for one in view.router.links if one.interface == port.name), None)
    if planned is not None:
        return FarEnd(
            name=planned.far_router,
            router=view.router.name,
            address=planned.far_address,
            link=planned.address.network,
            interface=port.name,
            far_interface=planned.far_interface,
            is_neighbor=True,
        )
    if port.address is None or (other := _other_host(port.address.ip, port.address.network)) is None:
        return None
    return FarEnd(name="customer", router=view.router.name, address=other, link=port.address.network)


def _other_host(own: IPv4Address, network: IPv4Network) -> IPv4Address | None:
    """The only other host of a /30 or /31; None in a larger network, where anybody might be."""
    if network.prefixlen < 30 or network.prefixlen == 32:
        return None
    return next((host for host in network.hosts() if host != own), None)


def port_towards(view: View, address: IPv4Address) -> Port | None:
    """The port whose network holds that address and which is up; None when no connected network does."""
    for port in view.ports:
        if port.address and port.address.network.prefixlen < 32 and address in port.address.network:
            return port if link(view, port).up else None
    return None
