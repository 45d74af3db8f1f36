"""The contract's clocks of one order: what runs, since when, until when, and what has run out.

A period that policy does not set has no end: its elapsed time is shown, and nothing is ever called late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.order.calendars import calendar_of
from turnup.order.life import Life, Occasion
from turnup.order.states import OVER, State


@dataclass(frozen=True)
class Clock:
    """One period that runs, or ran. `due` None = the period is not configured. `whose` has to act before it ends."""

    name: str
    clause: str
    whose: str
    started: datetime
    due: datetime | None
    stopped: datetime | None = None

    def elapsed(self, now: datetime) -> timedelta:
        """How long it has run."""
        return (self.stopped or now) - self.started

    def left(self, now: datetime) -> timedelta | None:
        """What is left, below zero when it ran out; None when it is not configured or stopped."""
        return self.due - now if self.due is not None and self.stopped is None else None

    def late(self, now: datetime) -> bool:
        """Whether it ran out before it was stopped; never for a period that is not configured."""
        return self.due is not None and (self.stopped or now) > self.due


_NEVER = datetime.max.replace(tzinfo=UTC)


def clocks_of(life: Life, clocks: Clocks) -> tuple[Clock, ...]:
    """Every clock that an order has started, those that run first."""
    found = tuple(_clocks(life, clocks))
    return tuple(sorted(found, key=lambda clock: (clock.stopped is not None, clock.due or _NEVER)))


def next_due(life: Life, clocks: Clocks) -> Clock | None:
    """The running clock that ends first; one without an end when none has one."""
    running = [clock for clock in clocks_of(life, clocks) if clock.stopped is None]
    return running[0] if running else None


def _clocks(life: Life, clocks: Clocks) -> Iterator[Clock]:
    over = life.entered.get(life.state) if life.state in OVER else None

    def clock(
        name: str, clause: str, whose: str, start: datetime, period: Period | None, stop: datetime | None
    ) -> Clock:
        due = period.end(start, calendar_of(clocks)) if period else None
        return Clock(name, clause, whose, start, due, stop)

    if life.received_at:
        answered = life.accepted_order_at if life.state is not State.RECEIVED else None
        answered = answered or life.entered.get(State.CLARIFY)
        if answered and answered < life.received_at:
            answered = None  # the answer to an earlier revision
        yield clock("acknowledgement", "1.3(b)", "carrier", life.received_at, clocks.acknowledgement, answered or over)
    if life.accepted_order_at and life.occasion is Occasion.NEW:
        done = life.completed_at or over
        yield clock("completion", "1.3(b)", "carrier", life.accepted_order_at, clocks.completion, done)
    if life.delivered_at:
        repaired = life.occasion is Occasion.REPAIRED
        period = clocks.acceptance_repaired if repaired else clocks.acceptance_new
        ended = None if life.state is State.DELIVERED else life.entered.get(life.state)
        yield clock("acceptance", "1.4(c)", "customer", life.delivered_at, period, ended)
    if life.repair_since:
        period = clocks.repair_critical if life.critical else clocks.repair
        name = "repair (critical)" if life.critical else "repair"
        yield clock(name, "Schedule 2 (iii)", "carrier", life.repair_since, period, life.repaired_at or over)
    if life.disconnect_since:
        stopped = life.entered.get(State.AVAILABLE) or over
        yield clock("disconnect", "1.3(c)", "carrier", life.disconnect_since, clocks.disconnect, stopped)
