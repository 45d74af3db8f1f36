"""Plan a CHANGE of a port in service: quiesce, only the lines that differ, activate. Every line has its way back."""

from __future__ import annotations

from dataclasses import replace

from turnup.change.conditions import Needs
from turnup.change.footprint import Footprint, Lines, canonical, footprint_of, together, with_headers
from turnup.change.plan import Draft, Plan, intended, link_of, strange_lines, three_way
from turnup.change.radius import Neighbour
from turnup.change.shared import Beside, beside, without_left
from turnup.change.standing import Standing, must_be_met
from turnup.change.transition import transition
from turnup.configuration import Configuration
from turnup.errors import Refused
from turnup.model.equipment import Assignment, Router
from turnup.platforms import Platform
from turnup.render.fold import Sections
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
    siblings: tuple[Assignment, ...] = (),
) -> Plan:
    """Plan to lead the port from the order in force to `intent`, the same order with its changed parts.

    `assignment` names the CHANGE and its port, `then` the order as it is to be, which `intent` renders, `siblings` the
    customer's other orders on the router: a list that they have together changes for all of them. Raises Refused, with
    three texts, when the port does not carry exactly the order in force; and when the change would alter what somebody
    else uses.
    """
    sections, hidden = configuration.sections, intent.hidden_defaults
    wanted = footprint_of((*intent.phase1, *intent.phase2))
    whole = together(standing.footprint, wanted)
    footprint = without_left(whole, sections, wanted.prefix_lists)
    needs = Needs(router.name, footprint.headers, intent.route_maps, link_of(then or assignment))
    draft = Draft(platform, assignment, footprint, needs, hidden, sections, "CHANGE")
    must_be_met(needs, footprint, sections)
    if canonical(footprint.owned(sections), hidden) == intended(intent):
        return draft.plan((), ())
    standing.must_be_carried(f"{router.name}: {assignment.port.interface}", whole, sections)
    same = tuple(one for one in siblings if one.order.customer.code == assignment.order.customer.code)
    reached = beside(footprint, sections, as_lines(intent), same)
    draft = replace(draft, footprint=replace(footprint, beside=reached.peers))
    steps = transition(*_ways(draft.footprint, sections, intent), draft.footprint, grammar_of(platform))
    plan = draft.plan(steps.quiet, steps.alive)
    if strange := strange_lines([line for line in plan.change.after if footprint.owns(*line)], intent):
        text = three_way(intent, strange, standing.lines)
        raise Refused(f"{router.name}: the port would not carry exactly what is ordered.\n{text}")
    return _naming(plan, reached)


def _ways(footprint: Footprint, sections: Sections, intent: Intent) -> tuple[Lines, Lines]:
    """From where to where: a neighbor beside ours that is shut already stays shut."""
    now = footprint.owned(sections)
    shut = [(header, f"neighbor {peer} shutdown") for header, peer in footprint.beside]
    return now, (*as_lines(intent), *(line for line in now if line in shut))


def _naming(plan: Plan, reached: Beside) -> Plan:
    ports = tuple(Neighbour(str(one.port.interface), one.order.customer.code) for one in reached.assignments)
    return replace(plan, blast=replace(plan.blast, shared=ports)) if ports else plan


def as_lines(intent: Intent) -> Lines:
    """The owned lines of a port that carries that order, headers of subinterfaces among the global ones."""
    return with_headers(intent.lines)
