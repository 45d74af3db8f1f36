"""The contract's clocks of one order: what runs, since when, until when, and what has run out.

A period that policy does not set has no end: its elapsed time is shown, and nothing is ever called late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from turnup.model.order import Action
from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.order.calendars import calendar_of
from turnup.order.life import Life, Occasion
from turnup.order.states import OVER, TABLE, State


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
    found = [_clock(one, clocks) for one in _started(life, clocks)]
    return tuple(sorted(found, key=lambda clock: (clock.stopped is not None, clock.due or _NEVER)))


def next_due(life: Life, clocks: Clocks) -> Clock | None:
    """The running clock that ends first; one without an end when none has one."""
    running = [_clock(one, clocks) for one in _started(life, clocks) if one.stopped is None]
    return min(running, key=lambda clock: clock.due or _NEVER, default=None)


class _Started(NamedTuple):
    name: str
    clause: str
    whose: str
    at: datetime
    period: Period | None
    stopped: datetime | None


def _clock(one: _Started, clocks: Clocks) -> Clock:
    due = one.period.end(one.at, calendar_of(clocks)) if one.period else None
    return Clock(one.name, one.clause, one.whose, one.at, due, one.stopped)


_AFTER_DELIVERY = {step.to for step in TABLE if step.state is State.DELIVERED} - {State.DELIVERED}
# From then on nothing is to be completed or repaired, only to be disconnected.
_ENDED = OVER | {State.DISCONTINUED, State.DISCONNECTING}


def _started(life: Life, clocks: Clocks) -> Iterator[_Started]:
    over = min((at for state, at in life.entered.items() if state in _ENDED), default=None)
    if life.received_at:
        answered = _answered(life) or over
        yield _Started("acknowledgement", "1.3(b)", "carrier", life.received_at, clocks.acknowledgement, answered)
    if life.accepted_order_at and life.occasion is Occasion.NEW:
        done = life.completed_at or over
        if life.action == Action.DISCONNECT:
            asked = life.received_at or life.accepted_order_at
            yield _Started("disconnect", "1.3(c)", "carrier", asked, clocks.disconnect, done)
        else:
            yield _Started("completion", "1.3(b)", "carrier", life.accepted_order_at, clocks.completion, done)
    if life.delivered_at:
        repaired = life.occasion is Occasion.REPAIRED
        period = clocks.acceptance_repaired if repaired else clocks.acceptance_new
        yield _Started("acceptance", "1.4(c)", "customer", life.delivered_at, period, _responded(life))
    if life.repair_since:
        period = clocks.repair_critical if life.critical else clocks.repair
        name = "repair (critical)" if life.critical else "repair"
        stopped = life.restored_at or life.repaired_at or over
        yield _Started(name, "Schedule 2 (iii)", "carrier", life.repair_since, period, stopped)
    if life.disconnect_since:
        ends = (at for state, at in life.entered.items() if state in OVER and at >= life.disconnect_since)
        stopped = min(ends, default=None)  # a port that was discontinued before is still to be disconnected
        yield _Started("disconnect", "1.3(c)", "carrier", life.disconnect_since, clocks.disconnect, stopped)


def _responded(life: Life) -> datetime | None:
    """When the acceptance period that began last was over: by an answer, by silence at its end, or with the order."""
    if life.state is State.DELIVERED or life.delivered_at is None:
        return None
    ends = [at for state, at in life.entered.items() if state in _AFTER_DELIVERY]
    ends += [life.deemed_until] if life.deemed_until else []
    return min((at for at in ends if at >= life.delivered_at), default=None)


def _answered(life: Life) -> datetime | None:
    """When the present revision of the order was answered, by acceptance or by points to be made clear."""
    answers = (life.acknowledged_at or life.accepted_order_at, life.entered.get(State.CLARIFY))
    return min((at for at in answers if at and life.received_at and at >= life.received_at), default=None)
