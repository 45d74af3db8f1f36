"""`router isis` and `router bgp` of IOS 12.0S in FRR's words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from turnup.configuration import Configuration
from turnup.model.interface_name import InterfaceName
from turnup.virtual.live.names import kernel_name
from turnup.virtual.live.statements import Section, Statement
from turnup.virtual.passwords import decode7

TAG = "core"  # FRR wants a name for the process that IOS leaves without one
_FAMILY = "address-family ipv4 unicast"

# --- IS-IS


def isis_tag(configuration: Configuration) -> str:
    """Name of the IS-IS process in FRR, "" when there is none."""
    header = next((one for one in configuration.top if one.split()[:2] == ["router", "isis"]), "")
    return "" if not header else " ".join(header.split()[2:]) or TAG


_ISIS = re.compile(r"log-adjacency-changes|set-overload-bit|is-type \S+|max-lsp-lifetime \d+|lsp-refresh-interval \d+")


def router_isis(header: str, lines: tuple[str, ...], tag: str, quick: bool, left: list[str]) -> Iterator[Statement]:
    """The process; `quick`: a lab's timers."""
    section = (f"router isis {tag}",)
    wide = any(line.startswith("metric-style wide") for line in lines)
    yield Statement(section, f"metric-style {'wide' if wide else 'narrow'}", "metric-style")
    if quick:
        yield Statement(section, "spf-interval 1", "spf-interval", "no spf-interval")
        yield Statement(section, "lsp-gen-interval 1", "lsp-gen-interval", "no lsp-gen-interval")
    for line in sorted(lines, key=lambda one: one.startswith("net ")):  # the process begins with its NET: last
        words = line.split()
        if words[0] == "net":
            yield Statement(section, line, line, f"no {line}")
        elif _ISIS.fullmatch(line):
            yield Statement(section, line, words[0], f"no {words[0]}")
        elif words[0] == "redistribute":
            for text in (f"redistribute ipv4 {words[1]} level-{level}" for level in (1, 2)):
                yield Statement(section, text, text, f"no {text}")
        elif words[0] not in ("metric-style", "passive-interface"):
            left.append(f"{header}: {line}")


# --- BGP

_HIDDEN = ("synchronization", "no synchronization", "auto-summary", "no auto-summary")  # FRR knows neither
_BGP = re.compile(r"bgp (?:router-id \S+|log-neighbor-changes|deterministic-med|bestpath .+)|timers bgp \d+ \d+")
_OF_FAMILY = ("next-hop-self", "remove-private-AS", "default-originate", "soft-reconfiguration", "weight", "activate")


def bgp(
    header: str, lines: tuple[str, ...], configuration: Configuration, timers: tuple[int, int] | None, left: list[str]
) -> Iterator[Statement]:
    """The process and its neighbours; `timers`: keepalive and hold of a lab, where the configuration sets none."""
    section: Section = (header,)
    yield Statement(section, "no bgp ebgp-requires-policy", "ebgp-requires-policy")
    peers: dict[str, list[list[str]]] = {}
    for line in lines:
        words = line.split()
        if words[0] == "neighbor" and len(words) > 2:
            peers.setdefault(words[1], []).append(words[2:])
        elif _BGP.fullmatch(line):
            yield Statement(section, line, " ".join(words[:2]), f"no {' '.join(words[:2])}")
        elif (text := _announced(words)) is not None:
            yield Statement((header, _FAMILY), text, text, f"no {text}")
        elif line not in _HIDDEN:
            left.append(f"{header}: {line}")
    if timers and not any(line.startswith("timers bgp ") for line in lines):
        yield Statement(section, f"timers bgp {timers[0]} {timers[1]}", "timers bgp", "no timers bgp")
    for name, own in sorted(peers.items(), key=lambda item: item[0][0].isdigit()):  # groups before their members
        yield from _neighbor(header, name, own, timers is not None, configuration, left)


def _announced(words: list[str]) -> str | None:
    if words[0] == "network":
        return f"network {_network(words[1], words[3] if len(words) > 3 else '')}"
    if words[0] == "aggregate-address":
        return " ".join(["aggregate-address", _network(words[1], words[2]), *words[3:]])
    if words[0] == "redistribute" and len(words) == 2:
        return " ".join(words)
    return None


