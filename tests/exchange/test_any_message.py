"""Whatever message arrives: it is acted on once, answered once, and the store stays whole; two at once as well."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from any_messages import bodies
from hypothesis import HealthCheck, given, settings
from office_samples import PSO, Office, accepted, office
from sample_messages import level3

from turnup.exchange.acting import act
from turnup.exchange.delivering import post_results
from turnup.exchange.inbox import take_in
from turnup.exchange.outbox import send_due
from turnup.exchange.xml import message_xml
from turnup.model.messages import Body, Message, OrderAcknowledgement, Receipt
from turnup.model.order import Header, PortServiceOrder
from turnup.order.states import Event
from turnup.store import Store, open_store
from turnup.store.checking import faults
from turnup.store.messages import received
from turnup.store.sendings import sendings

NUMBERS = count(1)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One exchange for all examples: whatever came before must not matter."""
    folder = tmp_path_factory.mktemp("busy")
    store = open_store(f"sqlite:///{folder}/turnup.db")
    yield office(folder, store).ordered()
    store.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies())
def test_any_message_is_acted_on_once_and_answered_once(busy: Office, body: Body) -> None:
    number = f"ANY-{next(NUMBERS)}"
    if hasattr(body, "order_id") and int(number[4:]) % 2:
        body = replace(body, order_id=PSO)  # type: ignore[arg-type]
    data = message_xml(Message(Header(number, "QWEST", "KMC", busy.clock[0]), body))
    for _ in range(2):  # the second time it is the first answer again
        busy.drop_file(data, f"{number}.xml")
        busy.round()
    with busy.desk.store.reading() as connection:
        row = received(connection, "QWEST", number)
        assert list(faults(connection)) == []
    assert row is not None
    assert row.handled_at is not None, row
    answers = [message.body for message in busy.out() if message.header.in_reply_to == number]
    if isinstance(body, Receipt):
        assert answers == []
    else:
        assert len(answers) == 1
        if isinstance(body, PortServiceOrder):
            assert isinstance(answers[0], OrderAcknowledgement | Receipt)


def test_two_that_act_at_once_act_once(tmp_path: Path, store: Store) -> None:
    here = office(tmp_path, store)
    here.tested()
    post_results(here.exchange, PSO)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send_due(here.exchange), range(4)))
    for number in range(3):
        here.at(3 + number).drop(accepted(), f"Q-A{number}")
    here.at(9)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: (take_in(here.exchange), act(here.exchange)), range(4)))
    here.round()
    assert here.events().count(Event.DELIVER) == 1
    assert here.events().count(Event.ACCEPT) == 1
    with store.reading() as connection:
        assert list(faults(connection)) == []
        sent = sendings(connection)
    assert len(sent) == 5  # acknowledgement, results, three receipts
    assert all(one.tries == 1 for one in sent)


def test_a_broken_order_of_somebody_else_s_number_changes_nothing(tmp_path: Path, store: Store) -> None:
    here = office(tmp_path, store)
    location = replace(level3().order.location, site="61 Hudson Street")
    here.drop(replace(level3().order, origin="", location=location), "Q-1")
    here.round()
    before = here.events()
    data = message_xml(Message(Header("X-1", "ACME", "KMC", here.clock[0]), replace(level3().order, origin="")))
    here.drop_file(data.replace(b"<Speed>DS3", b"<Speed>DS4"), "x.xml")
    here.drop_file(data.replace(b"X-1", b"X-2"), "y.xml")
    here.round()
    assert here.events() == before
