"""Histories of orders, made step by step, for the tests of the order's life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from turnup.model.period import Period
from turnup.model.policy import Clocks
from turnup.order.decisions import happen
from turnup.order.life import Happening, Life
from turnup.order.states import Actor, Event

START = datetime(2001, 7, 9, 14, 0, tzinfo=UTC)  # a Monday, 8 o'clock in Denver
HOUR = timedelta(hours=1)
UNSET = Clocks()
SET = Clocks(
    acknowledgement=Period.parse("24h"),
    completion=Period.parse("10d"),
    disconnect=Period.parse("5bd"),
    acceptance_new=Period.parse("5bd"),
    acceptance_repaired=Period.parse("48h"),
    repair=Period.parse("8h"),
    repair_critical=Period.parse("4h"),
)
CUSTOMERS = {
    Event.SUPPLEMENT,
    Event.CANCEL,
    Event.ACCEPT,
    Event.REJECT,
    Event.CONTINUE,
    Event.DIFFERENT_PORT,
    Event.DISCONTINUE,
    Event.DISCONNECT,
    Event.TERMINATE,
    Event.RECEIVE,
}
DETAIL = {
    Event.ACKNOWLEDGE: {"router": "nyc-hud-gsr1", "port": "Serial5/0"},
    Event.TEST_PASS: {"certificate": "good"},
    Event.TEST_FAIL: {"certificate": "bad"},
    Event.DELIVER: {"certificate": "good", "delivery": "mail 1"},
    Event.DIFFERENT_PORT: {"router": "nyc-hud-gsr1", "port": "Serial6/0"},
    Event.REJECT: {"reason": "no route"},
    Event.MOVE: {"router": "nyc-hud-gsr1", "port": "Serial6/1"},
    Event.RESTORE: {"certificate": "good"},
}
TO_SERVICE = (
    Event.RECEIVE,
    Event.ACKNOWLEDGE,
    Event.CROSS_CONNECT,
    Event.PROVISION,
    Event.TEST_PASS,
    Event.DELIVER,
    Event.ACCEPT,
    Event.BEGIN_SERVICE,
)


def actor_of(event: Event) -> Actor:
    if event is Event.DEEM:
        return Actor.CLOCK
    return Actor.CUSTOMER if event in CUSTOMERS else Actor.CARRIER


def happening(event: Event, at: datetime, actor: Actor | None = None, **detail: str) -> Happening:
    by = actor or actor_of(event)
    return Happening("PSO-1", event, by, at, f"a {by.value}", {**DETAIL.get(event, {}), **detail})


def lived(*events: Event, clocks: Clocks = SET, start: datetime = START) -> Life:
    """The life after these events, an hour apart."""
    life: Life | None = None
    for number, event in enumerate(events):
        _, life = happen(life, happening(event, start + number * HOUR), clocks)
    assert life is not None
    return life
