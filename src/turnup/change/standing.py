"""What a port carries by our records, held against what the router shows; and what turnup put there last."""

from __future__ import annotations

from dataclasses import dataclass

from turnup.change.conditions import Needs, unmet
from turnup.change.footprint import Footprint, Lines, canonical, footprint_of, together
from turnup.change.journal import Journals, Record, State
from turnup.change.plan import intended, three_marked
from turnup.change.shared import used_by_others, without_left
from turnup.errors import Refused
from turnup.render.fold import Sections
from turnup.render.intent import Intent

_APPLIED = frozenset({State.SAVED, State.UNSAVED, State.VERIFIED, State.ACCEPTED})


@dataclass(frozen=True)
class Applied:
    """The lines that our last complete push left on a port, with the footprint it had."""

    footprint: Footprint
    lines: Lines


def last_applied(journals: Journals, router: str, port: str) -> Applied | None:
    """What turnup put on that port last; None when no push is known, or a person has worked on it since.

    A push that was taken back left what stood before it, so it does not count. Raises InputError for a damaged journal.
    """
    ended = [j.record for j in journals.of(router) if port in j.record.change.footprint.ports]
    ended = [record for record in ended if record.state in _APPLIED or record.state is State.RESOLVED]
    if not ended:
        return None
    last: Record = max(ended, key=lambda record: record.history[-1].at)
    return None if last.state is State.RESOLVED else Applied(last.change.footprint, last.change.after)


@dataclass(frozen=True)
class Standing:
    """The order in force on a port, rendered, and what our last push left there."""

    intent: Intent
    applied: Applied | None = None

    @property
    def footprint(self) -> Footprint:
        """Everything the order owns, by either."""
        own = footprint_of((*self.intent.phase1, *self.intent.phase2))
        return together(own, self.applied.footprint) if self.applied else own

    @property
    def lines(self) -> Lines | None:
        """The lines of our last push; None when none is known."""
        return self.applied.lines if self.applied else None

    def carried(self, footprint: Footprint, sections: Sections) -> bool:
        """Whether the router shows exactly this order within that footprint: as rendered now, or as we left it.

        A list that only the next order names, and others use already, is not this order's.
        """
        footprint = without_left(footprint, sections, self.footprint.prefix_lists)
        now = canonical(footprint.owned(sections), self.intent.hidden_defaults)
        ours = None if self.lines is None else canonical(self.lines, self.intent.hidden_defaults)
        return now == intended(self.intent) or now == ours

    def must_be_carried(self, where: str, footprint: Footprint, sections: Sections) -> None:
        """Raise Refused with the three texts when somebody else changed lines of this order, or took them."""
        if self.carried(footprint, sections):
            return
        running = canonical(footprint.owned(sections), self.intent.hidden_defaults)
        raise Refused(
            f"{where} does not carry exactly this order: somebody changed lines of it.\n"
            + three_marked(self.intent, running, self.lines),
            advice="Nothing was sent. Ask who changed it and why; put the port back, or agree and order the change.",
        )


def must_be_met(needs: Needs, footprint: Footprint, sections: Sections) -> None:
    """Raise Refused, in words, when a condition of the plan does not hold."""
    if reasons := unmet(needs, footprint, sections):
        raise Refused(f"{needs.hostname}: " + "; ".join(reasons))


def bare(footprint: Footprint, sections: Sections, available: str | None, shown: tuple[str, ...]) -> Lines:
    """What is left when the order is gone: ports in their default state, lists only if others use them.

    `available` is the description of a port that nobody has; `shown` the platform's other lines of it.
    """
    kept = [name for name in footprint.prefix_lists if used_by_others(name, footprint, sections)]
    lists = tuple(
        ("", line)
        for line in footprint.cut(sections)[""]
        if line.startswith("ip prefix-list ") and line.split(" ")[2] in kept
    )
    lines = (*((f"description {available}",) if available else ()), *shown)
    return lists + tuple((f"interface {port}", line) for port in footprint.ports for line in lines)
