"""Verify access-list for vty: only management networks may open a session, on every vty line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnup.checks import Expected, Facts, check, compare, holds, inconclusive, part
from turnup.configuration import Configuration
from turnup.facts.access_list import AccessList
from turnup.facts.line import Line
from turnup.facts.running_config import RunningConfig
from turnup.model.verdict import Finding
from turnup.rules.aaa import TerminalLine, terminal_lines, vty_pools
from turnup.rules.access_list import entry_of, said, same_meaning
from turnup.rules.evidence import lines_seen
from turnup.rules.prefixes import sources_let_anybody_in


@dataclass(frozen=True)
class Settings:
    """`transports`: protocols that may come in, e.g. [ssh, telnet]; empty = not agreed, not compared."""

    transports: tuple[str, ...] = ()


@check(15, "Verify access-list for vty", needs=("running_config", "access_list", "line"), settings=Settings)
def vty_access_list(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """Every `line vty` range has the access-list of inventory inbound; the list exists with exactly its entries.

    Host and wildcard forms are one; match counters are left aside; the final deny may be implicit.
    FAIL: a range without it, `out` only or of one VRF only, another list, an undefined list (it permits all), other
    entries, `exec-timeout 0 0`, a transport that policy does not allow; no list, or one that permits anybody, for IPv6
    where an interface speaks it. INCONCLUSIVE: entries that are no plain sources, output not readable, inventory
    without list.
    """
    acl = expected.need(expected.router.vty_acl, "the access-list of the vty lines")
    config = facts.configuration()
    ranges = terminal_lines(config, "vty")
    if not ranges:
        yield inconclusive("vty lines", "none in the configuration", seen=facts.whole(RunningConfig))
    for line in ranges:
        yield from _range(expected, facts, line, acl)
        yield from _over_ipv6(facts, config, line)
    yield from part("entries", _entries(expected, facts, acl))
    yield from part("vty pools", _pools(facts, config, ranges))
    yield from part("vty lines as they run", _running(expected, facts, config, acl, ranges))


def _range(expected: Expected, facts: Facts, line: TerminalLine, acl: str) -> Iterator[Finding]:
    source = expected.inventory("vty_acl")
    classes = tuple(text for text in line.lines if text.startswith("access-class "))
    inbound = tuple(words[1] for words in map(str.split, classes) if _guards(words, acl))
    seen = lines_seen(facts, line.header, section="") + lines_seen(facts, *classes, section=line.header)
    yield compare(f"{line.header} access-class in", (acl,), inbound, source=source, seen=seen)
    yield compare(f"{line.header} times out", "yes", "never" if line.never_times_out else "yes", seen=seen)
    allowed = expected.settings("vty_access_list", Settings).transports
    if allowed:
        inputs = [text for text in line.lines if text.startswith("transport input ")]
        shown = {word for text in inputs for word in text.split()[2:]} or {"the default of the image"}
        source = expected.agreed("checks.vty_access_list.transports")
        seen = lines_seen(facts, *inputs, section=line.header) or seen
        told = ", ".join(sorted(shown))
        yield holds(
            f"{line.header} transport",
            shown <= {*allowed, "none"},
            expected=allowed,
            observed=told,
            source=source,
            seen=seen,
        )


def _guards(words: list[str], acl: str) -> bool:
    """A line that counts for all sessions; also one of another list for those of a VRF, which is a way past."""
    return words[2:] in (["in"], ["in", "vrf-also"]) or (words[2:3] == ["in"] and words[1] != acl)


def _over_ipv6(facts: Facts, config: Configuration, line: TerminalLine) -> Iterator[Finding]:
    """A list of IPv4 guards nothing against sessions over IPv6, which an interface with an address of it lets in.

    IOS has a line of its own for it; IOS-XR asks the IPv6 list of the same name. Inventory has no entries of IPv6:
    what is proved is that not everybody comes in.
    """
    speaks = next(((h, t) for h in config.headers("interface") for t in config.section(h) or () if _ipv6(t)), None)
    if speaks is None:
        return
    words = [text.split() for text in line.lines if text.startswith(("ipv6 access-class ", "access-class "))]
    numbered = line.header.split()[-1].isdigit()  # IOS numbers its lines, IOS-XR names templates
    own = [said for said in words if said[0] == "ipv6"] or ([] if numbered else words)
    names = [said[said.index("access-class") + 1] for said in own if "in" in said]
    entries = {name: config.section(f"ipv6 access-list {name}") for name in names}
    good = bool(entries) and all(lines and not sources_let_anybody_in(lines) for lines in entries.values())
    told = "; ".join(f"{name}: {'; '.join(lines or ()) or 'not defined'}" for name, lines in entries.items())
    seen = lines_seen(facts, line.header, section="") + lines_seen(facts, speaks[1], section=speaks[0])
    seen += tuple(
        s for n, lines in entries.items() for s in lines_seen(facts, *lines or (), section=f"ipv6 access-list {n}")
    )
    wanted = "a list that keeps strangers out"
    yield holds(f"{line.header} over IPv6", good, expected=wanted, observed=told or "no list", seen=seen)


def _ipv6(text: str) -> bool:
    return text.startswith(("ipv6 address ", "ipv6 enable"))


def _entries(expected: Expected, facts: Facts, acl: str) -> Iterator[Finding]:
    wanted = expected.need(expected.router.vty_acl_entries, "the entries of the vty access-list")
    rows = [row for row in facts.rows(AccessList) if row.name == acl and row.action != "remark"]
    source = expected.inventory("vty_acl_entries")
    if not rows:
        told = "not defined: it permits everything"
        yield compare(f"access-list {acl}", said(wanted), told, source=source, seen=facts.whole(AccessList))
        return
    shown = [entry_of(row) for row in rows]
    good = same_meaning(wanted, shown)
    yield holds(
        f"access-list {acl}", good, expected=said(wanted), observed=said(shown), source=source, seen=facts.seen(*rows)
    )


def _pools(facts: Facts, config: Configuration, ranges: tuple[TerminalLine, ...]) -> Iterator[Finding]:
    """A pool (IOS-XR) takes its settings from a line template, which must be one of those looked at."""
    for pool in vty_pools(config):
        good = pool.header in {line.header for line in ranges}
        seen = lines_seen(facts, pool.text, section="")
        told = pool.header if good else f"{pool.header} is not configured"
        yield holds(pool.text, good, expected="settings of a template that is there", observed=told, seen=seen)


def _width(line: TerminalLine) -> int:
    """How many lines `line vty 0 4` holds."""
    numbers = [int(word) for word in line.header.split()[2:] if word.isdigit()]
    return numbers[-1] - numbers[0] + 1 if numbers else 0


def _running(
    expected: Expected, facts: Facts, config: Configuration, acl: str, ranges: tuple[TerminalLine, ...]
) -> Iterator[Finding]:
    rows = [row for row in facts.rows(Line) if row.kind.upper() == "VTY"]
    configured = sum(map(_width, ranges))
    if pools := vty_pools(config):  # IOS-XR shows lines beside those that are in a pool: nobody gets one of these
        numbers = {number for pool in pools for number in pool.numbers}
        rows, configured = [row for row in rows if row.number in numbers], len(numbers)
    if len(rows) != configured or not rows:
        told = f"{len(rows)} in show line, {configured} in the configuration"
        yield inconclusive("vty lines as they run", told, expected=acl, seen=facts.whole(Line))
    for row in rows:
        source, seen = expected.inventory("vty_acl"), facts.seen(row)
        yield compare(f"vty {row.number} access in", acl, row.access_in, source=source, seen=seen)
