"""Plan a DISCONNECT (PASA 1.3(c)): quiesce first, the neighbour with all its lines, the port bare, the list last."""

from __future__ import annotations

from turnup.change.conditions import Needs, unmet
from turnup.change.footprint import Footprint, Lines, canonical, footprint_of
from turnup.change.plan import Draft, Plan, intended, three_way
from turnup.change.transition import transition
from turnup.configuration import Configuration
from turnup.errors import Refused
from turnup.model.equipment import Assignment, Router
from turnup.platforms import Platform
from turnup.render.fold import Sections
from turnup.render.grammar import grammar_of
from turnup.render.intent import Intent

_BARE = ("no ip address", "no ip directed-broadcast", "shutdown")


def make_release_plan(
    platform: Platform, intent: Intent, assignment: Assignment, router: Router, configuration: Configuration
) -> Plan:
    """Plan to take away what `intent` (the NEW order, rendered again) put there; `assignment` names the DISCONNECT.

    Only what carries exactly that order is taken away: raises Refused with both texts otherwise. A prefix-list that
    another peer refers to stays. The plan is empty when the port is bare already.
    """
    sections = configuration.sections
    footprint = footprint_of((*intent.phase1, *intent.phase2))
    needs = Needs(router.name, footprint.headers)
    draft = Draft(platform, assignment, footprint, needs, intent.hidden_defaults, sections)
    if reasons := unmet(needs, footprint, sections):
        raise Refused(f"{router.name}: " + "; ".join(reasons))
    now = footprint.owned(sections)
    target = _bare(footprint, sections)
    if canonical(now, intent.hidden_defaults) == canonical(target):
        return draft.plan((), ())
    if canonical(now, intent.hidden_defaults) != intended(intent):
        running = [f"{header or '(global)'} / {line}" for header, line in canonical(now)]
        raise Refused(
            f"{router.name}: {assignment.port.interface} does not carry exactly this order.\n"
            + three_way(intent, running)
        )
    steps = transition(now, target, footprint, grammar_of(platform))
    return draft.plan(steps.quiet, steps.alive)


def _bare(footprint: Footprint, sections: Sections) -> Lines:
    kept = [name for name in footprint.prefix_lists if _used(name, footprint, sections)]
    lists = tuple(
        ("", line)
        for line in footprint.cut(sections)[""]
        if line.startswith("ip prefix-list ") and line.split(" ")[2] in kept
    )
    return lists + tuple((f"interface {port}", line) for port in footprint.ports for line in _BARE)


def _used(name: str, footprint: Footprint, sections: Sections) -> bool:
    """Whether a line that is not ours refers to that list: another port of the same customer."""
    return any(f" prefix-list {name} " in f" {line} " for _, line in footprint.foreign(sections))
