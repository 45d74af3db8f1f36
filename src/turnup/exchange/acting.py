"""Act on what was taken in: each message once, its event and its answer in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from turnup.desk.sources import DataFolder
from turnup.errors import Clarification, InputError, Refused, TurnupError
from turnup.exchange.answers import acknowledge, receipt
from turnup.exchange.office import Exchange
from turnup.exchange.tickets import enter_ticket
from turnup.exchange.xml import open_envelope
from turnup.job import acknowledged
from turnup.load.order import parse_order_xml
from turnup.model.messages import AcceptanceResponse, Body, Choice, Message, Receipt, TroubleTicket
from turnup.model.order import OrderMessage, PortServiceOrder
from turnup.model.text import identifier
from turnup.order.acknowledge import clarify
from turnup.order.decisions import deadline
from turnup.order.life import Happening, Life
from turnup.order.states import Actor, Event, State
from turnup.store import Connection
from turnup.store.events import append, standing, standings
from turnup.store.messages import Received, received, sender_of, unhandled
from turnup.store.sendings import under_way

LOG = logging.getLogger("turnup")
_CHOICES = {
    Choice.CONTINUE: Event.CONTINUE,
    Choice.DIFFERENT_PORT: Event.DIFFERENT_PORT,
    Choice.DISCONTINUE: Event.DISCONTINUE,
}


def act(exchange: Exchange) -> tuple[str, ...]:
    """Act on everything that waits, in the order of arrival; what was done, a line each.

    A message that cannot be acted on now (no router answers, say) stays, and those about the same order behind it.
    """
    with exchange.desk.store.reading() as connection:
        messages = unhandled(connection)
    done: list[str] = []
    stuck: set[str] = set()
    for message in messages:
        name = f"{message.sender} {message.message_id}"
        if message.order_id and message.order_id in stuck:
            continue
        try:
            _act(exchange, message)
        except TurnupError as error:
            stuck.add(message.order_id)
            LOG.warning("%s waits: %s", name, exchange.noc.redact(str(error)))
        done.append(f"{name}: {_result(exchange, message)}")
    return tuple(done)


def advance(exchange: Exchange) -> tuple[Life, ...]:
    """Let the clock decide where it may, after all messages: deemed acceptance, beginning of service."""
    desk, now, found = exchange.desk, exchange.now(), []
    with desk.store.reading() as connection:
        lives = list(standings(connection, (State.DELIVERED, State.ACCEPTED, State.DEEMED_ACCEPTED)))
    folder = DataFolder(desk.noc)
    for life in lives:
        end = deadline(life, desk.clocks)
        if life.state is State.DELIVERED and (end is None or now <= end):
            continue
        try:
            after = desk.advance(life.order_id, folder)
        except TurnupError as error:  # somebody else was quicker; or a record of this one order cannot be relied on
            LOG.warning("%s: %s", life.order_id, exchange.noc.redact(str(error)))
            continue
        if after is not None and after.state is not life.state:
            found.append(after)
    return tuple(found)


def _act(exchange: Exchange, message: Received) -> None:
    if message.kind == PortServiceOrder.__name__:
        _order(exchange, message)
        return
    try:
        told = open_envelope(message.body, where=message.message_id).message()
    except Clarification as error:
        _refuse(exchange, message, [f"{field}: {reason}" for field, reason in error.points])
        return
    except InputError as error:
        _refuse(exchange, message, [str(error)])
        return
    handler = _HANDLERS.get(type(told.body))
    if handler is None:
        _refuse(exchange, message, [f"a {message.kind} is ours to send, not to receive"])
        return
    handler(exchange, message, told)


def _refuse(exchange: Exchange, message: Received, remarks: list[str]) -> None:
    with exchange.desk.store.writing() as connection:
        if _still(connection, message):
            receipt(exchange, connection, message, remarks, taken=False)


def _order(exchange: Exchange, message: Received) -> None:
    """Acknowledge it (PASA 1.3(b)). The ledger gives the same order the same answer, so twice is once."""
    try:
        order = parse_order_xml(message.body, where=message.message_id)
    except InputError as error:
        answer = clarify(error, message.received_at, _identifier(message.order_id))
        answer = replace(answer, in_reply_to=message.message_id)
        if answer.order_id and not _somebody_elses(exchange, answer.order_id, message):
            exchange.desk.clarified(answer.order_id, len(answer.points), message.received_at)
    else:
        if other := _of_another(exchange, order, message):
            _refuse(exchange, message, [other])
            return
        answer = acknowledged(exchange.noc, order, live=exchange.live, received_at=message.received_at)
        if answer.accepted:
            exchange.desk.catch_up(answer.order_id)  # the event is kept before its answer is
        else:
            exchange.desk.clarified(answer.order_id, len(answer.points), message.received_at)
    with exchange.desk.store.writing() as connection:
        if _still(connection, message):
            acknowledge(exchange, connection, message, answer)


def _of_another(exchange: Exchange, order: OrderMessage, message: Received) -> str:
    """Why this sender may not send it: the order it is about came from somebody else."""
    named = (order.order.order_id, order.order.supersedes)
    found = (_somebody_elses(exchange, order_id, message) for order_id in named if order_id)
    return next(filter(None, found), "")


def _somebody_elses(exchange: Exchange, order_id: str, message: Received) -> str:
    with exchange.desk.store.reading() as connection:
        return _stranger(connection, order_id, message)


def _stranger(connection: Connection, order_id: str, message: Received) -> str:
    owner = sender_of(connection, order_id, PortServiceOrder.__name__)
    return f"{order_id} is an order of somebody else" if owner not in (None, message.sender) else ""


def _response(exchange: Exchange, message: Received, told: Message) -> None:
    """Accept, reject or elect: what the customer's message says, as of its arrival (PASA 1.4(a), (b))."""
    body = told.body
    assert isinstance(body, AcceptanceResponse)  # noqa: S101 - the table of handlers says so
    desk, now = exchange.desk, exchange.now()
    desk.catch_up(body.order_id)
    with desk.store.writing() as connection:
        if not _still(connection, message):
            return
        if under_way(connection, body.order_id, "AcceptanceResult"):
            raise TurnupError("the results it may answer are being sent", advice="It is acted on when they are sent.")
        try:
            if other := _stranger(connection, body.order_id, message):
                raise Refused(other)
            life = standing(connection, body.order_id)
            _answers_these(life, body)
            event, detail = _said(exchange, body)
            at = _arrived(life, body, message.received_at)
            by = f"{body.responded_by} ({message.sender})"
            detail |= {"message": message.message_id, "received_at": message.received_at.isoformat()}
            happened = Happening(body.order_id, event, Actor.CUSTOMER, at, by, detail)
            after = append(connection, happened, desk.clocks, now)
        except Refused as error:
            receipt(exchange, connection, message, [str(error)], taken=False)
        else:
            receipt(exchange, connection, message, [f"{body.order_id} is {after.state.value}"])


