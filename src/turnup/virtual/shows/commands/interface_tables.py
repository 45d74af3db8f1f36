"""Tables of all interfaces: `show ip interface brief`, `show interfaces description`."""

from __future__ import annotations

from turnup.virtual.shows.links import ADMIN_DOWN, link
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.view import View


@shows("show ip interface brief", "show ip interface brief {name}")
def brief(view: View, args: Args) -> str | None:
    """One line an interface: address, how it came by it, state."""
    lines = ["Interface                  IP-Address      OK? Method Status                Protocol"]
    chosen = [port for port in view.ports if "name" not in args or port == view.port(args["name"])]
    if not chosen:
        return None
    for port in chosen:
        found, address = link(view, port), str(port.address.ip) if port.address else "unassigned"
        method = "NVRAM" if f"interface {port.name}" in view.device.startup else "manual"
        lines.append(f"{port.name!s:<26} {address:<15} YES {method:<6} {found.status:<21} {found.protocol:<8}")
    return "\n".join(lines) + "\n"


@shows("show interfaces description")
def description(view: View, _args: Args) -> str:
    """One line an interface: state and what it is for."""
    lines = ["Interface                      Status         Protocol Description"]
    for port in view.ports:
        found = link(view, port)
        status = "admin down" if found.status == ADMIN_DOWN else found.status
        text = view.overrides.text(f"interface.{port.name}.description", port.description)
        lines.append(f"{port.short:<30} {status:<14} {found.protocol:<8} {text}".rstrip())
    return "\n".join(lines) + "\n"
