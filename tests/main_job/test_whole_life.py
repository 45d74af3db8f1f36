"""An order's whole life by messages: dropped into the inbox as XML, to the disconnection, on the virtual routers.

As docs/whole_life.md tells it: what the customer does is a file in a folder, what the carrier does is a command.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pop import ORDER, Command, Ran

from turnup import folder
from turnup.exchange.xml import message_xml, read_xml
from turnup.laboratory import Lab
from turnup.model.messages import (
    Accept,
    AcceptanceResponse,
    AcceptanceResult,
    Body,
    Cause,
    Message,
    OrderAcknowledgement,
    Receipt,
    TicketEntry,
    TicketStatus,
    TroubleTicket,
)
from turnup.model.order import Header

PSO, ENDING = "PSO-2001-000051", "PSO-2001-000090"
ROUTER, PORT = "nyc-hud-gsr1", "Serial5/0"
DISCONNECT = folder("orders") / "60-hudson-ds3-level3-disconnect.xml"
FEES = 'fees: { currency: USD, interruption: { amount: "10.00", per: "begun hour" } }\n'

pytestmark = pytest.mark.proof


Carrier = Callable[..., Any]


class Customer:
    """The other side of the folders."""

    def __init__(self, place: Path) -> None:
        self.inbox, self.found = place / "to-carrier", place / "from-carrier"
        self.inbox.mkdir()
        self.number = 0

    def sends(self, body: Body) -> str:
        """Put a message there as docs/exchange.md says; its number."""
        self.number += 1
        name = f"Q-{self.number}"
        self.puts(message_xml(Message(Header(name, "QWEST", "KMC", datetime.now(UTC)), body)), name)
        return name

    def puts(self, data: bytes, name: str) -> None:
        draft = self.inbox / f"{name}.xml.tmp"
        draft.write_bytes(data)
        draft.rename(self.inbox / f"{name}.xml")

    def finds(self, kind: type[Body], in_reply_to: str = "") -> Any:
        """The one new message of that kind; it is taken away."""
        told = [(path, read_xml(path.read_bytes(), where=path.name)) for path in self.found.glob("*.xml")]
        (one,) = [
            (path, message)
            for path, message in told
            if isinstance(message.body, kind) and in_reply_to in ("", message.header.in_reply_to)
        ]
        one[0].unlink()
        return one[1].body

    def accepts(self, result: AcceptanceResult) -> str:
        return self.sends(AcceptanceResponse(PSO, "Q. West", result.certificate_sha256, accept=Accept()))

    def reports(self, status: TicketStatus, began: datetime, *entries: str) -> str:
        told = tuple(TicketEntry(began, "Q. West", text) for text in entries)
        return self.sends(TroubleTicket("TT-7", status, began, 5, told, PSO, None, began, Cause.CARRIER))


@pytest.fixture
def customer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Customer:
    made = Customer(tmp_path)
    monkeypatch.setenv("TURNUP_EXCHANGE_IN", str(made.inbox))
    monkeypatch.setenv("TURNUP_EXCHANGE_OUT", str(made.found))
    return made


@pytest.fixture
def carrier(turnup: Command, pop: Lab) -> Carrier:
    """A command that must do; what it said."""
    policy = pop.inventory / "policy.yaml"
    policy.write_text(policy.read_text().replace("fees: {}", FEES.strip()))
    assert "begun hour" in policy.read_text()

    def run(*words: object, code: int = 0) -> Any:
        ran: Ran = turnup("--lab", *words)
        assert ran.code == code, f"{words}\n{ran.out}{ran.err}"
        return json.loads(ran.out) if "--json" in words or "json" in words else ran.out

    return run


def state(carrier: Carrier, order: str = PSO) -> str:
    return str(carrier("order", "history", order, "--json")[-1]["state"])


def test_from_an_order_in_the_inbox_to_an_available_port(
    turnup: Command, carrier: Carrier, customer: Customer, tmp_path: Path
) -> None:
    ordered(carrier, customer)
    provisioned_and_accepted(carrier, customer, tmp_path)
    turnup("lab", "fault", "bgp-active")
    began = reported(carrier, customer)
    closed_too_early(carrier, customer, began)
    turnup("lab", "fault", "bgp-active", "--clear")
    repaired_and_accepted(carrier, customer)
    credited(carrier)
    disconnected(carrier, customer)
    carrier("db", "check")
    backed_up(turnup, carrier, customer, tmp_path)


def ordered(carrier: Carrier, customer: Customer) -> None:
    customer.puts(ORDER.read_bytes(), "order")
    carrier("exchange", "run", "--once")
    told = customer.finds(OrderAcknowledgement)
    assert told.accepted is not None
    assert (told.assigned.router, str(told.assigned.port)) == (ROUTER, PORT)


def provisioned_and_accepted(carrier: Carrier, customer: Customer, place: Path) -> None:
    carrier("logbook", "cross-connect", "made", PSO, "--by", "field staff")
    carrier("run", PSO, "--confirm")
    assert state(carrier) == "tested"
    assert not list(customer.found.glob("R-*")), "nothing is delivered by itself"
    carrier("order", "deliver", PSO, "--send")
    result = customer.finds(AcceptanceResult)
    (document,) = customer.found.glob("*.certificate.json")
    kept = sorted((place / "home").rglob(f"certificates/{PSO}--*.json"))
    assert document.read_text() == kept[-1].read_text(), "the certificate itself goes along"
    assert state(carrier) == "results delivered"
    number = customer.accepts(result)
    carrier("exchange", "run", "--once")
    assert customer.finds(Receipt, number).taken
    assert state(carrier) == "in service"


def reported(carrier: Carrier, customer: Customer) -> datetime:
    began = datetime.now(UTC)
    number = customer.reports(TicketStatus.OPEN, began, "no routes")
    carrier("exchange", "run", "--once")
    assert f"{PSO} is repairing" in customer.finds(Receipt, number).remarks
    reports = customer.inbox.parent / "reports"
    carrier("retest", PSO, "--report", reports, code=4)
    told = sorted(reports.iterdir())
    assert [path.suffix for path in told] == [".html", ".md"]
    assert all("same as at acceptance except" in path.read_text() for path in told)
    return began


def closed_too_early(carrier: Carrier, customer: Customer, began: datetime) -> None:
    customer.reports(TicketStatus.CLOSED, began, "no routes", "seems to work")
    carrier("exchange", "run", "--once")
    (row,) = carrier("due", "--json")
    assert "ticket TT-7 is closed: prove the repair" in row["action"]


def repaired_and_accepted(carrier: Carrier, customer: Customer) -> None:
    (port,) = carrier("retest", PSO, "--json")["ports"]
    assert (port["outcome"], port["comparison"]["sentence"]) == ("SATISFIED", "same as at acceptance")
    assert "repair closed with the customer's ticket" in carrier("exchange", "run", "--once")
    carrier("order", "deliver", PSO, "--send")
    result = customer.finds(AcceptanceResult)
    assert (result.reason.value, result.attempt) == ("REPAIR", 2)
    customer.accepts(result)
    carrier("exchange", "run", "--once")
    assert state(carrier) == "in service"


def credited(carrier: Carrier) -> None:
    month = f"{datetime.now(UTC):%Y-%m}"
    (down,) = carrier("performance", month, "--format", "json")["tables"][1]["rows"]
    assert (down["causes"], down["tickets"], down["customers"]) == ("carrier", "TT-7", "more than 4")
    (line,) = carrier("credits", month, "--format", "json")["tables"][0]["rows"]
    assert (line["clause"], line["order"], line["amount"]) == ("4.2", PSO, "10.00 USD")
    rows = [row for row in carrier("order", "history", PSO, "--json") if row["number"] > 8]
    digests = {row["event"]: row["digest"] for row in rows}
    for event in ("fault", "test failed", "test passed", "restored"):
        assert digests[event][:12] in str(line["evidence"]), event


def disconnected(carrier: Carrier, customer: Customer) -> None:
    customer.puts(DISCONNECT.read_bytes(), "disconnect")
    carrier("exchange", "run", "--once")
    assert state(carrier) == "disconnecting"
    carrier("disconnect", ENDING, "--confirm", "--emergency", "the test cannot wait for Sunday")
    assert (state(carrier), state(carrier, ENDING)) == ("available", "carried out")


def backed_up(turnup: Command, carrier: Carrier, customer: Customer, place: Path) -> None:
    carrier("db", "backup", place / "all.zip")
    folders = ("--in", place / "IN", "--out", place / "OUT")
    restored = turnup("--home", place / "again", "db", "restore", place / "all.zip", *folders)
    assert restored.code == 0, restored.out + restored.err
    kept = {path.name for path in (customer.inbox / "archive").iterdir()}
    assert len(kept) == 6
    assert {path.name for path in (place / "IN" / "archive").iterdir()} == kept
