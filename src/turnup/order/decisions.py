"""Whether something may happen to an order now, and where it leads: the guards beside the table of states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

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


def opportunities_used(life: Life, clocks: Clocks) -> int:
    """How many of the opportunities of PASA 1.4(b) are used: unsuccessful attempts, and the one that stands."""
    return sum(clocks.count_initial or one.number > 1 for one in life.attempts)


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
_BARE = (State.ACKNOWLEDGED, State.CROSS_CONNECTED)  # nothing of the order is on its port
_TESTABLE = (*_BARE, State.PROVISIONED, State.TESTED, State.REJECTED, State.REPAIRING, State.DELIVERED, *_DEEMED)
_APART = timedelta(minutes=5)  # by how much the clocks of whoever tests and whoever delivers may differ
_PROVED = (State.TESTED, State.DELIVERED)
_PUSHED = (State.PROVISIONED, State.REPAIRING)  # a test from before the port was pushed, or failed, is of another time


def _certified(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    """A test counts with its certificate, of the port the order has now, and only where it is not an old one.

    Certificates are offered to the history again and again: one that did not count when it was made (the port was in
    service) must not count later, when the port is under repair. A red one of a push that was taken back (`trial`, its
    journal) is an attempt on that port, wherever the order stands (PASA 1.4(b)).
    """
    detail = happening.detail
    if not detail.get("certificate"):
        raise Refused(f"{happening.event.value} without a certificate proves nothing")
    tested = (detail.get("router", life.router), detail.get("port", life.port))
    if detail.get("trial"):
        if life.state in _PROVED:
            raise Refused(f"the port of {life.order_id} was proved, and has stayed as it was: the trial was taken back")
    elif life.state in _BARE:
        raise Refused(f"{life.order_id} was not provisioned when {' '.join(tested)} was tested")
    elif life.port and tested != (life.router, life.port):
        raise Refused(f"{' '.join(tested)} was tested; {life.order_id} is on {life.router} {life.port}")
    since = [life.repair_since, *(one.at for one in life.attempts[-1:])]
    if life.state in _PUSHED and not detail.get("trial"):
        since.append(life.entered.get(life.state))
    older = any(at is not None and happening.at < at for at in since)
    # Two tests that ended in one moment: which was the newer cannot be told, so the good one does not count.
    good = happening.event is Event.TEST_PASS and bool(life.attempts) and happening.at == life.attempts[-1].at
    if older or good:
        raise Refused("this test was run before what has happened since; test the port again")


def _passed(life: Life, happening: Happening, clocks: Clocks) -> None:
    """A test that passed counts only after the state it ends began, and for a repair only when run for it."""
    _certified(life, happening, clocks)
    begun = life.entered.get(life.state)
    if life.state in (State.REJECTED, State.REPAIRING) and begun is not None and happening.at < begun:
        raise Refused(f"this test was run before {begun.isoformat()}, when the order became {life.state.value}")
    if life.occasion is Occasion.REPAIRED and happening.detail.get("occasion") == "INITIAL":
        raise Refused(
            "a repair is proved by tests run for it (PASA 1.4(a): connection, repair or restoration)",
            advice="Run `turnup retest`.",
        )


def _provisioned(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    """What was pushed to a port that the order has left does not provision the order."""
    port = f"{happening.detail.get('router', '')} {happening.detail.get('port', '')}"
    if port in life.bad_ports:
        raise Refused(f"{life.order_id} has left {port}")


def _fault(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    if life.delivered_at is not None and happening.at < life.delivered_at:
        raise Refused(
            f"this fault is from before {life.delivered_at.isoformat()}, when the last results were delivered",
            advice="A fault from before the acceptance is a rejection (`turnup order reject`), in the period.",
        )


def _restored(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    """A repair is closed once, by a satisfied certificate that was made for it, and not before the fault."""
    if life.occasion is not Occasion.REPAIRED or life.repair_since is None:
        raise Refused(f"no repair of {life.order_id} is open")
    if life.restored_at is not None:
        raise Refused(f"the repair of {life.order_id} was closed, restored {life.restored_at.isoformat()}")
    if life.repaired_at is None or happening.detail.get("certificate") != life.certificate:
        raise Refused(
            "no satisfied certificate of this repair stands behind it", advice="Run `turnup retest` after the repair."
        )
    if not life.repair_since <= happening.at <= life.repaired_at:
        raise Refused(
            f"restored {happening.at.isoformat()} is not between the call ({life.repair_since.isoformat()}) and the"
            f" tests that prove it ({life.repaired_at.isoformat()})"
        )


def _chosen(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    """A choice answers the attempt that opened it: one that came before is of something else."""
    opened = life.entered.get(State.ELECTION)
    if opened is not None and happening.at < opened:
        raise Refused(
            f"this choice came {happening.at.isoformat()}; the attempt that opens it failed {opened.isoformat()}"
            " (PASA 1.4(b))"
        )


def _terminated(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    if life.received_at is not None and happening.at < life.received_at:
        raise Refused(f"terminated {happening.at.isoformat()} is before the order ({life.received_at.isoformat()})")


def _moved(life: Life, happening: Happening, clocks: Clocks) -> None:  # noqa: ARG001
    if not (happening.detail.get("router") and happening.detail.get("port")):
        raise Refused(f"it is not said where {life.order_id} was moved to")


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
    if happening.at < (tested := life.attempts[-1].at) - _APART:  # a mistyped day: the period would be over at once
        raise Refused(
            f"delivered {happening.at.isoformat()} is before the test whose results these are ({tested.isoformat()})"
        )


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
    Event.TEST_PASS: _passed,
    Event.TEST_FAIL: _certified,
    Event.DELIVER: _delivered,
    Event.DEEM: _deemed,
    Event.ACCEPT: _answered,
    Event.REJECT: _rejected,
    Event.PROVISION: _provisioned,
    Event.FAULT: _fault,
    Event.RESTORE: _restored,
    Event.MOVE: _moved,
    Event.CONTINUE: _chosen,
    Event.DIFFERENT_PORT: _chosen,
    Event.DISCONTINUE: _chosen,
    Event.TERMINATE: _terminated,
}
