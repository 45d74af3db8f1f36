"""Names of ports in the kernel, where `/` may not stand and 15 characters are the most."""

from __future__ import annotations

from collections.abc import Iterable

from turnup.model.interface_name import InterfaceName

_MOST = 15
_SHORT = {"GigabitEthernet": "Gi", "TenGigabitEthernet": "Te"}


def kernel_name(name: InterfaceName) -> str:
    """`Serial5-0` for Serial5/0, `Gi4-0` for GigabitEthernet4/0, `lo` for Loopback0, `eth0` for Ethernet0.

    "" for what no port of the kernel holds: other loopbacks and subinterfaces (tags and frame relay).
    """
    if name.type == "Loopback":
        return "lo" if name.place == "0" else ""
    if str(name) == "Ethernet0":
        return "eth0"  # the processor's own, on the management network
    if name.sub:
        return ""
    place = name.place.replace("/", "-")
    long = f"{name.type}{place}"
    return long if len(long) <= _MOST else f"{_SHORT.get(name.type, name.type[:2])}{place}"


def by_kernel_name(names: Iterable[InterfaceName]) -> dict[str, InterfaceName]:
    """IOS names by their names in the kernel."""
    return {known: name for name in names if (known := kernel_name(name))}
