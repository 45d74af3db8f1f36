"""Cut the stream of a pipelined session into answers. Pure: bytes in, answers out, in linear time.

Every command is followed by a marker, a comment line `!<nonce>-<number>` that the router echoes and ignores:

    gsr1#show clock CRLF  (answer)  CRLF gsr1#!k3f9-0 CRLF gsr1#show version CRLF ...

An answer is whole when its echo begins it, when an anchored prompt of this very router stands before its marker, and
when markers come back in the order they were sent. Prompts inside an answer mean nothing. Whatever is not so is
reported as a problem of that answer; nothing is guessed (reference: performance 4 and 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from turnup.connect.echo import Echo
from turnup.connect.logs import LogPattern
from turnup.connect.prompt import Prompt, PromptPattern
from turnup.connect.screen import Overwritten, all_shown, asks_for_more, decoded, holds_pager, lines_of

NO_PROMPT = Prompt("", "", False)


@dataclass(frozen=True)
class Cut:
    """One command's answer, not yet redacted. `problem` says why it cannot be relied on; `near` shows where.

    `doubtful` are lines in which a log message seems to stand inside other text.
    """

    command: str
    text: str
    prompt: Prompt
    logs: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    problem: str = ""
    near: str = ""


@dataclass(frozen=True)
class Dialect:
    """What the splitter must know of a platform."""

    prompts: PromptPattern
    logs: LogPattern
    comment: str = "!"


class Splitter:
    """Takes bytes as they come; `answers` grows. An empty command stands for a marker alone (synchronisation).

    `host` is the router's name in its prompt; "" = learn it from the first prompt before a marker.
    """

    def __init__(
        self, commands: Sequence[str], nonce: str, dialect: Dialect, host: str = "", rest: bytes = b""
    ) -> None:
        self.commands = tuple(commands)
        self.host = host
        self.answers: list[Cut] = []
        self._dialect = dialect
        self._stem = f"{dialect.comment}{nonce}-".encode()
        self._buffer = bytearray(rest)
        self._scan = 0
        self._last = ("", NO_PROMPT)  # this router's prompt as it stood before the last marker

    @property
    def done(self) -> bool:
        """Whether every command has its answer or its problem."""
        return len(self.answers) == len(self.commands)

    @property
    def rest(self) -> bytes:
        """What came after the last marker; belongs to the next pipeline."""
        return bytes(self._buffer)

    def marker(self, number: int) -> str:
        """The marker line behind that command."""
        return f"{self._stem.decode()}{number}"

    def feed(self, data: bytes) -> None:
        """Take what was read."""
        self._buffer += data
        while not self.done and self._next():
            pass

    @property
    def pending(self) -> int:
        """Bytes held that no answer has taken yet."""
        return len(self._buffer)

    def at_pager(self) -> bool:
        """Whether the stream stops at the pager's question."""
        return asks_for_more(self._buffer[-40:])

    def tail(self) -> str:
        """The unfinished last line."""
        start = self._buffer.rfind(b"\n") + 1
        return decoded(self._buffer[start:]).replace("\r", "")

    def at_prompt(self) -> bool:
        """Whether the stream stops at this router's prompt (which may still be a line that looks like it)."""
        prompt = self._dialect.prompts.read(self.tail())
        return prompt is not None and (not self.host or prompt.of(self.host))

    def waits_for_typing(self) -> bool:
        """Whether the stream stops behind this router's prompt: at it, or at the echo of a part of a command."""
        found = self._dialect.prompts.at_start(self.tail())
        return found is not None and (not self.host or found[0].of(self.host))

    def looks_answered(self) -> bool:
        """Whether the due command's echo has come and the stream stops at the prompt."""
        if not self.at_prompt():
            return False
        lines = lines_of(decoded(self._buffer))[:-1]
        return bool(lines) and (not self._due() or self._echo().find(lines) is not None)

    def _due(self) -> str:
        return self.commands[len(self.answers)]

    def _echo(self) -> Echo:
        return Echo(self._due(), self.host, self._dialect.prompts, self._dialect.logs)

    def _next(self) -> bool:
        """Look at the next marker in the buffer; False when there is none yet."""
        at = self._buffer.find(self._stem, self._scan)
        if at < 0:
            self._scan = max(0, len(self._buffer) - len(self._stem))
            return False
        end = at + len(self._stem)
        while end < len(self._buffer) and 0x30 <= self._buffer[end] <= 0x39:
            end += 1
        if end == len(self._buffer):  # the number may go on in the next bytes
            self._scan = at
            return False
        number = int(self._buffer[at + len(self._stem) : end] or b"-1")
        start = self._buffer.rfind(b"\n", 0, at) + 1
        if self._buffer[end] not in b"\r\n" or not self._take(number, start, at):
            self._scan = end
            return True
        del self._buffer[:end]
        self._scan = 0
        return True

    def _take(self, number: int, start: int, at: int) -> bool:
        """Whether the text before the marker ends an answer (or shows that answers are lost)."""
        head = decoded(self._buffer[start:at]).replace("\r", "")
        due = len(self.answers)
        if not due <= number < len(self.commands):
            return False
        above = lines_of(decoded(self._buffer[:start])) if not head else []
        if head and head == self._last[0]:
            prompt: Prompt | None = self._last[1]
        else:
            prompt = self._dialect.prompts.read(head) if head else self._prompt_above(above)
        if prompt is None:
            if self._dialect.prompts.ends(head, self.host or head):
                self._add_problem(number, "text stands on the prompt's line", head, prompt=NO_PROMPT)
                return True
            return False
        if number != due:
            self._lost(number)
            return True
        if self.host and not prompt.of(self.host):
            self._add_problem(number, f"the prompt is {prompt.host!r} where {self.host!r} was expected", head, prompt)
            return True
        self.host = self.host or prompt.host
        self.answers.append(self._cut(prompt, start, bool(head)))
        self._last = (head, prompt)
        return True

    def _prompt_above(self, above: Sequence[str]) -> Prompt | None:
        """The prompt when only log messages stand between it and a marker that begins its line."""
        for line in reversed(above):
            if line and not self._dialect.logs.is_message(line):
                return self._dialect.prompts.read(line)
        return None

    def _add_problem(self, number: int, problem: str, near: str, prompt: Prompt) -> None:
        if number > len(self.answers):
            self._lost(number - 1)
        if len(self.answers) == number:
            self.answers.append(Cut(self.commands[number], "", prompt, problem=problem, near=near))

    def _lost(self, number: int) -> None:
        """Markers before `number` did not come back: none of the answers up to it can be told from the others."""
        for command in self.commands[len(self.answers) : number + 1]:
            problem = "its marker did not come back: input was lost or answers were mixed up"
            self.answers.append(Cut(command, "", NO_PROMPT, problem=problem))

    def _cut(self, prompt: Prompt, end: int, prompt_last: bool) -> Cut:
        command = self._due()
        if prompt_last and command and (text := self._ordinary(command, end)) is not None:
            return Cut(command, text, prompt)
        raw_text = decoded(self._buffer[:end])
        lines = lines_of(raw_text)[:-1]  # the prompt before the marker stands behind the last line end
        if not command:
            return Cut(command, "\n".join(lines), prompt)
        echo = self._echo()
        begin = echo.find(lines)
        if begin is None:
            return Cut(command, "", prompt, problem="its echo does not begin the answer", near=echo.seen(lines))
        try:
            body = all_shown(lines[begin:])
        except Overwritten as overwritten:
            return Cut(command, "", prompt, problem="text was written over other text", near=str(overwritten))
        if not prompt_last:
            body = self._without_last_prompt(body)
        return self._judged(command, prompt, body, echo.logs)

    def _ordinary(self, command: str, end: int) -> str | None:
        """The answer, when nothing in it needs a second look (nearly all, and the quick way); None otherwise.

        Its echo stands right behind the last marker, on the line of the prompt that this router showed there.
        """
        echo = f"\r\n{self._last[0]}{command}\r\n".encode()
        if not self._last[0] or not self._buffer.startswith(echo):
            return None
        text = decoded(self._buffer[len(echo) : end]).replace("\r\n", "\n")
        if "\r" in text or "\x08" in text or "%" in text or holds_pager(text) or self._stem.decode() in text:
            return None
        return text.removesuffix("\n")

    def _without_last_prompt(self, body: list[str]) -> list[str]:
        """The prompt was printed before the log messages that end the body: take it out."""
        for at in range(len(body) - 1, -1, -1):
            if self._dialect.prompts.read(body[at]):
                return body[:at] + body[at + 1 :]
        return body

    def _judged(self, command: str, prompt: Prompt, body: list[str], logs: list[str]) -> Cut:
        sifted = self._dialect.logs.sift(command, body)
        text = "\n".join(sifted.lines)
        stem = self._stem.decode()
        problem = near = ""
        if holds_pager(text):
            problem = "the router stopped at its pager"
        elif stem in text:
            problem = "a marker stands inside the answer"
            near = next(line for line in sifted.lines if stem in line)
        return Cut(command, text, prompt, (*logs, *sifted.logs), sifted.doubtful, problem, near)
