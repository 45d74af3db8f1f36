"""A live session with one router: reading, dialogues and configuration over one conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from turnup.connect.configuring import Writer
from turnup.connect.conversation import Conversation
from turnup.connect.reading import Reader, key_of
from turnup.connect.session import Address, Said
from turnup.errors import TurnupError, UsageError
from turnup.model.transcript import Answer, Ask, Request
from turnup.platforms import Platform

# Configuration lines in flight: so many times the platform's window, and never more than the router's shows proved.
LINES_WINDOWS = 2


def now() -> datetime:
    """UTC."""
    return datetime.now(UTC)


class RouterSession:
    """A `Session` on a wire. `connection` is the netmiko object behind it, for what only that can do."""

    def __init__(
        self,
        address: Address,
        platform: Platform,
        username: str,
        conversation: Conversation,
        *,
        redact: Callable[[str], str],
        reveal: Callable[[str], str],
        privileged: bool = True,
        connection: object = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.address = address
        self.platform = platform
        self.username = username
        self.privileged = privileged
        self.connection = connection
        self._conversation = conversation
        self._reader = Reader(conversation, redact, self._patience, clock)
        self._writer = Writer(conversation, platform.settings, redact, reveal, self._reader.logs)

    @property
    def router(self) -> str:
        """Name in the inventory."""
        return self.address.router

    @property
    def hostname(self) -> str:
        """Name in the router's prompt."""
        return self._conversation.host

    @property
    def logs(self) -> Sequence[str]:
        """Log messages that the router wrote between its answers, redacted."""
        return tuple(self._reader.logs)

    def ask(self, requests: Sequence[Request]) -> Mapping[Ask, Answer]:
        """Answers to all requests; one that could not be got has `failure`. Raises UsageError for a probe."""
        for request in requests:
            if request.probe:
                raise UsageError(f"{request.command!r} is asked of the NOC, not of {self.router}")
        outcomes = self._reader.read(requests)
        return {request.ask: self._in_words(request.command, outcomes[key_of(request)]) for request in requests}

    def command(self, text: str, timeout: float | None = None) -> Answer:
        """Answer to one exec command. Raises AnswerIncomplete, Unreachable, Refused."""
        outcome = self._reader.read([Request(Ask(""), text, timeout=timeout)])[text]
        if isinstance(outcome, TurnupError):
            raise outcome
        return outcome

    def enter_config(self) -> None:
        """Go to configuration mode with the next line; that raises CommandRefused when the router does not."""
        self._writer.enter()

    def config_line(self, line: str, mode: str | None) -> str:
        """What was said to it; "" = accepted. Raises WrongMode, ConfigurationUnknown, Refused, CommandRefused."""
        return self._writer.lines([line], mode, window=1)[0].text

    def config_lines(self, lines: Sequence[str], mode: str | None) -> tuple[Said, ...]:
        """The same for children of one section, a window at a time; stops at the first that is not accepted."""
        if not lines:
            return ()
        grown, small = self._conversation.window, LINES_WINDOWS * self.platform.settings.window
        return self._writer.lines(lines, mode, min(grown, small))

    def leave_config(self) -> None:
        """Back to exec mode. Raises WrongMode, ConfigurationUnknown."""
        self._writer.leave()

    def save(self) -> Answer:
        """Save the running configuration. Raises AnswerIncomplete, Unreachable."""
        return self.command(self.platform.settings.save)

    def close(self) -> None:
        """End the session."""
        self._conversation.wire.close()

    def _in_words(self, command: str, outcome: Answer | TurnupError) -> Answer:
        if isinstance(outcome, Answer):
            return outcome
        return Answer(command, "", self._reader.clock(), failure=str(outcome))

    def _patience(self, command: str) -> float:
        settings = self.platform.settings
        if command.startswith((settings.running_config, settings.startup_config, settings.save)):
            return settings.config_timeout
        return settings.read_timeout
