"""Every message reads back as it was written, in XML and in JSON; what is unknown or contradictory is named."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from any_messages import EXAMPLES, HEADER, messages
from hypothesis import given, settings
from hypothesis import strategies as st

from turnup.errors import InputError
from turnup.exchange.tmf import read_json, to_json
from turnup.exchange.xml import message_xml, open_envelope, read_xml
from turnup.load.xml import parse_xml, schema_faults
from turnup.model.messages import KINDS, AcceptanceResult, Body, Message, TroubleTicket
from turnup.model.order import PortServiceOrder
from turnup.model.result import SCHEDULE_2

IDS = [type(body).__name__ for body in EXAMPLES]


def plainly(message: Message) -> Message:
    """The file an order was read from is no part of the message."""
    body = message.body
    return replace(message, body=replace(body, origin="")) if isinstance(body, PortServiceOrder) else message


@settings(max_examples=150)
@given(message=messages())
def test_any_message_reads_back_from_xml(message: Message) -> None:
    written = message_xml(message)
    assert not list(schema_faults(parse_xml(written, where="test")))
    assert plainly(read_xml(written, where="test")) == plainly(message)


@settings(max_examples=150)
@given(message=messages())
def test_any_message_reads_back_from_json_and_from_there_from_xml(message: Message) -> None:
    there = read_json(to_json(message).encode(), where="test")
    assert plainly(there) == plainly(message)
    assert message_xml(there) == message_xml(message)


def test_there_is_an_example_of_every_kind() -> None:
    assert list(KINDS) == IDS


@pytest.mark.parametrize("body", EXAMPLES, ids=IDS)
def test_an_element_that_is_unknown_missing_or_doubled_is_named(body: Body) -> None:
    root = parse_xml(message_xml(Message(HEADER, body)), where="test")
    leaves = [one for one in root[1].iter() if not len(one)]
    from lxml import etree

    for number, leaf in enumerate(leaves):
        for change in ("rename", "double", "attribute"):
            again = etree.fromstring(etree.tostring(root))
            here = [one for one in again[1].iter() if not len(one)][number]
            if change == "rename":
                here.tag = f"{leaf.tag}x"
            elif change == "attribute":
                here.set("x", "1")
            elif str(leaf.tag).rpartition("}")[2] in ("Remark", "Router", "Affected", "AllowedPrefix"):
                continue
            else:
                here.addnext(etree.fromstring(etree.tostring(here)))
            with pytest.raises(InputError):
                read_xml(etree.tostring(again), where="test")


@pytest.mark.parametrize("body", EXAMPLES, ids=IDS)
def test_an_unknown_field_in_json_is_named(body: Body) -> None:
    document = json.loads(to_json(Message(HEADER, body)))
    assert "no conformance is claimed" in document["@note"]
    with pytest.raises(InputError, match="colour"):
        read_json(json.dumps({**document, "colour": "red"}).encode(), where="test")
    others = [*document.get("characteristic", []), {"name": "colour", "value": "red"}]
    with pytest.raises(InputError, match="colour"):
        read_json(json.dumps({**document, "characteristic": others}).encode(), where="test")
    with pytest.raises(InputError):
        read_json(json.dumps({**document, "@kind": "Ordr"}).encode(), where="test")


RESULT = next(body for body in EXAMPLES if isinstance(body, AcceptanceResult))


@pytest.mark.parametrize(
    "tests",
    [RESULT.tests[:19], (*RESULT.tests[:19], RESULT.tests[0]), (*RESULT.tests, RESULT.tests[3])],
    ids=["nineteen", "one twice", "twenty-one"],
)
def test_results_are_of_twenty_tests_each_once(tests: tuple[object, ...]) -> None:
    wrong = replace(RESULT, tests=tests)  # type: ignore[arg-type]
    root = parse_xml(message_xml(Message(HEADER, wrong)), where="test")
    assert list(schema_faults(root)), "the customer's own validator must see it too"
    with pytest.raises(InputError):
        read_xml(message_xml(Message(HEADER, wrong)), where="test")
    assert len(SCHEDULE_2) == 20


def changed(name: str, old: str, new: str) -> bytes:
    text = message_xml(Message(HEADER, EXAMPLES[IDS.index(name)])).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("AcceptanceResult", "<Verdict>PASS</Verdict>", "<Verdict>FAIL</Verdict>", "overall"),
        ("AcceptanceResult", "<Verdict>PASS</Verdict>", "<Verdict>PENDING</Verdict>", "overall"),
        ("AcceptanceResult", "<Attempt>1<", "<Attempt>0<", "attempt"),
        ("AcceptanceResponse", "<Reject>", "<Accept/><Reject>", "Reject"),
        ("AcceptanceResponse", "0123456789abcdef", "0123456789ABCDEF", "CertificateSha256"),
        ("TroubleTicket", "<By>Q. West</By>", "<By>Q.\nWest</By>", "By"),
        ("TroubleTicket", "no traffic", "no traffic\r\nreload", "Text"),
        ("TroubleTicket", "five customers", "&lt;secret:LVL3-MD5&gt; customers", "secret"),
        ("TroubleTicket", "2001-07-10T09:30:00Z</OpenedAt>", "2001-07-10T09:30:00</OpenedAt>", "OpenedAt"),
        ("TroubleTicket", "<CustomersAffected>5<", "<CustomersAffected>many<", "CustomersAffected"),
        ("MaintenanceNotice", "2001-07-10T13:30:00Z", "2001-07-10T09:00:00Z", "ends"),
        ("OutageReport", "<Stage>FIRST<", "<Stage>RESTORED<", "ended_at"),
        ("Receipt", "<Remark>nothing is known of an order PSO-9</Remark>", "", "remarks"),
        ("OrderAcknowledgement", "<Router>nyc-hud-gsr1<", "<Router>nyc hud gsr1<", "Router"),
    ],
)
def test_what_cannot_be_meant_is_named(name: str, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_xml(changed(name, old, new), where="test")


def test_a_message_that_cannot_be_attributed_is_no_envelope() -> None:
    good = message_xml(Message(HEADER, EXAMPLES[3]))
    for wrong in (
        good.replace(b"<From>QWEST</From>", b""),
        good.replace(b"QWEST", b"Q WEST"),
        good.replace(b"<Message ", b"<!DOCTYPE x><Message "),
        b"<Message/>",
        b"",
        good + b" " * 1_100_000,
    ):
        with pytest.raises(InputError):
            open_envelope(wrong, where="test")
    unknown = open_envelope(good.replace(b"AcceptanceResponse", b"AcceptanceAnswer"), where="test")
    assert (unknown.header, unknown.kind) == (HEADER, "AcceptanceAnswer")
    with pytest.raises(InputError, match="no known kind"):
        unknown.message()


@pytest.mark.parametrize("text", ["{", "[]", '{"@kind": 1}', '{"a": 1, "a": 2}', '{"@kind": NaN}', "[" * 9000, "\xff"])
def test_what_is_no_json_message_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_json(text.encode("latin-1"), where="test")


@given(data=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_noise_is_refused_loudly(data: bytes) -> None:
    for read in (read_xml, read_json):
        with pytest.raises(InputError):
            read(data, where="test")


def test_a_ticket_is_critical_from_the_fifth_customer_on() -> None:
    ticket = EXAMPLES[IDS.index("TroubleTicket")]
    assert isinstance(ticket, TroubleTicket)
    assert ticket.critical
    assert not replace(ticket, customers_affected=4).critical


def test_an_action_of_the_api_that_says_something_else_is_refused() -> None:
    document = json.loads(to_json(Message(HEADER, EXAMPLES[0])))
    document["serviceOrderItem"][0]["action"] = "delete"
    with pytest.raises(InputError, match="serviceOrderItem"):
        read_json(json.dumps(document).encode(), where="test")
