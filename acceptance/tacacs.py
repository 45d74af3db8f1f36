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
from turnup.model.interface_name import InterfaceName, same_interface
from turnup.model.transcript import Ask
from turnup.model.verdict import Finding, Verdict
from turnup.rules.aaa import NEW_MODEL, method_list, method_lists, tacacs_groups, terminal_lines
from turnup.rules.evidence import lines_seen, taken_away
from turnup.rules.interfaces import SECOND

_USER_COLUMN = 10
_ALIVE = ("alive", "up")


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

    Where policy sends commands to TACACS+, the first server's packets grew during the test.
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
        addresses += [(text.split()[-1], text, header) for text in body if text.startswith("address ")]
    shown = tuple(address for address, _, _ in addresses)
    source = expected.inventory("tacacs_servers")
    seen = tuple(s for _, text, section in addresses for s in lines_seen(facts, text, section=section))
    yield compare(
        "configured servers", _wanted(expected), shown, source=source, seen=seen or facts.whole(RunningConfig)
    )
    common = config.headers("tacacs-server key")
    below = tuple(s for h in (*old, *new) for t in config.section(h) or () for s in lines_seen(facts, t, section=h))
    keyless = [text for text in old if "key" not in text.split() and not _key_below(config, text)]
    keyless += [header for header in new if not _key_below(config, header)]
    told = "; ".join(keyless) if keyless and not common else "every server has a key"
    yield compare(
        "keys", "every server has a key", told, seen=(*(facts.config_seen(*common, section="") or seen), *below)
    )


def _key_below(config: Configuration, header: str) -> bool:
    return any(text.startswith("key ") for text in config.section(header) or ())


def _source(expected: Expected, facts: Facts, config: Configuration) -> Finding:
    lines = config.headers("ip tacacs source-interface")
    named = tuple(_interface(text.split()[3:]) for text in lines)
    wanted = (InterfaceName.parse(expected.router.source_interface),)
    seen = lines_seen(facts, *lines, section="")
    return compare("source interface", wanted, named, source=expected.inventory("source_interface"), seen=seen)


def _interface(words: list[str]) -> InterfaceName | str:
    """That interface; the words themselves where they say more, e.g. a VRF."""
    return InterfaceName.parse(words[0]) if len(words) == 1 else " ".join(words)


