"""A second opinion on what lies between two configurations, by hier_config with a driver of our own.

For previews, drift and refusal only: what is sent comes from the order's own lines (transition). hier_config's stock
rules for IOS are wrong for 12.0S in places (reference: provisioning 4); the driver mends what rules can mend, and what
they cannot is refused. Loaded when it is needed: it brings pydantic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from turnup.change.footprint import Footprint, Lines, sections_of
from turnup.errors import CouldNotRun, Refused, UsageError
from turnup.render.fold import Sections
from turnup.render.grammar import Grammar, untyped

if TYPE_CHECKING:
    from hier_config import HConfig
    from hier_config.platforms.driver_base import HConfigDriverBase

# Whatever the grammar of a platform says: never through a port order. Both forms of a line, sections by their header.
NEVER = (
    (re.compile(r"(?:ip )?access-list\b"), "an access-list: taking one line away may take the whole list"),
    (re.compile(r"aaa\b|tacacs-server\b|radius-server\b"), "AAA"),
    (re.compile(r"line\b"), "terminal lines"),
    (re.compile(r"banner\b"), "a banner"),
    (re.compile(r"crypto\b|certificate\b|key chain\b"), "keys or certificates"),
    (re.compile(r"enable\b|username\b|privilege\b"), "accounts"),
    (re.compile(r"hostname\b|boot\b|config-register\b|snmp-server\b|logging\b|ntp\b|service\b"), "the router itself"),
    (re.compile(r"route-map\b|ip (?:as-path|community-list|route)\b"), "routing policy, which is the customer's"),
)
_PHYSICAL = re.compile(r"no interface (?!Loopback)[A-Za-z-]+[\d/:]+(?: .*)?")

# One value each, in any order: a second line replaces the first. Ends before the value: that is the key.
_INTERFACE_VALUES = (
    r"^description ", r"^bandwidth ", r"^encapsulation ", r"^crc ", r"^clock source ", r"^pos flag c2 ",
    r"^pos framing ", r"^framing ", r"^dsu mode ", r"^dsu bandwidth ", r"^cablelength ", r"^mtu ",
    r"^frame-relay interface-dlci ", r"^ip address (?!.*secondary)",
)  # fmt: skip
_PEER_VALUES = (
    r"^neighbor \S+ description ", r"^neighbor \S+ maximum-prefix ", r"^neighbor \S+ remote-as ",
    r"^neighbor \S+ password ",
)  # fmt: skip


@dataclass(frozen=True)
class Opinion:
    """What hier_config would send (`lines`, indented as typed), and those of them that must never be sent, with why."""

    lines: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is no difference."""
        return not self.lines


def opinion(platform: str, before: Lines, after: Lines, footprint: Footprint, grammar: Grammar) -> Opinion:
    """What lies between two states of an order's lines.

    Raises CouldNotRun for a text that holds a line twice: then it was not captured whole. Raises UsageError for a
    platform that has no driver.
    """
    headers = footprint.headers
    lines = tuple(_remediation(platform, sections_of(before, headers), sections_of(after, headers)))
    shown = tuple(f" {text}" if section else text for section, text in _with_headers(lines))
    refused = tuple(
        f"{section or '(global)'} / {text}: {why}"
        for section, text in lines
        if (why := why_not(section, text, footprint, grammar))
    )
    return Opinion(shown, refused)


def why_not(section: str, text: str, footprint: Footprint, grammar: Grammar) -> str:
    """Why an order may not send that line; "" when it may."""
    for pattern, what in NEVER:
        if any(pattern.match(line.removeprefix("no ")) for line in (section, text) if line):
            return f"an order never touches {what}"
    if _PHYSICAL.fullmatch(text) and "." not in text:
        return "an order never removes a physical interface"
    if not section and text.startswith("no router "):
        return "an order never removes a routing process"
    if not section and text in footprint.headers:
        return ""
    if not footprint.owns(section, text):
        return "it is outside the order's footprint"
    if (
        grammar.known(section, text) is None
        and not (not section and grammar.removes(text))
        and not _opens(text, grammar)
    ):
        return "it is not in the order's own grammar"
    return ""


