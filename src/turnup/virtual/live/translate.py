"""An IOS 12.0S configuration in FRR's words. Pure: no file, no process.

What IOS does without a line and FRR does not, or the other way round, becomes a line here: policies are not demanded
of eBGP peers, a list that is not defined filters nothing, communities go out only where a line says so, metrics are
narrow unless `metric-style wide`. Every line that has no counterpart is told as `left`, none is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface, IPv4Network

from turnup.configuration import Configuration
from turnup.model.interface_name import InterfaceName
from turnup.virtual.live.names import kernel_name
from turnup.virtual.live.routing import bgp, isis_tag, router_isis
from turnup.virtual.live.statements import Statement, Translation
from turnup.virtual.shows.ports import Port, interface_lines

_POINT_TO_POINT = ("Serial", "POS")


@dataclass(frozen=True)
class Pace:
    """Timers of a lab, quicker than those of IOS: hello seconds of IS-IS, keepalive and hold of BGP, LSP and SPF."""

    hello: int = 1
    keepalive: int = 3
    hold: int = 9


def translate(configuration: Configuration, ports: tuple[Port, ...], pace: Pace | None = None) -> Translation:
    """Of a running configuration; `ports` are those with a cable, loopback included. `pace` None: the daemons' own."""
    left: list[str] = []
    tag = isis_tag(configuration)
    passive = _passive(configuration)
    statements = [*_globals(configuration, left)]
    by_name = {port.name: port for port in ports}
    # Ports before processes: isisd tells of them in its first LSP then, and not half a minute later.
    for name, lines in interface_lines(tuple(configuration.sections.items())).items():
        if (port := by_name.get(name)) is not None and kernel_name(name):
            statements += _interface(port, tag, name in passive, pace.hello if pace else 0, left)
        else:
            left += [f"interface {name}: {line}" for line in lines]
    for header, lines in configuration.sections.items():
        if header.startswith("router isis"):
            statements += router_isis(header, lines, tag, pace is not None, left)
        elif header.startswith("router bgp "):
            statements += bgp(header, lines, configuration, (pace.keepalive, pace.hold) if pace else None, left)
        elif header.startswith("route-map "):
            statements += _route_map(header, lines, left)
    mtus = {kernel_name(port.name): port.mtu for port in ports if not port.is_virtual and kernel_name(port.name)}
    return Translation(tuple(statements), mtus, tuple(without_secret(line) for line in left))


_SECRET_AFTER = re.compile(r"\b(password|secret|key|community) (?:\d+ )?\S+")


def without_secret(line: str) -> str:
    """The line with what stands behind such a word as `<secret>`."""
    return _SECRET_AFTER.sub(r"\1 <secret>", line)


def _passive(configuration: Configuration) -> frozenset[InterfaceName]:
    lines = (
        line for header, body in configuration.sections.items() if header.startswith("router isis") for line in body
    )
    return frozenset(InterfaceName.parse(line.split()[1]) for line in lines if line.startswith("passive-interface "))


# --- global lines

Rule = Callable[[re.Match[str]], tuple[str, str]]  # text and key


def _same(match: re.Match[str]) -> tuple[str, str]:
    return match[0], match[0]


def _static(match: re.Match[str]) -> tuple[str, str]:
    network = IPv4Network(f"{match[1]}/{match[2]}", strict=False)
    way = match[3] if match[3][0].isdigit() or match[3] == "Null0" else kernel_name(InterfaceName.parse(match[3]))
    text = f"ip route {network} {way}{match[4] or ''}"
    return text, text


def _community(match: re.Match[str]) -> tuple[str, str]:
    return f"bgp {match[1]}", f"bgp {match[1]}"


_GLOBAL: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (re.compile(r"hostname \S+"), lambda match: (match[0], "hostname")),
    (re.compile(r"ip prefix-list \S+ (?:seq \d+ )?(?:permit|deny) .+"), _same),
    (re.compile(r"ip route (\S+) (\S+) (\S+)( \d+)?"), _static),
    (re.compile(r"ip (community-list \S+ (?:permit|deny) .+)"), _community),
    (re.compile(r"ip (as-path access-list \S+ (?:permit|deny) .+)"), _community),
)
_SECTIONS = ("interface ", "router isis", "router bgp ", "route-map ")


