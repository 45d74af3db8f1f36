"""An order as a note to paste into a ticket: what it is, where it stands, what is red and why, what is next, whose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

from turnup.certificate.document import digest
from turnup.model.certificate import Cause, Certificate
from turnup.model.order import PortServiceOrder
from turnup.model.policy import Clocks
from turnup.model.verdict import Verdict
from turnup.noc import Noc
from turnup.order.clocks import Clock, clocks_of
from turnup.order.decisions import failed_attempts, opportunities_used
from turnup.order.due import Due, due_list
from turnup.order.life import Life
from turnup.order.states import State

WIDTH = 80
_LABEL = 12
NOT_CONFIGURED = "[not configured]"
_GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class OrderNote:
    """Everything the note says. `zone` is the site's; `life` None = the history could not be reached."""

    order: PortServiceOrder
    site: str
    zone: str
    router: str
    port: str
    life: Life | None
    clocks: tuple[Clock, ...]
    due: Due | None
    settings: Clocks
    certificate: Certificate | None
    now: datetime


def note_of(
    noc: Noc, order: PortServiceOrder, port: tuple[str, str], life: Life | None, kept: Sequence[Certificate]
) -> OrderNote:
    """The note of an order with these certificates, oldest first. `port` is (router, interface), "" for none."""
    router, interface = port if port[1] or life is None else (life.router, life.port)
    known = noc.equipment.routers.get(router)
    site = noc.equipment.site_of(known) if known else None
    now, settings = noc.clock(), noc.equipment.policy.clocks
    rows = due_list([life], settings, now) if life else ()
    return OrderNote(
        order,
        f"{site.name} ({site.site_id})" if site else order.location.site,
        site.timezone if site else "",
        router,
        interface,
        life,
        clocks_of(life, settings) if life else (),
        rows[0] if rows else None,
        settings,
        _certificate(life, kept),
        now,
    )


def _certificate(life: Life | None, kept: Sequence[Certificate]) -> Certificate | None:
    """The one the order stands on; else the last that was made."""
    named = [one for one in kept if life and life.certificate and digest(one) == life.certificate]
    return next(iter(reversed(named or list(kept))), None)


def note_text(note: OrderNote) -> str:
    """The note in lines of at most 80 columns."""
    lines: list[str] = []
    for label, words in _said(note):
        first = f"{label:<{_LABEL}}"
        broken = wrap(words, WIDTH - _LABEL, break_on_hyphens=False) or [""]
        lines += [f"{first if number == 0 else ' ' * _LABEL}{line}".rstrip() for number, line in enumerate(broken)]
    return "\n".join(lines)


def _said(note: OrderNote) -> Iterator[tuple[str, str]]:
    order = note.order
    yield "Order", f"{order.order_id} revision {order.revision}, {order.action} {order.speed}"
    yield "Circuit", order.cross_connect.circuit_id if order.cross_connect else "none"
    yield "Customer", f"{order.customer.name} ({order.customer.code})"
    yield "Site", note.site
    yield "Port", f"{note.router} {note.port}" if note.port else "not assigned yet"
    if note.life is None:
        yield "State", "not known: the history could not be reached"
    else:
        yield from _stands(note, note.life)
    yield from _tested(note)
    if note.due and note.due.whose:
        yield "Next", f"{note.due.action} ({note.due.whose})"
    elif note.life is not None:
        yield "Next", "nothing"
    yield "Written", both(note.now, note.zone)


def _stands(note: OrderNote, life: Life) -> Iterator[tuple[str, str]]:
    since = life.entered.get(life.state)
    yield "State", f"{life.state.value}{f' since {both(since, note.zone)}' if since else ''}"
    for name, at in times_of(life):
        yield name, both(at, note.zone)
    for clock in note.clocks:
        if clock.stopped is None:
            yield "Clock", clock_words(clock, note.now)
    yield "Attempts", attempts_words(life, note.settings)
    if life.bad_ports:
        yield "Left", ", ".join(life.bad_ports)
    if life.fee_reduced:
        yield "Fee", "reduced from the discontinuance on (PASA 1.4(b)(iii), Schedule 1 Appendix B)"


def times_of(life: Life) -> Iterator[tuple[str, datetime]]:
    """The times that a ticket asks for, by what they are."""
    named = (
        ("Received", life.received_at),
        ("Accepted", life.accepted_order_at),
        ("Connected", life.cross_connected_at),
        ("Completed", life.completed_at),
        ("Delivered", life.delivered_at),
        ("Fault", life.repair_since),
        ("Repaired", life.repaired_at),
        ("Restored", life.restored_at),
    )
    yield from ((name, at) for name, at in named if at is not None)


