"""Verify source interface loopback for ftp and tftp: transfers leave with the loopback's address."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface

from turnup.checks import Expected, Facts, check, compare, part
from turnup.configuration import Configuration
from turnup.facts.interface import Interface
from turnup.model.interface_name import InterfaceName
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen
from turnup.rules.interfaces import only, protocol_of, stanza


@check(11, "Verify source interface loopback for ftp and tftp", needs=("running_config", "interface"))
def ftp_tftp_source(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """`ip ftp source-interface` and `ip tftp source-interface` both name the loopback of inventory, which is up.

    FAIL: a line missing or naming another interface; the loopback absent, down, in a VRF, or with another
    address.
    INCONCLUSIVE: configuration or interfaces not readable.
    """
    config = facts.configuration()
    for protocol in ("ftp", "tftp"):
        yield _source_line(expected, facts, config, protocol)
    yield from part("loopback", _loopback(expected, facts))


def _source_line(expected: Expected, facts: Facts, config: Configuration, protocol: str) -> Finding:
    lines = config.headers(f"ip {protocol} source-interface")
    named = tuple(InterfaceName.parse(text.split()[-1]) for text in lines)
    wanted = (InterfaceName.parse(expected.router.source_interface),)
    seen = lines_seen(facts, *lines, section="")
    source = expected.inventory("source_interface")
    return compare(f"ip {protocol} source-interface", wanted, named, source=source, seen=seen)


def _loopback(expected: Expected, facts: Facts) -> Iterator[Finding]:
    name = expected.router.source_interface
    row = only(facts.rows(Interface), name)
    if row is None:
        yield compare(
            name, "present", "absent", source=expected.inventory("source_interface"), seen=facts.whole(Interface)
        )
        return
    header, lines = stanza(facts.configuration(), name) or (f"interface {name}", ())
    vrf = tuple(text for text in lines if text.startswith(("ip vrf ", "vrf ")))
    if vrf:
        where, source = lines_seen(facts, *vrf, section=header), expected.inventory("loopback")
        yield compare(f"{name} VRF", "none", "; ".join(vrf), source=source, seen=where)
    source, seen = expected.inventory("loopback"), facts.seen(row)
    yield compare(f"{name} state", "up/up", f"{row.status}/{protocol_of(row)}", source=source, seen=seen)
    yield compare(
        f"{name} address", IPv4Interface(f"{expected.router.loopback}/32"), row.address, source=source, seen=seen
    )
