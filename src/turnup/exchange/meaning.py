"""What a schema cannot say of a message: fields that contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from turnup.model.certificate import Outcome
from turnup.model.messages import (
    AcceptanceResponse,
    AcceptanceResult,
    MaintenanceNotice,
    OrderAcknowledgement,
    OutageReport,
    Receipt,
    Stage,
    TroubleTicket,
    Work,
)
from turnup.model.result import SCHEDULE_2
from turnup.model.verdict import Verdict

Point = tuple[str, str]
_GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def contradictions(record: object) -> Iterator[Point]:
    """(field, reason) of everything in it that cannot be meant."""
    if rule := _RULES.get(type(record)):
        yield from rule(record)


def _acknowledgement(told: OrderAcknowledgement) -> Iterator[Point]:
    if (told.accepted is not None) is bool(told.clarify):
        yield "accepted", "an order is either accepted or to be made clear"
    if told.clarify and (told.assigned or told.committed_by):
        yield "clarify", "an order that is to be made clear has no port yet"


def _result(told: AcceptanceResult) -> Iterator[Point]:
    if sorted(one.number for one in told.tests) != list(range(1, len(SCHEDULE_2) + 1)):
        yield "tests", "must be the twenty tests of Schedule 2, each once"
    if told.attempt < 1:
        yield "attempt", "begins with 1"
    verdicts = [one.verdict for one in told.tests]
    if told.overall is Outcome.SATISFIED and not (all(one in _GOOD for one in verdicts) and Verdict.PASS in verdicts):
        yield "overall", "is not SATISFIED when a test is neither passed nor agreed not applicable"
    if told.overall is not Outcome.NOT_SATISFIED and Verdict.FAIL in verdicts:
        yield "overall", "is NOT SATISFIED when a test failed"
    if told.acceptance_deadline and told.overall is not Outcome.SATISFIED:
        yield "acceptance_deadline", "only satisfied results have one (PASA 1.4(a))"


def _response(told: AcceptanceResponse) -> Iterator[Point]:
    if sum(one is not None for one in (told.accept, told.reject, told.election)) != 1:
        yield "accept", "say one of accept, reject, election"
    elif told.reject is not None and not told.reject.defects:
        yield "reject.defects", "say what does not function"


def _ticket(told: TroubleTicket) -> Iterator[Point]:
    if not told.entries:
        yield "entries", "a ticket has one entry at least"
    if any(later.at < earlier.at for earlier, later in zip(told.entries, told.entries[1:], strict=False)):
        yield "entries", "must stand in the order of their times"
    if not told.order_id and not told.site:
        yield "order_id", "say which order or which site"


def _maintenance(told: MaintenanceNotice) -> Iterator[Point]:
    if not told.routers:
        yield "routers", "say which"
    if told.ends is not None and told.ends <= told.starts:
        yield "ends", "is not after the start"
    if told.work is Work.NORMAL and told.ends is None:
        yield "ends", "normal maintenance has an end (PASA 2.3(a))"


def _outage(told: OutageReport) -> Iterator[Point]:
    over = told.stage in (Stage.RESTORED, Stage.SUMMARY)
    if over is not (told.ended_at is not None):
        yield "ended_at", f"{'must' if over else 'must not'} be given when the stage is {told.stage}"
    if told.ended_at and told.ended_at < told.began_at:
        yield "ended_at", "is before the beginning"
    if told.stage is Stage.SUMMARY:
        for name in ("cause", "corrected_by", "long_term_remedy"):
            if getattr(told, name) is None:
                yield name, "belongs into the summary after the incident (MGS IV, Schedule 2)"


def _receipt(told: Receipt) -> Iterator[Point]:
    if not told.taken and not told.remarks:
        yield "remarks", "a refusal says why"


_RULES: Mapping[type, Callable[[Any], Iterator[Point]]] = {
    OrderAcknowledgement: _acknowledgement,
    AcceptanceResult: _result,
    AcceptanceResponse: _response,
    TroubleTicket: _ticket,
    MaintenanceNotice: _maintenance,
    OutageReport: _outage,
    Receipt: _receipt,
}
