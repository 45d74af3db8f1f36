"""`show cdp neighbors` and `show redundancy`."""

from __future__ import annotations

from turnup.virtual.shows.links import far_end, link
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View

_HEADER = """Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge
                  S - Switch, H - Host, I - IGMP, r - Repeater

Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID
"""


@shows("show cdp neighbors")
def cdp(view: View, _args: Args) -> str:
    """Neighbours that announce themselves; never on a port with `no cdp enable`."""
    if view.global_lines("no", "cdp", "run"):
        return "% CDP is not enabled\n"
    text = _HEADER
    for port in view.ports:
        far = far_end(view, port)
        if far is None or not far.is_neighbor or not link(view, port).up or "no cdp enable" in port.lines:
            continue
        name = f"{far.name}.{view.router.dns_zone}" if view.router.dns_zone else far.name
        local = f"{port.name.type[:3]} {port.name.place}"
        text += f"{name[:16]:<16} {local:<17} {100 + view.now.second % 60:<13} R       12000/GRP {far.far_interface}\n"
    return text


@shows("show redundancy")
def redundancy(view: View, _args: Args) -> str | None:
    """One route processor only; images before 12.0(22)S do not know the command."""
    if view.hardware.chassis_word != "PRP":
        return None
    return "Redundant System Information :\n------------------------------\nHardware Mode = Simplex\n"
