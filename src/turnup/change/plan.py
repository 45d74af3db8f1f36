"""A plan: the lines of an order, the way back, what the router will show; rehearsed before a byte is sent."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network

from turnup.change.conditions import Needs, not_free, unmet
from turnup.change.footprint import Footprint, Lines, canonical, footprint_of, sections_of, with_headers
from turnup.change.radius import BlastRadius, blast_radius, interrupted, text_only
from turnup.change.shared import must_not_change_shared
from turnup.change.transition import transition
from turnup.configuration import Configuration
from turnup.errors import Refused
from turnup.model.equipment import Assignment, Router
from turnup.platforms import Platform
from turnup.render.fold import Sections, fold
from turnup.render.grammar import Grammar, grammar_of
from turnup.render.intent import ConfigItem, Intent, typed


@dataclass(frozen=True)
class Change:
    """What one order does to one router: enough to carry it out, and to recover from it later without anything else.

    `before`, `halfway` (after phase 1) and `after` are the order's own lines. `digest` binds all of it to the
    configuration it was planned on.
    """

    router: str
    platform: str
    order_id: str
    revision: int
    action: str
    port: str
    customer: str
    footprint: Footprint
    needs: Needs
    hidden: tuple[str, ...]
    phase1: tuple[ConfigItem, ...]
    phase2: tuple[ConfigItem, ...]
    backout: tuple[ConfigItem, ...]
    before: Lines
    halfway: Lines
    after: Lines
    digest: str = ""
    interrupts: tuple[str, ...] = ()

    def same(self, one: Lines, other: Lines) -> bool:
        """Whether two sets of owned lines are the same thing."""
        return canonical(one, self.hidden) == canonical(other, self.hidden)

    @property
    def live(self) -> bool:
        """Whether it interrupts a port or a neighbor that is in service now (PASA 2.3(a))."""
        return bool(self.interrupts)


@dataclass(frozen=True)
class Plan:
    """A change with what a person needs to approve it. `foreign` are all other lines of the snapshot."""

    change: Change
    diff: str
    blast: BlastRadius
    notes: tuple[str, ...] = ()
    foreign: Lines = field(default=(), repr=False)

    @property
    def digest(self) -> str:
        """What an approval is bound to (sha256, hex)."""
        return self.change.digest

    @property
    def empty(self) -> bool:
        """Whether the router already has exactly this: then nothing is sent."""
        return not self.change.phase1 and not self.change.phase2


def make_plan(
    platform: Platform,
    intent: Intent,
    assignment: Assignment,
    router: Router,
    configuration: Configuration,
    applied: Lines | None = None,
    action: str = "",
) -> Plan:
    """Plan a NEW order on the configuration just read (redacted). `applied`: what our last push left on the port.

    `action` when it is not the order's own: an order may come to the port from another router (MOVE).

    Raises Refused, with the intended and the running text, when the port is not free, something else stands inside
    the footprint, a condition does not hold, or the rehearsed back-out does not lead back.
    """
    grammar, hidden = grammar_of(platform), intent.hidden_defaults
    sections = configuration.sections
    footprint = footprint_of((*intent.phase1, *intent.phase2))
    needs = Needs(router.name, footprint.headers, intent.route_maps, link_of(assignment))
    draft = Draft(platform, assignment, footprint, needs, hidden, sections, action)
    if reasons := unmet(needs, footprint, sections):
        raise Refused(f"{router.name}: " + "; ".join(reasons))
    if canonical(footprint.owned(sections), hidden) == intended(intent):
        return draft.plan((), ())
    taken = not_free(intent, footprint, sections, grammar)
    if all(text.startswith("(global) / ip prefix-list ") for text in taken):  # the port itself is free
        must_not_change_shared(footprint, sections, intent.lines)
    if taken:
        raise Refused(
            f"{router.name}: {assignment.port.interface} cannot be given to {assignment.order.order_id}.\n"
            + three_way(intent, taken, applied)
        )
    plan = draft.plan(intent.phase1, intent.phase2)
    if strange := strange_lines(plan.change.after, intent):
        raise Refused(
            f"{router.name}: the port would keep lines of somebody else.\n" + three_way(intent, strange, applied)
        )
    return plan


def intended(intent: Intent) -> Lines:
    """The owned lines of a port that carries exactly this order, made comparable."""
    return canonical(with_headers(intent.lines))


def strange_lines(after: Iterable[tuple[str, str]], intent: Intent) -> tuple[str, ...]:
    """What the port would carry beside the order, and lack of it: then the same order again would not be empty."""
    is_, shall = set(canonical(after, intent.hidden_defaults)), set(intended(intent))
    return (*map(said, sorted(is_ - shall)), *(f"(missing) {said(line)}" for line in sorted(shall - is_)))


def three_way(intent: Intent, running: Iterable[str], applied: Lines | None = None) -> str:
    """What the order wants, what turnup put there last and what the router has, for a person to compare."""
    wanted = [said(line) for line in intent.lines]
    ours = ["(not known)"] if applied is None else [said(line) for line in applied] or ["(nothing)"]
    parts = (("intended:", wanted), ("last applied by turnup:", ours), ("running:", running))
    return "\n".join(line for title, lines in parts for line in (title, *(f"  {text}" for text in lines)))


def three_marked(intent: Intent, running: Lines, applied: Lines | None) -> str:
    """The same three texts, the lines in which they differ first (`*`), then those that stand in all of them, once."""
    hidden = intent.hidden_defaults
    ours = None if applied is None else canonical(applied, hidden)
    texts = {
        "intended:": canonical(intent.lines, hidden),
        "last applied by turnup:": ours,
        "running:": canonical(running, hidden),
    }
    known = [set(lines) for lines in texts.values() if lines is not None]
    common = set.intersection(*known)
    told = []
    for title, lines in texts.items():
        own = [f"* {said(line)}" for line in lines or () if line not in common]
        told += [title, *(own or ["  (not known)" if lines is None else "  (nothing else)"])]
    same = [line for line in canonical(running, hidden) if line in common]
    return "\n".join([*told, f"in all of them ({len(same)} lines):", *(f"  {said(line)}" for line in same)])


def said(line: tuple[str, str]) -> str:
    """A line with its section, in one."""
    return f"{line[0] or '(global)'} / {line[1]}"


def link_of(assignment: Assignment) -> IPv4Network | None:
    """The link network of an order."""
    return assignment.order.layer3.link_prefix if assignment.order.layer3 else None


@dataclass(frozen=True)
class Draft:
    """What a plan is made of, whatever its order asks for. `action` when it is not the order's own (MOVE)."""

    platform: Platform
    assignment: Assignment
    footprint: Footprint
    needs: Needs
    hidden: tuple[str, ...]
    sections: Sections
    action: str = ""

    def plan(self, phase1: tuple[ConfigItem, ...], phase2: tuple[ConfigItem, ...]) -> Plan:
        """The plan for these lines, rehearsed. Raises Refused when they do not lead back, or out of the footprint."""
        grammar, footprint = grammar_of(self.platform), self.footprint
        order, port = self.assignment.order, self.assignment.port
        own = footprint.cut(self.sections)
        halfway = fold(own, phase1, grammar, self.hidden)
        before, after = footprint.owned(own), footprint.owned(fold(halfway, phase2, grammar, self.hidden))
        self._rehearse(own, (*phase1, *phase2), grammar)
        change = Change(
            router=port.router,
            platform=self.platform.name,
            order_id=order.order_id,
            revision=order.revision,
            action=self.action or order.action.value,
            port=str(port.interface),
            customer=order.customer.code,
            footprint=footprint,
            needs=self.needs,
            hidden=self.hidden,
            phase1=phase1,
            phase2=phase2,
            backout=transition(after, before, footprint, grammar).all,
            before=before,
            halfway=footprint.owned(halfway),
            after=after,
            interrupts=interrupted(footprint, before, (*phase1, *phase2), grammar),
        )
        whole = fold(self.sections, (*phase1, *phase2), grammar, self.hidden)
        foreign = footprint.foreign(self.sections)
        if footprint.foreign(whole) != foreign:
            raise Refused("the plan would change a line outside its footprint")
        return Plan(
            replace(change, digest=digest_of(change, self.sections)),
            unified(self.sections, whole, port.router),
            self._reach(change, grammar),
            foreign=foreign,
        )

    def _reach(self, change: Change, grammar: Grammar) -> BlastRadius:
        if text_only((*change.phase1, *change.phase2), grammar):
            return BlastRadius(text_only=True)
        found = blast_radius(self.footprint, self.sections, change.customer)
        return replace(found, interrupts=change.interrupts)

    def _rehearse(self, own: Sections, items: tuple[ConfigItem, ...], grammar: Grammar) -> None:
        """Stop after every line in turn, go back, and be where we were: on the model, before the router sees a byte."""
        start = self.footprint.owned(own)
        state = own
        for number, item in enumerate(items, start=1):
            state = fold(state, (item,), grammar, self.hidden)
            here = self.footprint.owned(state)
            steps = transition(here, start, self.footprint, grammar)
            back = fold(sections_of(here, self.footprint.headers), steps.all, grammar, self.hidden)
            if canonical(self.footprint.owned(back), self.hidden) != canonical(start, self.hidden):
                raise Refused(f"the way back from line {number} ({item}) does not lead to where the port is now")


