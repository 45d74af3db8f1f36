"""Whether something may happen to an order now, and where it leads: the guards beside the table of states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from turnup.errors import Refused
from turnup.model.policy import Clocks
from turnup.order.calendars import calendar_of
from turnup.order.life import Happening, Life, Occasion, after, counted
from turnup.order.states import START, Event, State, step_of


def decide(life: Life | None, happening: Happening, clocks: Clocks) -> Happening:
    """The same happening with the state it leads to. Raises Refused when it may not happen now, or not by them."""
    event = happening.event
    if life is None:
        if event is not Event.RECEIVE:
            raise Refused(f"nothing is known of an order {happening.order_id}", advice="Send the order first.")
        return replace(happening, to=START)
    if event is Event.RECEIVE:
        raise Refused(f"the order {life.order_id} was received before", advice="Send a supplement or a new order.")
    opened = choice_open(counted(life, happening), clocks) if event in _ATTEMPTS and life.state in _TESTABLE else False
    step = step_of(life.state, event, happening.actor, choice_open=opened)
    if guard := _GUARDS.get(event):
        guard(life, happening, clocks)
    return replace(happening, to=step.to, detail={**happening.detail, **_settled(life, event, clocks)})


def _settled(life: Life, event: Event, clocks: Clocks) -> dict[str, str]:
    """What policy settles in this happening, kept with it: a policy changed later changes nothing that was decided."""
    if event is Event.DIFFERENT_PORT:
        return {"restart": "yes" if clocks.restart_on_move else "no"}
    if event is Event.DEEM and (end := deadline(life, clocks)):
        return {"until": end.isoformat()}
    return {}


def happen(life: Life | None, happening: Happening, clocks: Clocks) -> tuple[Happening, Life]:
    """Decide, and the life afterwards."""
    decided = decide(life, happening, clocks)
    return decided, after(life, decided)


def failed_attempts(life: Life, clocks: Clocks) -> int:
    """Unsuccessful attempts that count, alternate ports included (PASA 1.4(b)); whether the first does is policy's."""
    return sum(not one.satisfied and (clocks.count_initial or one.number > 1) for one in life.attempts)


def choice_open(life: Life, clocks: Clocks) -> bool:
    """Whether the customer may choose: "if the second (or any further) attempt is unsuccessful" (PASA 1.4(b))."""
    return failed_attempts(life, clocks) >= 2


def deadline(life: Life, clocks: Clocks) -> datetime | None:
    """When the acceptance period that runs ends (PASA 1.4(c)); None when none runs, or its length is not configured."""
    if life.state is not State.DELIVERED or life.delivered_at is None:
        return None
    repaired = life.occasion is Occasion.REPAIRED
    period = clocks.acceptance_repaired if repaired else clocks.acceptance_new
    return period.end(life.delivered_at, calendar_of(clocks)) if period else None


_ATTEMPTS = (Event.TEST_FAIL, Event.REJECT)
_DEEMED = (State.DEEMED_ACCEPTED, State.IN_SERVICE)
_TESTABLE = (State.PROVISIONED, State.TESTED, State.REJECTED, State.REPAIRING, State.DELIVERED, *_DEEMED)


def _certified(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    if not happening.detail.get("certificate"):
        raise Refused(f"{happening.event.value} without a certificate proves nothing")


def _delivered(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    """Only what was tested last, and provably handed over, starts the customer's period (PASA 1.4(c))."""
    detail = happening.detail
    if not detail.get("delivery"):
        raise Refused(
            "results are delivered with a proof of delivery (PASA 1.4(c)): a message's number, or who took it"
        )
    if detail.get("certificate") != life.certificate:
        raise Refused("this certificate is not the one the port was tested with last")
    if not life.attempts or not life.attempts[-1].satisfied:
        raise Refused("the last test was not satisfied; only satisfied results are delivered for acceptance")


def _deemed(life: Life, happening: Happening, clocks: Clocks) -> None:
    """Silence accepts only after a period that is configured, and over (PASA 1.4(a), (c))."""
    end = deadline(life, clocks)
    if end is None:
        raise Refused(
            "the acceptance period is not configured: silence accepts nothing",
            advice="Set clocks.acceptance_new and clocks.acceptance_repaired in policy.yaml (PASA 1.4(c)).",
        )
    if happening.at <= end:
        raise Refused(f"the acceptance period runs until {end.isoformat()}")


def _answered(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    if life.delivered_at is None or happening.at < life.delivered_at:
        raise Refused("the customer answers results after they were delivered (PASA 1.4(a))")


def _rejected(life: Life, happening: Happening, clocks: Clocks) -> None:
    """In time only. One that arrived in time wins, even when silence was taken for acceptance meanwhile."""
    end = life.deemed_until if life.state in _DEEMED else deadline(life, clocks)
    accepted = life.state in _DEEMED and end is None
    if accepted or (end is not None and happening.at > end):
        over = "the port was accepted" if accepted or end is None else f"the acceptance period ended {end.isoformat()}"
        raise Refused(
            f"{over} (PASA 1.4(a), (c)); this came {happening.at.isoformat()}",
            advice="Record it as a trouble report (`turnup repair open`).",
        )
    _answered(life, happening, clocks)


_GUARDS: Mapping[Event, Callable[[Life, Happening, Clocks], None]] = {
    Event.TEST_PASS: _certified,
    Event.TEST_FAIL: _certified,
    Event.DELIVER: _delivered,
    Event.DEEM: _deemed,
    Event.ACCEPT: _answered,
    Event.REJECT: _rejected,
}
