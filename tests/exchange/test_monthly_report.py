"""The monthly report goes out once it is over, by the fifth working day, with the partner's own orders alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mail_servers import mail_server
from office_samples import MAIL, PSO, Office, accepted, mailing, office

from turnup.errors import InputError, Refused
from turnup.exchange.delivering import post_results
from turnup.exchange.monthly import KIND, post_performance, reports_due
from turnup.exchange.outbox import send_due
from turnup.exchange.settings import Settings, load_settings
from turnup.order.errands import Errand
from turnup.performance.months import Month
from turnup.store import Store, open_store
from turnup.store.sendings import sendings

NOVEMBER = Month(2026, 11)
DECEMBER = datetime(2026, 12, 3, 12, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/turnup.db")


def asked(settings: Settings) -> Settings:
    partners = {name: replace(MAIL, monthly_report=name == "QWEST") for name in ("QWEST", "ACME")}
    return replace(settings, partners=partners)


def due(here: Office, now: datetime) -> list[Errand]:
    with here.desk.store.reading() as connection:
        return list(reports_due(connection, here.exchange.settings, here.desk.noc.equipment.policy, now))


def test_it_is_mailed_once_it_is_over_and_due_until_it_was_sent(tmp_path: Path, kept: Store) -> None:
    with mail_server() as (server, port):
        here = office(tmp_path, kept, asked(mailing(port)))
        here.tested()
        post_results(here.exchange, PSO)
        here.round()
        here.at(5).drop(accepted(), "Q-2")
        here.round()
        with pytest.raises(Refused, match="is not over"):
            post_performance(here.exchange, "QWEST", NOVEMBER)
        with pytest.raises(InputError, match="nobody"):
            post_performance(here.exchange, "OTHER", NOVEMBER)
        here.clock[0] = DECEMBER
        (one,) = due(here, DECEMBER)
        assert one.due == datetime(2026, 12, 8, 5, tzinfo=UTC), "the end of Monday the 7th in Bedminster"
        assert "turnup notice performance 2026-11 --to QWEST" in one.action
        name = post_performance(here.exchange, "QWEST", NOVEMBER)
        assert due(here, DECEMBER) == [one], "what was not sent was not told"
        send_due(here.exchange)
        assert due(here, DECEMBER) == []
        assert post_performance(here.exchange, "QWEST", NOVEMBER) == name
        assert send_due(here.exchange) == (), "the same figures are one sending"
        mail = server.mails[-1]
        assert mail["Subject"] == "Performance 2026-11"
        assert PSO in str(mail)
        names = [part.get_filename() for part in mail.walk() if part.get_filename()]
        assert names == [f"{name}.performance-2026-11.csv", f"{name}.performance-2026-11.md"]
        assert post_performance(here.exchange, "ACME", NOVEMBER) != name
        send_due(here.exchange)
        assert PSO not in str(server.mails[-1]), "an order that another partner sent"
    with kept.reading() as connection:
        assert {(row.order_id, bool(row.sent_at)) for row in sendings(connection, KIND)} == {
            ("QWEST 2026-11", True),
            ("ACME 2026-11", True),
        }


def test_a_month_that_was_passed_over_is_owed_until_it_is_sent(tmp_path: Path, kept: Store) -> None:
    """MGS IV Schedule 2 wants every month's: one that was forgotten does not go with the next month."""
    with mail_server() as (_, port):
        here = office(tmp_path, kept, asked(mailing(port)))
        here.clock[0] = DECEMBER
        post_performance(here.exchange, "QWEST", NOVEMBER)
        send_due(here.exchange)
        here.clock[0] = later = datetime(2027, 2, 2, 12, tzinfo=UTC)
        assert [one.about for one in due(here, later)] == ["report 2026-12", "report 2027-01"]
        post_performance(here.exchange, "QWEST", Month(2026, 12))
        send_due(here.exchange)
        assert [one.about for one in due(here, later)] == ["report 2027-01"]


def test_nobody_asked_and_nothing_is_due(tmp_path: Path, kept: Store) -> None:
    assert due(office(tmp_path, kept), DECEMBER) == []


def test_the_setting_is_read(tmp_path: Path) -> None:
    (tmp_path / "exchange.yaml").write_text("partners: { QWEST: { monthly_report: true } }\n")
    assert load_settings(tmp_path / "exchange.yaml").partners["QWEST"].monthly_report
