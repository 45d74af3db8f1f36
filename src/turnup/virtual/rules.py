"""What IOS 12.0S does with single configuration commands beyond storing the line.

A rule gets the edit before it is carried out. It answers None (carry on; it may have changed `edit.text` first), a text
that IOS prints (the line was refused, or "" when the rule did all), or a Misread for the caret.
Error texts: reference/provisioning 3.5.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Interface

from turnup.model.interface_name import InterfaceName
from turnup.virtual.config_tree import ConfigTree
from turnup.virtual.passwords import encode7, hash5
from turnup.virtual.syntax import Match, Misread

DESCRIPTION_LIMIT = 240
_TYPES = {"0", "5", "7"}


@dataclass
class Edit:
    """One configuration command about to be carried out in a section ("" = global)."""

    tree: ConfigTree
    section: str
    match: Match
    negated: bool
    raw: str
    text: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Canonical words, without `no`."""
        return self.match.words


Answer = str | Misread | None
Rule = Callable[[Edit], Answer]
RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Register a rule under its own name, which the grammar gives as `@name`."""
    RULES[function.__name__] = function
    return function


def _no_such_interface(edit: Edit) -> Misread:
    """The caret stands under the number of the interface that is not there."""
    place = re.search(r"\d[\d/.:]*\s*$", edit.raw)
    return Misread("invalid", place.start() if place else len(edit.raw))


@rule
def interface(edit: Edit) -> Answer:
    """Only loopbacks, tunnels and subinterfaces come and go; the rest is what the line cards have."""
    name = InterfaceName.parse(edit.words[1])
    header = edit.tree.header_of(name)
    known = edit.tree.has_section(header)
    virtual = bool(name.sub) or name.type in ("Loopback", "Tunnel", "Null")
    if edit.negated:
        if not virtual:
            return "% Removal of physical interfaces is not permitted\n"
        edit.tree.drop("", tuple(header.split()))
        return ""
    if known:
        edit.text = header
        return None
    if not virtual or (name.sub and not edit.tree.has_section(f"interface {name.parent}")):
        return _no_such_interface(edit)
    if edit.words[2:] and not name.sub:
        return Misread("invalid", edit.raw.rindex(edit.raw.split()[-1]))
    for line in ("no ip address", "no ip directed-broadcast"):
        edit.tree.put_in(edit.text, line)
    return None


@rule
def bgp(edit: Edit) -> Answer:
    """One BGP process; its number is our AS."""
    running = next((header for header in edit.tree.sections() if header.startswith("router bgp ")), edit.match.text)
    if running != edit.match.text:
        return f"BGP is already running; AS is {running.split()[-1]}\n"
    return None


@rule
def neighbor(edit: Edit) -> Answer:
    """`remote-as` or `peer-group` comes first, and taking it away takes every line of the neighbour."""
    peer = edit.words[1]
    known = any(line.key[:2] == ("neighbor", peer) for line in edit.tree.lines(edit.section))
    first = len(edit.words) == 2 or edit.words[2] in ("remote-as", "peer-group")
    if not known and (edit.negated or not first):
        return "% Specify remote-as or peer-group commands first\n"
    if edit.negated and first:
        edit.tree.drop(edit.section, ("neighbor", peer), prefix=True)
        return ""
    if edit.words[2] == "peer-group" and len(edit.words) == 4:
        group = edit.words[3]
        if not any(line.key[:2] == ("neighbor", group) for line in edit.tree.lines(edit.section)):
            return f"% Peer-group {group} is not configured\n"
    if edit.words[2] == "password" and not edit.negated:
        return password(edit)
    return description(edit) if edit.words[2] == "description" else None


@rule
def address(edit: Edit) -> Answer:
    """A host address of a network that no other interface has; secondaries go before the primary."""
    has_secondary = any(line.text.endswith(" secondary") for line in edit.tree.lines(edit.section))
    if edit.negated:
        primary = edit.words[-1] != "secondary"
        return "Must delete secondary before deleting primary\n" if primary and has_secondary else None
    if len(edit.words) < 4:
        return Misread("incomplete", len(edit.raw))
    own = IPv4Interface(f"{edit.words[2]}/{edit.words[3]}")
    length = own.network.prefixlen
    if length < 31 and own.ip in (own.network.network_address, own.network.broadcast_address):
        return f"Bad mask /{length} for address {own.ip}\n"
    for header in edit.tree.sections():
        if header.startswith("interface ") and header != edit.section:
            for line in edit.tree.lines(header):
                other = _interface_address(line.text)
                if other is not None and other.network.overlaps(own.network):
                    return f"% {own.network.network_address} overlaps with {header.split()[1]}\n"
    return None


def _interface_address(text: str) -> IPv4Interface | None:
    words = text.split()
    return IPv4Interface(f"{words[2]}/{words[3]}") if words[:2] == ["ip", "address"] and len(words) > 3 else None


@rule
def passive(edit: Edit) -> Answer:
    """A passive interface speaks no IS-IS: the interface loses its own command."""
    header = edit.tree.header_of(edit.words[1])
    if not edit.tree.has_section(header):
        return _no_such_interface(edit)
    if not edit.negated:
        edit.tree.drop(header, ("ip", "router", "isis"))
    return None


@rule
def prefix(edit: Edit) -> Answer:
    """Entries are numbered by fives when no number is given, and found again without it."""
    name = edit.words[2]
    tail = edit.words[5:] if edit.words[3] == "seq" else edit.words[3:]
    entries = [line.text.split() for line in edit.tree.lines("") if line.key[:3] == ("ip", "prefix-list", name)]
    same = [entry for entry in entries if entry[5:] == list(tail)]
    if edit.negated:
        if not same:
            return "%Can't find specified prefix-list\n"
        edit.tree.drop("", tuple(same[0]))
        return ""
    numbers = {int(entry[4]) for entry in entries if entry[3] == "seq"}
    if same:
        return ""
    if edit.words[3] != "seq":
        number = (max(numbers, default=0) // 5 + 1) * 5
        edit.text = f"ip prefix-list {name} seq {number} {' '.join(tail)}"
    elif int(edit.words[4]) in numbers:
        return f"%Insertion failed - seq # exists: {' '.join(edit.words[4:])}\n"
    return None


@rule
def acl(edit: Edit) -> Answer:
    """Entries are only appended; `no` on any entry of a numbered list removes the whole list."""
    if edit.negated and edit.words[0] == "access-list":
        edit.tree.drop("", edit.words[:2], prefix=True)
        return ""
    tail = " ".join(edit.words[-1].split())
    head = " ".join(edit.words[:-1])
    edit.text = f"{head}   {tail}" if head.endswith("deny") else f"{head} {tail}"
    return None


@rule
def routemap(edit: Edit) -> Answer:
    """`route-map X` alone means its first entry."""
    edit.text = f"{edit.match.text} permit 10"
    return None


@rule
def description(edit: Edit) -> Answer:
    """Free text is cut at what the image keeps."""
    if not edit.negated:
        head = " ".join(edit.words[:-1])
        edit.text = f"{head} {edit.words[-1][:DESCRIPTION_LIMIT]}"
    return None


@rule
def secret(edit: Edit) -> Answer:
    """A plain secret is kept as its type 5 hash only."""
    return _typed(edit, "secret", "5", lambda plain: hash5(plain, _salt(plain)))


@rule
def password(edit: Edit) -> Answer:
    """A plain password becomes type 7 when `service password-encryption` says so."""
    return _typed(edit, "password", "7", encode7 if _encrypts(edit.tree) else None)


@rule
def key(edit: Edit) -> Answer:
    """The TACACS+ key is a password like others."""
    return _typed(edit, "key", "7", encode7 if _encrypts(edit.tree) else None)


def _typed(edit: Edit, keyword: str, kind: str, conceal: Callable[[str], str] | None) -> Answer:
    at = edit.words.index(keyword) + 1
    given, value = ("0", edit.words[-1]) if len(edit.words) == at + 1 else (edit.words[at], edit.words[-1])
    if edit.negated or given == kind:
        return None
    head = " ".join(edit.words[:at])
    edit.text = f"{head} {kind} {conceal(value)}" if conceal else f"{head} {value}"
    return None


def _encrypts(tree: ConfigTree) -> bool:
    return tree.value("", ("service", "password-encryption")) == "service password-encryption"


def _salt(plain: str) -> str:
    """A salt that is the same for the same lab; real routers take a random one."""
    return hashlib.md5(plain.encode(), usedforsecurity=False).hexdigest()[:4]