def _network(address: str, mask: str) -> str:
    if not mask:
        first = int(address.split(".")[0])
        mask = "8" if first < 128 else "16" if first < 192 else "24"
    return str(IPv4Network(f"{address}/{mask}", strict=False))


def _neighbor(
    header: str, name: str, own: list[list[str]], quick: bool, configuration: Configuration, left: list[str]
) -> Iterator[Statement]:
    owner = f"neighbor {name}"
    session = [(one, _session_line(one)) for one in own]
    for words, told in sorted(session, key=lambda pair: pair[0][0] not in ("remote-as", "peer-group")):
        if told is not None:
            text, key = told
            undo, makes = _undone(owner, name, key)
            yield Statement((header,), f"{owner} {text}", f"{owner} {key}", undo, owner, makes)
        elif (inner := _family_line(words, configuration)) is not None:
            text, key = inner
            if text:
                yield Statement((header, _FAMILY), f"{owner} {text}", f"{owner} {key}", f"no {owner} {text}", owner)
        elif words[0] != "send-community":
            left.append(f"{header}: {owner} {' '.join(words)}")
    group = any(words[0] == "peer-group" and len(words) > 1 for words in own)
    if quick and ["remote-as", header.split()[2]] in own:  # customers open their session themselves: no collision
        yield _timer(header, owner)
    if not group:
        yield _communities(header, owner, own)


def _undone(owner: str, name: str, key: str) -> tuple[str, bool]:
    """How to take that line away, and whether it is the one that makes the neighbour or the group."""
    if key == "make-group":
        return f"no {owner} peer-group", True
    makes = key in ("remote-as", "peer-group") and name[0].isdigit()
    return (f"no {owner}", True) if makes else (f"no {owner} {key}", False)


def _timer(header: str, owner: str) -> Statement:
    text = f"{owner} timers connect 1"
    return Statement((header,), text, text, f"no {owner} timers connect", owner)


def _communities(header: str, owner: str, own: list[list[str]]) -> Statement:
    """IOS sends communities where a line says so, FRR everywhere unless a line forbids it."""
    words = next((one for one in own if one[0] == "send-community"), None)
    text = f"no {owner} send-community all" if words is None else f"{owner} {' '.join(words)}"
    return Statement((header, _FAMILY), text, f"{owner} send-community", "", owner)


_SIMPLE = ("remote-as", "local-as", "shutdown", "description", "ebgp-multihop", "advertisement-interval", "timers")


def _session_line(words: list[str]) -> tuple[str, str] | None:
    """Text and key of a line about the session; None for any other."""
    if words[0] in _SIMPLE:
        return " ".join(words), words[0]
    if words[0] == "peer-group":
        return " ".join(words), "peer-group" if len(words) > 1 else "make-group"
    if words[0] == "update-source":
        return f"update-source {kernel_name(InterfaceName.parse(words[1]))}", "update-source"
    if words[0] == "password":
        plain = decode7(words[-1]) if words[1] == "7" and len(words) > 2 else words[-1]
        return f"password {plain}", "password"
    return None


def _family_line(words: list[str], configuration: Configuration) -> tuple[str, str] | None:
    """Text and key of a line about the address family; text "" for one that FRR is better without."""
    if words[0] == "version":
        return "", ""
    if words[0] in _OF_FAMILY:
        return " ".join("remove-private-AS all" if word == "remove-private-AS" else word for word in words), words[0]
    if words[0] == "maximum-prefix":
        return " ".join(words), "maximum-prefix"
    if words[0] in ("prefix-list", "route-map", "filter-list", "distribute-list"):
        if words[0] == "distribute-list":
            return None
        return (" ".join(words) if _defined(words, configuration) else ""), f"{words[0]} {words[2]}"
    return None


def _defined(words: list[str], configuration: Configuration) -> bool:
    """Whether the list or map is there: on IOS one that is not lets everything pass, in FRR nothing."""
    starts = {"prefix-list": "ip prefix-list", "route-map": "route-map", "filter-list": "ip as-path access-list"}
    return any(line.startswith(f"{starts[words[0]]} {words[1]} ") for line in configuration.top)