def digest_of(change: Change, sections: Sections) -> str:
    """sha256 over the lines, the way back and the whole configuration they were planned on."""
    said = {
        "router": change.router,
        "order": [change.order_id, change.revision, change.action],
        "lines": [str(line) for line in typed((*change.phase1, *change.phase2))],
        "backout": [str(line) for line in typed(change.backout)],
        "snapshot": [[header, *lines] for header, lines in sections.items()],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def unified(before: Sections, after: Sections, name: str) -> str:
    """Unified diff of two configurations, with the section in each hunk's header; "" when they are the same.

    A line is compared with lines of its own section only: ports look alike, and a diff that takes one port's lines for
    another's would show changes on ports that nobody touches.
    """
    old, new = _flat(before), _flat(after)
    lines = difflib.unified_diff(old, new, f"{name} running", f"{name} planned", lineterm="", n=2)
    plain = [line.partition(_OF)[0] for line in old]
    return "\n".join(_with_section(line.partition(_OF)[0], plain) for line in lines)


_OF = "\0"  # between a line and its section; in no configuration


def _flat(sections: Sections) -> list[str]:
    text = []
    for line in sections[""]:
        text += [line, *(f" {child}{_OF}{line}" for child in sections.get(line, ()))]
    return text


def _with_section(line: str, old: list[str]) -> str:
    if not line.startswith("@@"):
        return line
    first = int(line.split(" ")[1].lstrip("-").split(",")[0])
    above = next((text for text in reversed(old[:first]) if not text.startswith(" ")), "")
    return f"{line} {above}"
