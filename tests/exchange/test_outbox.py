"""What goes out is tried until it is taken or parked, proved, and never sent twice unnoticed."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mail_servers import mail_server, webhook_server
from office_samples import HOUR, KEY, PSO, Office, mailing, office

from turnup.errors import Refused, TurnupError
from turnup.exchange.channels.webhook import signature
from turnup.exchange.delivering import post_results
from turnup.exchange.outbox import LEASE, send_due
from turnup.exchange.parcel import Parcel
from turnup.exchange.reporting import post_status
from turnup.exchange.settings import Channel, Partner, Retry, Route, Settings, Webhook
from turnup.exchange.xml import read_xml
from turnup.order.states import State
from turnup.store import Store, open_store
from turnup.store.sendings import sending, try_again

HOOK = "hook-key-of-the-test"


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    opened = open_store(f"sqlite:///{tmp_path}/turnup.db")
    yield opened
    opened.close()


def here(tmp_path: Path, kept: Store, settings: Settings) -> tuple[Office, str]:
    """An office with results to be sent; their number."""
    made = office(tmp_path, kept, settings)
    made.tested()
    send_due(made.exchange)
    return made, post_results(made.exchange, PSO)


def test_results_by_mail_are_delivered_with_the_server_s_answer(tmp_path: Path, kept: Store) -> None:
    with mail_server() as (server, port):
        one, name = here(tmp_path, kept, mailing(port))
        (tried,) = send_due(one.exchange)
    assert tried.sent
    assert one.state() is State.DELIVERED
    mail = server.mails[-1]
    assert mail["Message-ID"] == f"<{name}@kmc.example>"
    assert mail["To"] == "noc@qwest.example"
    assert [part.get_filename() for part in mail.walk() if part.get_filename()] == [
        f"{name}.certificate.json",
        f"{name}.xml",
    ]
    assert f"250 queued as {len(server.mails)}" in tried.said
    assert send_due(one.exchange) == ()


@pytest.mark.parametrize("said", ["451 try later", "421 busy"])
def test_a_temporary_failure_is_tried_again_with_growing_pauses(tmp_path: Path, kept: Store, said: str) -> None:
    with mail_server("taken", said, said) as (server, port):
        one, name = here(tmp_path, kept, mailing(port))
        assert [tried.sent for tried in send_due(one.exchange)] == [False]
        assert one.state() is State.TESTED, "nothing is delivered by a try"
        assert send_due(one.exchange) == (), "not before the pause is over"
        one.clock[0] += timedelta(minutes=1)
        assert [tried.sent for tried in send_due(one.exchange)] == [False]
        one.clock[0] += timedelta(minutes=1)
        assert send_due(one.exchange) == (), "the pause has grown"
        one.clock[0] += timedelta(minutes=1)
        assert [tried.sent for tried in send_due(one.exchange)] == [True]
    assert len(server.mails) == 2
    with kept.reading() as connection:
        row = sending(connection, name)
    assert row is not None
    assert (row.tries, row.sent_at) == (3, one.clock[0])


def test_a_refusal_parks_it_until_a_person_says_again(tmp_path: Path, kept: Store) -> None:
    with mail_server("taken", "554 not from you") as (server, port):
        one, name = here(tmp_path, kept, mailing(port))
        (tried,) = send_due(one.exchange)
        assert "parked" in tried.said
        assert "554" in tried.said
        one.at(100)
        assert send_due(one.exchange) == ()
        assert one.state() is State.TESTED
        with kept.writing() as connection:
            assert try_again(connection, name, one.clock[0])
        assert [tried.sent for tried in send_due(one.exchange)] == [True]
    assert one.state() is State.DELIVERED
    assert len(server.mails) == 2


def test_what_nobody_takes_is_parked_in_the_end(tmp_path: Path, kept: Store) -> None:
    one, name = here(tmp_path, kept, Settings("KMC"))
    with kept.writing() as connection:
        from turnup.store.tables import OUTBOX

        mine = OUTBOX.c.message_id == name
        connection.execute(OUTBOX.update().where(mine).values(channel="mail", target="noc@qwest.example"))
    one = Office(replace(one.exchange, settings=mailing(1)), one.clock, one.appeared)
    said = []
    for _ in range(8):
        said += [tried.said for tried in send_due(one.exchange)]
        one.clock[0] += HOUR
    assert len(said) == 4
    assert said[-1].startswith("parked")


def test_a_line_cut_after_the_mail_is_never_sent_twice_unnoticed(tmp_path: Path, kept: Store) -> None:
    with mail_server("taken", "cut") as (server, port):
        one, name = here(tmp_path, kept, mailing(port))
        (first,) = send_due(one.exchange)
        assert not first.sent
        assert "may have arrived" in first.said
        assert one.state() is State.TESTED
        one.clock[0] += HOUR
        (second,) = send_due(one.exchange)
    results = [mail for mail in server.mails if mail["X-Turnup-Kind"] == "AcceptanceResult"]
    assert [mail["Message-ID"] for mail in results] == [f"<{name}@kmc.example>"] * 2
    assert results[0].as_bytes() == results[1].as_bytes(), "the same mail, byte by byte"
    assert second.sent
    assert "an earlier one may have arrived" in second.said


def test_a_sender_that_died_is_seen(tmp_path: Path, kept: Store) -> None:
    from turnup.store.sendings import claim

    one, name = here(tmp_path, kept, Settings("KMC"))
    with kept.writing() as connection:
        assert claim(connection, name, one.clock[0], one.clock[0] + LEASE)
        assert claim(connection, name, one.clock[0], one.clock[0] + LEASE) is None, "it is another's"
    assert send_due(one.exchange) == ()
    one.clock[0] += LEASE
    (tried,) = send_due(one.exchange)
    assert tried.sent
    assert "an earlier one may have arrived" in tried.said


def test_an_answer_to_results_whose_delivery_is_not_noted_yet_waits(tmp_path: Path, kept: Store) -> None:
    from office_samples import accepted

    from turnup.exchange.acting import act
    from turnup.exchange.inbox import take_in
    from turnup.store.sendings import claim

    one, name = here(tmp_path, kept, Settings("KMC"))
    certificate = read_xml(Parcel.of(_sending(kept, name).body).message, where="x").body.certificate_sha256  # type: ignore[union-attr]
    with kept.writing() as connection:
        assert claim(connection, name, one.clock[0], one.clock[0] + LEASE)  # and then its sender died
    one.drop(accepted(certificate=certificate), "Q-2")
    take_in(one.exchange)
    act(one.exchange)
    assert one.state() is State.TESTED
    one.clock[0] += LEASE
    one.round()
    assert one.state() is State.IN_SERVICE


def _sending(kept: Store, name: str) -> Any:
    with kept.reading() as connection:
        return sending(connection, name)


def test_one_address_refused_parks_the_mail_and_nobody_has_it(tmp_path: Path, kept: Store) -> None:
    with mail_server(refused=("gone@qwest.example",)) as (server, port):
        settings = mailing(port)
        both = Partner(Route(Channel.MAIL, "noc@qwest.example,gone@qwest.example"))
        one = office(tmp_path, kept, replace(settings, partners={"QWEST": both}))
        post_status(one.exchange, "QWEST")
        (tried,) = send_due(one.exchange)
    assert not tried.sent
    assert "gone@qwest.example" in tried.said
    assert server.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the loopback's server says so
def test_a_password_goes_to_the_server_and_nowhere_else(
    tmp_path: Path, kept: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TURNUP_SECRET_MAIL", "the-mail-passw0rd")
    with mail_server(password="the-mail-passw0rd") as (server, port), caplog.at_level(logging.DEBUG):
        one = office(tmp_path, kept, mailing(port, username="noc", password="mail"))
        post_status(one.exchange, "QWEST")
        assert [tried.sent for tried in send_due(one.exchange)] == [True]
        monkeypatch.setenv("TURNUP_SECRET_MAIL", "another-passw0rd")
        two = office(tmp_path, kept, mailing(port, username="noc", password="mail"))
        two.at(1)
        post_status(two.exchange, "QWEST")
        (tried,) = send_due(two.exchange)
    assert not tried.sent
    assert len(server.mails) == 1
    for path in (*tmp_path.rglob("*"),):
        if path.is_file():
            assert b"passw0rd" not in path.read_bytes(), path
    assert "passw0rd" not in caplog.text


def test_a_password_is_not_sent_in_the_clear(tmp_path: Path, kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNUP_SECRET_MAIL", "the-mail-passw0rd")
    with mail_server() as (_, port):
        settings = mailing(port, username="noc", password="mail")
        assert settings.mail
        one = office(tmp_path, kept, replace(settings, mail=replace(settings.mail, starttls=True)))
        post_status(one.exchange, "QWEST")
        (tried,) = send_due(one.exchange)
    assert not tried.sent
    assert "STARTTLS" in tried.said


def hooking(port: int) -> Settings:
    partner = Partner(Route(Channel.WEBHOOK, f"http://127.0.0.1:{port}/hook"))
    return Settings("KMC", {"QWEST": partner}, None, Webhook("HOOK", timedelta(seconds=5)), Retry(timedelta(minutes=1)))


@pytest.fixture
def hook_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNUP_SECRET_HOOK", HOOK)


@pytest.mark.usefixtures("hook_key")
def test_a_webhook_is_signed_and_2xx_is_its_delivery(tmp_path: Path, kept: Store) -> None:
    with webhook_server(204, 202) as (hooks, port):
        one, name = here(tmp_path, kept, hooking(port))
        (tried,) = send_due(one.exchange)
    assert tried.sent
    assert one.state() is State.DELIVERED
    headers, body = hooks.posts[-1]
    moment = int(one.clock[0].timestamp())
    digest = hmac.new(HOOK.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Turnup-Signature"] == f"t={moment},v1={digest}" == signature(HOOK, moment, body)
    assert headers["Turnup-Message-Id"] == name
    assert [part["name"] for part in json.loads(body)["parts"]] == [f"{name}.certificate.json", f"{name}.xml"]
    assert HOOK.encode() not in body


@pytest.mark.usefixtures("hook_key")
@pytest.mark.parametrize(
    ("status", "parked", "uncertain"),
    [(500, False, False), (429, False, False), (0, False, True), (404, True, False), (302, True, False)],
)
def test_a_webhook_that_does_not_take_it(
    tmp_path: Path, kept: Store, status: int, parked: bool, uncertain: bool
) -> None:
    with webhook_server(200, status) as (_, port):
        one, _name = here(tmp_path, kept, hooking(port))
        (tried,) = send_due(one.exchange)
        assert (tried.sent, "parked" in tried.said, "may have arrived" in tried.said) == (False, parked, uncertain)
        one.at(100)
        assert [tried.sent for tried in send_due(one.exchange)] == ([] if parked else [True])


# --- results ---------------------------------------------------------------------------------------------------------


def test_the_same_results_are_one_sending_and_go_out_once(tmp_path: Path, kept: Store) -> None:
    one, name = here(tmp_path, kept, Settings("KMC"))
    assert post_results(one.exchange, PSO) == name
    assert len(send_due(one.exchange)) == 1
    with pytest.raises(Refused):
        post_results(one.exchange, PSO)


def test_results_overtaken_by_a_red_test_are_no_delivery(tmp_path: Path, kept: Store) -> None:
    from turnup.order.states import Actor, Event

    one, name = here(tmp_path, kept, Settings("KMC"))
    one.desk.enter(PSO, Event.TEST_FAIL, Actor.CARRIER, "turnup", detail={"certificate": "red"})
    (tried,) = send_due(one.exchange)
    assert tried.sent
    assert "no delivery any more" in tried.said
    assert one.state() is State.REJECTED
    row = _sending(kept, name)
    assert "no delivery any more" in row.error


def test_nothing_is_delivered_before_the_tests(tmp_path: Path, kept: Store) -> None:
    one = office(tmp_path, kept).ordered()
    with pytest.raises(Refused, match="acknowledged"):
        post_results(one.exchange, PSO)


def test_a_secret_never_goes_out(tmp_path: Path, kept: Store) -> None:
    one = office(tmp_path, kept)
    header = one.exchange.header("X-1", "QWEST")
    with kept.writing() as connection, pytest.raises(TurnupError, match="LVL3-MD5"):
        one.exchange.put(connection, header, "X", "", b"<x/>", "subject", f"the key is {KEY}", Route())
