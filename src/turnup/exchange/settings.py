"""exchange.yaml beside policy.yaml: who we are, whom we write to, by which channel. Never a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from turnup.errors import InputError
from turnup.load.faults import record, refuse
from turnup.load.yaml import read_yaml
from turnup.model.text import identifier, reference

FILE = "exchange.yaml"


class Channel(StrEnum):
    """How messages go out."""

    FILE = "file"
    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Route:
    """Where something goes: a folder below the outgoing one (`file`), addresses with commas (`mail`), a URL."""

    channel: Channel = Channel.FILE
    target: str = ""


@dataclass(frozen=True)
class Partner:
    """Somebody messages are exchanged with. Notices go the messages' way when they have none of their own.

    `monthly_report`: they asked for the performance report (MGS IV, Schedule 2); `turnup due` watches its day.
    """

    messages: Route = Route()
    notices: Route | None = None
    monthly_report: bool = False


@dataclass(frozen=True)
class Mail:
    """The mail server that takes our mail. `password` is a secret's name (policy.yaml: secrets)."""

    host: str
    sender: str
    port: int = 25
    starttls: bool = False
    username: str | None = None
    password: str | None = None
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class Webhook:
    """How webhooks are signed. `secret` is a secret's name."""

    secret: str
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class Retry:
    """Pauses between tries: the first, doubled each time up to the longest; parked after so many tries."""

    first: timedelta = timedelta(seconds=60)
    longest: timedelta = timedelta(hours=1)
    tries: int = 20

    def pause(self, tries: int) -> timedelta:
        """How long after that many tries."""
        doubled: int = 2 ** min(tries - 1, 30)
        return min(self.first * doubled, self.longest)


@dataclass(frozen=True)
class Settings:
    """exchange.yaml. Without partners every sender is answered, in files."""

    us: str = "CARRIER"
    partners: Mapping[str, Partner] = field(default_factory=dict)
    mail: Mail | None = None
    webhook: Webhook | None = None
    retry: Retry = Retry()

    def route(self, partner: str, *, notice: bool = False) -> Route:
        """Where messages to that partner go; notices (PASA 2.3(a): by e-mail) when `notice`."""
        known = self.partners.get(partner, Partner())
        return known.notices if notice and known.notices else known.messages

    def knows(self, partner: str) -> bool:
        """Whether messages are exchanged with them."""
        return not self.partners or partner in self.partners


def load_settings(path: Path, *, must_exist: bool = False) -> Settings:
    """The settings in that file; the defaults where there is none. Raises InputError with every mistake."""
    if not path.exists() and not must_exist:
        return Settings()
    content = read_yaml(path)
    found, faults = record(Settings, {} if content is None else content, where=str(path))
    refuse(faults)
    if found is None:
        raise InputError("cannot be read", where=str(path))
    for name, reason in _wrong(found):
        raise InputError(f"field {name!r} {reason}", where=str(path))
    return found


def _wrong(found: Settings) -> Iterator[tuple[str, str]]:
    yield from _refused(reference, "us", found.us)
    for name, partner in found.partners.items():
        yield from _refused(reference, f"partners.{name}", name)
        for what, route in (("messages", partner.messages), ("notices", partner.notices)):
            if route is not None and (reason := _route_fault(route, found)):
                yield f"partners.{name}.{what}", reason
    if found.mail and found.mail.username and not found.mail.password:
        yield "mail.password", "is missing: the name of the secret"
    if found.retry.tries < 1 or found.retry.first <= timedelta(0):
        yield "retry", "must try once at least, with a pause"


def _route_fault(route: Route, found: Settings) -> str:
    match route.channel:
        case Channel.FILE:
            return "must name one folder" if route.target and [*_refused(identifier, "", route.target)] else ""
        case Channel.MAIL if found.mail is None:
            return "goes by mail, and the settings name no mail server (mail)"
        case Channel.MAIL:
            good = all(
                "@" in one and one.isascii() and one.isprintable() and not set(one) & set(" <>")
                for one in route.target.split(",")
            )
            return "" if good else "must be addresses with commas between, no blanks"
        case Channel.WEBHOOK if found.webhook is None:
            return "is a webhook, and the settings name no secret to sign with (webhook)"
        case Channel.WEBHOOK:
            return "" if route.target.startswith(("https://", "http://")) else "must be a URL"


def _refused(rule: Callable[[str], str], name: str, value: str) -> Iterator[tuple[str, str]]:
    try:
        rule(value)
    except InputError as error:
        yield name, str(error)
