"""Test RPMS: the server answers, and one call is accepted and counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from turnup.checks import Expected, Facts, check, inconclusive
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding
from turnup.rules.pings import ping_ask, ping_finding
from turnup.rules.rpms import rpms_agreed_away, rpms_applies


@dataclass(frozen=True)
class Settings:
    """`servers` are the RPMS servers to reach."""

    servers: tuple[IPv4Address, ...] = ()


def asks(expected: Expected) -> tuple[Ask, ...]:
    """A ping to every RPMS server where RPMS applies."""
    rpms = expected.router.rpms
    if rpms is None or not rpms.applicable:
        return ()
    servers = expected.settings("rpms", Settings).servers
    return tuple(ping_ask(server, expected.router.loopback, expected.policy.ping) for server in servers)


@check(3, "Test RPMS", needs=("running_config",), asks=asks, settings=Settings)
def rpms(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """RPMS servers answer the loopback, and a test call was accepted and counted.

    NOT APPLICABLE: as agreed in inventory, while the router has no resource-pool line (FAIL if it has).
    FAIL: a server is not reachable. INCONCLUSIVE: no test call can be placed by this tool: a configuration alone
    is never a PASS.
    """
    if not rpms_applies(expected):
        yield from rpms_agreed_away(expected, facts)
        return
    settings = expected.settings("rpms", Settings)
    for server in expected.need(settings.servers, "the RPMS servers"):
        said_by = expected.agreed("checks.rpms.servers")
        loopback = expected.router.loopback
        yield ping_finding(facts, f"RPMS server {server}", server, loopback, expected.policy.ping, said_by=said_by)
    yield inconclusive("test call", "no call was placed", expected="one call active, then released")