def must_agree(platform: str, before: Lines, after: Lines, footprint: Footprint, grammar: Grammar) -> None:
    """Raise Refused when the second opinion on a planned change holds a line that must never be sent."""
    if platform not in _DRIVERS:
        return
    if refused := opinion(platform, before, after, footprint, grammar).refused:
        raise Refused("the plan would need what an order must never send:\n" + "\n".join(f"  {one}" for one in refused))


def _opens(text: str, grammar: Grammar) -> bool:
    rule = grammar.section(text)
    return rule is not None and rule.removable


def _with_headers(lines: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    last = ""
    for section, text in lines:
        if section and section != last:
            yield "", section
        last = section or text
        yield section, text


def _remediation(platform: str, before: Sections, after: Sections) -> Iterator[tuple[str, str]]:
    from hier_config import WorkflowRemediation

    running, wanted = (_tree(platform, sections) for sections in (before, after))
    difference = WorkflowRemediation(running, wanted).remediation_config
    gone: dict[str, set[str]] = {}
    for child in difference.all_children_sorted():
        path = tuple(child.path())
        section, text = ("", path[0]) if len(path) == 1 else (path[0], path[-1])
        if not section and list(child.children):
            continue  # a header that only opens its lines
        words = text.split(" ")
        if words[:2] == ["no", "neighbor"]:
            # `no neighbor X remote-as` takes all lines of X with it; a further one would be refused.
            if words[2] in gone.setdefault(section, set()):
                continue
            if words[3:4] == ["remote-as"]:
                gone[section].add(words[2])
        yield section, text


def _tree(platform: str, sections: Sections) -> HConfig:
    from hier_config import get_hconfig
    from hier_config.exceptions import DuplicateChildError

    text = [line for line in sections[""] if line not in sections]
    for header, lines in sections.items():
        if header:
            text += [header, *(f" {untyped(line)}" for line in lines)]
    try:
        return get_hconfig(_driver(platform), "\n".join(text))
    except DuplicateChildError as error:
        raise CouldNotRun(f"the configuration holds a line twice: it was not captured whole ({error})") from error


@cache
def _driver(platform: str) -> HConfigDriverBase:
    if platform not in _DRIVERS:
        raise UsageError(f"{platform} has no driver for previews", advice=f"There is one for: {', '.join(_DRIVERS)}.")
    return _gsr()


_DRIVERS = ("ios",)


def _gsr() -> HConfigDriverBase:
    """The driver for 12.0S: hier_config's own for IOS, mended."""
    from hier_config.models import IdempotentCommandsRule, MatchRule, OrderingRule
    from hier_config.platforms.cisco_ios.driver import HConfigDriverCiscoIOS

    driver = HConfigDriverCiscoIOS()
    rules = driver.rules
    rules.post_load_callbacks.clear()  # no sequence numbers on 12.0S, and remarks stay
    kept = [
        rule for rule in rules.idempotent_commands if not any(m.startswith == "ip address " for m in rule.match_rules)
    ]
    sections = (("interface ", _INTERFACE_VALUES), ("router bgp", _PEER_VALUES))
    rules.idempotent_commands[:] = kept + [
        IdempotentCommandsRule(match_rules=(MatchRule(startswith=section), MatchRule(re_search=pattern)))
        for section, patterns in sections
        for pattern in patterns
    ]

    def first(weight: int, *matches: MatchRule) -> OrderingRule:
        return OrderingRule(match_rules=matches, weight=weight)

    interface, bgp = MatchRule(startswith="interface "), MatchRule(startswith="router bgp")
    rules.ordering.extend(
        [
            first(-300, interface, MatchRule(equals="shutdown")),
            first(-250, interface, MatchRule(re_search=r"^no ip address .* secondary")),
            first(-200, bgp, MatchRule(re_search=r"^no neighbor \S+ remote-as")),
            first(-150, bgp, MatchRule(re_search=r"^neighbor \S+ remote-as")),
            first(300, MatchRule(startswith="no ip prefix-list ")),
            first(-300, MatchRule(startswith="ip prefix-list ")),
        ]
    )
    return driver
