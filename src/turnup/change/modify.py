"""Plan a CHANGE of a port in service: quiesce, only the lines that differ, activate. Every line has its way back."""

from __future__ import annotations

from turnup.change.conditions import Needs
from turnup.change.footprint import Lines, canonical, footprint_of, together, with_headers
from turnup.change.plan import Draft, Plan, intended, link_of, strange_lines, three_way
from turnup.change.standing import Standing, must_be_met, must_not_change_shared
from turnup.change.transition import transition
from turnup.configuration import Configuration
from turnup.errors import Refused
from turnup.model.equipment import Assignment, Router
from turnup.platforms import Platform
from turnup.render.grammar import grammar_of
from turnup.render.intent import Intent


def make_change_plan(
    platform: Platform,
    standing: Standing,
    intent: Intent,
    assignment: Assignment,
    router: Router,
    configuration: Configuration,
    then: Assignment | None = None,
) -> Plan:
    """Plan to lead the port from the order in force to `intent`, the same order with its changed parts.

    `assignment` names the CHANGE and its port, `then` the order as it is to be, which `intent` renders. Raises Refused,
    with three texts, when the port does not carry exactly the order in force; and when the change would alter what
    another port uses.
    """
    sections, hidden = configuration.sections, intent.hidden_defaults
    footprint = together(standing.footprint, footprint_of((*intent.phase1, *intent.phase2)))
    needs = Needs(router.name, footprint.headers, intent.route_maps, link_of(then or assignment))
    draft = Draft(platform, assignment, footprint, needs, hidden, sections, "CHANGE")
    must_be_met(needs, footprint, sections)
    now = footprint.owned(sections)
    if canonical(now, hidden) == intended(intent):
        return draft.plan((), ())
    standing.must_be_carried(f"{router.name}: {assignment.port.interface}", footprint, sections)
    target = as_lines(intent)
    must_not_change_shared(footprint, sections, target)
    steps = transition(now, target, footprint, grammar_of(platform))
    plan = draft.plan(steps.quiet, steps.alive)
    if strange := strange_lines(plan.change.after, intent):
        text = three_way(intent, strange, standing.lines)
        raise Refused(f"{router.name}: the port would not carry exactly what is ordered.\n{text}")
    return plan


def as_lines(intent: Intent) -> Lines:
    """The owned lines of a port that carries that order, headers of subinterfaces among the global ones."""
    return with_headers(intent.lines)
