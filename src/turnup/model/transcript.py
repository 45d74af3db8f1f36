"""What was asked of a router and what it answered, redacted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Ask:
    """A fact that a test needs, with the arguments its command takes: `Ask("ping", (("address", "192.0.2.1"),))`."""

    fact: str
    args: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, fact: str, /, **args: str) -> Ask:
        """Build one with named arguments; their order does not matter."""
        return cls(fact, tuple(sorted(args.items())))

    @property
    def reading(self) -> tuple[str, ...]:
        """Which reading of one command this is, from the argument `sample`; () = the first.

        Two readings are two commands on the wire: what grows between them is what a test looks for.
        """
        return tuple(value for name, value in self.args if name == "sample")


@dataclass(frozen=True)
class Request:
    """One command to send for an ask. `dialogue` holds (question, answer) pairs of a command that asks back."""

    ask: Ask
    command: str
    dialogue: tuple[tuple[str, str], ...] = ()
    probe: str = ""  # not for a router: which probe of the NOC gives it ("dns", "console")
    timeout: float | None = None


@dataclass(frozen=True)
class Answer:
    """A router's redacted answer to one command. `failure` says why there is none, in words."""

    command: str
    text: str
    at: datetime
    seconds: float = 0.0
    failure: str = ""


@dataclass(frozen=True)
class Transcript:
    """All answers of one router in one run. `failure` is set when no session could be used at all."""

    router: str
    started: datetime
    ended: datetime
    answers: Mapping[Ask, Answer] = field(default_factory=dict)
    failure: str = ""
    username: str = ""
