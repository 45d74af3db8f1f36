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
from office_samples import HOUR, KEY, PSO, START, Office, office

from turnup.errors import InputError, Refused, TurnupError, UsageError
from turnup.exchange.channels.webhook import signature
from turnup.exchange.delivering import post_results
from turnup.exchange.notices import announce_emergency, announce_maintenance, report_outage, routers_of, window_of
from turnup.exchange.outages import next_report, outages_due
from turnup.exchange.outbox import LEASE, send_due
from turnup.exchange.parcel import Parcel
from turnup.exchange.reporting import post_status
from turnup.exchange.settings import Channel, Mail, Partner, Retry, Route, Settings, Webhook, load_settings
from turnup.exchange.xml import read_xml
from turnup.model.messages import MaintenanceNotice, OutageReport, StatusReport, Work
from turnup.order.maintenance import must_be_allowed
from turnup.order.records import Notice
from turnup.order.states import State
from turnup.store import Store, open_store
from turnup.store.sendings import sending, try_again

MAIL = Partner(Route(Channel.MAIL, "noc@qwest.example"), None)
HOOK = "hook-key-of-the-test"


def mailing(port: int, **more: Any) -> Settings:
    mail = Mail("127.0.0.1", "noc@kmc.example", port, timeout=timedelta(seconds=5), **more)
    return Settings("KMC", {"QWEST": MAIL}, mail, None, Retry(timedelta(minutes=1), timedelta(minutes=8), 4))


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


# --- notices ---------------------------------------------------------------------------------------------------------


def test_a_notice_counts_from_when_it_was_sent(tmp_path: Path, kept: Store) -> None:
    with mail_server("451 later") as (server, port):
        one = office(tmp_path, kept, mailing(port))
        records, routers = one.desk.noc.records, routers_of(one.desk.noc, "nyc-hud-gsr1")
        window = window_of(routers, one.desk.noc, None, START)
        name = announce_maintenance(one.exchange, "QWEST", routers, window, "line card software")
        assert window.start >= START + 48 * HOUR
        send_due(one.exchange)
        assert records.rows(Notice) == (), "put off is not sent"
        with pytest.raises(Refused, match="no notice is recorded"):
            must_be_allowed(window.start, "America/New_York", "nyc-hud-gsr1", records.rows(Notice))
        one.at(1)
        send_due(one.exchange)
        (row,) = records.rows(Notice)
        assert (row.router, row.starts, row.sent_at, row.reference) == (
            "nyc-hud-gsr1",
            window.start,
            START + HOUR,
            name,
        )
        assert must_be_allowed(window.start, "America/New_York", "nyc-hud-gsr1", records.rows(Notice)) == row
    told = read_xml(server.mails[0].get_payload()[1].get_payload(decode=True), where="mail").body  # type: ignore[index, union-attr]
    assert isinstance(told, MaintenanceNotice)
    assert (told.work, told.starts, told.ends) == (Work.NORMAL, window.start, window.end)
    assert "EST" in server.mails[0]["Subject"]


def test_a_notice_sent_too_late_allows_nothing(tmp_path: Path, kept: Store) -> None:
    with mail_server("451 later") as (_, port):
        one = office(tmp_path, kept, mailing(port))
        routers = routers_of(one.desk.noc, "nyc-hud-gsr1")
        window = window_of(routers, one.desk.noc, None, START)
        announce_maintenance(one.exchange, "QWEST", routers, window, "line card software")
        send_due(one.exchange)
        one.clock[0] = window.start - 47 * HOUR
        assert [tried.sent for tried in send_due(one.exchange)] == [True]
        with pytest.raises(Refused, match="less than 48 hours"):
            must_be_allowed(window.start, "America/New_York", "nyc-hud-gsr1", one.desk.noc.records.rows(Notice))
        with pytest.raises(UsageError, match="less than 48 hours"):
            window_of(routers, one.desk.noc, window.start, one.clock[0])
        with pytest.raises(UsageError, match="in no window"):
            window_of(routers, one.desk.noc, window.end, one.clock[0])


def test_a_site_s_notice_names_all_of_its_routers_and_an_emergency_is_no_notice(tmp_path: Path, kept: Store) -> None:
    one = office(tmp_path, kept)
    site = routers_of(one.desk.noc, "NYC-60HUDSON")
    window = window_of(site, one.desk.noc, None, START)
    announce_emergency(one.exchange, "QWEST", site, "fan tray burns")
    send_due(one.exchange)
    assert one.desk.noc.records.rows(Notice) == ()
    announce_maintenance(one.exchange, "QWEST", site, window, "power")
    announce_maintenance(one.exchange, "QWEST", site, window, "power")
    assert len(send_due(one.exchange)) == 1, "the same notice is one"
    assert [row.router for row in one.desk.noc.records.rows(Notice)] == [router.name for router in site]
    with pytest.raises(UsageError):
        routers_of(one.desk.noc, "nowhere")
    with pytest.raises(InputError):
        announce_emergency(one.exchange, "QWEST", site, "fire\nreload")


