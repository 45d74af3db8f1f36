"""A plan for a person to read and for a program: plain text of 80 columns, and a mapping. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

from turnup.change.plan import Plan
from turnup.change.radius import BlastRadius, Neighbour
from turnup.render.intent import ConfigItem, typed

WIDTH = 80


def as_text(plan: Plan) -> str:
    """What will be sent, the way back, what it changes, whom it could hurt, and the digest to approve.

    Configuration lines are never broken; only our own words are kept within 80 columns.
    """
    return "\n".join(_text(plan))


def _text(plan: Plan) -> Iterator[str]:
    change = plan.change
    yield f"Plan for {change.router} {change.port}: {change.action} {change.order_id} revision {change.revision}"
    yield f"Customer {change.customer}"
    yield "A plan only: nothing of it has been sent."
    if plan.empty:
        yield from ("", "Nothing to send: the router has exactly this.", "", f"Digest {plan.digest}")
        return
    yield from _part(f"Phase 1, {_what_rests(plan)}", change.phase1)
    if change.phase2:
        yield from _part("Phase 2, activate (after phase 1 has been read back)", change.phase2)
    yield from _part("Back-out, rehearsed from every line", change.backout)
    yield from ("", "Changes to the running configuration", *(f"  {line}" for line in plan.diff.splitlines()))
    yield from ("", "Service", *_service(plan.blast))
    yield from ("", "Others within reach", *_radius(plan.blast))
    for note in plan.notes:
        yield from ("", *wrap(note, WIDTH))
    yield from ("", f"Digest {plan.digest}")


def _part(title: str, items: Iterable[ConfigItem]) -> Iterator[str]:
    yield from ("", title)
    yield from (f"  {line}" for line in typed(items))


def _what_rests(plan: Plan) -> str:
    """What is shut when phase 1 is through."""
    change = plan.change
    if all((f"interface {port}", "shutdown") in change.halfway for port in change.footprint.ports):
        return "everything shut"
    if plan.blast.text_only:
        return "in service: only text for people changes"
    return "the neighbor shut, the port in service"


def _service(blast: BlastRadius) -> Iterator[str]:
    said = f"interrupted: {', '.join(blast.interrupts)}" if blast.interrupts else "nothing in service is interrupted"
    yield from wrap(said, WIDTH, initial_indent="  ", subsequent_indent="    ")
    if blast.shared:
        said = f"by a shared prefix-list: {', '.join(f'{one.customer} {one.interface}' for one in blast.shared)}"
        yield from wrap(said, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _radius(blast: BlastRadius) -> Iterator[str]:
    if blast.text_only:
        yield "  none: only text for people changes"
        return
    for where, near in (("on the port", blast.port), ("on the card", blast.card), ("on the router", blast.router)):
        said = f"{where}: {_names(near)}"
        yield from wrap(said, WIDTH, initial_indent="  ", subsequent_indent="    ")
    for reason in blast.management:
        yield from wrap(f"MANAGEMENT of the router: {reason}", WIDTH, initial_indent="  ", subsequent_indent="    ")


def _names(near: tuple[Neighbour, ...]) -> str:
    customers = sorted({other.customer for other in near})
    if not customers:
        return "none"
    ports = "interface" if len(near) == 1 else "interfaces"
    return f"{', '.join(customers)} ({len(near)} {ports})"


def as_dict(plan: Plan) -> dict[str, Any]:
    """The same for `--json`: plain values only."""
    change = plan.change
    return {
        "router": change.router,
        "port": change.port,
        "order": change.order_id,
        "revision": change.revision,
        "action": change.action,
        "customer": change.customer,
        "empty": plan.empty,
        "affects_service": change.live,
        "digest": plan.digest,
        "phase1": [str(line) for line in typed(change.phase1)],
        "phase2": [str(line) for line in typed(change.phase2)],
        "backout": [str(line) for line in typed(change.backout)],
        "expected": [{"section": section, "line": line} for section, line in change.after],
        "diff": plan.diff.splitlines(),
        "blast_radius": {
            "port": _listed(plan.blast.port),
            "card": _listed(plan.blast.card),
            "router": _listed(plan.blast.router),
            "management": list(plan.blast.management),
            "interrupts": list(plan.blast.interrupts),
            "shared": _listed(plan.blast.shared),
        },
        "notes": list(plan.notes),
    }


def _listed(near: tuple[Neighbour, ...]) -> list[dict[str, str]]:
    return [{"interface": other.interface, "customer": other.customer} for other in near]
