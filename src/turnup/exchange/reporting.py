"""Status reports to a partner (PASA 2.4): his orders with the clocks that run, his tickets that are open."""

from __future__ import annotations

from turnup.errors import InputError
from turnup.exchange.fields import built, plain, shown
from turnup.exchange.office import Exchange, number
from turnup.exchange.tickets import ticket_of
from turnup.model.messages import Message, OrderStatus, StatusReport, TicketState, TicketStatus
from turnup.order.due import Due, due_list
from turnup.order.life import Life
from turnup.store.events import standings
from turnup.store.messages import sender_of, tickets

_OPEN = (TicketStatus.OPEN.value, TicketStatus.IN_PROGRESS.value, TicketStatus.CLEARED.value)


def post_status(exchange: Exchange, partner: str) -> str:
    """Put the report into the outbox; its number. Of orders that came by message, only the partner's own are in it."""
    if not exchange.settings.knows(partner):
        raise InputError(f"{partner} is nobody we exchange messages with (exchange.yaml: partners)")
    now = exchange.now()
    with exchange.desk.store.reading() as connection:
        lives = list(standings(connection))
        senders = {life.order_id: sender_of(connection, life.order_id, "PortServiceOrder") for life in lives}
        mine = [life for life in lives if senders[life.order_id] in (None, partner)]
        open_ = [ticket_of(row) for row in tickets(connection, *_OPEN) if row.sender == partner]
    clocks = {row.order_id: row for row in due_list(mine, exchange.desk.clocks, now)}
    orders = [_status(life, clocks.get(life.order_id)) for life in mine]
    states = tuple(TicketState(one.ticket_id, one.status, one.critical) for one in open_)
    body = built(StatusReport, plain(StatusReport(now, tuple(orders), states)), where="the report")
    name = number("S", partner, now.isoformat())
    rows = [f"{one.order_id}: {one.state} {one.router or ''} {one.port or ''}".rstrip() for one in orders]
    rows += [f"ticket {one.ticket_id}: {one.status}{', critical' if one.critical else ''}" for one in states]
    text = "\n".join(rows or ["no order, no ticket"]) + "\n"
    with exchange.desk.store.writing() as connection:
        exchange.post(
            connection, Message(exchange.header(name, partner), body), f"Status {now:%Y-%m-%d %H:%M} UTC", text
        )
    return name


def _status(life: Life, row: Due | None) -> OrderStatus:
    clock = (shown(row.clock), row.since, row.due) if row is not None and row.clock else (None, None, None)
    return OrderStatus(life.order_id, life.state.value, life.router or None, life.port or None, *clock)
