"""What the POP's services host offers, and where: the same addresses in both runners."""

from __future__ import annotations

from collections.abc import Mapping

from turnup.virtual.pop.runner import Address, Reach
from turnup.virtual.pop.topology import Topology

HOST = "oob"
TACACS = Address("192.0.2.20", 49)
DNS = Address("192.0.2.53", 53)
_FIRST_CONSOLE = 2001  # of cr1, and on in the order of names


def routers(topology: Topology) -> tuple[str, ...]:
    """Nodes that are routers: all but the services host."""
    return tuple(name for name in topology.nodes if name != HOST)


def core(topology: Topology) -> tuple[str, ...]:
    """Our own routers: those that turnup knows."""
    return tuple(name for name in routers(topology) if name.startswith("cr"))


def doors(topology: Topology) -> Mapping[str, tuple[str, Address]]:
    """What the NOC reaches, by name (`ssh/cr1`, `console/cr1`, `dns`, `tacacs`): its kind and its address inside."""
    found = {f"ssh/{name}": ("tcp", Address(str(topology.nodes[name].management), 22)) for name in routers(topology)}
    host = str(topology.nodes[HOST].management)
    for number, name in enumerate(core(topology)):
        found[f"console/{name}"] = ("tcp", Address(host, _FIRST_CONSOLE + number))
    return {**found, "dns": ("dns", DNS), "tacacs": ("tcp", TACACS)}


def inside(topology: Topology) -> Mapping[str, Address]:
    """The same addresses where this machine reaches the management network itself."""
    return {name: address for name, (_, address) in doors(topology).items()}


def reach_of(topology: Topology, addresses: Mapping[str, Address]) -> Reach:
    """Addresses by name (`ssh/cr1`) as the NOC wants them."""
    return Reach(
        ssh={name: addresses[f"ssh/{name}"] for name in routers(topology)},
        console={name: addresses[f"console/{name}"] for name in core(topology)},
        dns=addresses["dns"],
        tacacs=addresses["tacacs"],
    )
