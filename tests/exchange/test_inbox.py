"""Messages come in once, are acted on once and answered once; nothing that arrives is lost. On both databases."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from lives import TO_SERVICE, happening
from office_samples import HOUR, KEY, PSO, SATISFIED, START, Office, accepted, office
from sample_messages import level3

from turnup.exchange.delivering import post_results
from turnup.exchange.dropbox import DropBox
from turnup.exchange.inbox import take_in
from turnup.exchange.outbox import send_due
from turnup.exchange.rounds import one_round
from turnup.exchange.settings import Partner, Settings
from turnup.exchange.tmf import to_json
from turnup.exchange.xml import message_xml
from turnup.job import acknowledged
from turnup.model.messages import (
    AcceptanceResponse,
    AcceptanceResult,
    Choice,
    Defect,
    Message,
    OrderAcknowledgement,
    Receipt,
    Reject,
    TicketEntry,
    TicketStatus,
    TroubleTicket,
)
from turnup.model.order import Action, Header, OrderMessage, PortServiceOrder
from turnup.order.states import Actor, Event, State
from turnup.store import Store
from turnup.store.checking import faults
from turnup.store.events import append, history, standing
from turnup.store.messages import all_received, tickets, unhandled
from turnup.store.sendings import sendings


@pytest.fixture
def here(tmp_path: Path, store: Store) -> Office:
    return office(tmp_path, store)


def kept(here: Office, what: str) -> list[str]:
    return sorted(path.name for path in (here.inside / what).iterdir())


def order(**changes: object) -> PortServiceOrder:
    return replace(level3().order, origin="", **changes)  # type: ignore[arg-type]


def test_an_order_is_acknowledged_and_kept(here: Office) -> None:
    data = here.drop(order(), "Q-1")
    here.at(3).round()
    told = here.answer("Q-1")
    assert isinstance(told, OrderAcknowledgement)
    assert told.assigned is not None
    assert (told.assigned.router, str(told.assigned.port)) == ("nyc-hud-gsr1", "Serial5/0")
    assert here.events() == [Event.RECEIVE, Event.ACKNOWLEDGE]
    (archived,) = kept(here, "archive")
    assert (here.inside / "archive" / archived).read_bytes() == data
    assert [path for path in here.inside.iterdir() if path.is_file() and path.suffix == ".xml"] == []


def test_the_clock_of_the_acknowledgement_runs_from_arrival(here: Office) -> None:
    here.drop(order(), "Q-1")
    with here.exchange.incoming.locked():
        list(here.exchange.incoming.arrivals())  # claimed, and then the power was cut
    here.at(5).round()
    told = here.answer("Q-1")
    assert isinstance(told, OrderAcknowledgement)
    assert (told.received_at, told.accepted) == (START, START + 5 * HOUR)
    with here.desk.store.reading() as connection:
        life = standing(connection, PSO)
    assert life is not None
    assert life.received_at == START


def test_an_order_that_cannot_be_carried_out_gets_its_points(here: Office) -> None:
    location = replace(order().location, site="61 Hudson Street")
    here.drop(order(location=location), "Q-1")
    here.round()
    told = here.answer("Q-1")
    assert isinstance(told, OrderAcknowledgement)
    assert [point.field for point in told.clarify] == ["Location/Site"]
    assert here.state() is State.CLARIFY
    here.drop(order(), "Q-2")
    here.round()
    assert here.state() is State.ACKNOWLEDGED


def test_an_order_that_the_schema_refuses_gets_its_points_too(here: Office) -> None:
    data = message_xml(Message(Header("Q-1", "QWEST", "KMC", START), order()))
    here.drop_file(data.replace(b"<Speed>DS3", b"<Speed>DS4").replace(b"<Vlan>", b"<Vlan>"), "x.xml")
    here.round()
    told = here.answer("Q-1")
    assert isinstance(told, OrderAcknowledgement)
    assert told.clarify[0].field == "Speed"
    assert len(kept(here, "archive")) == 1


def test_the_same_message_again_gets_the_first_answer_again(here: Office) -> None:
    here.drop(order(), "Q-1")
    here.round()
    first = {path.name: path.read_bytes() for path in here.exchange.outgoing.iterdir()}
    for path in here.exchange.outgoing.iterdir():
        path.unlink()
    here.at(1).drop_file(message_xml(Message(Header("Q-1", "QWEST", "KMC", START), order())), "again.xml")
    here.round()
    assert {path.name: path.read_bytes() for path in here.exchange.outgoing.iterdir()} == first
    assert here.events() == [Event.RECEIVE, Event.ACKNOWLEDGE]


def test_the_same_number_with_other_content_is_refused(here: Office) -> None:
    here.drop(order(), "Q-1")
    here.round()
    here.drop(order(action=Action.CANCEL), "Q-1")
    here.round()
    refusal = [one.body for one in here.out() if isinstance(one.body, Receipt)]
    assert [(one.taken, "other content" in one.remarks[0]) for one in refusal] == [(False, True)]
    assert here.events() == [Event.RECEIVE, Event.ACKNOWLEDGE]
    assert len(kept(here, "quarantine")) == 2
    here.drop(order(), "Q-1", sender="OTHER")  # another sender's numbers are his own
    here.round()
    assert len([one for one in here.out() if one.header.recipient == "OTHER"]) == 1


def delivered(here: Office) -> str:
    certificate = here.tested()
    post_results(here.exchange, PSO)
    send_due(here.exchange)
    assert here.state() is State.DELIVERED
    return certificate


def test_results_go_out_with_their_certificate_and_delivery_begins_the_period(here: Office) -> None:
    certificate = here.tested()
    name = post_results(here.exchange, PSO)
    assert here.state() is State.TESTED, "nothing is delivered before the channel took it"
    (tried,) = send_due(here.exchange)
    assert tried.sent
    told = next(one.body for one in here.out() if isinstance(one.body, AcceptanceResult))
    assert (told.certificate_sha256, len(told.tests)) == (certificate, 20)
    assert told.acceptance_deadline == START + 50 * HOUR
    assert (here.exchange.outgoing / f"{name}.certificate.json").is_file()
    with here.desk.store.reading() as connection:
        last = history(connection, PSO)[-1].happening
    assert last.event is Event.DELIVER
    assert name in last.detail["delivery"]
    assert "sha256" in last.detail["delivery"]


def test_acceptance_in_writing_puts_the_port_into_service(here: Office) -> None:
    certificate = delivered(here)
    here.at(5).drop(accepted(certificate=certificate), "Q-2")
    here.at(9).round()
    assert here.events()[-2:] == [Event.ACCEPT, Event.BEGIN_SERVICE]
    with here.desk.store.reading() as connection:
        said = history(connection, PSO)[-2].happening
    assert (said.at, said.by, said.detail["message"]) == (START + 5 * HOUR, "Q. West (QWEST)", "Q-2")
    told = here.answer("Q-2")
    assert isinstance(told, Receipt)
    assert told.taken


def test_an_answer_to_other_results_accepts_nothing(here: Office) -> None:
    delivered(here)
    here.drop(accepted(certificate="0" * 64), "Q-2")
    here.round()
    assert here.state() is State.DELIVERED
    told = here.answer("Q-2")
    assert isinstance(told, Receipt)
    assert not told.taken


def rejected(*defects: Defect) -> AcceptanceResponse:
    return AcceptanceResponse(PSO, "Q. West", reject=Reject(defects or (Defect("no route", 6),)))


def test_a_rejection_before_the_deadline_wins_over_silence(here: Office) -> None:
    """It arrived an hour before the end and was not acted on before the period was over."""
    delivered(here)
    here.at(49).drop(rejected(), "Q-2")
    take_in(here.exchange)  # taken in, and then nothing ran for days
    here.at(200)
    life = here.desk.advance(PSO)
    assert life is not None
    assert life.state is State.DELIVERED, "silence is not decided while a message waits"
    here.round()
    assert here.state() is State.REJECTED
    assert Event.DEEM not in here.events()


def test_a_rejection_that_lay_in_the_folder_wins_even_over_deemed_acceptance(here: Office) -> None:
    delivered(here)
    here.at(49).drop(rejected(), "Q-2")
    with here.exchange.incoming.locked():
        list(here.exchange.incoming.arrivals())  # claimed at its arrival; the exchange died
    here.at(60)
    assert here.desk.advance(PSO) is not None
    assert Event.DEEM in here.events()
    here.at(61).round()
    assert here.state() is State.REJECTED


def test_silence_accepts_after_the_deadline_and_a_later_rejection_is_refused(here: Office) -> None:
    delivered(here)
    here.at(49).round()
    assert here.state() is State.DELIVERED
    here.at(51).drop(rejected(), "Q-2")
    here.round()
    told = here.answer("Q-2")
    assert isinstance(told, Receipt)
    assert not told.taken
    assert "the acceptance period ended" in told.remarks[0]
    assert here.state() is State.IN_SERVICE
    assert here.events()[-2:] == [Event.DEEM, Event.BEGIN_SERVICE]


def test_silence_accepts_nothing_without_a_period(tmp_path: Path, store: Store) -> None:
    here = office(tmp_path, store, periods="clocks: {}\n")
    here.tested()
    post_results(here.exchange, PSO)
    here.at(90_000).round()
    assert here.state() is State.DELIVERED
    told = next(one.body for one in here.out() if isinstance(one.body, AcceptanceResult))
    assert told.acceptance_deadline is None


def test_an_election_before_its_time_is_refused(here: Office) -> None:
    delivered(here)
    here.drop(AcceptanceResponse(PSO, "Q. West", election=Choice.DISCONTINUE), "Q-2")
    here.round()
    told = here.answer("Q-2")
    assert isinstance(told, Receipt)
    assert not told.taken
    assert here.state() is State.DELIVERED


@pytest.mark.parametrize("order_id", [PSO, "PSO-9"])
def test_an_answer_before_there_is_anything_to_answer_is_refused(here: Office, order_id: str) -> None:
    here.ordered().drop(accepted(order_id), "Q-2")
    here.round()
    told = here.answer("Q-2")
    assert isinstance(told, Receipt)
    assert not told.taken


def test_nobody_answers_for_another(here: Office) -> None:
    delivered(here)
    here.drop(accepted(), "X-1", sender="ACME")
    here.drop(order(action=Action.CANCEL), "X-2", sender="ACME")
    here.round()
    for number in ("X-1", "X-2"):
        told = here.answer(number)
        assert isinstance(told, Receipt)
        assert told.remarks == (f"{PSO} is an order of somebody else",)
    assert here.state() is State.DELIVERED


def test_a_refused_order_takes_nobody_s_order_away_from_its_customer(here: Office) -> None:
    """Entered by a person; then a stranger sends its number. The customer's rejection must still be heard (1.4(b))."""
    known = acknowledged(here.desk.noc, OrderMessage(order()), live=False, received_at=START)
    assert known.accepted
    here.desk.catch_up(PSO)
    here.desk.enter(PSO, Event.PROVISION, Actor.CARRIER, "turnup")
    here.at(0.5).drop(order(requested_by="Somebody"), "X-1", sender="ACME")
    here.round()
    shutil.copy(SATISFIED, here.desk.noc.home.part("certificates") / f"{PSO}--Serial5-0--sample.json")
    here.at(2).desk.deliver(PSO, "by hand", "J. Smith")
    here.at(5).drop(rejected(), "Q-2")
    here.round()
    assert here.state() is State.REJECTED


