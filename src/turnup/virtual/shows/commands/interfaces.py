"""`show interfaces`: state, line settings and counters of every interface."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.virtual.shows.counters import Counters, counters
from turnup.virtual.shows.hardware import CONTROLLER
from turnup.virtual.shows.links import Link, link
from turnup.virtual.shows.ports import Port
from turnup.virtual.shows.registry import Args, shows
from turnup.virtual.shows.times import short
from turnup.virtual.shows.view import View

_DELAY = {"Serial": 200, "POS": 100, "FastEthernet": 100, "GigabitEthernet": 10, "Ethernet": 1000, "Loopback": 5000}


@shows("show interfaces", "show interfaces {name}")
def interfaces(view: View, args: Args) -> str | None:
    """One block an interface."""
    if "name" not in args:
        return "".join(_block(view, port) for port in view.ports)
    port = view.port(args["name"])
    return _block(view, port) if port else None


def _block(view: View, port: Port) -> str:
    found = link(view, port)
    suffix = f" ({found.suffix})" if found.suffix else ""
    lines = [f"{port.name} is {found.status}, line protocol is {found.protocol}{suffix} "]
    lines += _identity(view, port)
    lines.append(
        f"  MTU {port.mtu} bytes, BW {port.kbit} Kbit, DLY {_DELAY.get(port.name.type, 100)} usec, "
        "rely 255/255, load 1/255"
    )
    lines += _layer2(view, port, found)
    if not port.name.sub:
        lines += _activity(view, port, found)
        lines += _counted(port, counters(view, port, found))
    return "\n".join(lines) + "\n"


def _identity(view: View, port: Port) -> Iterator[str]:
    if port.is_ethernet:
        mac = mac_address(view, port)
        yield f"  Hardware is {_hardware(port)}, address is {mac} (bia {mac})"
    else:
        yield f"  Hardware is {_hardware(port)}"
    if text := view.overrides.text(f"interface.{port.name}.description", port.description):
        yield f"  Description: {text}"
    if port.address:
        yield f"  Internet address is {port.address}"


def _hardware(port: Port) -> str:
    if port.is_virtual:
        return "Loopback"
    if port.card is None:
        return "AmdP2"
    return CONTROLLER[port.card.speed]


def mac_address(view: View, port: Port) -> str:
    """An address that follows from the router's loopback and the port's place; the same at every look."""
    loopback = int(view.router.loopback) & 0xFFFF
    digits = [int(part) for part in port.name.place.split("/")]
    return f"0003.{loopback:04x}.{digits[0]:02x}{digits[-1]:02x}"


def _layer2(view: View, port: Port, found: Link) -> Iterator[str]:
    if port.name.sub:
        yield f"  Encapsulation {port.encapsulation}{f', Vlan ID  {port.vlan}.' if port.vlan else ''}"
        return
    loopback = view.overrides.text(f"interface.{port.name}.loopback") or port.loopback
    encapsulation = port.encapsulation
    if any(sub.name.parent == port.name and sub.vlan for sub in view.ports if sub.name.sub):
        encapsulation = "802.1Q Virtual LAN, Vlan ID  1."  # a trunk shows the native one
    crc = f", crc {port.crc}" if port.is_sonet or port.is_serial else ""
    yield f"  Encapsulation {encapsulation}{crc}, loopback {f'set ({loopback})' if loopback else 'not set'}"
    yield f"  {port.keepalive}"
    yield from _details(port, found)


def _details(port: Port, found: Link) -> Iterator[str]:
    if port.encapsulation == "PPP":
        yield from ("  LCP Open", "  Open: IPCP") if found.up else ("  LCP Closed", "  Closed: IPCP")
    elif port.encapsulation == "FRAME-RELAY":
        yield f"  LMI enq sent  144, LMI stat recvd {144 if found.up else 0}, LMI upd recvd 0, DTE LMI {_updown(found)}"
    if port.is_sonet:
        yield f"  Scramble {'enabled' if port.scrambled else 'disabled'}"
    elif port.name.type == "GigabitEthernet":
        auto = "force-up" if "no negotiation auto" in port.lines else "autonegotiation"
        yield f"  Full-duplex mode, link type is {auto}, media type is SX"
        yield "  output flow-control is unsupported, input flow-control is unsupported"
    elif port.is_ethernet:
        half = "half-duplex" in port.lines or port.card is None
        yield f"  {'Half' if half else 'Full'}-duplex, {'10' if port.card is None else '100'}Mb/s, 100BaseTX/FX"
    if port.is_ethernet:
        yield "  ARP type: ARPA, ARP Timeout 04:00:00"


def _updown(found: Link) -> str:
    return "up" if found.up else "down"


def _activity(view: View, port: Port, found: Link) -> Iterator[str]:
    seen = "never" if not found.up and not found.suffix else f"00:00:{view.now.second % 10:02}"
    if port.is_virtual:
        yield f"  Last input {seen}, output never, output hang never"
    else:
        yield f"  Last input {seen}, output {'never' if port.shut else '00:00:00'}, output hang never"
    cleared = short(view.now - view.cleared) if view.cleared else "never"
    yield f'  Last clearing of "show interface" counters {cleared}'
    yield "  Queueing strategy: fifo"
    drops = view.overrides.number(f"interface.{port.name}.output_drops")
    yield f"  Output queue 0/40, {drops} drops; input queue 0/75, 0 drops"


def _counted(port: Port, seen: Counters) -> Iterator[str]:
    yield f"  5 minute input rate {seen.rate} bits/sec, {seen.rate // 800} packets/sec"
    yield f"  5 minute output rate {seen.rate} bits/sec, {seen.rate // 800} packets/sec"
    yield f"     {seen.packets_in} packets input, {seen.bytes_in} bytes, 0 no buffer"
    yield "     Received 0 broadcasts, 0 runts, 0 giants, 0 throttles"
    if port.is_sonet:
        yield "              0 parity"
    yield (
        f"     {seen.input_errors} input errors, {seen.crc_errors} CRC, {seen.frame_errors} frame, 0 overrun, "
        f"0 ignored, {seen.aborts} abort"
    )
    yield f"     {seen.packets_out} packets output, {seen.bytes_out} bytes, 0 underruns"
    middle = "applique" if port.is_sonet else "collisions"
    yield f"     {seen.output_errors} output errors, 0 {middle}, {seen.resets} interface resets"
    yield "     0 output buffer failures, 0 output buffers swapped out"
    if port.is_sonet or port.is_serial:
        yield f"     {seen.transitions} carrier transitions"