def _answers_these(life: Life | None, body: AcceptanceResponse) -> None:
    """An answer that names a certificate answers that one alone: a new test is not accepted by an old letter."""
    named = body.certificate_sha256
    if life is not None and named is not None and body.election is None and named != life.certificate:
        raise Refused("the certificate it names is not the one that was delivered last")


def _arrived(life: Life | None, body: AcceptanceResponse, at: datetime) -> datetime:
    """When it counts as arrived: not before the delivery of the results that it names."""
    delivered = life.delivered_at if life is not None and body.certificate_sha256 else None
    return max(at, delivered) if delivered else at


def _said(exchange: Exchange, body: AcceptanceResponse) -> tuple[Event, dict[str, str]]:
    if body.election is not None:
        return _CHOICES[body.election], {}
    if body.reject is None:
        return Event.ACCEPT, {}
    defects = [f"test {one.test}: {one.description}" if one.test else one.description for one in body.reject.defects]
    return Event.REJECT, {"reason": exchange.noc.redact("; ".join(defects))}


def _ticket(exchange: Exchange, message: Received, told: Message) -> None:
    body = told.body
    assert isinstance(body, TroubleTicket)  # noqa: S101 - the table of handlers says so
    if body.order_id:
        exchange.desk.catch_up(body.order_id)
    with exchange.desk.store.writing() as connection:
        if not _still(connection, message):
            return
        try:
            if body.order_id and (other := _stranger(connection, body.order_id, message)):
                raise Refused(other)
            exchange.desk.settle(connection, body.order_id or "", message.received_at)
            remarks = enter_ticket(exchange, connection, message, body)
        except Refused as error:
            receipt(exchange, connection, message, [str(error)], taken=False)
        else:
            receipt(exchange, connection, message, remarks)


def _receipt(exchange: Exchange, message: Received, told: Message) -> None:
    body = told.body
    assert isinstance(body, Receipt)  # noqa: S101 - the table of handlers says so
    said = "taken" if body.taken else "refused"
    with exchange.desk.store.writing() as connection:
        if _still(connection, message):
            receipt(exchange, connection, message, [f"{told.header.in_reply_to or 'ours'} was {said}", *body.remarks])


_HANDLERS: Mapping[type[Body], Callable[[Exchange, Received, Message], None]] = {
    AcceptanceResponse: _response,
    TroubleTicket: _ticket,
    Receipt: _receipt,
}


def _still(connection: Connection, message: Received) -> bool:
    """Whether nobody has acted on it meanwhile; it is ours until the transaction ends."""
    now = received(connection, message.sender, message.message_id, lock=True)
    return now is not None and now.handled_at is None


def _result(exchange: Exchange, message: Received) -> str:
    with exchange.desk.store.reading() as connection:
        now = received(connection, message.sender, message.message_id)
    return now.result if now is not None and now.handled_at else "waits"


def _identifier(text: str) -> str:
    try:
        return identifier(text)
    except InputError:
        return ""