def ticket(status: TicketStatus = TicketStatus.OPEN, *texts: str, customers: int = 5) -> TroubleTicket:
    entries = tuple(TicketEntry(START, "Q. West", text) for text in texts or ("no traffic",))
    return TroubleTicket("TT-7", status, START, customers, entries, PSO, None, START + 10 * HOUR)


def test_a_ticket_opens_a_repair_that_counts_from_the_call_answered(here: Office) -> None:
    delivered(here)
    here.at(5).drop(accepted(), "Q-2")
    here.round()
    here.at(12).drop(ticket(), "Q-3")
    here.round()
    with here.desk.store.reading() as connection:
        life = standing(connection, PSO)
        (row,) = tickets(connection, "OPEN")
    assert life is not None
    assert (life.state, life.critical, life.repair_since) == (State.REPAIRING, True, START + 10 * HOUR)
    here.at(13).drop(ticket(TicketStatus.CLOSED, "no traffic", "works again"), "Q-4")
    here.round()
    assert here.events().count(Event.FAULT) == 1
    with here.desk.store.reading() as connection:
        assert [one.status for one in tickets(connection)] == ["CLOSED"]
    for late in (ticket(TicketStatus.OPEN, "no traffic", "works again", "no"), ticket()):
        here.drop(late, f"Q-{len(here.out())}0")
    here.round()
    with here.desk.store.reading() as connection:
        assert [one.status for one in tickets(connection)] == ["CLOSED"]
    assert row.order_id == PSO


