"""A ticket's closing and the repair it is about: both are closed, or what is lacking is due; credits follow."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from office_samples import HOUR, PSO, START, Office, accepted, office

from turnup.exchange.delivering import post_results
from turnup.model.messages import Cause, Receipt, TicketEntry, TicketStatus, TroubleTicket
from turnup.model.policy import Fee, Fees, Per
from turnup.order.due import due_list
from turnup.order.life import Life
from turnup.order.states import Event, State
from turnup.performance.book import read_book
from turnup.performance.months import Month
from turnup.performance.worksheets import credits_document
from turnup.store import Store
from turnup.store.events import history, standing
from turnup.store.messages import closed_tickets

OPEN, CLOSED = TicketStatus.OPEN, TicketStatus.CLOSED
CALL = START + 10 * HOUR
PERIODS = "clocks:\n  acceptance_new: 48h\n  acceptance_repaired: 24h\n  repair: 4h\n  repair_critical: 2h\n"


@pytest.fixture
def here(tmp_path: Path, store: Store) -> Office:
    return office(tmp_path, store, periods=PERIODS)


def ticket(
    status: TicketStatus = OPEN, *more: str, number: str = "TT-7", cause: Cause | None = None, customers: int = 1
) -> TroubleTicket:
    entries = tuple(TicketEntry(CALL, "Q. West", text) for text in ("no traffic", *more))
    return TroubleTicket(number, status, CALL, customers, entries, PSO, None, CALL, cause)


def faulty(here: Office, said: TroubleTicket | None = None) -> Office:
    """In service, and since the call at 10 h under repair by that ticket; it is 12 h."""
    here.tested()
    post_results(here.exchange, PSO)
    here.round()
    here.at(5).drop(accepted(), "Q-2")
    here.round()
    here.at(12).drop(said or ticket(), "Q-3")
    here.round()
    assert here.state() is State.REPAIRING
    return here


def life_of(here: Office) -> Life:
    with here.desk.store.reading() as connection:
        life = standing(connection, PSO)
    assert life is not None
    return life


def remarks(here: Office, number: str) -> tuple[str, ...]:
    told = here.answer(number)
    assert isinstance(told, Receipt)
    assert told.taken
    return told.remarks


def test_a_closed_ticket_closes_the_repair_that_was_proved(here: Office) -> None:
    faulty(here).retested(12.5)
    assert life_of(here).restored_at is None
    here.at(13).drop(ticket(CLOSED, "works again", cause=Cause.CARRIER), "Q-4")
    here.round()
    life = life_of(here)
    assert life.restored_at == life.repaired_at == START + 12.5 * HOUR + HOUR / 6
    assert "the repair is closed with it: its acceptance tests are satisfied" in remarks(here, "Q-4")
    with here.desk.store.reading() as connection:
        last = history(connection, PSO)[-1].happening
    assert (last.event, last.by) == (Event.RESTORE, "Q. West (QWEST)")
    assert (last.detail["certificate"], last.detail["cause"]) == (life.certificate, "carrier")
    assert "TT-7" in last.detail["note"]
    here.round()
    assert here.events().count(Event.RESTORE) == 1, "once"


def test_a_closed_ticket_alone_proves_nothing_and_what_lacks_is_due(here: Office) -> None:
    faulty(here)
    here.at(13).drop(ticket(CLOSED, "works again"), "Q-4")
    here.round()
    assert life_of(here).state is State.REPAIRING
    assert "the repair stays open until its acceptance tests are satisfied (PASA 1.4(a))" in remarks(here, "Q-4")
    with here.desk.store.reading() as connection:
        closed = closed_tickets(connection)
    (row,) = due_list([life_of(here)], here.desk.clocks, here.clock[0], {}, closed)
    assert row.action == f"ticket TT-7 is closed: prove the repair (`turnup retest {PSO}`)"
    assert row.whose == "carrier"
    here.retested(14)
    here.round()
    assert life_of(here).restored_at == START + 14 * HOUR + HOUR / 6, "the next round closes it"


def test_a_ticket_that_is_open_keeps_the_repair_open(here: Office) -> None:
    faulty(here)
    here.drop(ticket(number="TT-8"), "Q-5")
    here.round()
    here.retested(12.5)
    here.at(13).drop(ticket(CLOSED, "works again"), "Q-4")
    here.round()
    assert life_of(here).restored_at is None
    with here.desk.store.reading() as connection:
        assert closed_tickets(connection) == {}
    here.at(14).drop(ticket(CLOSED, "works too", number="TT-8"), "Q-6")
    here.round()
    assert life_of(here).restored_at is not None


def test_the_closing_of_a_ticket_of_an_older_repair_closes_nothing(here: Office) -> None:
    faulty(here).retested(12.5)
    here.at(13).drop(ticket(CLOSED, "works again"), "Q-4")
    here.round()
    post_results(here.exchange, PSO)
    here.round()
    here.at(14).drop(accepted(), "Q-5")
    here.round()
    again = replace(ticket(number="TT-9"), call_answered_at=None, opened_at=START + 20 * HOUR)
    here.at(20).drop(again, "Q-6")
    here.round()
    assert life_of(here).state is State.REPAIRING
    here.retested(21)
    here.round()
    assert life_of(here).restored_at is None


@pytest.mark.parametrize(
    ("opened", "closed", "down", "lines"),
    [
        (None, Cause.CARRIER, "2:40:00", 1),
        (Cause.CUSTOMER, None, "0:00:00", 0),  # PASA 4.2: nothing for what the customer caused
        (None, Cause.CUSTOMER, "0:00:00", 0),
        (Cause.THIRD_PARTY, None, "2:40:00", 1),
    ],
)
def test_from_the_ticket_to_a_line_of_the_worksheet_that_cites_its_evidence(
    here: Office, opened: Cause | None, closed: Cause | None, down: str, lines: int
) -> None:
    from decimal import Decimal

    from turnup.performance.report import monthly_report

    faulty(here, ticket(cause=opened, customers=5)).retested(12.5)
    here.at(13).drop(ticket(CLOSED, "works again", cause=closed, customers=5), "Q-4")
    here.round()
    policy = here.desk.noc.equipment.policy
    policy = replace(policy, fees=Fees("USD", interruption=Fee(Decimal("10.00"), Per.BEGUN_HOUR)))
    with here.desk.store.reading() as connection:
        entries = history(connection, PSO)
        book = read_book(connection, policy, {"nyc-hudson": "America/New_York"}, START + 20 * HOUR)
    month = Month.parse("2026-11")
    ports, repairs = monthly_report(book, month).tables
    assert dict(zip(ports.columns, ports.rows[0], strict=True))["down"] == down
    repair = dict(zip(repairs.columns, repairs.rows[0], strict=True))
    assert (repair["tickets"], repair["customers"], repair["allowed"], repair["took"]) == (
        "TT-7",
        "more than 4",
        "2h",
        "2:40:00",
    )
    assert repair["level"] == "missed"
    sheet = json.dumps([table.rows for table in credits_document(book, month).tables[:1]])
    assert sheet.count('"4.2"') == lines
    if lines:
        digests = {one.happening.event: one.digest[:12] for one in entries}
        shown = json.dumps([table.rows for table in credits_document(book, month).tables]) + json.dumps(
            [table.evidence for table in credits_document(book, month).tables]
        )
        assert "30.00" in shown
        for event in (Event.FAULT, Event.TEST_PASS, Event.RESTORE):
            assert digests[event] in shown, event


def test_a_repair_restored_before_its_tests_interrupts_until_then(here: Office) -> None:
    """PASA 4.2: until the interruption is remedied; the tests that prove it come later."""
    from turnup.repair.opening import close_repair

    faulty(here).retested(12.5)
    close_repair(here.desk, PSO, "J. Smith", restored=START + 11 * HOUR, caused_by="carrier")
    with here.desk.store.reading() as connection:
        (story,) = read_book(connection, here.desk.noc.equipment.policy, {}, START + 20 * HOUR).stories
    (repair,) = story.repairs
    assert (repair.starts, repair.ends, repair.cause.value) == (CALL, START + 11 * HOUR, "carrier")
    assert repair.ends is not None
    assert repair.ends - repair.starts == timedelta(hours=1)


def delivered(here: Office) -> Office:
    """The results are delivered at 9 o'clock; the period of 48 hours ends at 50."""
    here.tested()
    post_results(here.exchange, PSO)
    here.round()
    assert here.state() is State.DELIVERED
    return here


