"""Open a repair when the call is answered, and close it when the tests have proved it (Schedule 2 (iii))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from turnup.certificate.document import digest
from turnup.desk.entering import Desk
from turnup.desk.sources import DataFolder, certificates
from turnup.errors import InputError, Refused, UsageError
from turnup.model.certificate import Certificate, Occasion, Outcome
from turnup.model.equipment import Assignment
from turnup.model.interruption import Cause
from turnup.order.fault import Fault, cause_word, said
from turnup.order.life import Happening, Life
from turnup.order.life import Occasion as Round
from turnup.order.states import Actor, Event, State
from turnup.store.events import append

CRITICAL_ABOVE = 4  # customers: Schedule 2 (iii), "affecting more than four Qwest Customers"


@dataclass(frozen=True)
class Call:
    """What was reported: by whom, why, when the call was answered, and what the caller says of its reach."""

    by: str
    reason: str
    answered: datetime | None = None
    scope: str = "port"
    customers: int | None = None
    critical: bool = False
    caused_by: str = ""
    ticket: str = ""


@dataclass(frozen=True)
class Opened:
    """The repairs that a call has opened. `ports` and `customers` are those that it reaches; critical is for all."""

    lives: tuple[Life, ...]
    skipped: tuple[Life, ...]
    ports: int
    customers: int
    critical: bool


def open_repair(desk: Desk, reached: Sequence[Assignment], call: Call) -> Opened:
    """Enter the fault of every port in service that the call reaches; the first named must be one. Raises Refused.

    Critical is what the caller says, and what is counted from the ports in service: more than four customers.
    """
    cause = _cause(call.caused_by)
    lives = _standing(desk, reached)
    serving = [one for one in reached if is_serving(lives[one.order.order_id])]
    counted = len({one.order.customer.code for one in serving})
    customers = max(counted, call.customers or 0)
    critical = call.critical or customers > CRITICAL_ABOVE
    told = Fault(desk.noc.redact(call.reason), cause, critical, customers, call.answered, call.ticket)
    detail = told.detail() | {"ports": str(len(serving)), "scope": call.scope}
    now = desk.noc.clock()
    at = call.answered or now
    opened, skipped = [], []
    with desk.store.writing() as connection:
        for number, one in enumerate(reached):
            life = lives[one.order.order_id]
            if number and life.state is not State.IN_SERVICE:
                skipped.append(life)
                continue
            fault = Happening(life.order_id, Event.FAULT, Actor.CARRIER, at, call.by, detail)
            opened.append(append(connection, fault, desk.clocks, now))
    return Opened(tuple(opened), tuple(skipped), len(serving), customers, critical)


def is_serving(life: Life) -> bool:
    """Whether the port went into service for a customer and was not given back since."""
    if life.state in (State.ACCEPTED, State.DEEMED_ACCEPTED, State.IN_SERVICE, State.REPAIRING):
        return True
    under_way = (State.PROVISIONED, State.TESTED, State.DELIVERED, State.REJECTED, State.ELECTION)
    return life.occasion is Round.REPAIRED and life.state in under_way


def _cause(word: str) -> Cause:
    """A cause; credits exclude what the customer caused (PASA 4.2). Raises UsageError."""
    try:
        return cause_word(word)
    except InputError as error:
        raise UsageError(str(error)) from error


def _standing(desk: Desk, reached: Sequence[Assignment]) -> dict[str, Life]:
    folder = DataFolder(desk.noc)
    found = {}
    for one in reached:
        life = desk.catch_up(one.order.order_id, folder)
        if life is None:
            raise UsageError(f"{one.order.order_id} has no history", advice="turnup order advance completes it.")
        found[life.order_id] = life
    return found


def close_repair(
    desk: Desk, order_id: str, by: str, *, restored: datetime | None = None, caused_by: str = "", note: str = ""
) -> Life:
    """Record since when the port serves again; by the time of the tests that prove it, or the earlier one given.

    Raises Refused without a satisfied certificate of this port that was made for the repair, after the call.
    """
    cause = _cause(caused_by)
    life = desk.must_know(order_id)
    proof = _proof(desk, life)
    detail = {"certificate": digest(proof), "note": desk.noc.redact(note), "cause": said(cause)}
    return desk.enter(order_id, Event.RESTORE, Actor.CARRIER, by, restored or life.repaired_at, detail)


def _proof(desk: Desk, life: Life) -> Certificate:
    """The kept document behind the repair: the history names it by its digest, and it is read again here."""
    if life.repair_since is None:
        raise Refused(f"no repair of {life.order_id} is open", advice="turnup repair open, when a call was answered.")
    for certificate in certificates(desk.noc, life.order_id):
        if digest(certificate) == life.certificate and _proves(certificate, life):
            return certificate
    raise Refused(
        f"no satisfied certificate of {life.router} {life.port} was made for this repair since"
        f" {life.repair_since.isoformat()}",
        advice=f"Run `turnup retest {life.order_id}` when the repair is done.",
    )


def _proves(certificate: Certificate, life: Life) -> bool:
    return (
        certificate.outcome is Outcome.SATISFIED
        and certificate.occasion in (Occasion.REPAIR, Occasion.RESTORATION)
        and (certificate.subject.router, certificate.subject.port) == (life.router, life.port)
        and life.repair_since is not None
        and certificate.started >= life.repair_since
    )
