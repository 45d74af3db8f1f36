"""Plan a MOVE to an alternate port of the same router (PASA 1.4(b)(ii)): one transaction over both ports.

The new port is built shut and without its address, the old one quiesced and stripped, the address and the rest moved,
then the new one activated: a router takes no network on two interfaces.
"""

from __future__ import annotations

from turnup.change.conditions import Needs, not_free
from turnup.change.footprint import Footprint, Lines, canonical, footprint_of, sections_of, together
from turnup.change.modify import as_lines
from turnup.change.plan import Draft, Plan, link_of, three_way
from turnup.change.standing import Standing, bare, must_be_met
from turnup.change.transition import transition
from turnup.configuration import Configuration
from turnup.errors import Refused
from turnup.model.equipment import Assignment, Router
from turnup.platforms import Platform
from turnup.render.fold import fold
from turnup.render.grammar import Grammar, grammar_of
from turnup.render.intent import ConfigItem, Intent


def make_move_plan(
    platform: Platform,
    standing: Standing,
    intent: Intent,
    assignment: Assignment,
    router: Router,
    configuration: Configuration,
) -> Plan:
    """Plan to lead the order in force from its port to the port of `assignment`, for which `intent` is rendered.

    The old port ends bare and shut. Raises Refused when the old port does not carry exactly the order, or the new one
    is not free.
    """
    sections, grammar = configuration.sections, grammar_of(platform)
    hidden = tuple(dict.fromkeys((*standing.intent.hidden_defaults, *intent.hidden_defaults)))
    there = footprint_of((*intent.phase1, *intent.phase2))
    footprint = together(standing.footprint, there)
    needs = Needs(router.name, footprint.headers, intent.route_maps, link_of(assignment))
    draft = Draft(platform, assignment, footprint, needs, hidden, sections, "MOVE")
    must_be_met(needs, footprint, sections)
    here = Footprint(ports=tuple(port for port in standing.footprint.ports if port not in there.ports))
    target = (*as_lines(intent), *bare(here, sections, None, grammar.bare))
    now = footprint.owned(sections)
    if canonical(now, hidden) == canonical(target, hidden):
        return draft.plan((), ())
    new = Footprint(ports=there.ports)
    _must_be_free(new, intent, assignment, configuration, grammar)
    old = _without(footprint, new)
    standing.must_be_carried(f"{router.name}: {', '.join(here.ports)}", old, sections)
    built = _build(new, intent, configuration, grammar)
    between = footprint.owned(fold(sections_of(now, footprint.headers), built, grammar, hidden))
    steps = transition(between, target, footprint, grammar)
    plan = draft.plan((*built, *steps.quiet), steps.alive)
    if canonical(plan.change.after, hidden) != canonical(target, hidden):
        text = three_way(intent, [f"{header} / {line}" for header, line in plan.change.after], standing.lines)
        raise Refused(f"{router.name}: the move would not end as ordered.\n{text}")
    return plan


def _must_be_free(
    new: Footprint, intent: Intent, assignment: Assignment, configuration: Configuration, grammar: Grammar
) -> None:
    if taken := not_free(intent, new, configuration.sections, grammar):
        raise Refused(
            f"{assignment.port.router}: {assignment.port.interface} is not free.\n" + three_way(intent, taken),
            advice="Name another port with --to; `turnup ports SITE --live` shows what is free.",
        )


def _without(footprint: Footprint, other: Footprint) -> Footprint:
    ports = tuple(port for port in footprint.ports if port not in other.ports)
    return Footprint(ports, footprint.peers, footprint.prefix_lists, footprint.isis)


def _build(new: Footprint, intent: Intent, configuration: Configuration, grammar: Grammar) -> tuple[ConfigItem, ...]:
    """The new port with all its lines but the address, shut: harmless while the old one still serves."""
    lines = tuple(
        (header, "no ip address" if text.startswith("ip address ") else text)
        for header, text in as_lines(intent)
        if new.owns(header, text)
    )
    shut: Lines = tuple((f"interface {port}", "shutdown") for port in new.ports)
    now = new.owned(configuration.sections)
    return transition(now, (*lines, *shut), new, grammar).quiet