def attempts_words(life: Life, clocks: Clocks) -> str:
    """`attempt 2 of [not configured], 1 unsuccessful`: the opportunities of PASA 1.4(b)."""
    limit = clocks.opportunities
    many = NOT_CONFIGURED if limit is None else str(limit)
    if not life.attempts:
        return f"none yet, of {many}"
    used, failed = opportunities_used(life, clocks), failed_attempts(life, clocks)
    told = f"attempt {used} of {many}, {failed} unsuccessful"
    if limit is not None and failed >= limit:
        told += "; no opportunity is left but by the customer's choice"
    return told


def clock_words(clock: Clock, now: datetime) -> str:
    """`completion (PASA 1.3(b)): 3 d 2 h left, until ...`; never late without a period."""
    left = clock.left(now)
    clause = clock.clause if clock.clause.startswith("Schedule") else f"PASA {clock.clause}"
    if left is None or clock.due is None:
        return f"{clock.name} ({clause}): runs {length(clock.elapsed(now))}; period {NOT_CONFIGURED}"
    late = left < timedelta(0)
    told = f"LATE by {length(-left)}" if late else f"{length(left)} left"
    return f"{clock.name} ({clause}): {told}, until {clock.due.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def length(span: timedelta) -> str:
    """`3 d 2 h`, `5 h 10 min`."""
    minutes = int(span.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min"


def both(at: datetime, zone: str) -> str:
    """UTC, and the site's own time where its zone is known."""
    utc = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{utc} ({at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z})" if zone else utc


def _tested(note: OrderNote) -> Iterator[tuple[str, str]]:
    certificate = note.certificate
    if certificate is None:
        yield "Tests", "not run yet"
        return
    where = (certificate.subject.router, certificate.subject.port)
    elsewhere = f" on {where[0]} {where[1]}, a port it has left" if where != (note.router, note.port) else ""
    told = f"{certificate.outcome.value}, {certificate.occasion.value}, attempt {certificate.attempt}{elsewhere}"
    yield "Tests", f"{told}, {both(certificate.ended, note.zone)}"
    for row in certificate.rows:
        if row.verdict not in _GOOD:
            yield "", f"{row.verdict.value} {row.number} {row.title}: {row.reason}"
    for cause in certificate.causes or ():
        yield "Cause", f"{cause.name} ({cause.side.value}); next on {cause.router}: {cause.next}"
    yield "Certificate", digest(certificate)


def note_fields(note: OrderNote) -> dict[str, Any]:
    """The note as plain data."""
    life, certificate = note.life, note.certificate
    return {
        "site": note.site,
        "circuit": note.order.cross_connect.circuit_id if note.order.cross_connect else None,
        "customer": note.order.customer.code,
        "state": life.state.value if life else None,
        "since": life.entered.get(life.state) if life else None,
        "times": {name.lower(): at for name, at in times_of(life)} if life else {},
        "clocks": [_clock(one, note.now) for one in note.clocks],
        "attempts": _attempts(life, note.settings) if life else None,
        "left_ports": list(life.bad_ports) if life else [],
        "fee_reduced": life.fee_reduced if life else False,
        "verdicts": {str(row.number): row.verdict.value for row in certificate.rows} if certificate else {},
        "causes": [_cause(cause) for cause in (certificate.causes or ())] if certificate else [],
        "certificate": digest(certificate) if certificate else None,
        "next": note.due.action if note.due and note.due.whose else None,
        "whose": note.due.whose if note.due and note.due.whose else None,
    }


def _cause(cause: Cause) -> dict[str, str]:
    """A cause in words."""
    return {"name": cause.name, "side": cause.side.value, "router": cause.router, "next": cause.next}


def _clock(clock: Clock, now: datetime) -> dict[str, Any]:
    left = clock.left(now)
    return {
        "name": clock.name,
        "clause": clock.clause,
        "whose": clock.whose,
        "started": clock.started,
        "due": clock.due,
        "stopped": clock.stopped,
        "elapsed_seconds": int(clock.elapsed(now).total_seconds()),
        "left_seconds": int(left.total_seconds()) if left is not None else None,
    }


def _attempts(life: Life, clocks: Clocks) -> dict[str, Any]:
    return {
        "used": opportunities_used(life, clocks),
        "unsuccessful": failed_attempts(life, clocks),
        "opportunities": clocks.opportunities,
        "choice_open": life.state is State.ELECTION,
    }
