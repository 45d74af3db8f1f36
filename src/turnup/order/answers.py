"""What the ledger itself can say of an order: what it has against it, what it enters, what is taken already. Pure."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from ipaddress import IPv4Network
from typing import Any

from turnup.load.order_write import order_fields
from turnup.model.acknowledgement import Acknowledgement
from turnup.model.order import Action, OrderMessage, PortServiceOrder
from turnup.order.entries import Entry, OrderFile

Taken = tuple[tuple[str, str], ...]
Links = dict[IPv4Network, str]


def digest_of(order: PortServiceOrder) -> str:
    """What an order says, in one number; the file it came from aside."""
    text = json.dumps(order_fields(order), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def subject_of(order: PortServiceOrder, files: dict[str, OrderFile]) -> OrderFile | None:
    """The file of the order that this one is about: the one it names, or its own."""
    return files.get(order.supersedes or order.order_id)


def against(order: PortServiceOrder, subject: OrderFile | None, own: OrderFile | None) -> list[tuple[str, str]]:
    """What the ledger itself has against an order."""
    if own and order.revision < own.entries[-1].revision:
        return [("revision", f"revision {own.entries[-1].revision} of {order.order_id} was accepted already")]
    if own and order.action is not Action.CANCEL:
        if own.entries[-1].action not in (order.action, Action.CANCEL):
            return [
                ("order_id", f"{order.order_id} is a {own.entries[-1].action}; send this under a number of its own")
            ]
        if own.started and order.action is not Action.NEW:
            return [("action", f"work on {order.order_id} has begun; send another order")]
    if order.action is Action.NEW:
        began = own is not None and own.started
        return [("action", "work on this order has begun; send a CHANGE or a DISCONNECT")] if began else []
    if not order.supersedes and order.action is not Action.CANCEL:
        return []
    named = order.supersedes or order.order_id
    field = "supersedes" if order.supersedes else "order_id"
    if subject is None or subject.holding is None:
        return [(field, f"no port is assigned to an order {named}")]
    if order.action is Action.CANCEL and subject.started:
        return [("action", f"work on {named} has begun; send a DISCONNECT")]
    return []


def overtaken(file: OrderFile, entry: Entry) -> str:
    """Why the first answer no longer holds; "" while it does."""
    if entry is not file.entries[-1]:
        return f"revision {file.entries[-1].revision} of {file.order_id} was accepted since"
    if file.released and entry.action is Action.NEW:
        return f"the port of {file.order_id} was given back; send a later revision"
    return ""


def entry_of(message: OrderMessage, answer: Acknowledgement) -> Entry:
    """What is entered for an accepted order."""
    port = answer.port
    fields: dict[str, Any] = order_fields(message.order)
    return Entry(
        revision=message.order.revision,
        action=message.order.action,
        digest=digest_of(message.order),
        order=fields,
        received_at=answer.received_at,
        accepted_at=answer.accepted_at or answer.received_at,
        committed_by=answer.committed_by,
        message_id=answer.in_reply_to,
        site=port.site if port else None,
        router=port.router if port else None,
        port=str(port.interface) if port else None,
    )


def taken_by(files: dict[str, OrderFile], but: str = "") -> Taken:
    """(router, interface) of every port that an order has (one order left out), or has left its lines on."""
    held = (file.holding for file in files.values() if file.order_id != but)
    left = ((one.router, one.port) for file in files.values() for one in file.left if not one.bare)
    return (*((entry.router, entry.port) for entry in held if entry and entry.router and entry.port), *left)


def links_of(files: dict[str, OrderFile], but: str = "") -> Links:
    """Link networks of orders that have a port, or are to have another link, by what they belong to."""
    found: Links = {}
    for file in files.values():
        waiting = file.entries[-1] if file.entries and file.entries[-1].action is Action.CHANGE else None
        for entry in (file.holding, waiting):
            if file.order_id != but and entry and (prefix := entry.link_prefix):
                found[prefix] = f"order {file.order_id}"
    return found


def refusal(message: OrderMessage, points: list[tuple[str, str]], now: datetime) -> Acknowledgement:
    """The answer with points to be made clear."""
    order, header = message.order, message.header
    sent = header.message_id if header else None
    return Acknowledgement(order.order_id, order.revision, now, tuple(points), in_reply_to=sent)
