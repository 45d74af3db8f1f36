"""An exchange of its own for a test: sample estate, store, folders, a clock that is set by hand, no router."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sample_messages import level3

from turnup import folder
from turnup.certificate.document import digest, from_json, to_json
from turnup.desk.entering import Desk
from turnup.exchange.dropbox import DropBox
from turnup.exchange.office import Exchange
from turnup.exchange.rounds import Round, one_round
from turnup.exchange.settings import Channel, Mail, Partner, Retry, Route, Settings
from turnup.exchange.xml import message_xml, read_xml
from turnup.home import Home
from turnup.model.certificate import Occasion
from turnup.model.messages import Accept, AcceptanceResponse, Body, Message
from turnup.model.order import Header
from turnup.noc import open_noc
from turnup.order.states import Actor, Event, State
from turnup.store import Store
from turnup.store.events import history, standing

SATISFIED = Path(__file__).parents[1] / "certificate" / "samples" / "satisfied.json"
PSO = "PSO-2001-000051"
START = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)  # an hour before the sample certificate was made
HOUR = timedelta(hours=1)
PERIODS = "clocks:\n  acknowledgement: 24h\n  acceptance_new: 48h\n  acceptance_repaired: 24h\n"
KEY = "a-planted-k3y-value"


@dataclass
class Office:
    """The exchange, its hands-on clock, and the customer's side of the folders."""

    exchange: Exchange
    clock: list[datetime]
    appeared: dict[int, datetime] = field(default_factory=dict)  # by inode

    @property
    def desk(self) -> Desk:
        return self.exchange.desk

    @property
    def inside(self) -> Path:
        return self.exchange.incoming.folder

    def at(self, hours: float) -> Office:
        """Set the clock."""
        self.clock[0] = START + hours * HOUR
        return self

    def drop(self, body: Body, number: str, *, sender: str = "QWEST", name: str = "") -> bytes:
        """The customer puts a message into the folder."""
        header = Header(number, sender, "KMC", self.clock[0])
        return self.drop_file(message_xml(Message(header, body)), name or f"{number}.xml")

    def drop_file(self, data: bytes, name: str) -> bytes:
        self.inside.mkdir(parents=True, exist_ok=True)
        draft = self.inside / f"{name}.tmp"
        draft.write_bytes(data)
        self.appeared[draft.stat().st_ino] = self.clock[0]
        draft.replace(self.inside / name)
        return data

    def round(self) -> Round:
        return one_round(self.exchange)

    def out(self) -> list[Message]:
        """Messages the customer finds, by name."""
        found = sorted(self.exchange.outgoing.rglob("*.xml"))
        return [read_xml(path.read_bytes(), where=path.name) for path in found]

    def answer(self, number: str) -> Body:
        """The one answer to that message."""
        found = {message.header.message_id: message for message in self.out() if message.header.in_reply_to == number}
        (one,) = found.values()
        return one.body

    def events(self, order_id: str = PSO) -> list[Event]:
        with self.desk.store.reading() as connection:
            return [row.happening.event for row in history(connection, order_id)]

    def state(self, order_id: str = PSO) -> State | None:
        with self.desk.store.reading() as connection:
            life = standing(connection, order_id)
        return life.state if life else None

    def ordered(self) -> Office:
        """The contract's own order came and was acknowledged."""
        self.drop(replace(level3().order, origin=""), "Q-ORDER")
        self.round()
        return self

    def tested(self) -> str:
        """It was provisioned and tested; digest of its certificate. It is 9 o'clock then."""
        self.ordered()
        self.desk.enter(PSO, Event.PROVISION, Actor.CARRIER, "turnup")
        certificates = self.desk.noc.home.part("certificates")
        shutil.copy(SATISFIED, certificates / f"{PSO}--Serial5-0--sample.json")
        self.at(2)
        life = self.desk.catch_up(PSO)
        assert life is not None
        assert life.state is State.TESTED
        return digest(from_json(SATISFIED.read_text()))

    def retested(self, hours: float) -> None:
        """The port was tested again then, for its repair, and all is well; it is ten minutes later now."""
        begun = START + hours * HOUR
        sample = from_json(SATISFIED.read_text())
        made = replace(sample, occasion=Occasion.REPAIR, started=begun, ended=begun + HOUR / 6)
        path = self.desk.noc.home.part("certificates") / f"{PSO}--Serial5-0--{hours}.json"
        path.write_text(to_json(made))
        self.at(hours + 1 / 6)
        self.desk.catch_up(PSO)


def inventory(target: Path, periods: str = PERIODS) -> Path:
    """The sample inventory with periods of the contract."""
    shutil.copytree(folder("inventory"), target, dirs_exist_ok=True)
    policy = target / "policy.yaml"
    policy.write_text(policy.read_text().replace("clocks: {}", periods))
    return target


def office(folder_: Path, store: Store, settings: Settings | None = None, periods: str = PERIODS) -> Office:
    """An exchange in that folder."""
    clock = [START]
    given = {"TURNUP_SECRET_LVL3_MD5": KEY, "TURNUP_USERNAME": "", "TURNUP_PASSWORD": ""}
    given["TURNUP_STORE"] = store.engine.url.render_as_string(hide_password=False)
    noc = open_noc(inventory=inventory(folder_ / "inventory", periods), home=Home(folder_ / "home"), environment=given)
    noc = replace(noc, clock=lambda: clock[0])
    appeared: dict[int, datetime] = {}
    box = DropBox(folder_ / "in", 0.0, lambda seen: int(appeared[seen.st_ino].timestamp()) * 10**9)
    made = Exchange(Desk(noc, store), settings or Settings("KMC"), box, folder_ / "out", live=False)
    return Office(made, clock, appeared)


MAIL = Partner(Route(Channel.MAIL, "noc@qwest.example"), None)


def mailing(port: int, **more: Any) -> Settings:
    """Settings with one partner, by mail to that port of the loopback."""
    mail = Mail("127.0.0.1", "noc@kmc.example", port, timeout=timedelta(seconds=5), **more)
    return Settings("KMC", {"QWEST": MAIL}, mail, None, Retry(timedelta(minutes=1), timedelta(minutes=8), 4))


def accepted(order_id: str = PSO, certificate: str | None = None) -> AcceptanceResponse:
    return AcceptanceResponse(order_id, "Q. West", certificate, accept=Accept())