def test_a_ticket_in_the_acceptance_period_is_a_report_that_silence_does_not_accept(here: Office) -> None:
    """PASA 1.4(b): "or Qwest reports to KMC within the applicable acceptance period that such Port is not" well."""
    delivered(here).at(12).drop(ticket(), "Q-3")
    here.round()
    assert here.state() is State.REJECTED
    assert "rejects the results (PASA 1.4(b))" in remarks(here, "Q-3")[-1]
    with here.desk.store.reading() as connection:
        last = history(connection, PSO)[-1].happening
    assert (last.event, last.at, last.by) == (Event.REJECT, START + 12 * HOUR, "Q. West (QWEST)")
    assert last.detail["reason"] == "ticket TT-7: no traffic"
    here.at(100).round()
    assert Event.DEEM not in here.events()


@pytest.mark.parametrize(
    "said", [ticket(cause=Cause.CUSTOMER), ticket(TicketStatus.CLEARED), ticket(CLOSED)], ids=["own", "clear", "closed"]
)
def test_a_ticket_that_reports_no_fault_of_the_port_rejects_nothing(here: Office, said: TroubleTicket) -> None:
    delivered(here).at(12).drop(said, "Q-3")
    here.round()
    assert here.state() is State.DELIVERED


def test_a_ticket_that_arrived_in_time_wins_over_silence_that_was_entered_before_it(here: Office) -> None:
    delivered(here).at(12).drop(ticket(), "Q-3")
    here.at(60)
    assert here.desk.advance(PSO) is not None
    assert here.state() is State.IN_SERVICE
    here.round()
    assert here.state() is State.REJECTED


def test_a_ticket_right_behind_the_acceptance_begins_the_repair(here: Office) -> None:
    delivered(here).at(12).drop(accepted(), "Q-3")
    here.at(12.1).drop(ticket(), "Q-4")
    here.at(13).round()
    assert here.events()[-3:] == [Event.ACCEPT, Event.BEGIN_SERVICE, Event.FAULT]


def test_a_ticket_after_the_period_is_a_fault_of_a_port_that_silence_has_accepted(here: Office) -> None:
    delivered(here).at(51).drop(ticket(), "Q-3")
    here.at(52).round()
    assert here.events()[-3:] == [Event.DEEM, Event.BEGIN_SERVICE, Event.FAULT]
    assert life_of(here).repair_since == START + 51 * HOUR
