"""Plan a REDESIGNATE (PASA 1.3(a), (c)): the old customer goes wholly, the new one comes, the port stays shut.

It is activated only when the removal of the old cross-connect and the making of the new one are both recorded: until
then the fibre may still lead to the wrong customer.
"""

from __future__ import annotations

from dataclasses import replace

from turnup.change.conditions import Needs
from turnup.change.footprint import canonical, footprint_of, sections_of, together
from turnup.change.plan import Draft, Plan, intended, link_of, strange_lines, three_way
from turnup.change.shared import must_not_change_shared, without_left
from turnup.change.standing import Standing, bare, must_be_met
from turnup.change.transition import transition
from turnup.configuration import Configuration
from turnup.errors import Refused
from turnup.model.equipment import Assignment, Router
from turnup.platforms import Platform
from turnup.render.fold import fold
from turnup.render.grammar import grammar_of
from turnup.render.intent import Intent

STAYS_SHUT = (
    "The port stays shut until the removal of the old cross-connect and the making of the new one are both recorded"
    " (turnup logbook cross-connect); then the same command activates it."
)


def make_redesignate_plan(
    platform: Platform,
    standing: Standing,
    intent: Intent,
    assignment: Assignment,
    router: Router,
    configuration: Configuration,
    *,
    connected: bool,
) -> Plan:
    """Plan to give the port from the order in force to the customer of `assignment`, whose order is `intent`.

    Nothing carries over: the old lines are all taken away, then the new ones are put there. `connected` says that both
    events are recorded: only then is anything activated. Raises Refused as a CHANGE does.
    """
    sections, hidden, grammar = configuration.sections, intent.hidden_defaults, grammar_of(platform)
    wanted = footprint_of((*intent.phase1, *intent.phase2))
    whole = together(standing.footprint, wanted)
    footprint = without_left(whole, sections, wanted.prefix_lists)
    needs = Needs(router.name, footprint.headers, intent.route_maps, link_of(assignment))
    draft = Draft(platform, assignment, footprint, needs, hidden, sections, "REDESIGNATE")
    must_be_met(needs, footprint, sections)
    now = footprint.owned(sections)
    if canonical(now, hidden) == intended(intent):
        return draft.plan((), ())
    empty = bare(footprint, sections, None, grammar.bare)
    built = footprint.owned(fold(sections_of(empty, footprint.headers), intent.phase1, grammar, hidden))
    activate = intent.phase2 if connected else ()
    if canonical(now, hidden) == canonical(built, hidden):
        return _told(draft.plan((), activate), connected)
    if canonical(now, hidden) != canonical(empty, hidden):
        standing.must_be_carried(f"{router.name}: {assignment.port.interface}", whole, sections)
    must_not_change_shared(footprint, sections, built)
    away = transition(now, empty, footprint, grammar)
    plan = draft.plan((*away.quiet, *intent.phase1), activate)
    if connected and (strange := strange_lines(plan.change.after, intent)):
        raise Refused(f"{router.name}: something would carry over.\n" + three_way(intent, strange, standing.lines))
    return _told(plan, connected)


def _told(plan: Plan, connected: bool) -> Plan:
    return plan if connected else replace(plan, notes=(*plan.notes, STAYS_SHUT))
