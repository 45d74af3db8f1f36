"""Open a repair when the call is answered, and close it when the tests have proved it (Schedule 2 (iii))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from turnup.certificate.document import digest
from turnup.desk.entering import Desk
from turnup.desk.sources import certificates, ledger_files
from turnup.errors import Refused, UsageError
from turnup.model.certificate import Certificate, Occasion, Outcome
from turnup.model.equipment import Assignment
from turnup.order.life import Happening, Life
from turnup.order.life import Occasion as Round
from turnup.order.states import Actor, Event, State
from turnup.store.events import append

CRITICAL_ABOVE = 4  # customers: Schedule 2 (iii), "affecting more than four Qwest Customers"
CAUSES = ("CARRIER", "CUSTOMER", "THIRD-PARTY")


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
    caused_by = cause(call.caused_by)
    lives = _standing(desk, reached)
    serving = [one for one in reached if is_serving(lives[one.order.order_id])]
    counted = len({one.order.customer.code for one in serving})
    customers = max(counted, call.customers or 0)
    critical = call.critical or customers > CRITICAL_ABOVE
    detail = {
        "reason": desk.noc.redact(call.reason),
        "critical": "yes" if critical else "no",
        "customers": str(customers),
        "ports": str(len(serving)),
        "scope": call.scope,
        "caused_by": caused_by,
        "cause": caused_by.lower(),  # the word of recorded interruptions (PASA 4.2)
        "answered": call.answered.isoformat() if call.answered else "",
    }
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


def cause(word: str) -> str:
    """A cause, "" while it is not known. Raises UsageError: credits exclude what the customer caused (PASA 4.2)."""
    if word and word.upper() not in CAUSES:
        raise UsageError(f"{word!r} is no cause: {', '.join(CAUSES)}")
    return word.upper()


def _standing(desk: Desk, reached: Sequence[Assignment]) -> dict[str, Life]:
    files = ledger_files(desk.noc)
    found = {}
    for one in reached:
        life = desk.catch_up(one.order.order_id, files)
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
    caused_by = cause(caused_by)
    life = desk.must_know(order_id)
    proof = _proof(desk, life)
    detail = {"certificate": digest(proof), "note": desk.noc.redact(note), "caused_by": caused_by}
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
