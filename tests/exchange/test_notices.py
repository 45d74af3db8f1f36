"""Notices count from when they were sent; outages are told in time; status; settings are read strictly."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mail_servers import mail_server
from office_samples import HOUR, PSO, START, mailing, office

from turnup.errors import InputError, Refused, UsageError
from turnup.exchange.delivering import post_results
from turnup.exchange.notices import announce_emergency, announce_maintenance, report_outage, routers_of, window_of
from turnup.exchange.outages import next_report, outages_due
from turnup.exchange.outbox import send_due
from turnup.exchange.reporting import post_status
from turnup.exchange.settings import Channel, Route, load_settings
from turnup.exchange.xml import read_xml
from turnup.model.messages import MaintenanceNotice, OutageReport, StatusReport, Work
from turnup.order.maintenance import must_be_allowed
from turnup.order.records import Notice
from turnup.order.states import Actor, Event
from turnup.store import Store, open_store


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    opened = open_store(f"sqlite:///{tmp_path}/turnup.db")
    yield opened
    opened.close()


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
    attached = next(part for part in server.mails[0].walk() if str(part.get_filename()).endswith(".xml"))
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    told = read_xml(content, where="mail").body
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


def test_a_notice_names_the_orders_it_affects_those_under_repair_too(tmp_path: Path, kept: Store) -> None:
    """PASA 2.3(a): what may affect the services; not those that are over."""

    def named() -> tuple[str, ...]:
        announce_emergency(here.exchange, "QWEST", routers_of(here.desk.noc, "nyc-hud-gsr1"), f"at {here.clock[0]}")
        send_due(here.exchange)
        told = [one.body for one in here.out() if isinstance(one.body, MaintenanceNotice)]
        return max(told, key=lambda one: one.starts).affected

    here = office(tmp_path, kept)
    here.tested()
    post_results(here.exchange, PSO)
    here.round()
    assert named() == (PSO,)
    here.at(5).desk.enter(PSO, Event.ACCEPT, Actor.CUSTOMER, "Q. West")
    here.desk.advance(PSO)
    assert named() == (PSO,)
    here.at(6).desk.enter(PSO, Event.FAULT, Actor.CARRIER, "NOC")
    assert named() == (PSO,)
    here.at(7).desk.enter(PSO, Event.TERMINATE, Actor.CUSTOMER, "Q. West", detail={"clause": "8.4(i)"})
    assert named() == ()


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
    (due,) = outages_due(exchange)
    assert (due.what, due.due, due.since) == ("summary", None, START + 90 * minute), "the text names no time for it"
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
