"""The exchange: the desk with its ways in and out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from turnup.desk.entering import Desk
from turnup.errors import InputError
from turnup.exchange.dropbox import DropBox
from turnup.exchange.parcel import Parcel, Part
from turnup.exchange.settings import FILE, Channel, Route, Settings, load_settings
from turnup.exchange.xml import message_xml
from turnup.model.messages import Body, Message
from turnup.model.order import Header
from turnup.noc import Noc
from turnup.store import Connection
from turnup.store.sendings import Sending, put


class Way(Protocol):
    """A way out."""

    def send(self, sending: Sending, parcel: Parcel) -> str:
        """Hand it over; what proves it. Raises Unreachable (try again), Refused (never)."""


@dataclass(frozen=True)
class Exchange:
    """The desk, the settings, the folders messages come from and go to. `live` reads the routers for new orders."""

    desk: Desk
    settings: Settings
    incoming: DropBox
    outgoing: Path
    live: bool = True

    @property
    def noc(self) -> Noc:
        """The desk's."""
        return self.desk.noc

    def now(self) -> datetime:
        """The NOC's clock."""
        return self.noc.clock()

    def way(self, channel: str) -> Way:
        """The way out of that name. Raises InputError when its settings or its secret are missing."""
        from turnup.exchange.channels.file import FileChannel
        from turnup.exchange.channels.mail import MailChannel
        from turnup.exchange.channels.webhook import WebhookChannel

        settings, reveal = self.settings, self.noc.secrets.reveal
        if channel == Channel.FILE:
            return FileChannel(self.outgoing)
        if channel == Channel.MAIL and (mail := settings.mail):
            return MailChannel(mail, reveal(mail.password) if mail.password else None)
        if channel == Channel.WEBHOOK and (hook := settings.webhook):
            return WebhookChannel(reveal(hook.secret), hook.timeout.total_seconds(), self.now)
        raise InputError(f"the settings have no {channel}", where=FILE, advice=f"Name it in {FILE}.")

    def header(self, message_id: str, partner: str, in_reply_to: str | None = None) -> Header:
        """Envelope of what we send."""
        return Header(message_id, self.settings.us, partner, self.now(), in_reply_to)

    def post(self, connection: Connection, message: Message, subject: str, text: str, *more: Part) -> bool:
        """Put a message into the outbox, with documents that go along; False when one of its id is there."""
        return self.put(
            connection,
            message.header,
            message.kind,
            message.order_id,
            message_xml(message),
            subject,
            text,
            self.settings.route(message.header.recipient),
            more,
        )

    def put(
        self,
        connection: Connection,
        header: Header,
        kind: str,
        order_id: str,
        xml: bytes,
        subject: str,
        text: str,
        route: Route,
        more: tuple[Part, ...] = (),
    ) -> bool:
        """The same for a message that is written already, to a route. Raises TurnupError when a secret is in it."""
        for data in (xml, subject.encode(), text.encode(), *(part.data for part in more)):
            self.noc.redact.assured(data.decode(), f"the message {header.message_id}")
        parcel = Parcel(subject, text, (*more, Part(f"{header.message_id}.xml", "application/xml", xml)))
        now = self.now()
        return put(
            connection,
            Sending(
                message_id=header.message_id,
                channel=route.channel.value,
                target=route.target,
                kind=kind,
                order_id=order_id,
                body=parcel.to_bytes(),
                created_at=now,
                next_at=now,
            ),
        )


def number(prefix: str, *what: str) -> str:
    """A message's number, the same for the same reason: putting it twice is once."""
    return f"{prefix}-{hashlib.sha256(chr(0).join(what).encode()).hexdigest()[:24]}"


def settings_of(noc: Noc, path: Path | None = None) -> Settings:
    """exchange.yaml as named, else beside policy.yaml. Raises InputError."""
    if path is not None:
        return load_settings(path, must_exist=True)
    policy = noc.equipment.policy.origin
    return load_settings(Path(policy).with_name(FILE)) if policy else Settings()


def spoken(body: Body) -> str:
    """What kind of message it is, in words for a subject."""
    words = "".join(f" {one.lower()}" if one.isupper() else one for one in type(body).__name__)
    return words.strip().capitalize()
