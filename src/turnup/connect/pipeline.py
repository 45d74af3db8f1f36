"""What to send next: commands with their markers, never more than a window of bytes that the router has not answered.

Pure. The window bounds what a router's type-ahead buffer must hold (reference: performance 4).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from turnup.connect.splitter import Cut, Dialect, Splitter

_NONCE = "abcdefghijkmnpqrstuvwxyz23456789"


def new_nonce() -> str:
    """Four characters that no answer can hold by foresight."""
    return "".join(secrets.choice(_NONCE) for _ in range(4))


class Pipeline:
    """Commands on their way through one session. `window` in bytes; 0 = all at once, 1 = one command at a time.

    The window grows by every byte that was answered, up to `limit`: what a router took once, it takes again.
    """

    def __init__(
        self,
        commands: Sequence[str],
        dialect: Dialect,
        *,
        window: int,
        limit: int = 0,
        host: str = "",
        rest: bytes = b"",
        newline: str = "\n",
        nonce: str | None = None,
    ) -> None:
        self._splitter = Splitter(commands, nonce or new_nonce(), dialect, host, rest)
        self._wire = [self._line(number, newline) for number in range(len(commands))]
        self.window = window
        self._limit = max(window, limit) if window > 1 else window
        self._looked = 0
        self.sent = 0
        self.stopped = False

    def _line(self, number: int, newline: str) -> bytes:
        command, marker = self._splitter.commands[number], self._splitter.marker(number)
        return "".join(text + newline for text in (command, marker) if text).encode()

    @property
    def answers(self) -> Sequence[Cut]:
        """Answers so far, in the order of the commands."""
        return self._splitter.answers

    @property
    def splitter(self) -> Splitter:
        """The splitter behind it, for the state of the stream."""
        return self._splitter

    @property
    def waiting_for(self) -> str:
        """The command whose answer is due."""
        return self._splitter.commands[min(len(self.answers), len(self._splitter.commands) - 1)]

    @property
    def done(self) -> bool:
        """Whether everything that was sent, and will be sent, is answered."""
        return len(self.answers) == self.sent if self.stopped else self._splitter.done

    def due(self) -> bytes:
        """Bytes to send now; b"" when the window is full or nothing is left."""
        if self.stopped:
            return b""
        in_flight = sum(map(len, self._wire[len(self.answers) : self.sent]))
        if self.window and 2 * in_flight > self.window:  # few full segments rather than many small ones
            return b""
        first = self.sent
        while self.sent < len(self._wire):
            size = len(self._wire[self.sent])
            if self.window and in_flight and in_flight + size > self.window:
                break
            in_flight += size
            self.sent += 1
        return b"".join(self._wire[first : self.sent])

    def feed(self, data: bytes) -> Sequence[Cut]:
        """Take what was read; the answers it completed."""
        self._splitter.feed(data)
        first = self._looked
        new = self._splitter.answers[first:]
        self._looked += len(new)
        taken = sum(len(self._wire[first + n]) for n, cut in enumerate(new) if not cut.problem)
        self.window = min(self._limit, self.window + taken)
        return new

    def stop(self) -> None:
        """Send nothing more."""
        self.stopped = True
