"""Verify RPMS configurations: the router asks the Resource Pool Manager Server before it answers a call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from turnup.checks import Expected, Facts, check, compare, holds
from turnup.model.verdict import Finding
from turnup.rules.evidence import lines_seen
from turnup.rules.rpms import rpms_agreed_away, rpms_applies


@dataclass(frozen=True)
class Settings:
    """`group` is the server group of RPMS, `servers` its members in order."""

    group: str | None = None
    servers: tuple[IPv4Address, ...] = ()


@check(2, "Verify RPMS configurations", needs=("running_config",), settings=Settings)
def rpms_configuration(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """The resource-pool lines name the RPMS servers that policy lists, in order.

    NOT APPLICABLE: inventory says so, with a reason and who agreed, and the router has no resource-pool line.
    FAIL: resource-pool lines on a router agreed to have none; not enabled; decided locally; other servers,
    without a key, or in a VRF.
    INCONCLUSIVE: inventory says nothing about RPMS; no servers in the policy; configuration not readable.
    """
    if not rpms_applies(expected):
        yield from rpms_agreed_away(expected, facts)
        return
    settings = expected.settings("rpms_configuration", Settings)
    group = expected.need(settings.group, "the server group of RPMS")
    servers = expected.need(settings.servers, "the RPMS servers")
    source = expected.agreed("checks.rpms_configuration")
    config = facts.configuration()
    for line in ("resource-pool enable", f"resource-pool aaa protocol group {group}"):
        found = line if line in config.top else None
        yield compare(line, line, found, source=source, seen=lines_seen(facts, line, section=""))
    header = f"aaa group server tacacs+ {group}"
    lines = config.section(header) or ()
    members = tuple(line.split()[-1] for line in lines if line.startswith("server "))
    seen = lines_seen(facts, header, section="") + lines_seen(facts, *lines, section=header)
    yield compare("RPMS servers", tuple(map(str, servers)), members, source=source, seen=seen)
    ways = tuple(line for line in lines if "vrf" in line.split())
    seen = lines_seen(facts, *ways, section=header)
    yield compare("VRF of the RPMS servers", "none", "; ".join(ways) or "none", source=source, seen=seen)
    common = config.headers("tacacs-server key")
    for server in servers:
        hosts = [text for text in config.headers("tacacs-server host") if text.split()[2] == str(server)]
        yield compare(f"tacacs-server host {server}", 1, len(hosts), source=source, seen=lines_seen(facts, *hosts))
        keyed = bool(common) or any("key" in text.split() for text in hosts)
        seen = lines_seen(facts, *hosts, *common, section="")
        yield holds(f"key of {server}", keyed, expected="a key", observed="a key" if keyed else "none", seen=seen)
