"""The filters of a BGP neighbor: whether they are there, and whether they keep anything out (checklist 6).

A filter is asked about a stranger's route, which nobody named. One that is not there, is empty, or lets the stranger
in filters nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from ipaddress import IPv4Network

from turnup.configuration import Configuration
from turnup.errors import CouldNotRun
from turnup.rules.bgp_families import IPV4, BgpNeighborConfig
from turnup.rules.prefixes import PrefixEntry, lets_anybody_in, lets_in, prefix_entry, sources_let_anybody_in
from turnup.rules.route_policy import passes_anybody, policy_header

# What a neighbor's filter is defined by; {ip} is `ip` or `ipv6`, by the family that it filters.
_DEFINED = {
    "prefix-list": ("{ip} prefix-list {name}",),
    "route-map": ("route-map {name}",),
    "filter-list": ("ip as-path access-list {name}", "bgp as-path access-list {name}"),
    "distribute-list": ("access-list {name}", "ip access-list standard {name}", "ip access-list extended {name}"),
}
_ANY_PATH = re.compile(r"(?:seq \d+ )?(?P<action>permit|deny) (?:\.\*|\^\.\*\$?|_\.\*|\.\*\$)")


def definitions(config: Configuration, neighbor: BgpNeighborConfig) -> tuple[str, ...]:
    """Headers and global lines that define the filters of a neighbor, both directions."""
    return tuple(dict.fromkeys(text for _, texts in _filters(config, neighbor) for text in texts))


def undefined(config: Configuration, neighbor: BgpNeighborConfig) -> tuple[str, ...]:
    """Filters that a neighbor names and the configuration lacks, e.g. `route-map CUST-IN`."""
    return tuple(dict.fromkeys(name for name, texts in _filters(config, neighbor) if not texts))


def passes_all(config: Configuration, neighbor: BgpNeighborConfig, way: str = "in") -> bool:
    """Whether its filters, inbound or `out`, are filters by name only: each of them lets a stranger's route through.

    Raises CouldNotRun for a filter that is not read.
    """
    asked: Mapping[str, Callable[[str], bool]] = {
        "prefix-list": partial(_open_prefix_list, config, neighbor.family),
        "route-map": partial(_open_route_map, config),
        "distribute-list": partial(_open_access_list, config),
        "filter-list": partial(_open_path_list, config),
        "route-policy": partial(passes_anybody, config),
    }
    given = [(kind, name) for kind in asked if (name := neighbor.directed(kind, way))]
    return bool(given) and all(asked[kind](name) for kind, name in given)


def lets_in_own(config: Configuration, neighbor: BgpNeighborConfig, own: Iterable[IPv4Network]) -> tuple[str, ...]:
    """Networks of ours that a neighbor could announce: its routes are preferred to those of the IGP.

    Asked of the prefix-list; a filter beside it that keeps strangers out is taken to keep these out as well.
    """
    name, beside = neighbor.inbound("prefix-list"), neighbor.inbound("route-map")
    if neighbor.family != IPV4 or not name or neighbor.inbound("distribute-list"):
        return ()
    entries = tuple(_entries(config, "ip", name))
    taken = tuple(str(network) for network in own if lets_in(entries, network))
    return taken if taken and (not beside or _open_route_map(config, beside)) else ()


def _filters(config: Configuration, neighbor: BgpNeighborConfig) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in neighbor.lines:
        words = line.split()
        if words[0] == "route-policy" and len(words) > 2:
            called = " ".join(words[1:-1])
            header = policy_header(config, called)
            yield f"route-policy {called}", (header,) if header else ()
        elif words[0] in _DEFINED and len(words) == 3:
            forms = [form.format(ip=_ip(neighbor.family), name=words[1]) for form in _DEFINED[words[0]]]
            yield f"{words[0]} {words[1]}", tuple(text for form in forms for text in config.headers(form))


def _ip(family: str) -> str:
    return "ipv6" if "ipv6" in family or "vpnv6" in family else "ip"


def _open_prefix_list(config: Configuration, family: str, name: str) -> bool:
    return _open_list(config, _ip(family), name)


def _open_list(config: Configuration, ip: str, name: str) -> bool:
    """One without an entry lets all in, and so does one that is not there."""
    entries = tuple(_entries(config, ip, name))
    return not entries or lets_anybody_in(entries)


def _entries(config: Configuration, ip: str, name: str) -> Iterator[PrefixEntry]:
    head = f"{ip} prefix-list {name}"
    said = (text.removeprefix(head).strip() for text in config.headers(head))
    return (prefix_entry(text, 6 if ip == "ipv6" else 4) for text in said if not text.startswith("description "))


def _open_access_list(config: Configuration, name: str) -> bool:
    lines = [text.removeprefix(f"access-list {name} ") for text in config.headers(f"access-list {name}")]
    for kind in ("standard", "extended"):
        lines += config.section(f"ip access-list {kind} {name}") or ()
    return sources_let_anybody_in(lines)


def _open_path_list(config: Configuration, name: str) -> bool:
    heads = [form.format(name=name) for form in _DEFINED["filter-list"]]
    said = [text.removeprefix(head).strip() for head in heads for text in config.headers(head)]
    first = next((match for text in said if (match := _ANY_PATH.fullmatch(text))), None)
    return not said or (first is not None and first["action"] == "permit")


def _open_route_map(config: Configuration, name: str) -> bool:
    """Entry after entry, as a stranger's route meets them; the first that fits decides, unless it says `continue`."""
    tickets = {False}
    for header in config.headers(f"route-map {name}"):
        permits = header.split()[2:3] != ["deny"]
        lines = config.section(header) or ()
        if called := [line for line in lines if line.startswith("call ")]:
            raise CouldNotRun(f"{header}: `{called[0]}` is not read")
        fits = _fits(config, lines)
        if True not in fits:
            continue
        goes_on = permits and any(line.split()[0] in ("continue", "on-match") for line in lines)
        if permits and not goes_on:
            return True
        tickets = (tickets if False in fits else set()) | ({True} if goes_on else set())
        if not tickets:
            return False
    return True in tickets


def _fits(config: Configuration, lines: tuple[str, ...]) -> set[bool]:
    """Whether every `match` of an entry fits a stranger's route: no, yes, or both ways."""
    found = {True}
    for line in lines:
        if line.startswith("match "):
            one = _match(config, line.split()[1:])
            found = {a and b for a in found for b in one}
    return found


def _match(config: Configuration, words: list[str]) -> set[bool]:
    if words[:1] in (["ip"], ["ipv6"]) and words[1:3] == ["address", "prefix-list"]:
        return {any(_open_list(config, words[0], name) for name in words[3:])}
    if words[:2] == ["ip", "address"]:
        return {any(_open_access_list(config, name) for name in words[2:])}
    if words[:1] == ["as-path"]:
        return {any(_open_path_list(config, name) for name in words[1:])}
    if words[:1] in (["community"], ["extcommunity"], ["large-community"], ["tag"], ["ip"], ["ipv6"]):
        return {False}
    return {True, False}
