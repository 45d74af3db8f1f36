"""Trouble tickets that the customer enters (PASA 2.4): kept as they grow; the first of a port in service is a fault."""

from __future__ import annotations

from datetime import datetime

from turnup.errors import Refused
from turnup.exchange.fields import built, plain
from turnup.exchange.office import Exchange
from turnup.model.messages import TicketStatus, TroubleTicket
from turnup.order.life import Happening, Life
from turnup.order.states import Actor, Event, State
from turnup.store import Connection
from turnup.store.events import append, standing
from turnup.store.messages import Received, Ticket, keep_ticket, ticket


def enter_ticket(exchange: Exchange, connection: Connection, message: Received, told: TroubleTicket) -> tuple[str, ...]:
    """Keep it, and enter the fault when it is the first of a port in service; remarks for the receipt.

    Raises Refused when it takes back what it said before. Only inside `Store.writing()`.
    """
    known = ticket(connection, message.sender, told.ticket_id)
    if known is not None:
        _must_continue(ticket_of(known), told)
    fields = plain(told)
    for entry in fields["entries"]:
        entry["text"] = exchange.noc.redact(entry["text"])
    now = exchange.now()
    keep_ticket(connection, Ticket(told.ticket_id, message.sender, told.order_id or "", told.status.value, now, fields))
    remarks = [f"ticket {told.ticket_id} is {told.status.value}{', critical' if told.critical else ''}"]
    if known is None and told.order_id:
        remarks.append(_fault(exchange, connection, message, told))
    return tuple(remarks)


def ticket_of(row: Ticket) -> TroubleTicket:
    """The ticket as its last message had it."""
    return built(TroubleTicket, row.ticket, where=f"ticket {row.ticket_id}")


def _must_continue(before: TroubleTicket, now: TroubleTicket) -> None:
    """A ticket grows: its entries, who opened it and for what stay as they are."""
    if before.status is TicketStatus.CLOSED:
        raise Refused(f"ticket {before.ticket_id} is closed; open another")
    if (before.order_id, before.opened_at) != (now.order_id, now.opened_at):
        raise Refused(f"ticket {before.ticket_id} was opened for something else")
    kept = [(entry.at, entry.by) for entry in now.entries[: len(before.entries)]]
    if kept != [(entry.at, entry.by) for entry in before.entries]:
        raise Refused(f"ticket {before.ticket_id} leaves out entries that it had; send all of them, new ones behind")


def _fault(exchange: Exchange, connection: Connection, message: Received, told: TroubleTicket) -> str:
    """The port's fault: repair counts from the call answered (Schedule 2 (iii)), from arrival without a call."""
    order_id = told.order_id or ""
    life = standing(connection, order_id)
    if life is None:
        return f"no order {order_id} is known here; the ticket is kept"
    if life.state is not State.IN_SERVICE:
        return f"{order_id} is {life.state.value}: no repair begins by this ticket; it is kept"
    detail = {
        "ticket": told.ticket_id,
        "message": message.message_id,
        "received_at": message.received_at.isoformat(),
        "critical": "yes" if told.critical else "no",
        "customers": str(told.customers_affected),
        "caused_by": told.caused_by.value if told.caused_by else "",
        "reason": exchange.noc.redact(told.entries[0].text),
    }
    at = _since(life, told, message.received_at)
    happened = Happening(order_id, Event.FAULT, Actor.CUSTOMER, at, f"{told.entries[0].by} ({message.sender})", detail)
    after = append(connection, happened, exchange.desk.clocks, exchange.now())
    return f"{order_id} is {after.state.value}"


def _since(life: Life, told: TroubleTicket, arrived: datetime) -> datetime:
    """When the call was answered, where that can be: in service already, and not after the message itself."""
    answered, began = told.call_answered_at, life.entered.get(State.IN_SERVICE)
    possible = answered is not None and answered <= arrived and (began is None or answered >= began)
    return answered if possible and answered is not None else arrived
