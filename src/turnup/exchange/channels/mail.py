"""By e-mail (PASA 2.3(a)): one mail a sending, its Message-ID from the outbox, so that a repeated one is recognised."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from turnup.errors import Refused, Unreachable
from turnup.exchange.parcel import Parcel
from turnup.exchange.settings import Mail
from turnup.store.sendings import UNCERTAIN, Sending


@dataclass(frozen=True)
class MailChannel:
    """A mail server that takes our mail. `password` is the word itself; it is never shown."""

    settings: Mail
    password: str | None = None

    def __repr__(self) -> str:
        return f"MailChannel({self.settings.host}:{self.settings.port})"

    def send(self, sending: Sending, parcel: Parcel) -> str:
        """Hand the mail over; the server's answer is the proof. Raises Unreachable, Refused (a 5xx answer)."""
        mail = written(sending, parcel, self.settings.sender)
        addresses = sending.target.split(",")
        with _told(self.settings), self._connected() as server:
            _must(server.mail(self.settings.sender), "the sender")
            answers = {address: server.rcpt(address) for address in addresses}
            for address, answer in answers.items():
                _must(answer, address)
            try:
                answer = server.data(mail.as_bytes(policy=SMTP))
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                raise Unreachable(
                    f"the connection was cut after the mail was sent: it {UNCERTAIN} ({error}); "
                    f"the next try has the same Message-ID {mail['Message-ID']}"
                ) from error
            _must(answer, "the mail")
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        return f"mail {mail['Message-ID']} to {sending.target}: {_words(answer)}"

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        told = self.settings
        domain = told.sender.rpartition("@")[2]
        server = smtplib.SMTP(told.host, told.port, domain, timeout=told.timeout.total_seconds())
        try:
            server.ehlo_or_helo_if_needed()
            if told.starttls:
                _must(server.starttls(context=ssl.create_default_context()), "STARTTLS")
                server.ehlo_or_helo_if_needed()
            if told.username:
                if not told.starttls and told.host not in ("127.0.0.1", "::1", "localhost"):
                    raise Refused("a password is not sent without STARTTLS", advice="Set mail.starttls: true.")
                server.login(told.username, self.password or "")
            yield server
        finally:
            server.close()


def written(sending: Sending, parcel: Parcel, sender: str) -> EmailMessage:
    """The mail: the same sending is always the same mail."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = ", ".join(sending.target.split(","))
    mail["Subject"] = parcel.subject
    mail["Date"] = format_datetime(sending.created_at)
    mail["Message-ID"] = f"<{sending.message_id}@{sender.rpartition('@')[2]}>"
    mail["X-Turnup-Kind"] = sending.kind
    mail.set_content(parcel.text)
    for part in parcel.parts:
        main, _, sub = part.media.partition("/")
        mail.add_attachment(part.data, maintype=main, subtype=sub, filename=part.name)
    mail.set_boundary(f"=={sending.message_id}==")
    return mail


@contextmanager
def _told(settings: Mail) -> Iterator[None]:
    """What the library raises, in our words; a 5xx answer is final, everything else is tried again."""
    where = f"{settings.host}:{settings.port}"
    try:
        yield
    except smtplib.SMTPResponseException as error:
        said = _words((error.smtp_code, error.smtp_error))
        if 500 <= error.smtp_code < 600:
            raise Refused(f"{where} refused: {said}") from error
        raise Unreachable(f"{where} does not take it now: {said}") from error
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"{where} shows a certificate that cannot be verified: {error.verify_message}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(f"{where}: {error}") from error


def _must(answer: tuple[int, bytes], what: str) -> None:
    code = answer[0]
    if 500 <= code < 600:
        raise Refused(f"the mail server refused {what}: {_words(answer)}")
    if not 200 <= code < 400:
        raise Unreachable(f"the mail server does not take {what} now: {_words(answer)}")


def _words(answer: tuple[int, bytes | str]) -> str:
    said = answer[1].decode("ascii", "backslashreplace") if isinstance(answer[1], bytes) else answer[1]
    return f"{answer[0]} {' '.join(said.split())}"[:300]
