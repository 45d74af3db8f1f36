"""Read from a router: pipelined, and one at a time where the pipeline's answer cannot be relied on.

Only commands that change nothing are ever sent a second time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from turnup.connect.conversation import Conversation, InputLost, Silence
from turnup.connect.dialogue import converse
from turnup.connect.guard import fit_to_type
from turnup.connect.pipeline import Pipeline
from turnup.connect.splitter import Cut
from turnup.connect.wire import ConnectionLost
from turnup.errors import AnswerIncomplete, TurnupError, Unreachable
from turnup.model.transcript import Answer, Request

READS = frozenset({"show", "dir", "more", "ping", "traceroute"})
# How long a router may take to come back after it fell silent on one command.
COME_BACK = 10.0

Outcome = Answer | TurnupError


def may_repeat(command: str) -> bool:
    """Whether the command changes nothing, so that sending it again is harmless."""
    return command.split(None, 1)[0] in READS


def key_of(request: Request) -> str:
    """What tells one request from another: its command, in a dialogue its replies, and which reading of it this is."""
    return "\n".join((request.command, *(reply for _, reply in request.dialogue), *request.ask.reading))


class Reader:
    """Answers of one conversation, redacted. `logs` collects the log messages that stood between them, redacted.

    `lost` says why the conversation cannot be used any more.
    """

    def __init__(
        self,
        conversation: Conversation,
        redact: Callable[[str], str],
        patience: Callable[[str], float],
        clock: Callable[[], datetime],
    ) -> None:
        self.logs: list[str] = []
        self.lost: TurnupError | None = None
        self._conversation = conversation
        self._redact = redact
        self._patience = patience
        self.clock = clock

    def read(self, requests: Iterable[Request]) -> dict[str, Outcome]:
        """What came of each request, by `key_of`: an answer or the error that stands in its place. Raises nothing."""
        wanted = {key_of(request): request for request in requests}
        round_ = _Round(wanted, self)
        try:
            if self.lost:
                raise self.lost
            round_.run()
        except TurnupError as lost:
            self.lost = lost
        for key, request in wanted.items():
            round_.outcomes.setdefault(key, self._not_asked(request.command))
        return round_.outcomes

    def seconds(self, request: Request) -> float:
        """Silence allowed for its answer."""
        return self._patience(request.command) if request.timeout is None else request.timeout

    def answered(self, cut: Cut, seconds: float) -> Answer:
        """The answer as it leaves the room."""
        return Answer(cut.command, self._redact(cut.text), self.clock(), round(seconds, 3))

    def complained(self, cut: Cut) -> AnswerIncomplete:
        """The error that stands in the place of an answer that cannot be relied on."""
        near = f"; seen: {cut.near!r}" if cut.near else ""
        if cut.problem:
            return AnswerIncomplete(self._redact(f"{cut.command!r}: {cut.problem}{near}"))
        line = cut.doubtful[0]
        return AnswerIncomplete(self._redact(f"{cut.command!r}: a log message seems to stand inside the line {line!r}"))

    def heard(self, cut: Cut) -> None:
        """Keep the log messages apart."""
        self.logs.extend(map(self._redact, cut.logs))

    @property
    def conversation(self) -> Conversation:
        """The conversation read from."""
        return self._conversation

    def come_back(self, why: TurnupError) -> None:
        """Get hold of the prompt again. Raises Unreachable when the router does not come back."""
        try:
            self._conversation.resynchronise(min(COME_BACK, self._patience("")))
        except (Silence, InputLost) as silence:
            raise Unreachable(self._redact(f"the router did not come back ({why})"), advice=silence.advice) from silence

    def told(self, error: TurnupError) -> TurnupError:
        """The error without what its message may quote of a secret."""
        return type(error)(self._redact(str(error)), advice=error.advice)

    def _not_asked(self, command: str) -> TurnupError:
        lost = self.lost or ConnectionLost("the session is lost")
        return Unreachable(f"no answer to {command!r}: {lost}", advice=lost.advice)


class _Round:
    """One call of `read`: what is known of each command so far."""

    def __init__(self, wanted: dict[str, Request], reader: Reader) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._wanted = wanted
        self._reader = reader
        self._conversation = reader.conversation
        self._first: dict[str, Cut] = {}  # answers that were asked for again
        self._since = time.monotonic()

    def run(self) -> None:
        """Raises Unreachable when the conversation is lost; the outcomes so far stand."""
        fit = {key: request for key, request in self._wanted.items() if self._fit(key, request)}
        plain = [r.command for r in fit.values() if not r.dialogue and may_repeat(r.command)]
        if plain and not self._conversation.paged:
            self._pipelined(plain)
        for key, request in fit.items():
            if key not in self.outcomes:
                self._singly(key, request)

    def _fit(self, key: str, request: Request) -> bool:
        try:
            fit_to_type(request.command)
            for _, reply in request.dialogue:
                fit_to_type(reply or "-")
        except TurnupError as refused:
            self.outcomes[key] = refused
            return False
        return True

    def _pipelined(self, commands: Sequence[str]) -> None:
        try:
            self._conversation.run(commands, lambda c: self._reader.seconds(self._wanted[c]), seen=self._keep)
        except InputLost as lost:
            self._conversation.lost_input()
            self._reader.come_back(lost)
        except Silence as silence:
            hanging = next(c for c in commands if c not in self.outcomes and c not in self._first)
            self.outcomes[hanging] = self._reader.told(silence)
            self._reader.come_back(silence)

    def _singly(self, key: str, request: Request) -> None:
        """Ask alone; once more when the answer cannot be relied on and the command changes nothing."""
        for _ in range(2):
            try:
                self._keep(self._once(request), key=key)
            except (Silence, InputLost) as silence:
                self.outcomes[key] = self._reader.told(silence)
                self._recover(request, silence)
            if key in self.outcomes:
                return

    def _once(self, request: Request) -> Cut:
        command, seconds = request.command, self._reader.seconds(request)
        if request.dialogue:
            return converse(self._conversation, command, request.dialogue, seconds)
        if self._conversation.paged or not may_repeat(command):
            return self._conversation.alone(command, seconds)
        return self._conversation.run([command], lambda _: seconds, window=1)[0]

    def _recover(self, request: Request, silence: TurnupError) -> None:
        if not may_repeat(request.command):  # an Enter could confirm what the router may be asking
            raise Unreachable(f"the session is in the middle of {request.command!r}", advice=silence.advice)
        if request.dialogue:
            self._conversation.wire.write(b"\x03")  # leaves the dialogue
        self._reader.come_back(silence)

    def _keep(self, cut: Cut, _pipeline: Pipeline | None = None, key: str = "") -> None:
        """Take an answer; one with a problem or with log messages in it is asked for again once, if harmless."""
        self._reader.heard(cut)
        key = key or cut.command
        first = self._first.get(key)
        if first is None and may_repeat(cut.command) and (cut.problem or cut.doubtful or cut.logs):
            self._first[key] = cut
        elif cut.problem or (cut.doubtful and (first is None or first.doubtful != cut.doubtful)):
            self.outcomes[key] = self._reader.complained(cut)
        else:
            now = time.monotonic()
            self.outcomes[key] = self._reader.answered(cut, now - self._since)
            self._since = now
