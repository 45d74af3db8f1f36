"""Ports that nobody uses (checklist 9): whoever plugs a cable into an open one is on the network."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.checks import Expected, Facts, compare, inconclusive
from turnup.configuration import Configuration
from turnup.facts.interface_brief import InterfaceBrief
from turnup.model.interface_name import same_interface
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen
from turnup.rules.interfaces import brief_status, is_port, named, uses
from turnup.rules.orders import customer_ports

_USED = (  # by somebody, or by another port that it is a part of
    *("description ", "ip address ", "ip unnumbered ", "ipv6 address ", "encapsulation frame-relay"),
    *("channel-group ", "bundle id ", "multilink-group ", "ppp multilink group ", "xconnect ", "service instance "),
    "l2transport",
)


def spare_ports(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """A port that somebody else's order uses is not this port's affair; one that nobody uses must be shut."""
    config = facts.configuration()
    used = [*customer_ports(expected), *(str(link.interface) for link in expected.router.links)]
    spare = [row for row in facts.rows(InterfaceBrief) if is_port(row.name) and not uses(row, used)]
    yield from _not_shown(facts, config)
    for row in spare:
        if any(line.startswith(_USED) for line in _lines_at(config, row.name)):
            continue
        source, seen = expected.inventory("slots"), facts.seen(row)
        yield compare(f"{row.name} (spare)", "administratively down", brief_status(row), source=source, seen=seen)


def _lines_at(config: Configuration, port: str) -> Iterator[str]:
    """Lines of the port and of its subinterfaces, one of which may carry somebody; IOS-XR says `l2transport` above."""
    for header in config.headers("interface"):
        words = header.split()
        if same_interface(words[1].split(".")[0], port):
            yield from (*words[2:], *(config.section(header) or ()))


def _not_shown(facts: Facts, config: Configuration) -> Iterator[Finding]:
    """A port that the configuration has and the table lacks: nobody knows whether it is shut."""
    rows = facts.rows(InterfaceBrief)
    for header in config.headers("interface"):
        name = header.split()[1]
        if is_port(name) and not named(rows, name):
            why = "in the configuration, not in the table"
            yield inconclusive(f"{name} state", why, seen=lines_seen(facts, header, section=""))