def test_a_ticket_never_takes_back_what_it_said(here: Office) -> None:
    here.ordered().drop(ticket(TicketStatus.OPEN, "no traffic", "since noon", customers=4), "Q-2")
    here.round()
    assert here.state() is State.ACKNOWLEDGED, "a port that is not in service has no repair"
    here.drop(ticket(TicketStatus.OPEN, "no traffic"), "Q-3")
    here.round()
    told = here.answer("Q-3")
    assert isinstance(told, Receipt)
    assert not told.taken


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("noise.xml", b"\x00\xff", "UTF-8"),
        ("cut.xml", b"<Message", "well-formed"),
        ("bomb.xml", b'<!DOCTYPE x [<!ENTITY a "a">]><Message/>', "DOCTYPE"),
        ("big.xml", b" " * 1_100_000, "larger"),
        ("other.xml", b"<Order/>", "root element"),
        ("empty.json", b"{}", "@kind"),
        ("list.json", b'{"@kind": []}', "@kind"),
        ("object.json", b'{"@kind": {}}', "@kind"),
        ("empty.xml", b"", "well-formed"),
        ("a/../../up.xml", b"<x/>", "root element"),
    ],
)
def test_what_cannot_be_read_is_put_aside_with_the_reason(here: Office, name: str, data: bytes, reason: str) -> None:
    here.drop_file(data, name.replace("/", "%"))
    (taken,) = take_in(here.exchange)
    assert taken.what.startswith("quarantine: ")
    first, second = kept(here, "quarantine")
    assert (here.inside / "quarantine" / first).read_bytes() == data
    assert reason in (here.inside / "quarantine" / second).read_text()
    assert here.out() == []


