"""Take messages in: each entered once by sender and number, kept by its hash, or put aside with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from turnup.errors import Clarification, InputError
from turnup.exchange.answers import refuse_other, refuse_secret, repeat
from turnup.exchange.dropbox import Arrival
from turnup.exchange.fields import shown
from turnup.exchange.office import Exchange
from turnup.exchange.xml import Envelope, message_xml, open_envelope
from turnup.store.messages import Received, enter_received


@dataclass(frozen=True)
class Taken:
    """What became of one file."""

    name: str
    what: str


def take_in(exchange: Exchange) -> tuple[Taken, ...]:
    """Everything that has arrived. A crash at any point leaves a file that is taken in next time, and acted on once."""
    with exchange.incoming.locked():
        return tuple(Taken(arrival.name, _take(exchange, arrival)) for arrival in exchange.incoming.arrivals())


def _take(exchange: Exchange, arrival: Arrival) -> str:
    try:
        envelope = _opened(arrival)
        _must_be_ours(exchange, envelope)
    except InputError as error:
        reason = exchange.noc.redact(str(error).removeprefix(f"{arrival.name}: "))
        clean = exchange.noc.redact(arrival.data.decode("utf-8", "backslashreplace")).encode()
        held = exchange.noc.redact.survivors(arrival.data.decode("utf-8", "replace"))
        exchange.incoming.quarantine(arrival, reason, clean if held else None)
        return f"quarantine: {reason}"
    if exchange.noc.redact.survivors(envelope.data.decode()):
        return _with_secret(exchange, arrival, envelope)
    return _entered(exchange, arrival, envelope)


def _opened(arrival: Arrival) -> Envelope:
    """The message, JSON as well: what is kept is XML. Raises InputError."""
    if arrival.fault:
        raise InputError(arrival.fault, where=arrival.name)
    if not arrival.name.lower().endswith(".json"):
        return open_envelope(arrival.data, where=arrival.name)
    from turnup.exchange.tmf import read_json

    return open_envelope(message_xml(read_json(arrival.data, where=arrival.name)), where=arrival.name)


def _must_be_ours(exchange: Exchange, envelope: Envelope) -> None:
    settings, header = exchange.settings, envelope.header
    if not settings.knows(header.sender):
        raise InputError(f"{header.sender} is nobody we exchange messages with (exchange.yaml: partners)")
    if header.sender == settings.us or (settings.partners and header.recipient != settings.us):
        raise InputError(f"is from {header.sender} to {header.recipient}; we are {settings.us}")


def _received(exchange: Exchange, arrival: Arrival, envelope: Envelope, body: bytes) -> Received:
    header = envelope.header
    at = min(arrival.at, exchange.now())  # a clock that was set back makes nothing arrive in the future
    return Received(
        header.message_id, header.sender, shown(envelope.kind, 60), envelope.order_id, at, arrival.sha256, body
    )


def _entered(exchange: Exchange, arrival: Arrival, envelope: Envelope) -> str:
    message = _received(exchange, arrival, envelope, envelope.data)
    with exchange.desk.store.writing() as connection:
        known = enter_received(connection, message)
        if known is not None and known.sha256 != message.sha256:
            refuse_other(exchange, connection, envelope.header, message)
        elif known is not None and known.handled_at is not None:
            repeat(exchange, connection, known, arrival.stamp)
    name = f"{message.sender} {message.message_id}"
    if known is not None and known.sha256 != message.sha256:
        reason = f"{name} was received before with other content; it was not acted on"
        exchange.incoming.quarantine(arrival, reason)
        return f"quarantine: {reason}"
    points = _unreadable(envelope)
    if points:
        exchange.incoming.quarantine(arrival, points)
    else:
        exchange.incoming.archive(arrival)
    return f"{name}: {'again' if known else 'taken in'}{f', cannot be read: {points}' if points else ''}"


def _unreadable(envelope: Envelope) -> str:
    """Why the body cannot be read; "" when it can. An order is judged by its acknowledgement."""
    if envelope.kind == "PortServiceOrder":
        return ""
    try:
        envelope.message()
    except Clarification as error:
        return "; ".join(f"{field}: {reason}" for field, reason in error.points)
    except InputError as error:
        return str(error)
    return ""


def _with_secret(exchange: Exchange, arrival: Arrival, envelope: Envelope) -> str:
    """A secret of ours in a message: it is not kept, not acted on, and its sender is told."""
    redact = exchange.noc.redact
    message = _received(exchange, arrival, envelope, b"")
    with exchange.desk.store.writing() as connection:
        if enter_received(connection, message) is None:
            refuse_secret(exchange, connection, envelope.header, message)
    reason = "holds a secret; it was not acted on, and what is kept of it is without the secret"
    exchange.incoming.quarantine(arrival, reason, redact(arrival.data.decode("utf-8", "replace")).encode())
    return f"quarantine: {reason}"