def _lists(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    settings = expected.settings("tacacs", Settings)
    enable = tuple(taken_away(expected, facts, "authentication enable", "enable_mode"))
    yield from enable
    kinds = ["authentication login", *(() if enable else ("authentication enable",))]
    of_lines = [f"authorization {what}" for what in settings.authorization]
    of_lines += [f"accounting {what}" for what in settings.accounting]
    groups = tacacs_groups(config)
    yield from part("login of the vty lines", _vty_logins(expected, facts, config))
    for group in sorted(_named_groups(config, [*kinds, *of_lines]) & groups - {"tacacs+"}):
        yield _members(expected, facts, config, group)
        yield from _way_out(expected, facts, config, group)
    for kind in kinds:
        found = [entry for entry in method_lists(config, kind) if entry.methods and entry.methods[0] in groups]
        shown = "; ".join(entry.text for entry in method_lists(config, kind))
        seen = lines_seen(facts, *(entry.text for entry in found), section="")
        yield holds(kind, bool(found), expected="a list with tacacs+ first", observed=shown, seen=seen)
    for kind in of_lines:
        yield from part(kind, _vty_lists(expected, facts, config, kind))


def _vty_logins(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    """The list that a vty range uses has TACACS+ first: another list, or local accounts before it, goes past it."""
    groups = tacacs_groups(config)
    lines = expected.need(terminal_lines(config, "vty"), "the vty lines")
    for line in lines:
        entry = method_list(config, "authentication login", line.login_list)
        good = entry is not None and bool(entry.methods) and entry.methods[0] in groups
        shown = entry.text if entry else f"no list {line.login_list}"
        seen = lines_seen(facts, line.header, section="")
        seen += lines_seen(facts, entry.text, section="") if entry else facts.whole(RunningConfig)
        yield holds(f"login on {line.header}", good, expected="tacacs+ first", observed=shown, seen=seen)


def _vty_lists(expected: Expected, facts: Facts, config: Configuration, kind: str) -> Iterator[Finding]:
    """What a vty range authorizes or accounts by goes to TACACS+ first, at each level: one open list is a way past."""
    groups, source = tacacs_groups(config), expected.agreed("checks.tacacs")
    lists = method_lists(config, kind)
    for line in expected.need(terminal_lines(config, "vty"), "the vty lines"):
        name = line.list_of(kind)
        used = [entry for entry in lists if entry.name == name]
        good = bool(used) and all(entry.methods[:1] and entry.methods[0] in groups for entry in used)
        shown = "; ".join(entry.text for entry in used) or f"no list {name}"
        seen = lines_seen(facts, line.header, section="")
        seen += lines_seen(facts, *(entry.text for entry in used), section="") if used else facts.whole(RunningConfig)
        subject = f"{kind} on {line.header}"
        yield holds(subject, good, expected="tacacs+ first", observed=shown, source=source, seen=seen)


def _named_groups(config: Configuration, kinds: list[str]) -> set[str]:
    return {method for kind in kinds for entry in method_lists(config, kind) for method in entry.methods}


def _members(expected: Expected, facts: Facts, config: Configuration, group: str) -> Finding:
    """A server group asks its own members, whatever servers stand beside it; later trains name them."""
    header = f"aaa group server tacacs+ {group}"
    lines = [text for text in config.section(header) or () if text.split()[0] in ("server", "server-private")]
    shown = tuple(_address(config, text.split()) for text in lines)
    seen = lines_seen(facts, *lines, section=header)
    return compare(f"group {group}", _wanted(expected), shown, source=expected.inventory("tacacs_servers"), seen=seen)


def _way_out(expected: Expected, facts: Facts, config: Configuration, group: str) -> Iterator[Finding]:
    """What a group says of source and VRF counts for its servers, whatever the global line says."""
    header = f"aaa group server tacacs+ {group}"
    for text in config.section(header) or ():
        words = text.split()
        if "source-interface" in words or "vrf" in words:
            good = "vrf" not in words and same_interface(words[-1], expected.router.source_interface)
            wanted = f"by {expected.router.source_interface}"
            seen, source = lines_seen(facts, text, section=header), expected.inventory("source_interface")
            yield holds(f"group {group} way out", good, expected=wanted, observed=text, source=source, seen=seen)


def _address(config: Configuration, words: list[str]) -> str:
    if words[1] != "name":
        return words[1]
    body = config.section(f"tacacs server {words[-1]}") or ()
    return next((text.split()[-1] for text in body if text.startswith("address ipv4 ")), f"server {words[-1]}")


def _life(expected: Expected, facts: Facts) -> Iterator[Finding]:
    rows = facts.rows(TacacsServer)
    source = expected.inventory("tacacs_servers")
    seen = facts.seen(*rows) or facts.whole(TacacsServer)
    yield compare("running servers", _wanted(expected), tuple(map(_where, rows)), source=source, seen=seen)
    again = _again(facts)
    later = {row.address: row for row in again}
    yield compare(
        "servers at the end",
        _wanted(expected),
        tuple(map(_where, again)),
        source=source,
        seen=facts.seen(*again) or seen,
    )
    if rows and _every_command_asks(expected):
        yield _traffic(facts, rows[0], later.get(rows[0].address))
    alive = False
    for row in rows:
        finding = _server(expected, facts, row, later.get(row.address), alive)
        alive = alive or (row.packets_in > 0 and finding.verdict is Verdict.PASS)
        yield finding


def _where(row: TacacsServer) -> str:
    """A server that only a VRF reaches is another one than the same address in the global table."""
    return row.address if row.vrf in (None, "default") else f"{row.address} in VRF {row.vrf}"


def _again(facts: Facts) -> tuple[TacacsServer, ...]:
    try:
        return facts.rows(TacacsServer, **SECOND)
    except CouldNotRun as error:
        raise CouldNotRun(f"only one sample: {error}") from error


def _every_command_asks(expected: Expected) -> bool:
    settings = expected.settings("tacacs", Settings)
    return "commands" in (*settings.authorization, *settings.accounting)


def _traffic(facts: Facts, row: TacacsServer, later: TacacsServer | None) -> Finding:
    """Where policy sends every command to TACACS+, our own commands must have moved the first server's counters."""
    grown = later is not None and later.packets_in > row.packets_in and later.packets_out > row.packets_out
    told = "grown" if grown else "no packet in and out between the two samples"
    seen = facts.seen(*(r for r in (row, later) if r))
    return holds(f"traffic of {row.address}", grown, expected="grown", observed=told, seen=seen)


def _server(expected: Expected, facts: Facts, row: TacacsServer, later: TacacsServer | None, alive: bool) -> Finding:
    subject, seen = f"server {row.address}", facts.seen(*(r for r in (row, later) if r))
    told = f"{row.packets_out} packets out, {row.packets_in} in"
    grown = _failures(row, later)
    if grown or (row.status or "").lower() in ("dead", "down"):
        told = f"{told}; {grown or f'status {row.status}'}"
        return Finding(subject, Verdict.FAIL, "alive, no failure added", told, "", seen)
    if later is None or later.packets_in < row.packets_in or later.packets_out < row.packets_out:
        why = "not in the second sample" if later is None else "counters were cleared during the test"
        return inconclusive(subject, f"{told}; {why}", expected="alive, no failure added", seen=seen)
    if unknown := sorted({shown for r in (row, later) if (shown := r.status or "") and shown.lower() not in _ALIVE}):
        return inconclusive(subject, f"{told}; status {', '.join(unknown)}", expected="alive", seen=seen)
    if row.packets_out == 0 and row.packets_in == 0:
        if alive and expected.settings("tacacs", Settings).unused_servers_ok:
            source = expected.agreed("checks.tacacs.unused_servers_ok")
            return Finding(subject, Verdict.PASS, "configured", "configured, not exercised", source, seen)
        return inconclusive(subject, "configured, not exercised", expected="packets in and out", seen=seen)
    return holds(subject, row.packets_in > 0, expected="packets in and out", observed=told, seen=seen)


def _failures(row: TacacsServer, later: TacacsServer | None) -> str:
    if later is None:
        return ""
    if (later.status or "").lower() in ("dead", "down"):
        return f"status {later.status} at the end of the test"
    counters = {
        "errors": (row.errors, later.errors),
        "timeouts": (row.timeouts, later.timeouts),
        "failed connects": (row.failed_connects, later.failed_connects),
    }
    return ", ".join(
        f"{name} {a} -> {b}" for name, (a, b) in counters.items() if a is not None and b is not None and b > a
    )


def _cut(shown: str, name: str) -> bool:
    """The column of `show users` cuts a name after ten characters."""
    return len(shown) == _USER_COLUMN and name.startswith(shown)


def _own_session(expected: Expected, facts: Facts, config: Configuration) -> Iterator[Finding]:
    us = expected.need(expected.username, "the account of our own session")
    mine = [row for row in facts.rows(User) if row.mine]
    seen = facts.seen(*mine) or facts.whole(User)
    shown = tuple(us if _cut(row.user or "", us) else row.user for row in mine)
    yield compare("our session", (us,), shown, seen=seen)
    local = config.headers(f"username {us}")
    if local:
        why = f"{us} is a local account too: our login does not prove TACACS+"
        yield inconclusive("our login", why, expected="from TACACS+", seen=lines_seen(facts, *local, section=""))