def test_a_body_that_cannot_be_read_is_answered_and_put_aside(here: Office) -> None:
    here.ordered()
    data = message_xml(Message(Header("Q-2", "QWEST", "KMC", START), accepted()))
    here.drop_file(data.replace(b"Q. West", b"Q.\tWest"), "x.xml")
    here.drop_file(data.replace(b"AcceptanceResponse", b"Bribe").replace(b"Q-2", b"Q-3"), "y.xml")
    here.round()
    for number in ("Q-2", "Q-3"):
        told = here.answer(number)
        assert isinstance(told, Receipt)
        assert not told.taken
    assert len([name for name in kept(here, "quarantine") if name.endswith(".reason")]) == 2


def test_only_partners_and_only_what_is_for_us(tmp_path: Path, store: Store) -> None:
    here = office(tmp_path, store, Settings("KMC", {"QWEST": Partner()}))
    here.drop(order(), "Q-1", sender="ACME")
    data = message_xml(Message(Header("Q-2", "QWEST", "OTHER", START), order()))
    here.drop_file(data, "other.xml")
    here.drop_file(data.replace(b"QWEST", b"KMC"), "mirror.xml")
    here.round()
    assert len(kept(here, "quarantine")) == 6
    assert here.out() == []
    assert here.state() is None


