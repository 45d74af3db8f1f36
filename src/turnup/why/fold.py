"""Fold the red findings of a run into causes. A verdict is never changed here; nothing red is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from turnup.errors import InputError
from turnup.model.certificate import Cause, Folded, Side
from turnup.model.interface_name import InterfaceName
from turnup.model.result import TestResult
from turnup.model.verdict import Finding, Verdict
from turnup.why.ladder import Layer, Sign, ladder

_RED = (Verdict.FAIL, Verdict.INCONCLUSIVE)
_OTHER = Layer("the test itself")


@dataclass(frozen=True)
class Port:
    """What was tested, as far as a cause needs it. `links` are the IntraPOP links, "" = no such thing."""

    router: str
    platform: str
    interface: str = ""
    neighbor: str = ""  # the customer's address
    links: tuple[str, ...] = ()
    peers: Mapping[str, str] = field(default_factory=dict)  # name -> address


@dataclass(frozen=True)
class _Red:
    """One red finding, with the layer and the thing it is about."""

    row: TestResult
    finding: Finding
    layer: Layer
    on: str
    rank: int
    sign: Sign | None
    words: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str]:
        return self.layer.name, self.on

    @property
    def failed(self) -> bool:
        return self.finding.verdict is Verdict.FAIL


def causes(rows: Sequence[TestResult], port: Port) -> tuple[Cause, ...]:
    """The causes behind the red findings: proved ones first, then by test. Each red finding stands in exactly one."""
    groups: dict[tuple[str, str], list[_Red]] = {}
    for row in rows:
        for finding in row.findings:
            if finding.verdict in _RED:
                red = _of(row, finding, port)
                groups.setdefault(red.key, []).append(red)
    explained: dict[tuple[str, str], list[_Red]] = {}
    for key, reds in groups.items():
        explained.setdefault(_root(key, groups, port), []).extend(reds)
    found = [_cause(groups[key], reds, port) for key, reds in explained.items()]
    return tuple(sorted(found, key=lambda cause: (not _proved(cause), cause.folded[0].test)))


def _of(row: TestResult, finding: Finding, port: Port) -> _Red:
    """The red finding by the sign that asks most of it; of two that ask the same, the first in its file."""
    shown = [
        (layer, rank, sign, words)
        for layer in ladder().values()
        for rank, sign in enumerate(layer.sign)
        if (words := sign.match(row.name, finding)) is not None
    ]
    if not shown:
        return _Red(row, finding, _OTHER, f"{row.number}: {finding.subject}", 0, None, _words({}, finding, port))
    layer, rank, sign, words = max(shown, key=lambda found: (found[2].conditions, -found[1]))
    words = _words(words, finding, port)
    return _Red(row, finding, layer, _thing(_filled(sign.on, words), port), rank, sign, words)


def _root(key: tuple[str, str], groups: Mapping[tuple[str, str], Sequence[_Red]], port: Port) -> tuple[str, str]:
    """The lowest group that takes this one down, and what takes that down; itself when nothing below is wrong.

    What is proved wrong folds under a proved cause only. Layers do not go round, so neither does this.
    """
    layer, stands_on = groups[key][0].layer, _stands_on(key[1], port)
    failed = any(red.failed for red in groups[key])
    lower = [
        other
        for other, reds in groups.items()
        if other[0] in layer.rests_on and other[1] in stands_on and (not failed or any(red.failed for red in reds))
    ]
    if not lower:
        return key
    return _root(min(lower, key=lambda other: len(groups[other][0].layer.rests_on)), groups, port)


def _stands_on(thing: str, port: Port) -> set[str]:
    """What must work for that thing to work: for a port its card, for the mesh the links, for everything the router."""
    found = {thing, "router"}
    kind, _, name = thing.partition(":")
    if kind == "port":
        found.add(_slot(name))
    elif kind in ("peer", "address") or thing == "mesh":
        found |= {"mesh", *(f"port:{link}" for link in port.links), *(_slot(link) for link in port.links)}
    return found


def _thing(on: str, port: Port) -> str:
    """One name for one thing: the customer is his port, a subinterface its port, however it is written."""
    if on == "customer":
        on = f"port:{port.interface}" if port.interface else on
    kind, _, name = on.partition(":")
    if kind == "neighbor" and name == port.neighbor:
        return _thing("customer", port)
    if kind != "port":
        return on
    try:
        return f"port:{InterfaceName.parse(name).parent}"
    except InputError:
        return on


def _slot(interface: str) -> str:
    try:
        return f"slot:{InterfaceName.parse(interface).slot}"
    except (InputError, ValueError):
        return ""


def _words(words: Mapping[str, str], finding: Finding, port: Port) -> dict[str, str]:
    peer = words.get("peer", "")
    return {
        "router": port.router,
        "customer_port": port.interface or "the customer's port",
        "neighbor": port.neighbor,
        "subject": finding.subject,
        "observed": finding.observed,
        "expected": finding.expected,
        "peer_address": port.peers.get(peer, peer),
        "command": finding.seen[0].command if finding.seen else "",
        **words,
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its {words}; a sign that names a word nobody knows shows it as it stands."""
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _cause(own: Sequence[_Red], reds: Sequence[_Red], port: Port) -> Cause:
    """The cause as its weightiest sign calls it; a proved red says more than one that could not be run."""
    first = min(own, key=lambda red: (not red.failed, red.rank))
    sign = first.sign
    folded = tuple(Folded(red.row.number, red.finding.subject, red.finding.verdict) for red in _in_order(reds))
    if sign is None:
        name = f"{first.finding.subject}: {first.finding.observed}, not {first.finding.expected}"
        return Cause(name, Side.UNKNOWN, _OTHER.title, port.router, first.words["command"], folded)
    told = sign.next_on.get(port.platform, sign.next if port.platform == "ios" else first.words["command"])
    return Cause(
        name=_filled(sign.name, first.words),
        side=Side.CARRIER if first.on in {f"port:{link}" for link in port.links} else sign.side,  # ours on both ends
        layer=first.layer.title,
        router=_filled(sign.where, first.words) or port.router,
        next=_filled(told, first.words).strip(),
        folded=folded,
    )


def _in_order(reds: Sequence[_Red]) -> list[_Red]:
    return sorted(reds, key=lambda red: (not red.failed, red.row.number))


def _proved(cause: Cause) -> bool:
    return any(one.verdict is Verdict.FAIL for one in cause.folded)
