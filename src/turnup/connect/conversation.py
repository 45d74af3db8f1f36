"""Keep a pipeline and a wire going: write what is due, read what comes, notice silence, loss and the end at once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from turnup.connect.pipeline import Pipeline
from turnup.connect.splitter import Cut, Dialect, Splitter
from turnup.connect.wire import ConnectionLost, Wire
from turnup.errors import AnswerIncomplete

# A router that shows its prompt and stays silent so long, with input of ours outstanding, never got that input.
LOST_AFTER = 3.0
# No answer is longer; a router that says more is talking nonsense (a debug left on).
LONGEST_ANSWER = 64 * 1024 * 1024
# A question that waits for a person: nothing may be typed past it.
QUESTION = ("[confirm]", "[yes/no]:", "[y/n]", "[yes]:", "[no]:", "?")

Patience = Callable[[str], float]
Seen = Callable[[Cut, Pipeline], None]


class Silence(AnswerIncomplete):
    """The router said nothing more before the answer was whole."""

    advice = "The router hangs or is overloaded: look at it from the console; raise read_timeout if it is only slow."


class InputLost(AnswerIncomplete):
    """The router waits at its prompt although commands were sent: it did not read them all."""


@dataclass
class Conversation:
    """One router's end of the wire. `host` is learned by `open`; `paged` when the router refused to stop paging.

    `ahead`: whether anything may be typed before the prompt is there; what readline has not asked for yet, the terminal
    echoes at once, into the middle of an answer. `window` grows up to `limit` as long as the router loses nothing;
    after a loss it is 1 and stays so.
    """

    wire: Wire
    dialect: Dialect
    window: int
    limit: int = 0
    host: str = ""
    paged: bool = False
    ahead: bool = True
    lost_after: float = LOST_AFTER
    sent: int = 0  # commands of the last run that were written
    rest: bytes = field(default=b"", repr=False)

    def open(self, setup: Sequence[str], seconds: float) -> list[Cut]:
        """Find the prompt and prepare the terminal, in one round trip. The first answer is the banner's."""
        try:
            return self._run(["", *setup], lambda _: seconds, window=None if self.window > 1 else 0)
        except InputLost:  # typed before the router listened
            self.wire.write(self.wire.newline.encode())
            return self._run(["", *setup], lambda _: seconds, window=1)

    def run(
        self,
        commands: Sequence[str],
        patience: Patience,
        *,
        window: int | None = None,
        seen: Seen | None = None,
        lossy: bool = True,
    ) -> list[Cut]:
        """Answers to the commands, pipelined. `seen` gets each as it comes and may stop the pipeline.

        `patience` gives the seconds of silence allowed for a command. `lossy`: look for lost input after a few
        seconds already, where a mistake costs nothing. Raises Silence, InputLost, ConnectionLost.
        """
        if self.ahead:
            return self._run(commands, patience, window, seen, lossy)
        return list(self._each_alone(commands, patience, seen))

    def _each_alone(self, commands: Sequence[str], patience: Patience, seen: Seen | None) -> Iterator[Cut]:
        for number, command in enumerate(commands, start=1):
            self.sent = number  # even when it is not typed after all: nothing is sent twice
            cut = self.alone(command, patience(command))
            stop = self._pipeline([command], window=1, rest=b"")
            if seen:
                seen(cut, stop)
            yield cut
            if stop.stopped:
                return

    def lost_input(self) -> None:
        """This router cannot take more than one command at a time."""
        self.window = self.limit = 1

    def alone(self, command: str, seconds: float) -> Cut:
        """One command, its marker only once the prompt is back: for commands that may ask or page."""
        if not self.ahead:
            self._at_rest(seconds)
        heard, self.rest = self.rest, b""
        self.wire.write((command + self.wire.newline).encode())
        return self.finish(command, heard, seconds)

    def _at_rest(self, seconds: float) -> None:
        """Wait for the prompt behind the last marker. Raises Silence, ConnectionLost."""
        waiting = Splitter([""], "----", self.dialect, self.host, self.rest)
        until = time.monotonic() + seconds
        while not waiting.at_prompt():
            if (left := until - time.monotonic()) <= 0:
                raise Silence(f"no prompt for {seconds:g} s; it shows {waiting.tail()!r}")
            waiting.feed(self.wire.read(min(1.0, left)))
        self.rest = waiting.rest

    def finish(self, command: str, heard: bytes, seconds: float) -> Cut:
        """Wait for the prompt behind a command that was typed, then let a marker prove that it is the prompt.

        `command` is "" when no echo is to be looked for in what was `heard`.
        """
        pipeline = self._pipeline([command], window=1, rest=heard)
        pipeline.sent = 1
        quiet_since = time.monotonic()
        while not pipeline.splitter.looks_answered():
            if data := self.wire.read(min(1.0, seconds)):
                quiet_since = time.monotonic()
                self._feed(pipeline, data)
                if pipeline.splitter.at_pager():
                    self.wire.write(b" ")
            elif time.monotonic() - quiet_since >= seconds:
                raise self._silence(pipeline, seconds)
        self.wire.write((pipeline.splitter.marker(0) + self.wire.newline).encode())
        self._drain(pipeline, lambda _: seconds)
        return pipeline.answers[0]

    def resynchronise(self, seconds: float) -> None:
        """Throw away whatever is outstanding up to a fresh marker. Raises Silence, InputLost, ConnectionLost."""
        self.rest = b""
        self.wire.write(self.wire.newline.encode())
        self._run([""], lambda _: seconds, window=1)

    def _run(
        self,
        commands: Sequence[str],
        patience: Patience,
        window: int | None,
        seen: Seen | None = None,
        lossy: bool = True,
    ) -> list[Cut]:
        pipeline = self._pipeline(commands, window, self.rest)
        self.rest, self.sent = b"", 0
        self._drain(pipeline, patience, seen, lossy)
        if window is None:
            self.window = pipeline.window
        return list(pipeline.answers)

    def _pipeline(self, commands: Sequence[str], window: int | None, rest: bytes) -> Pipeline:
        """None = the session's own window, which grows."""
        size, limit = (self.window, self.limit) if window is None else (window, 0)
        return Pipeline(
            commands, self.dialect, window=size, limit=limit, host=self.host, rest=rest, newline=self.wire.newline
        )

    def _drain(self, pipeline: Pipeline, patience: Patience, seen: Seen | None = None, lossy: bool = True) -> None:
        quiet_since = time.monotonic()
        while True:
            self._write_due(pipeline)
            if pipeline.done:
                break
            allowed = patience(pipeline.waiting_for)
            quiet = time.monotonic() - quiet_since
            if data := self.wire.read(max(0.01, min(self.lost_after, allowed - quiet))):
                quiet_since = time.monotonic()
                for cut in self._feed(pipeline, data):
                    if seen:
                        seen(cut, pipeline)
                continue
            quiet = time.monotonic() - quiet_since
            if quiet >= min(self.lost_after, allowed) and lossy and pipeline.splitter.waits_for_typing():
                raise InputLost(f"the router waits at its prompt; {pipeline.waiting_for!r} or its marker was lost")
            if quiet >= allowed:
                raise self._silence(pipeline, allowed)
        self.host = pipeline.splitter.host
        self.rest = pipeline.splitter.rest

    def _write_due(self, pipeline: Pipeline) -> None:
        """Write what is due. On a lost connection what came before is still read: the read will tell of the end."""
        if not (data := pipeline.due()):
            return
        self.sent = pipeline.sent
        with contextlib.suppress(ConnectionLost):
            self.wire.write(data)

    def _feed(self, pipeline: Pipeline, data: bytes) -> Sequence[Cut]:
        if pipeline.splitter.pending > LONGEST_ANSWER:
            raise AnswerIncomplete(f"the answer to {pipeline.waiting_for!r} does not end")
        return pipeline.feed(data)

    def _silence(self, pipeline: Pipeline, seconds: float) -> AnswerIncomplete:
        tail = pipeline.splitter.tail().strip()
        asked = f"; it asks {tail!r}" if tail.endswith(QUESTION) else ""
        return Silence(f"no answer to {pipeline.waiting_for!r} for {seconds:g} s{asked}")