def test_a_secret_in_a_message_is_kept_nowhere(here: Office, tmp_path: Path) -> None:
    delivered(here)
    here.drop(rejected(Defect(f"the key is {KEY}")), "Q-2")
    here.drop_file(f"<x>{KEY}</x>".encode(), "noise.xml")
    here.round()
    told = here.answer("Q-2")
    assert isinstance(told, Receipt)
    assert "holds a secret" in told.remarks[0]
    assert here.state() is State.DELIVERED
    with here.desk.store.reading() as connection:
        bodies = [one.body for one in all_received(connection)] + [one.body for one in sendings(connection)]
    assert not [body for body in bodies if KEY.encode() in body]
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.suffix not in (".db-wal", ".db-shm"):
            assert KEY.encode() not in path.read_bytes(), path


def test_files_that_grow_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = DropBox(tmp_path, 0.01)
    for name in ("a.tmp", ".hidden", "b.PART", "grows.xml", "whole.xml"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.xml").mkdir()
    (tmp_path / "link.xml").symlink_to("/etc/hostname")
    monkeypatch.setattr("time.sleep", lambda _: (tmp_path / "grows.xml").write_text("xx"))
    with box.locked():
        found = {one.name: one.fault for one in box.arrivals()}
    assert found.keys() == {"whole.xml", "link.xml"}
    assert found["link.xml"]
    assert {"a.tmp", ".hidden", "b.PART", "grows.xml"} <= {path.name for path in tmp_path.iterdir()}


def test_a_message_in_json_is_the_same_message(here: Office) -> None:
    here.drop_file(to_json(Message(Header("Q-1", "QWEST", "KMC", START), order())).encode(), "order.json")
    here.round()
    assert here.state() is State.ACKNOWLEDGED


def test_a_receipt_is_never_answered(here: Office) -> None:
    here.drop(Receipt(taken=False, received_at=START, remarks=("what is this",)), "Q-1")
    here.round()
    assert here.out() == []
    with here.desk.store.reading() as connection:
        (one,) = all_received(connection)
    assert "refused; what is this" in one.result


def test_what_is_ours_to_send_is_not_taken(here: Office) -> None:
    here.drop(OrderAcknowledgement(START, PSO, 1, START), "Q-1")
    here.round()
    told = here.answer("Q-1")
    assert isinstance(told, Receipt)
    assert told.remarks == ("a OrderAcknowledgement is ours to send, not to receive",)


def test_a_message_that_cannot_be_acted_on_now_waits(
    here: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from turnup.errors import Unreachable

    def unreachable(*_: object, **__: object) -> None:
        raise Unreachable("no router of the site could be read")

    here.drop(order(), "Q-1")
    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
        patched.setattr("turnup.exchange.acting.acknowledged", unreachable)
        here.at(1).drop(accepted(), "Q-2")
        done = one_round(here.exchange)
    assert done.acted == ("QWEST Q-1: waits",), "what is about the same order waits behind it"
    assert here.out() == []
    with here.desk.store.reading() as connection:
        assert len(unhandled(connection)) == 2
    here.round()
    assert here.state() is State.ACKNOWLEDGED
    with here.desk.store.reading() as connection:
        assert unhandled(connection) == ()
        assert list(faults(connection)) == []


def test_one_order_whose_certificate_cannot_be_relied_on_holds_no_other_order_up(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """The customer's period of every other order ends when it ends (PASA 1.4(c)); of this one nothing is assumed."""
    delivered(here)
    with here.desk.store.writing() as connection:
        for number, event in enumerate(TO_SERVICE[:6]):
            said = replace(happening(event, START + HOUR * number / 10), order_id="PSO-0")
            append(connection, said, here.desk.clocks, here.clock[0])
    broken = here.desk.noc.home.part("certificates") / "PSO-0--Serial9-0--sample.json"
    broken.write_text("{}")
    here.at(60).round()
    assert (here.state("PSO-0"), here.state()) == (State.DELIVERED, State.IN_SERVICE)
    assert "PSO-0--Serial9-0--sample.json" in caplog.text
