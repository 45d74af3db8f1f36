"""Plan a DISCONNECT (PASA 1.3(c)): quiesce first, the neighbour with all its lines, the port bare, the list last."""

from __future__ import annotations

from turnup.change.conditions import Needs
from turnup.change.footprint import canonical
from turnup.change.plan import Draft, Plan
from turnup.change.standing import Applied, Standing, bare, must_be_met
from turnup.change.transition import transition
from turnup.configuration import Configuration
from turnup.model.equipment import Assignment, Router
from turnup.platforms import Platform
from turnup.render.grammar import grammar_of
from turnup.render.intent import Intent


def make_release_plan(
    platform: Platform,
    intent: Intent,
    assignment: Assignment,
    router: Router,
    configuration: Configuration,
    applied: Applied | None = None,
    action: str = "DISCONNECT",
) -> Plan:
    """Plan to take away what `intent` (the order in force, rendered again) put there; `assignment` is the DISCONNECT.

    Or, for the `action` VACATE, the order that was moved to another router, with the port it left.

    Only what carries exactly that order is taken away: raises Refused with three texts otherwise. A prefix-list that
    another peer refers to stays. The plan is empty when the port is bare already.
    """
    sections, standing = configuration.sections, Standing(intent, applied)
    footprint = standing.footprint
    needs, grammar = Needs(router.name, footprint.headers), grammar_of(platform)
    draft = Draft(platform, assignment, footprint, needs, intent.hidden_defaults, sections, action)
    must_be_met(needs, footprint, sections)
    now, target = footprint.owned(sections), bare(footprint, sections, intent.available, grammar.bare)
    if canonical(now, intent.hidden_defaults) == canonical(target):
        return draft.plan((), ())
    standing.must_be_carried(f"{router.name}: {assignment.port.interface}", footprint, sections)
    steps = transition(now, target, footprint, grammar)
    return draft.plan(steps.quiet, steps.alive)
