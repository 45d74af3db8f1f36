"""What the rest of the product sees of a router: a session. One Protocol; live and replayed sessions obey it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from turnup.errors import CouldNotRun
from turnup.model.transcript import Answer, Ask, Request
from turnup.platforms import Platform


@dataclass(frozen=True)
class Address:
    """Where a router is reached. `router` is its name in the inventory; `transport` is `ssh` or `telnet`."""

    router: str
    host: str
    port: int
    transport: str = "ssh"

    def __str__(self) -> str:
        return f"{self.router} ({self.transport} {self.host}:{self.port})"


@dataclass(frozen=True)
class Credentials:
    """An account. `repr` shows the user name only."""

    username: str
    password: str = field(repr=False)
    enable: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Said:
    """A configuration line that was sent and what the router said to it, redacted; `text` is "" when accepted."""

    line: str
    text: str


class WrongMode(CouldNotRun):
    """The router's prompt shows another configuration mode than the one the line belongs to."""

    advice = "Nothing more was sent. Read the running configuration: the last line may have taken effect elsewhere."


class ConfigurationUnknown(CouldNotRun):
    """Configuration was sent and the router's answer did not come back whole: what it took is not known.

    `sent` are the lines that may have taken effect, in order, the doubtful ones included; `lost` says that the
    session is gone too.
    """

    advice = "Do not send it again: read the running configuration first and compare."

    def __init__(self, message: str, *, sent: Sequence[str] = (), lost: bool = False) -> None:
        super().__init__(message)
        self.sent = tuple(sent)
        self.lost = lost


class Session(Protocol):
    """An open conversation with one router. All text that comes out is redacted.

    Reading: `ask` (many, pipelined; failures stand in the answers) and `command` (one; failures raise).
    Writing: `enter_config`, `config_line` or `config_lines`, `leave_config`, `save`. Lines may hold tokens
    `<secret:NAME>`; they are replaced just before the wire.
    """

    @property
    def router(self) -> str:
        """Name in the inventory."""

    @property
    def hostname(self) -> str:
        """Name in the router's prompt."""

    @property
    def platform(self) -> Platform:
        """The CLI dialect."""

    @property
    def username(self) -> str:
        """Account in use."""

    def ask(self, requests: Sequence[Request]) -> Mapping[Ask, Answer]:
        """Answers to all requests, whatever happens: one that could not be got has `failure`.

        Requests with the same command are sent once. Requests for a probe of the NOC are refused with UsageError.
        """

    def command(self, text: str, timeout: float | None = None) -> Answer:
        """Answer to one exec command. Raises AnswerIncomplete, Unreachable (lost), Refused (characters)."""

    def enter_config(self) -> None:
        """Go to configuration mode with the next line, where a section's first line may share the round trip.

        That line raises CommandRefused when the router does not go there; nothing else was typed then.
        """

    def config_line(self, line: str, mode: str | None) -> str:
        """What the router said to the line besides echo, prompt and log messages, redacted; "" = accepted.

        `mode` is the prompt's mode expected after it, such as `config-if`; None = any. Raises WrongMode,
        ConfigurationUnknown (answer lost: never sent again), Refused (nothing was sent).
        """

    def config_lines(self, lines: Sequence[str], mode: str | None) -> tuple[Said, ...]:
        """The same for children of one section, a small window at a time.

        Stops at the first line that is not silently accepted: every line that was sent is in the result, in order;
        fewer than `lines` means the rest was not sent.
        """

    def leave_config(self) -> None:
        """Back to exec mode. Raises WrongMode when the router stays in configuration."""

    def save(self) -> Answer:
        """Save the running configuration. Raises AnswerIncomplete with the question when the router asks back."""

    def close(self) -> None:
        """End the session; never raises."""