def test_an_outage_is_told_within_30_minutes_and_every_60(tmp_path: Path, kept: Store) -> None:
    one = office(tmp_path, kept)
    exchange, minute = one.exchange, timedelta(minutes=1)
    given = {"site": "NYC-60HUDSON", "began_at": START, "person_notified": "Q. West"}
    with pytest.raises(Refused):
        next_report(exchange, "OUT-7", "update", given)
    with pytest.raises(UsageError, match="began_at"):
        next_report(exchange, "OUT-7", "first", {"site": "X", "person_notified": "Q"})
    report_outage(exchange, "QWEST", next_report(exchange, "OUT-7", "first", given))
    (due,) = outages_due(exchange)
    assert (due.what, due.due) == ("first report", START + 30 * minute), "what was not sent was not told"
    one.clock[0] = START + 20 * minute
    send_due(exchange)
    (due,) = outages_due(exchange)
    assert (due.what, due.due) == ("update", START + 80 * minute)
    one.clock[0] = START + 70 * minute
    report_outage(exchange, "QWEST", next_report(exchange, "OUT-7", "update", {"cause": "line card"}))
    send_due(exchange)
    assert outages_due(exchange)[0].due == START + 130 * minute
    one.clock[0] = START + 90 * minute
    report_outage(exchange, "QWEST", next_report(exchange, "OUT-7", "restored", {}))
    send_due(exchange)
    assert outages_due(exchange) == ()
    with pytest.raises(InputError, match="corrected_by"):
        report_outage(exchange, "QWEST", next_report(exchange, "OUT-7", "summary", {}))
    last = {"corrected_by": "card replaced", "long_term_remedy": "spare at the site"}
    report_outage(exchange, "QWEST", next_report(exchange, "OUT-7", "summary", last))
    send_due(exchange)
    told = [message.body for message in one.out()]
    summary = next(body for body in told if isinstance(body, OutageReport) and body.stage == "SUMMARY")
    assert (summary.cause, summary.ended_at) == ("line card", START + 90 * minute)
    with pytest.raises(Refused):
        next_report(exchange, "OUT-7", "update", {})


def test_a_status_report_tells_where_the_partner_s_orders_stand(tmp_path: Path, kept: Store) -> None:
    one = office(tmp_path, kept).ordered()
    post_status(one.exchange, "QWEST")
    post_status(one.exchange, "ACME")
    send_due(one.exchange)
    found = {m.header.recipient: m.body for m in one.out() if isinstance(m.body, StatusReport)}
    assert [(row.order_id, row.state) for row in found["QWEST"].orders] == [(PSO, "acknowledged")]
    assert found["ACME"].orders == ()


# --- settings --------------------------------------------------------------------------------------------------------

GOOD = """us: KMC
partners:
  QWEST:
    messages: { channel: webhook, target: "https://noc.qwest.example/turnup" }
    notices: { channel: mail, target: "noc@qwest.example,desk@qwest.example" }
  ACME: {}
mail: { host: mail.kmc.example, port: 587, sender: noc@kmc.example, starttls: true, username: noc, password: mail }
webhook: { secret: hook }
retry: { first: 60s, longest: 2h, tries: 30 }
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", ""),
        ("us: KMC", "us: K MC", "us"),
        ("channel: mail", "channel: fax", "cannot be 'fax'"),
        ("noc@qwest.example,desk", "noc@qwest.example, desk", "no blanks"),
        ("https://", "ftp://", "URL"),
        ("mail: {", "post: {", "unknown field"),
        ("webhook: { secret: hook }", "", "no secret to sign with"),
        (", password: mail", "", "the name of the secret"),
        ("tries: 30", "tries: 0", "retry"),
        ("first: 60s", "first: soon", "period"),
        ("ACME: {}", "ACME: { messages: { target: ../x } }", "one folder"),
    ],
)
def test_settings_are_read_strictly(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "exchange.yaml"
    path.write_text(GOOD.replace(old, new, 1) if old else GOOD)
    if said:
        with pytest.raises(InputError, match=said):
            load_settings(path)
        return
    settings = load_settings(path)
    assert settings.route("QWEST", notice=True).channel is Channel.MAIL
    assert settings.route("ACME", notice=True) == Route()
    assert not settings.knows("OTHER")
    assert settings.retry.pause(1) == timedelta(minutes=1)
    assert settings.retry.pause(50) == timedelta(hours=2)
    with pytest.raises(InputError):
        load_settings(tmp_path / "none.yaml", must_exist=True)