def _globals(configuration: Configuration, left: list[str]) -> Iterator[Statement]:
    for line in configuration.top:
        if line.startswith(_SECTIONS):
            continue
        found = next(((rule, match) for pattern, rule in _GLOBAL if (match := pattern.fullmatch(line))), None)
        if found is None:
            left.append(line)
            left += [f"{line}: {inner}" for inner in configuration.sections.get(line, ())]
            continue
        text, key = found[0](found[1])
        yield Statement((), text, key, "" if key == "hostname" else f"no {text}")


_MAP_LINES = re.compile(
    r"match (?:community|as-path|ip address prefix-list) .+|set (?:local-preference|metric|weight|origin|community) .+"
    r"|set as-path prepend .+|set ip next-hop .+|set comm-list \S+ delete|continue \d+"
)


def _route_map(header: str, lines: tuple[str, ...], left: list[str]) -> Iterator[Statement]:
    yield Statement((header,), "", "")
    for line in lines:
        if _MAP_LINES.fullmatch(line):
            words = line.split()
            key = " ".join(words[:2] if words[0] != "continue" else words[:1])
            yield Statement((header,), line, key, f"no {line}")
        else:
            left.append(f"{header}: {line}")


# --- interfaces


def _interface(port: Port, tag: str, passive: bool, hello: int, left: list[str]) -> Iterator[Statement]:
    section = (f"interface {kernel_name(port.name)}",)
    runs = bool(tag) and (port.isis or passive)
    found = [one for line in port.lines if (one := _interface_line(section, line, runs)) is not None]
    left += [f"interface {port.name}: {line}" for line in port.lines if _is_left(line, runs)]
    yield from (one for one in found if not one.key.startswith("isis "))
    if runs:
        yield Statement(section, f"ip router isis {tag}", "ip router isis", f"no ip router isis {tag}")
        yield from _circuit(section, port, passive, hello)
        yield from (one for one in found if one.key.startswith("isis "))
    if not port.is_virtual:  # last: a port comes up with everything on it
        yield Statement(section, "shutdown" if port.shut else "no shutdown", "shutdown")


def _circuit(section: tuple[str, ...], port: Port, passive: bool, hello: int) -> Iterator[Statement]:
    if passive:
        yield Statement(section, "isis passive", "isis passive", "no isis passive")
    elif port.name.type in _POINT_TO_POINT:
        point = "isis network point-to-point"
        yield Statement(section, point, "isis network", f"no {point}")
    if hello and not passive:
        yield Statement(section, f"isis hello-interval {hello}", "isis hello-interval", "no isis hello-interval")
        yield Statement(section, "isis hello-multiplier 3", "isis hello-multiplier", "no isis hello-multiplier")


def _is_left(line: str, runs: bool) -> bool:
    """Whether nothing of it goes to FRR or the kernel: neither by itself nor through what the port is asked for."""
    known = line in ("shutdown", "no ip address") or line.split()[0] == "mtu" or line.startswith("ip router isis")
    return not known and _interface_line((), line, runs) is None


def _interface_line(section: tuple[str, ...], line: str, runs: bool) -> Statement | None:
    words = line.split()
    if words[:2] == ["ip", "address"] and len(words) >= 4:
        address = str(IPv4Interface(f"{words[2]}/{words[3]}"))
        return Statement(section, f"ip address {address}", f"ip address {address}", f"no ip address {address}")
    if words[0] == "description":
        return Statement(section, line, "description", "no description")
    if words[0] == "isis" and runs and (one := _isis_line(words)) is not None:
        return replace(one, section=section)
    return None


def _isis_line(words: list[str]) -> Statement | None:
    if words[1] == "metric":
        level = words[3] if len(words) > 3 else ""
        text = f"isis metric {level} {words[2]}".replace("  ", " ")
        key = f"isis metric {level}".strip()
        return Statement((), text, key, f"no {key}")
    if words[1] == "circuit-type":
        return Statement((), " ".join(words), "isis circuit-type", "no isis circuit-type")
    if words[1] == "password":
        return Statement((), f"isis password clear {words[2]}", "isis password", "no isis password")
    return None
