"""Verify ISIS configuration: the process and its interfaces are as designed, and no customer port speaks IS-IS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, holds, part
from turnup.configuration import Configuration
from turnup.facts.clns_protocol import ClnsProtocol
from turnup.model.equipment import IntraPopLink
from turnup.model.interface_name import InterfaceName, same_interface
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen
from turnup.rules.interfaces import stanza
from turnup.rules.isis import net_parts
from turnup.rules.orders import customer_ports, lines_of

_DEFAULT_IS_TYPE = "level-1-2"  # not shown in a configuration
_SHOWN_IS_TYPE = {"level-2-only": ("level-2", "level-2-only"), "level-1": ("level-1",), "level-1-2": ("level-1-2",)}

_AWAY = ("set-overload-bit", "protocol shutdown")
# One customer's announcement less or more would be a change of topology for the whole network.
_LETS_BGP_IN = re.compile(r"(?:address-family \S+(?: unicast)? )?redistribute (?:ipv[46] )?bgp\b")


@dataclass(frozen=True)
class Settings:
    """`metric_style` of the network; `link_lines` stand on every link, e.g. `isis network point-to-point`."""

    metric_style: str = "wide"
    link_lines: tuple[str, ...] = ()


@check(5, "Verify ISIS configuration", needs=("running_config", "clns_protocol"), settings=Settings)
def isis_configuration(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """One process with the inventory's NET, level, metric style; IS-IS on every link with its metric, loopback passive.

    FAIL: an attribute differs or is missing, a second NET or process, the overload bit, BGP routes let in, a link that
    is passive, IS-IS on an interface that is neither link nor loopback; above all on a customer port, which is a
    fault of security.
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
    passive = [f"passive-interface {router.source_interface}"]
    passive += lines_of(expected, header) if expected.assignment else []
    for text in dict.fromkeys(passive):
        found = text if text in lines else None
        yield compare(text, text, found, source=inventory, seen=lines_seen(facts, text, section=header))


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
    off = tuple(line for line in lines if line in ("isis protocol shutdown", "isis suppressed"))
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
    if expected.settings("isis_configuration", Settings).metric_style == "wide" and row.generate_wide is not None:
        wide = row.generate_wide not in ("none", "Narrow", "Transition") and row.generate_narrow in (None, "none")
        told = f"wide {row.generate_wide}, narrow {row.generate_narrow}"
        yield holds("running metric style", wide, expected="wide only", observed=told, seen=seen)
