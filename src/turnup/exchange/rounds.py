"""One round of the exchange, and rounds without end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from turnup.exchange.acting import act, advance
from turnup.exchange.inbox import Taken, take_in
from turnup.exchange.office import Exchange
from turnup.exchange.outbox import Tried, send_due
from turnup.exchange.tickets import close_repairs
from turnup.order.life import Life


@dataclass(frozen=True)
class Round:
    """What one round did."""

    taken: tuple[Taken, ...]
    acted: tuple[str, ...]
    closed: tuple[Life, ...]
    advanced: tuple[Life, ...]
    tried: tuple[Tried, ...]

    @property
    def idle(self) -> bool:
        """Whether nothing happened."""
        return not (self.taken or self.acted or self.closed or self.advanced or self.tried)


def one_round(exchange: Exchange) -> Round:
    """Send what is due, take in, act, close repairs, let the clock decide, send the answers.

    Every answer comes before silence.
    """
    before = send_due(exchange)
    taken = take_in(exchange)
    acted = act(exchange)
    closed = close_repairs(exchange)
    advanced = advance(exchange)
    return Round(taken, acted, closed, advanced, (*before, *send_due(exchange)))


def rounds(exchange: Exchange, told: Callable[[Round], None], pause: float) -> None:
    """Round after round, until interrupted. A crash at any point loses nothing."""
    while True:
        done = one_round(exchange)
        if not done.idle:
            told(done)
        time.sleep(pause)
