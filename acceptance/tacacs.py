"""Verify TACACS: the right servers, from the loopback, used for login and enable, and seen alive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.configuration import Configuration
from turnup.errors import CouldNotRun
from turnup.facts.running_config import RunningConfig
from turnup.facts.tacacs_server import TacacsServer
from turnup.facts.user import User
from turnup.model.interface_name import InterfaceName
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding, Verdict
from turnup.rules.aaa import NEW_MODEL, method_lists, tacacs_groups
from turnup.rules.evidence import lines_seen
from turnup.rules.interfaces import SECOND


@dataclass(frozen=True)
class Settings:
    """`authorization`, `accounting`: what else goes to TACACS+, e.g. exec, commands. `unused_servers_ok`: whether a
    server that nothing was ever sent to is accepted behind one that is alive.
    """

    authorization: tuple[str, ...] = ()
    accounting: tuple[str, ...] = ()
    unused_servers_ok: bool = False


def asks(_expected: Expected) -> tuple[Ask, ...]:
    """The server counters once more."""
    return (Ask.of("tacacs_server", **SECOND),)


@check(14, "Verify TACACS", needs=("running_config", "user", "tacacs_server"), asks=asks, settings=Settings)
def tacacs(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Servers equal inventory's, in order, each with a key; source is the loopback; login and enable use TACACS+.

    The server in use has sent and received packets, and no failure was added while the test ran; our own session
    came from TACACS+. Counters are cumulative, so old failures are no fault.
    FAIL: server missing, extra or out of order; sent but nothing received; failures growing; status Dead.
    INCONCLUSIVE: a server that was never used ("configured, not exercised"), unless the policy accepts it.
    """
    config = facts.configuration()
    yield compare(NEW_MODEL, True, NEW_MODEL in config.top, seen=lines_seen(facts, NEW_MODEL, section=""))
    yield from part("servers", _servers(expected, facts, config))
    yield _source(expected, facts, config)
    yield from _lists(expected, facts, config)
    yield from part("servers as they run", _life(expected, facts))
    yield from part("own session", _own_session(expected, facts, config))


def _wanted(expected: Expected) -> tuple[str, ...]:
    return tuple(map(str, expected.need(expected.router.tacacs_servers, "the TACACS+ servers")))


def _servers(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    old = config.headers("tacacs-server host")
    new = config.headers("tacacs server")
    addresses = [(text.split()[2], text, "") for text in old]
    for header in new:
        body = config.section(header) or ()
        addresses += [(text.split()[-1], text, header) for text in body if text.startswith("address ipv4 ")]
    shown = tuple(address for address, _, _ in addresses)
    source = expected.inventory("tacacs_servers")
    seen = tuple(s for _, text, section in addresses for s in lines_seen(facts, text, section=section))
    yield compare(
        "configured servers", _wanted(expected), shown, source=source, seen=seen or facts.whole(RunningConfig)
    )
    common = config.headers("tacacs-server key")
    keyless = [text for text in old if "key" not in text.split()]
    keyless += [header for header in new if not any(t.startswith("key ") for t in config.section(header) or ())]
    told = "; ".join(keyless) if keyless and not common else "every server has a key"
    yield compare("keys", "every server has a key", told, seen=lines_seen(facts, *common, section="") or seen)


def _source(expected: Expected, facts: Facts, config: Configuration) -> Finding:
    lines = config.headers("ip tacacs source-interface")
    named = tuple(InterfaceName.parse(text.split()[3]) for text in lines)
    wanted = (InterfaceName.parse(expected.router.source_interface),)
    seen = lines_seen(facts, *lines, section="")
    return compare("source interface", wanted, named, source=expected.inventory("source_interface"), seen=seen)


def _lists(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    settings = expected.settings("tacacs", Settings)
    kinds = ["authentication login", "authentication enable"]
    kinds += [f"authorization {what}" for what in settings.authorization]
    kinds += [f"accounting {what}" for what in settings.accounting]
    groups = tacacs_groups(config)
    for kind in kinds:
        found = [entry for entry in method_lists(config, kind) if groups & set(entry.methods)]
        shown = "; ".join(entry.text for entry in method_lists(config, kind))
        seen = lines_seen(facts, *(entry.text for entry in found), section="")
        source = expected.agreed("checks.tacacs") if kind.startswith(("authorization", "accounting")) else ""
        yield holds(kind, bool(found), expected="a list with tacacs+", observed=shown, source=source, seen=seen)


def _life(expected: Expected, facts: Facts) -> Iterator[Finding]:
    rows = facts.rows(TacacsServer)
    source = expected.inventory("tacacs_servers")
    seen = facts.seen(*rows) or facts.whole(TacacsServer)
    yield compare("running servers", _wanted(expected), tuple(row.address for row in rows), source=source, seen=seen)
    later = _later(facts)
    alive = False
    for row in rows:
        finding = _server(expected, facts, row, later.get(row.address), alive)
        alive = alive or (row.packets_in > 0 and finding.verdict is Verdict.PASS)
        yield finding


def _later(facts: Facts) -> dict[str, TacacsServer]:
    try:
        return {row.address: row for row in facts.rows(TacacsServer, **SECOND)}
    except CouldNotRun:
        return {}


def _server(expected: Expected, facts: Facts, row: TacacsServer, later: TacacsServer | None, alive: bool) -> Finding:
    subject, seen = f"server {row.address}", facts.seen(*(r for r in (row, later) if r))
    told = f"{row.packets_out} packets out, {row.packets_in} in"
    grown = _failures(row, later)
    if grown or (row.status or "").lower() == "dead":
        told = f"{told}; {grown or f'status {row.status}'}"
        return Finding(subject, Verdict.FAIL, "alive, no failure added", told, "", seen)
    if row.packets_out == 0 and row.packets_in == 0:
        if alive and expected.settings("tacacs", Settings).unused_servers_ok:
            source = expected.agreed("checks.tacacs.unused_servers_ok")
            return Finding(subject, Verdict.PASS, "configured", "configured, not exercised", source, seen)
        return inconclusive(subject, "configured, not exercised", expected="packets in and out", seen=seen)
    return holds(subject, row.packets_in > 0, expected="packets in and out", observed=told, seen=seen)


def _failures(row: TacacsServer, later: TacacsServer | None) -> str:
    if later is None:
        return ""
    counters = {
        "errors": (row.errors, later.errors),
        "timeouts": (row.timeouts, later.timeouts),
        "failed connects": (row.failed_connects, later.failed_connects),
    }
    return ", ".join(
        f"{name} {a} -> {b}" for name, (a, b) in counters.items() if a is not None and b is not None and b > a
    )


def _own_session(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    us = expected.need(expected.username, "the account of our own session")
    mine = [row for row in facts.rows(User) if row.mine]
    seen = facts.seen(*mine) or facts.whole(User)
    yield compare("our session", (us,), tuple(row.user for row in mine), seen=seen)
    local = config.headers(f"username {us}")
    if local:
        why = f"{us} is a local account too: our login does not prove TACACS+"
        yield inconclusive("our login", why, expected="from TACACS+", seen=lines_seen(facts, *local, section=""))
