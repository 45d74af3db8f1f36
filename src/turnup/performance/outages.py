"""Interruptions of one served port: merged, told apart by cause, each second counted once. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from turnup.model.interruption import Cause
from turnup.performance.recorded import Evidence, Interruption
from turnup.performance.service import Served
from turnup.performance.spans import Span, Spans, common, merged, span, without

CRITICAL = 4  # Schedule 2 (iii): "affecting more than four Qwest Customers"


@dataclass(frozen=True)
class Outage:
    """Time without service in one piece. `counted` is what is not the customer's own doing (PASA 4.2)."""

    span: Span
    open: bool
    counted: Spans
    parts: tuple[Interruption, ...]
    critical: bool = False

    @property
    def answered(self) -> datetime | None:
        """When the first call about it was answered; None when none was recorded."""
        return min((part.answered for part in self.parts if part.answered), default=None)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Its causes, each once."""
        return tuple(cause for cause in Cause if any(part.cause is cause for part in self.parts))

    @property
    def tickets(self) -> tuple[str, ...]:
        """Its tickets, each once."""
        return tuple(dict.fromkeys(part.ticket for part in self.parts if part.ticket))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Everything that says so."""
        return tuple(dict.fromkeys(proof for part in self.parts for proof in part.evidence))


def affects(one: Interruption, served: Served) -> bool:
    """Whether it is about this order, this port, or the whole router."""
    if one.withdrawn:
        return False
    if one.order_id:
        return one.order_id == served.order_id
    return one.router == served.router and one.port in ("", served.port)


def outages(served: Served, crowd: Crowd, now: datetime) -> tuple[Outage, ...]:
    """Its outages up to `now`, by time; what overlaps or touches is one."""
    lived = span(served.starts, min(served.ends or now, now))
    parts = [
        (part, piece)
        for part in crowd.about(served)
        for piece in common(span(part.starts, min(part.ends or now, now)), lived)
    ]
    found = []
    for whole in merged(piece for _, piece in parts):
        inside = [(part, piece) for part, piece in parts if common((piece,), (whole,))]
        those = tuple(part for part, _ in inside)
        runs = any(part.ends is None and piece.end == whole.end == now for part, piece in inside)
        found.append(Outage(whole, runs, counted(inside), those, any(map(crowd.critical, those))))
    return tuple(found)


def counted(parts: Iterable[tuple[Interruption, Span]]) -> Spans:
    """Time that counts: every stated cause but the customer's, and what nobody has tagged unless the customer's is."""
    parts = list(parts)
    customer = [piece for part, piece in parts if part.cause is Cause.CUSTOMER]
    untagged = [piece for part, piece in parts if part.cause is Cause.UNSTATED]
    stated = [piece for part, piece in parts if part.cause not in (Cause.CUSTOMER, Cause.UNSTATED)]
    return merged([*stated, *without(untagged, customer)])


@dataclass(frozen=True)
class Crowd:
    """Everyone's service, and who is hit by what: for telling critical interruptions (Schedule 2 (iii))."""

    served: tuple[Served, ...]
    interruptions: tuple[Interruption, ...]

    def about(self, served: Served) -> tuple[Interruption, ...]:
        """What interrupted that port."""
        near = (*self._by_target.get(("order", served.order_id), ()), *self._by_target.get(("", served.router), ()))
        return tuple(one for one in near if affects(one, served))

    def critical(self, one: Interruption) -> bool:
        """Whether it is recorded as critical, or more than four customers are affected by it or by its ticket."""
        if one.critical or (one.customers or 0) > CRITICAL:
            return True
        together = self._by_target.get(("ticket", one.ticket), ()) if one.ticket else ()
        return len({name for other in (one, *together) for name in self._customers(other)}) > CRITICAL

    def _customers(self, one: Interruption) -> set[str]:
        near = self._served.get(("order", one.order_id) if one.order_id else ("", one.router), ())
        return {served.customer or served.order_id for served in near if affects(one, served) and _while(one, served)}

    @cached_property
    def _by_target(self) -> Mapping[tuple[str, str], list[Interruption]]:
        found: dict[tuple[str, str], list[Interruption]] = defaultdict(list)
        for one in self.interruptions:
            found["order" if one.order_id else "", one.order_id or one.router].append(one)
            if one.ticket:
                found["ticket", one.ticket].append(one)
        return found

    @cached_property
    def _served(self) -> Mapping[tuple[str, str], list[Served]]:
        found: dict[tuple[str, str], list[Served]] = defaultdict(list)
        for one in self.served:
            found["order", one.order_id].append(one)
            found["", one.router].append(one)
        return found


def _while(one: Interruption, served: Served) -> bool:
    begins = served.ends is None or one.starts < served.ends
    return begins and (one.ends is None or one.ends > served.starts)
