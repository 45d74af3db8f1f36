"""Trouble tickets that the customer enters (PASA 2.4): kept as they grow.

The first of a port in service is a fault, and of results in their acceptance period a rejection (PASA 1.4(b)); the
closing of the last closes the repair, once its tests are satisfied.
"""

from __future__ import annotations

import logging
from datetime import datetime

from turnup.errors import Refused, TurnupError
from turnup.exchange.fields import built, plain
from turnup.exchange.office import Exchange
from turnup.model.interruption import Cause
from turnup.model.messages import TicketStatus, TroubleTicket
from turnup.order.due import ended_by, to_be_closed
from turnup.order.fault import Fault, cause_word
from turnup.order.life import Happening, Life, Occasion
from turnup.order.states import Actor, Event, State
from turnup.repair.opening import close_repair
from turnup.store import Connection
from turnup.store.events import append, standing, standings
from turnup.store.messages import LastClosed, Received, Ticket, closed_tickets, keep_ticket, ticket

LOG = logging.getLogger("turnup")
_REPORTS = (TicketStatus.OPEN, TicketStatus.IN_PROGRESS)
PROVED = (State.TESTED, State.DELIVERED, State.ACCEPTED, State.DEEMED_ACCEPTED, State.IN_SERVICE)


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
    if told.order_id and told.status is TicketStatus.CLOSED:
        remarks.append(_closing(standing(connection, told.order_id)))
    elif known is None and told.order_id:
        remarks.append(_fault(exchange, connection, message, told))
    return tuple(remarks)


def close_repairs(exchange: Exchange) -> tuple[Life, ...]:
    """Close every repair whose tickets the customer has closed and whose tests are satisfied; the orders' lives.

    Both are needed: the customer's word ends no repair that was not proved (PASA 1.4(a): "upon ... repair ... of any
    Port ... KMC shall conduct tests"), and an interruption lasts "until the interruption is remedied" (PASA 4.2). What
    lacks its tests stays open and is on the list of what is due. Twice is once.
    """
    desk, found = exchange.desk, []
    with desk.store.reading() as connection:
        closed = closed_tickets(connection)
        proved = [life for life in standings(connection, PROVED) if ended_by(life, closed) and to_be_closed(life)]
        last = {life.order_id: _last(connection, closed[life.order_id]) for life in proved}
    for order_id, told in last.items():
        cause = told.caused_by.value if told.caused_by else ""
        by, note = f"{told.entries[-1].by} ({closed[order_id].sender})", f"ticket {told.ticket_id} was closed"
        try:
            found.append(close_repair(desk, order_id, by, caused_by=cause, note=note))
        except Refused as error:  # somebody else was quicker, or the port was tested again meanwhile
            LOG.warning("%s: %s", order_id, error)
    return tuple(found)


def _last(connection: Connection, closed: LastClosed) -> TroubleTicket:
    row = ticket(connection, closed.sender, closed.ticket_id)
    if row is None:
        raise TurnupError(f"ticket {closed.ticket_id} is gone")
    return ticket_of(row)


def _closing(life: Life | None) -> str:
    """What the closing of a ticket does to the repair of its port."""
    if life is None or life.repair_since is None or life.occasion is not Occasion.REPAIRED:
        return "no repair of the port is open"
    if life.restored_at is not None:
        return f"the repair was closed, restored {life.restored_at:%Y-%m-%d %H:%M} UTC"
    if to_be_closed(life):
        return "the repair is closed with it: its acceptance tests are satisfied"
    return "the repair stays open until its acceptance tests are satisfied (PASA 1.4(a))"


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
    if _answers(life, told, message.received_at):
        return _rejected(exchange, connection, message, told)
    if life.state is not State.IN_SERVICE:
        return f"{order_id} is {life.state.value}: no repair begins by this ticket; it is kept"
    at = _since(life, told, message.received_at)
    reported = Fault(
        exchange.noc.redact(told.entries[0].text),
        cause_word(told.caused_by.value if told.caused_by else ""),
        told.critical,
        told.customers_affected,
        at if at == told.call_answered_at else None,
        told.ticket_id,
    )
    detail = reported.detail() | {"message": message.message_id, "received_at": message.received_at.isoformat()}
    happened = Happening(order_id, Event.FAULT, Actor.CUSTOMER, at, f"{told.entries[0].by} ({message.sender})", detail)
    after = append(connection, happened, exchange.desk.clocks, exchange.now())
    return f"{order_id} is {after.state.value}"


def _answers(life: Life, told: TroubleTicket, arrived: datetime) -> bool:
    """Whether it is a report in the acceptance period that the port does not function (PASA 1.4(a), (b)).

    Silence must not accept what was reported. What the customer says he caused himself is no fault of the port.
    """
    if life.delivered_at is None or arrived < life.delivered_at or told.status not in _REPORTS:
        return False
    if told.caused_by is not None and cause_word(told.caused_by.value) is Cause.CUSTOMER:
        return False
    in_time = life.deemed_until is not None and arrived <= life.deemed_until
    return life.state is State.DELIVERED or (life.state is State.IN_SERVICE and in_time)


def _rejected(exchange: Exchange, connection: Connection, message: Received, told: TroubleTicket) -> str:
    reason = exchange.noc.redact(f"ticket {told.ticket_id}: {told.entries[0].text}")
    detail = {"reason": reason, "message": message.message_id, "received_at": message.received_at.isoformat()}
    by = f"{told.entries[0].by} ({message.sender})"
    happened = Happening(told.order_id or "", Event.REJECT, Actor.CUSTOMER, message.received_at, by, detail)
    after = append(connection, happened, exchange.desk.clocks, exchange.now())
    return (
        f"{after.order_id} is {after.state.value}: a report in the acceptance period rejects the results (PASA 1.4(b))"
    )


def _since(life: Life, told: TroubleTicket, arrived: datetime) -> datetime:
    """When the call was answered, where that can be: in service already, and not after the message itself."""
    answered, began = told.call_answered_at, life.entered.get(State.IN_SERVICE)
    possible = answered is not None and answered <= arrived and (began is None or answered >= began)
    return answered if possible and answered is not None else arrived
