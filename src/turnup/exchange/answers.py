"""Answers to messages: receipts and acknowledgements, each under a number that its cause gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from turnup.exchange.fields import shown
from turnup.exchange.office import Exchange, number
from turnup.exchange.xml import message_xml
from turnup.model.acknowledgement import Acknowledgement
from turnup.model.messages import Message, Receipt
from turnup.model.order import Header
from turnup.order.acknowledge import acknowledgement_xml
from turnup.store import Connection
from turnup.store.messages import Received, handled
from turnup.store.sendings import put, sending


def answer_number(message: Received) -> str:
    """Number of the one answer to that message."""
    return number("A", message.sender, message.message_id)


def receipt(
    exchange: Exchange, connection: Connection, message: Received, remarks: Iterable[str] = (), *, taken: bool = True
) -> None:
    """Answer it, and note that it was acted on; both or none. A receipt itself is never answered."""
    said = tuple(shown(exchange.noc.redact(one), 480) for one in remarks)
    result = "; ".join(["taken" if taken else "refused", *said])
    if message.kind != Receipt.__name__:
        header = _reply(exchange, message, answer_number(message))
        body = Receipt(taken, message.received_at, said[:50])
        _put(exchange, connection, header, Receipt.__name__, message, message_xml(Message(header, body)), result)
    handled(connection, message, exchange.now(), result)


def acknowledge(exchange: Exchange, connection: Connection, message: Received, answer: Acknowledgement) -> None:
    """Answer an order (PASA 1.3(b)), and note that it was acted on."""
    header = _reply(exchange, message, answer_number(message))
    if answer.accepted:
        port = f", port {answer.port.router} {answer.port.interface}" if answer.port else ""
        result = f"accepted{port}"
    else:
        result = "to be made clear: " + "; ".join(f"{field}: {reason}" for field, reason in answer.points)
    result = shown(exchange.noc.redact(result), 2000)
    xml = acknowledgement_xml(replace(answer, points=_redacted(exchange, answer)), header)
    _put(exchange, connection, header, "OrderAcknowledgement", message, xml, result)
    handled(connection, message, exchange.now(), result)


def repeat(exchange: Exchange, connection: Connection, known: Received, stamp: str) -> None:
    """The same message again: the first answer again, word for word, once a file."""
    first = sending(connection, answer_number(known))
    if first is None:
        return  # a receipt, or a message without an answer
    now = exchange.now()
    put(
        connection,
        replace(
            first,
            message_id=number("AA", known.sender, known.message_id, stamp),
            created_at=now,
            next_at=now,
            tries=0,
            sent_at=None,
            proof="",
            error="",
            parked_at=None,
        ),
    )


def refuse_other(exchange: Exchange, connection: Connection, header: Header, message: Received) -> None:
    """The same number with other content: nothing is done, and the sender is told."""
    remark = f"{header.message_id} was received before with other content; send it under a number of its own"
    _refusal(exchange, connection, message, number("AR", message.sender, message.message_id, message.sha256), remark)


def refuse_secret(exchange: Exchange, connection: Connection, header: Header, message: Received) -> None:
    """A message with a secret in it: nothing is done, and the sender is told."""
    remark = f"{header.message_id} holds a secret; send the name of the key, never the key (and change it)"
    _refusal(exchange, connection, message, answer_number(message), remark)
    handled(connection, message, exchange.now(), f"refused; {remark}")


def _refusal(exchange: Exchange, connection: Connection, message: Received, name: str, remark: str) -> None:
    header = _reply(exchange, message, name)
    body = Receipt(taken=False, received_at=message.received_at, remarks=(shown(remark),))
    _put(exchange, connection, header, Receipt.__name__, message, message_xml(Message(header, body)), remark)


def _reply(exchange: Exchange, message: Received, name: str) -> Header:
    return exchange.header(name, message.sender, message.message_id)


def _put(
    exchange: Exchange, connection: Connection, header: Header, kind: str, message: Received, xml: bytes, text: str
) -> None:
    about = message.order_id or message.message_id
    exchange.put(
        connection,
        header,
        kind,
        message.order_id,
        xml,
        subject=shown(f"{about}: answer to {message.kind} {message.message_id}", 120),
        text=f"{shown(text, 2000)}\n\nReceived {_moment(message.received_at)}. The XML message is attached.\n",
        route=exchange.settings.route(message.sender),
    )


def _redacted(exchange: Exchange, answer: Acknowledgement) -> tuple[tuple[str, str], ...]:
    return tuple((field, exchange.noc.redact(reason)) for field, reason in answer.points)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
