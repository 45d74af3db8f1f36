"""Verify ISIS configuration: the process and its interfaces are as designed, and no customer port speaks IS-IS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.configuration import Configuration
from turnup.facts.clns_protocol import ClnsProtocol
from turnup.model.equipment import IntraPopLink
from turnup.model.interface_name import InterfaceName, same_interface
from turnup.model.verdict import Finding, Seen
from turnup.rules.evidence import lines_seen
from turnup.rules.interfaces import stanza
from turnup.rules.isis import net_parts
from turnup.rules.orders import customer_ports, lines_of

_DEFAULT_IS_TYPE = "level-1-2"  # not shown in a configuration
_SHOWN_IS_TYPE = {"level-2-only": ("level-2", "level-2-only"), "level-1": ("level-1",), "level-1-2": ("level-1-2",)}

_AWAY = ("set-overload-bit", "protocol shutdown", "max-metric")
# One customer's announcement less or more would be a change of topology for the whole network.
_IN_FAMILY = r"(?:address-family \S+(?: unicast)? )?"
_LETS_BGP_IN = re.compile(_IN_FAMILY + r"redistribute (?:ipv[46] )?bgp\b")
# What draws traffic here, or keeps routes from where they are needed.
_STEERS = re.compile(
    _IN_FAMILY + r"(?:redistribute|default-information|summary-address|summary-prefix|distribute-list)\b"
)
_MUTE = ("isis protocol shutdown", "isis suppressed", "isis mesh-group blocked")
_CIRCUITS = {"level-2-only": "L2", "level-1": "L1", "level-1-2": "L1L2"}


@dataclass(frozen=True)
class Settings:
    """`metric_style` of the network; `link_lines` stand on every link, e.g. `isis network point-to-point`."""

    metric_style: str = "wide"
    link_lines: tuple[str, ...] = ()


@check(5, "Verify ISIS configuration", needs=("running_config", "clns_protocol"), settings=Settings)
def isis_configuration(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """One process with the inventory's NET, level, metric style; IS-IS on every link with its metric, loopback passive.

    FAIL: an attribute differs or is missing, a second NET or process, the overload bit, a default route or routes of
    another protocol let in without inventory's word, routes kept out, a link that is passive or floods nothing, IS-IS
    on an interface that is neither link nor loopback; above all on a customer port, which is a fault of security.
    INCONCLUSIVE: configuration or `show clns protocol` not readable, inventory without NET or links.
    """
    config = facts.configuration()
    yield from part("IS-IS process", _process(expected, facts, config))
    for link in expected.need(expected.router.links, "intra-POP links"):
        yield from part(f"IS-IS lines of {link.interface}", _link(expected, facts, config, link))
    yield from _where(expected, facts, config)
    yield from part("IS-IS as it runs", _running(expected, facts))


def _header(expected: Expected) -> str:
    return f"router isis {expected.router.isis_tag}".rstrip()


def _process(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    router, header = expected.router, _header(expected)
    headers = config.headers("router isis")
    inventory = expected.inventory("isis_tag")
    yield compare("IS-IS process", (header,), headers, source=inventory, seen=lines_seen(facts, *headers, section=""))
    lines = config.section(header) or ()
    style = expected.settings("isis_configuration", Settings).metric_style
    wanted = (
        ("NET", "net", expected.need(router.net, "the NET"), expected.inventory("net")),
        ("metric style", "metric-style", style, expected.agreed("checks.isis_configuration.metric_style")),
    )
    for subject, word, value, source in wanted:
        yield _line(facts, header, lines, subject, word, value, source)
    if router.is_type != _DEFAULT_IS_TYPE or any(line.startswith("is-type ") for line in lines):
        yield _line(facts, header, lines, "IS type", "is-type", router.is_type, expected.inventory("is_type"))
    away = tuple(line for line in lines if line.startswith(_AWAY) or line == "shutdown")
    told = "; ".join(away) or "none"
    seen = lines_seen(facts, *away, section=header)
    yield compare("lines that keep traffic away (overload bit)", "none", told, source="", seen=seen)
    let_in = tuple(line for line in lines if _LETS_BGP_IN.match(line))
    seen = lines_seen(facts, *let_in, section=header)
    yield compare("BGP routes in IS-IS", "none", "; ".join(let_in) or "none", seen=seen)
    yield _steering(expected, facts, header, tuple(line for line in lines if line not in let_in))
    passive = [f"passive-interface {router.source_interface}"]
    passive += lines_of(expected, header) if expected.assignment else []
    for text in dict.fromkeys(passive):
        found = text if text in lines else None
        yield compare(text, text, found, source=inventory, seen=lines_seen(facts, text, section=header))


def _steering(expected: Expected, facts: Facts, header: str, lines: tuple[str, ...]) -> Finding:
    """A default route, or one of another protocol, draws the traffic of the whole network: only where it was meant."""
    shown = tuple(sorted(line for line in lines if _STEERS.match(line)))
    wanted = tuple(sorted(expected.router.isis_lines))
    seen, source = lines_seen(facts, *shown, section=header), expected.inventory("isis_lines")
    return compare("default route and other routes in IS-IS", wanted, shown, source=source, seen=seen)


def _line(
    facts: Facts, header: str, lines: tuple[str, ...], subject: str, word: str, value: str, source: str
) -> Finding:
    found = tuple(line for line in lines if line.split()[0] == word)
    shown = tuple(line.split(maxsplit=1)[-1] for line in found)
    return compare(subject, (value,), shown, source=source, seen=lines_seen(facts, *found, section=header))


def _link(expected: Expected, facts: Facts, config: Configuration, link: IntraPopLink) -> Iterator[Finding]:
    source = expected.inventory(f"links.{link.interface}")
    found = stanza(config, link.interface)
    if found is None:
        yield compare(f"interface {link.interface}", "configured", "absent", source=source, seen=lines_seen(facts))
        return
    header, lines = found
    wanted = [f"ip router isis {expected.router.isis_tag}".rstrip()]
    wanted += expected.settings("isis_configuration", Settings).link_lines
    for text in wanted:
        shown = text if text in lines else None
        yield compare(
            f"{link.interface}: {text}", text, shown, source=source, seen=lines_seen(facts, text, section=header)
        )
    off = tuple(line for line in lines if line in _MUTE)
    if off:
        seen = lines_seen(facts, *off, section=header)
        yield compare(f"{link.interface} speaks IS-IS", "yes", "; ".join(off), source=source, seen=seen)
    yield from _passive(facts, config, _header(expected), link, source)
    metrics = tuple(line for line in lines if line.startswith("isis metric "))
    values = tuple(line.split()[2] for line in metrics)
    metric = () if link.metric is None else (str(link.metric),)
    yield compare(
        f"{link.interface} metric", metric, values, source=source, seen=lines_seen(facts, *metrics, section=header)
    )
    levels = tuple(line.split()[3] for line in metrics if len(line.split()) > 3)
    if levels:  # a metric of another level does not count on this router
        level = (expected.router.is_type.removesuffix("-only"),)
        seen = lines_seen(facts, *metrics, section=header)
        yield compare(f"{link.interface} level of the metric", level, levels, source=source, seen=seen)
    circuit = tuple(line for line in lines if line.startswith("isis circuit-type "))
    if circuit:
        shown_types = tuple(line.split()[-1] for line in circuit)
        wanted_type = (expected.router.is_type,)
        seen = lines_seen(facts, *circuit, section=header)
        yield compare(f"{link.interface} circuit type", wanted_type, shown_types, source=source, seen=seen)


def _passive(facts: Facts, config: Configuration, header: str, link: IntraPopLink, source: str) -> Iterator[Finding]:
    """A passive interface is announced and never spoken on: no neighbor can be there."""
    lines, name = config.section(header) or (), str(link.interface)
    named = [(line, line.split()) for line in lines if "passive-interface" in line.split()[:2]]
    excepted = any(words[0] == "no" and same_interface(words[-1], name) for _, words in named)
    by_default = [line for line, words in named if words == ["passive-interface", "default"] and not excepted]
    own = [line for line, words in named if words[0] != "no" and same_interface(words[-1], name)]
    if off := (*own, *by_default):
        seen = lines_seen(facts, *off, section=header)
        yield compare(f"{name} speaks IS-IS", "yes", "; ".join(off), source=source, seen=seen)


def _allowed(expected: Expected) -> set[InterfaceName]:
    links = {link.interface for link in expected.router.links}
    return links | {InterfaceName.parse(expected.router.source_interface)}


def _where(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    """Every interface with an IS-IS line: only links and the loopback may have one."""
    source = expected.inventory("links")
    allowed = _allowed(expected)
    for header in config.headers("interface"):
        lines = [text for text in config.section(header) or () if text.split()[1:3] == ["router", "isis"]]
        if lines and InterfaceName.parse(header.split()[1]) not in allowed:
            name = header.split()[1]
            what = "a customer port" if name in customer_ports(expected) else "no link of inventory"
            seen = lines_seen(facts, *lines, section=header)
            yield compare(f"IS-IS on {name}", "none", f"{lines[0]} ({what})", source=source, seen=seen)


def _running(expected: Expected, facts: Facts) -> Iterator[Finding]:
    row = facts.one(ClnsProtocol)
    seen, router = facts.seen(row), expected.router
    area, system = net_parts(router.net)
    yield compare("running system id", system, row.system_id.lower()[:14], source=expected.inventory("net"), seen=seen)
    areas = tuple(found.lower() for found in row.areas)
    yield compare("running areas", (area,), areas, source=expected.inventory("net"), seen=seen)
    types = _SHOWN_IS_TYPE.get(router.is_type, (router.is_type,))
    good = row.is_type in types
    yield holds(
        "running IS type",
        good,
        expected=types[0],
        observed=row.is_type,
        source=expected.inventory("is_type"),
        seen=seen,
    )
    links = {link.interface for link in router.links if link.in_service}
    shown = {InterfaceName.parse(name) for name in row.interfaces}
    loopback = InterfaceName.parse(router.source_interface)
    yield compare("interfaces that run IS-IS", links, shown - {loopback}, source=expected.inventory("links"), seen=seen)
    if expected.settings("isis_configuration", Settings).metric_style == "wide" and not row.circuits:
        yield _wide_only(router.is_type, row, seen)
    yield from _circuits(expected, facts, row)


def _wide_only(is_type: str, row: ClnsProtocol, seen: tuple[Seen, ...]) -> Finding:
    """IOS says for which levels, IOS-XR that it is wide and nothing else; FRR, which has circuits, is as configured."""
    subject, wanted = "running metric style", "wide only"
    told = f"wide {row.generate_wide}, narrow {row.generate_narrow}, wide accepted {row.accept_wide}"
    if row.generate_wide is None or row.accept_wide is None:
        return inconclusive(subject, f"not shown: {told}", expected=wanted, seen=seen)
    enough = ("Wide", "level-1-2", is_type.removesuffix("-only"))
    good = row.generate_wide in enough and row.accept_wide in enough
    good = good and (row.generate_narrow == "none" or row.generate_wide == "Wide")
    return holds(subject, good, expected=wanted, observed=told, seen=seen)


def _circuits(expected: Expected, facts: Facts, row: ClnsProtocol) -> Iterator[Finding]:
    """What each link runs with, where the router shows it: a link that is silent, of another level or metric."""
    router, seen, source = expected.router, facts.seen(row), expected.inventory("links")
    links = [link for link in router.links if link.in_service]
    mute = {str(link.interface) for link in links if any(same_interface(n, str(link.interface)) for n in row.mute)}
    yield compare("links that run and do not speak", set(), mute, source=source, seen=seen)
    if row.circuits:
        level = _CIRCUITS.get(router.is_type, router.is_type)
        levels = len(level) // 2
        wanted = {f"{link.interface} {level} {'+'.join([str(link.metric)] * levels)}" for link in links if link.metric}
        yield compare("running level and metric of the links", wanted, set(row.circuits), source=source, seen=seen)
