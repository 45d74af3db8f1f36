"""Send what is in the outbox: tried with growing pauses until it is taken or parked; what was taken is proved.

A try is counted before it is made, so that a crash is seen; a repeated one is the same message under the same number.
What a taken message brings about (the delivery of results, a notice in the logbook) is entered with its proof.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from turnup.errors import InputError, Refused, TurnupError, Unreachable
from turnup.exchange.notices import record_notice
from turnup.exchange.office import Exchange
from turnup.exchange.parcel import Parcel
from turnup.exchange.xml import read_xml
from turnup.model.messages import AcceptanceResult, MaintenanceNotice
from turnup.order.life import Happening
from turnup.order.states import Actor, Event
from turnup.store import Connection
from turnup.store.events import append
from turnup.store.sendings import UNCERTAIN, Sending, claim, due, failed, note, sent

LOG = logging.getLogger("turnup")
LEASE = timedelta(minutes=5)  # longer than any channel takes: whoever does not report by then has died


@dataclass(frozen=True)
class Tried:
    """What became of one try."""

    message_id: str
    kind: str
    target: str
    sent: bool
    said: str


def send_due(exchange: Exchange, only: Iterable[str] = ()) -> tuple[Tried, ...]:
    """Try everything that is due, or of it only these."""
    wanted = frozenset(only)
    with exchange.desk.store.reading() as connection:
        names = due(connection, exchange.now())
    tried = (_try(exchange, name) for name in names if not wanted or name in wanted)
    return tuple(one for one in tried if one is not None)


def _try(exchange: Exchange, message_id: str) -> Tried | None:
    now = exchange.now()
    with exchange.desk.store.writing() as connection:
        one = claim(connection, message_id, now, now + LEASE)
        if one is None:
            return None
        if one.tries > exchange.settings.retry.tries:  # it ends whoever tries it, or nobody was there to note it
            failed(connection, one, f"parked after {one.tries - 1} tries: {one.error}", now, now)
            return Tried(message_id, one.kind, one.target, False, "parked")
    try:
        proof = exchange.way(one.channel).send(one, Parcel.of(one.body))
    except (Unreachable, Refused, InputError) as error:
        return _not_taken(exchange, one, error)
    return _taken(exchange, one, proof)


def _taken(exchange: Exchange, one: Sending, proof: str) -> Tried:
    at = exchange.now()
    if UNCERTAIN in one.error:
        proof = f"{proof} (try {one.tries}; an earlier one {UNCERTAIN}, under the same number)"
    proof = exchange.noc.redact(proof)
    if one.kind == MaintenanceNotice.__name__:  # a file beside the store, hence first: to enter it twice is once
        record_notice(exchange.noc, one, at)
    error = ""
    with exchange.desk.store.writing() as connection:
        if sent(connection, one.message_id, at, proof) and one.kind == AcceptanceResult.__name__:
            error = _delivered(exchange, connection, one, proof, at)
            note(connection, one.message_id, error)
    if error:
        LOG.warning("%s: %s", one.message_id, error)
    return Tried(one.message_id, one.kind, one.target, True, error or proof)


def _not_taken(exchange: Exchange, one: Sending, error: TurnupError) -> Tried:
    now, retry = exchange.now(), exchange.settings.retry
    said = exchange.noc.redact(str(error))
    if UNCERTAIN in one.error and UNCERTAIN not in said:
        said = f"{said} (an earlier try {UNCERTAIN})"
    final = isinstance(error, Refused) or one.tries >= retry.tries
    with exchange.desk.store.writing() as connection:
        failed(connection, one, said, now + retry.pause(one.tries), now if final else None)
    LOG.warning("%s to %s: %s%s", one.kind, one.target or "files", said, "; parked" if final else "")
    return Tried(one.message_id, one.kind, one.target, False, f"{'parked: ' if final else ''}{said}")


def _delivered(exchange: Exchange, connection: Connection, one: Sending, proof: str, at: datetime) -> str:
    """The results are delivered now, provably: the customer's period begins (PASA 1.4(c)). "" or why not."""
    told = read_xml(Parcel.of(one.body).message, where=one.message_id).body
    if not isinstance(told, AcceptanceResult):
        return "holds no results"
    detail = {"certificate": told.certificate_sha256, "delivery": f"{one.message_id}: {proof}"}
    happened = Happening(one.order_id, Event.DELIVER, Actor.CARRIER, at, "turnup", detail)
    try:
        append(connection, happened, exchange.desk.clocks, at)
    except Refused as error:
        return f"was sent, and is no delivery any more: {error}"
    return ""
