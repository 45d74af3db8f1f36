"""Which orders a router no longer carries exactly: shown with what would bring them back, never undone."""

from __future__ import annotations

from dataclasses import dataclass, field

from turnup.certify import secret_names
from turnup.change.footprint import Footprint
from turnup.change.hierarchy import Opinion, opinion
from turnup.change.modify import as_lines
from turnup.change.plan import three_marked
from turnup.change.standing import Standing
from turnup.change.undertaking import Ground, Kind, Undertaking
from turnup.configuration import Configuration
from turnup.model.equipment import Assignment
from turnup.noc import Noc
from turnup.render.grammar import grammar_of
from turnup.runner import run_on, task_named, value_of


@dataclass(frozen=True)
class Drift:
    """One order on the router. `texts` are intended, last applied and running, "" while it is carried exactly.

    `preview` is what would bring it back, by hier_config, and what of that an order may never send.
    """

    order_id: str
    port: str
    texts: str = ""
    preview: Opinion = field(default_factory=Opinion)

    @property
    def drifted(self) -> bool:
        """Whether the port does not carry exactly its order."""
        return bool(self.texts)


def drift_of(assignment: Assignment, ground: Ground, configuration: Configuration) -> Drift:
    """Hold one order in force against the running configuration (redacted). Raises CouldNotRun, Clarification."""
    standing = Standing(ground.intent(assignment), ground.applied(assignment))
    footprint: Footprint = standing.footprint
    here = Drift(assignment.order.order_id, str(assignment.port.interface))
    if standing.carried(footprint, configuration.sections):
        return here
    now = footprint.owned(configuration.sections)
    target = as_lines(standing.intent) if standing.lines is None else standing.lines
    shown = tuple(line for line in now if line[1] not in standing.intent.hidden_defaults)
    preview = opinion(ground.platform.name, shown, target, footprint, grammar_of(ground.platform))
    return Drift(here.order_id, here.port, three_marked(standing.intent, now, standing.lines), preview)


def drifts(noc: Noc, router: str) -> tuple[Drift, ...]:
    """Every order whose work has begun on that router. Raises Unreachable and its children."""
    mine = [
        one for one in noc.ledger.assignments() if one.port.router == router and noc.ledger.begun(one.order.order_id)
    ]
    keys = [name for one in mine for name in Undertaking(Kind.NEW, one).key_names]
    noc = noc.knowing(secret_names(noc, router, None, keys))
    read: Configuration = value_of(run_on(noc.nornir, [router], task_named("snapshot"), noc=noc)[router])
    ground = Ground(noc.platform_of(router), noc.equipment.router(router), noc.equipment.policy, noc.journals)
    return tuple(drift_of(one, ground, read) for one in mine)
