"""Messages as JSON, modelled on TMF641 (service order), TMF653 (service test) and TMF621 (trouble ticket).

Modelled on, and no more: no conformance is claimed, and none was tested. The same model as the XML: what is written
here reads back as the same message, and what is read has passed the XML's schema as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from turnup.errors import InputError
from turnup.exchange.fields import built, plain
from turnup.exchange.xml import body_fields, message_xml, read_xml
from turnup.load.order import order_of
from turnup.load.strict import suggestion
from turnup.load.xml import LIMIT
from turnup.model.messages import KINDS, Body, Message
from turnup.model.order import Action, Header, PortServiceOrder

NOTE = "modelled on TM Forum open APIs; no conformance is claimed"
_OTHERS = "characteristic"
_HEADER = {
    "message_id": "id",
    "sender": "from",
    "recipient": "to",
    "sent_at": "sentAt",
    "in_reply_to": "inReplyTo",
}
_ACTIONS = {
    Action.NEW: "add",
    Action.CHANGE: "modify",
    Action.REDESIGNATE: "modify",
    Action.DISCONNECT: "delete",
    Action.CANCEL: "noChange",
}


@dataclass(frozen=True)
class Form:
    """How a body is written: the API's word for it, names of its fields there, and of the fields in its lists.

    What has no name of its own stands in `characteristic` as name and value.
    """

    type: str
    names: Mapping[str, str]
    below: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


_ORDER = Form(
    "ServiceOrder", {"order_id": "externalId", "requested_due": "requestedCompletionDate", "requested_by": "requester"}
)
_FORMS: dict[str, Form] = {
    "PortServiceOrder": _ORDER,
    "OrderAcknowledgement": Form(
        "ServiceOrderAnswer",
        {
            "order_id": "externalId",
            "accepted": "startDate",
            "committed_by": "expectedCompletionDate",
            "clarify": "note",
        },
        {"clarify": {"field": "subject", "reason": "text"}},
    ),
    "AcceptanceResult": Form(
        "ServiceTest",
        {"order_id": "relatedServiceOrder", "tested_at": "endDateTime", "tests": "testMeasure", "overall": "result"},
        {"tests": {"number": "id", "title": "metricName", "verdict": "value"}},
    ),
    "AcceptanceResponse": Form("ServiceTestAnswer", {"order_id": "relatedServiceOrder", "responded_by": "author"}),
    "TroubleTicket": Form(
        "TroubleTicket",
        {
            "ticket_id": "externalId",
            "order_id": "relatedServiceOrder",
            "opened_at": "creationDate",
            "status": "status",
            "entries": "note",
        },
        {"entries": {"at": "date", "by": "author", "text": "text"}},
    ),
    "StatusReport": Form("StatusReport", {"reported_at": "date", "orders": "serviceOrder", "tickets": "troubleTicket"}),
    "MaintenanceNotice": Form(
        "MaintenanceNotice", {"starts": "startDate", "ends": "endDate", "because": "description"}
    ),
    "OutageReport": Form("OutageReport", {"outage_id": "externalId", "began_at": "startDate", "ended_at": "endDate"}),
    "Receipt": Form("Receipt", {"received_at": "date", "remarks": "note"}),
}


def to_json(message: Message) -> str:
    """The document of a message."""
    form = _FORMS[message.kind]
    document: dict[str, Any] = {"@type": form.type, "@kind": message.kind, "@note": NOTE}
    document["message"] = {_HEADER[name]: value for name, value in plain(message.header).items()}
    if isinstance(message.body, PortServiceOrder):
        document["serviceOrderItem"] = [{"id": "1", "action": _ACTIONS[message.body.action]}]
    others = []
    for name, value in body_fields(message.body).items():
        if name in form.names:
            document[form.names[name]] = _renamed(value, form.below.get(name, {}))
        else:
            others.append({"name": name, "value": value})
    if others:
        document[_OTHERS] = others
    return json.dumps(document, indent=2) + "\n"


def read_json(data: bytes, *, where: str) -> Message:
    """The message of a document. Raises InputError, Clarification: an unknown field is never passed over."""
    document = _document(data, where)
    kind = document.pop("@kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(f"'@kind' cannot be {kind!r}{suggestion(str(kind), list(KINDS))}", where=where)
    form = _FORMS[kind]
    for name, expected in (("@type", form.type), ("@note", NOTE)):
        if document.pop(name, expected) != expected:
            raise InputError(f"{name!r} of a {kind} is {expected!r}", where=where)
    header = built(Header, _backwards(document.pop("message", {}), _HEADER, "message", where), where=where)
    items = document.pop("serviceOrderItem", None)
    fields = _fields(document, form, where)
    body: Body = order_of(fields, where) if kind == "PortServiceOrder" else built(KINDS[kind], fields, where=where)
    message = Message(header, body)
    _must_say(items, body, where)
    read_xml(message_xml(message), where=where)  # what the schema refuses is refused in this form too
    return message


def _document(data: bytes, where: str) -> dict[str, Any]:
    if len(data) > LIMIT:
        raise InputError(f"is larger than {LIMIT} bytes", where=where)
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not a JSON document ({error})", where=where) from error
    if not isinstance(found, dict):
        raise InputError("is not a message: its fields are missing", where=where)
    return found


def _fields(document: dict[str, Any], form: Form, where: str) -> dict[str, Any]:
    others = document.pop(_OTHERS, [])
    fields = _backwards(document, form.names, "", where)
    for name, names in form.below.items():
        if isinstance(rows := fields.get(name), list):
            fields[name] = [_backwards(row, names, f"{form.names[name]}[{i}]", where) for i, row in enumerate(rows)]
    if not isinstance(others, list):
        raise InputError(f"{_OTHERS!r} must be a list", where=where)
    for row in others:
        if not isinstance(row, dict) or set(row) != {"name", "value"} or not isinstance(row["name"], str):
            raise InputError(f"{_OTHERS!r} holds names and values, not {str(row)[:80]!r}", where=where)
        if row["name"] in fields or row["name"] in form.names:
            raise InputError(f"{row['name']!r} stands twice, or has a place of its own", where=where)
        fields[row["name"]] = row["value"]
    return fields


def _backwards(given: object, names: Mapping[str, str], path: str, where: str) -> dict[str, Any]:
    known = {there: here for here, there in names.items()}
    if not isinstance(given, dict):
        raise InputError(f"{path!r} must be an object", where=where)
    for name in given:
        if name not in known:
            place = f"{path}.{name}" if path else name
            raise InputError(f"unknown field {place!r}{suggestion(name, [*known, _OTHERS])}", where=where)
    return {known[name]: value for name, value in given.items()}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if not names:
        return value
    return [{names[name]: item for name, item in row.items()} for row in value]


def _must_say(items: object, body: Body, where: str) -> None:
    """The API's action beside ours must not say something else."""
    if not isinstance(body, PortServiceOrder):
        if items is not None:
            raise InputError("unknown field 'serviceOrderItem'", where=where)
    elif items != [{"id": "1", "action": _ACTIONS[body.action]}]:
        raise InputError(f"'serviceOrderItem' must hold one item with action {_ACTIONS[body.action]!r}", where=where)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice in one object")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
