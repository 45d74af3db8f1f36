"""A terminal line of a router: what the other side types, echoed and edited as IOS does, and what is printed to it.

Characters may arrive at any time (type-ahead); they are echoed when they are read, as IOS does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

LINE_LIMIT = 254  # characters of one input line; IOS takes no more
_SPECIAL = re.compile(r"[\x00-\x1f\x7f?]")
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z]|[^\[O])")  # one whole escape sequence
END = "end"
INTERRUPT = "interrupt"
LINE = "line"
GONE = "gone"


class Terminal:
    """One session's line. `send` takes text for the other side; `hang_up` breaks the connection at once."""

    def __init__(self, send: Callable[[str], None], hang_up: Callable[[], None]) -> None:
        self.length, self.width = 24, 80
        self.type_ahead = 0  # characters kept until they are read; 0 = any number
        self._send, self._hang_up = send, hang_up
        self._input, self._output = "", []  # type: str, list[str]
        self._closed = False
        self._after_return, self._escape = False, ""
        self._arrived = asyncio.Event()

    # --- called by the transport

    def feed(self, text: str) -> None:
        """Characters have arrived."""
        room = max(self.type_ahead - len(self._input), 0) if self.type_ahead else len(text)
        self._input += text[:room]
        self._arrived.set()

    def close(self) -> None:
        """The other side is gone; what it typed before is still read."""
        self._closed = True
        self._arrived.set()

    # --- called by the shell

    def write(self, text: str) -> None:
        """Print; newlines become carriage return and line feed. Kept until the shell waits for something."""
        self._output.append(text.replace("\n", "\r\n"))

    def flush(self) -> None:
        """Send what was printed."""
        if self._output:
            text, self._output = "".join(self._output), []
            if not self._closed:
                self._send(text)

    def break_off(self) -> None:
        """Send what was printed and break the connection."""
        self.flush()
        self._closed, self._input = True, ""
        self._hang_up()

    def cut(self) -> None:
        """Break the connection at once: what was printed and not sent is lost."""
        self._output = []
        self.break_off()

    async def wait(self, seconds: float) -> None:
        """Let time pass; the other side sees what was printed so far. Ends early when it hangs up."""
        self.flush()
        until = asyncio.get_running_loop().time() + seconds
        while not self._closed and (left := until - asyncio.get_running_loop().time()) > 0:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), left)
            except TimeoutError:
                return

    async def key(self) -> str:
        """One character; "" when the other side is gone."""
        if not await self._more():
            return ""
        key, self._input = self._input[0], self._input[1:]
        if key == "\n" and self._after_return:
            self._after_return = False
            return await self.key()
        self._after_return = key == "\r"
        return key

    async def read(
        self, prompt: str = "", *, echo: bool = True, help_for: Callable[[str], str] | None = None
    ) -> tuple[str, str]:
        """Print the prompt and read a line: (LINE | END | INTERRUPT | GONE, text). END is ^Z, INTERRUPT is ^C."""
        self.write(prompt)
        editor = _Editor(self, prompt, echo)
        while await self._more():
            if self._escape:
                self._skip_escape()
                continue
            special = _SPECIAL.search(self._input)
            plain = self._input[: special.start()] if special else self._input
            if plain:
                self._after_return = False
                editor.insert(plain)
            if special is None:
                self._input = ""
                continue
            character, self._input = special.group(), self._input[special.end() :]
            if done := self._special(character, editor, help_for):
                return done
        return GONE, editor.text

    def _special(
        self, character: str, editor: _Editor, help_for: Callable[[str], str] | None
    ) -> tuple[str, str] | None:
        after_return, self._after_return = self._after_return, character == "\r"
        if character in "\r\n":
            if character == "\n" and after_return:
                return None
            self.write("\n")
            return LINE, editor.text
        if character == "\x03":
            self.write("\n" if help_for is None else "^C\n")
            return INTERRUPT, ""
        if character == "\x1a":
            self.write("^Z\n")
            return END, editor.text
        if character == "?":
            editor.help(help_for)
        elif character == "\x1b":
            self._escape = character
        else:
            editor.control(character)
        return None

    def _skip_escape(self) -> None:
        """Arrow keys and the like may come in pieces; nothing of them belongs to the line."""
        self._escape, self._input = self._escape + self._input[0], self._input[1:]
        if _ESCAPE.fullmatch(self._escape) or len(self._escape) > 12:
            self._escape = ""

    async def _more(self) -> bool:
        """Whether there is input; waits for it."""
        while not self._input and not self._closed:
            self._arrived.clear()
            self.flush()
            await self._arrived.wait()
        return bool(self._input)


class _Editor:
    """The line being typed."""

    def __init__(self, terminal: Terminal, prompt: str, echo: bool) -> None:
        self.text = ""
        self._terminal, self._prompt, self._echo = terminal, prompt, echo
        self._shown = len(prompt)

    def insert(self, text: str) -> None:
        text = text[: LINE_LIMIT - len(self.text)]
        self.text += text
        self._show(text)

    def control(self, character: str) -> None:
        if character in "\x08\x7f":
            self._erase(1)
        elif character in "\x15\x18":
            self._erase(len(self.text))
        elif character == "\x17":
            self._erase(len(self.text) - len(self.text.rstrip().rpartition(" ")[0]))
        elif character in "\x0c\x12":
            self._terminal.write(f"\n{self._prompt}{self.text if self._echo else ''}")

    def help(self, help_for: Callable[[str], str] | None) -> None:
        """`?` is never part of a line: help is printed and the line shown again."""
        if help_for is None:
            self.insert("?")
            return
        self._terminal.write(f"?\n{help_for(self.text)}\n{self._prompt}{self.text}")

    def _show(self, text: str) -> None:
        if not self._echo:
            return
        width = self._terminal.width
        while width and self._shown + len(text) >= width:  # IOS scrolls the line and marks it with `$`
            fits = max(width - 1 - self._shown, 0)
            self._terminal.write(text[:fits])
            text = text[fits:]
            done = self.text[: len(self.text) - len(text)]
            tail = done[-max((width - len(self._prompt)) // 2, 1) :]
            self._terminal.write(f"\r{self._prompt}${tail}")
            self._shown = min(len(self._prompt) + 1 + len(tail), width - 2)
        self._terminal.write(text)
        self._shown += len(text)

    def _erase(self, count: int) -> None:
        count = min(count, len(self.text))
        self.text = self.text[: len(self.text) - count]
        if self._echo:
            self._terminal.write("\b \b" * count)
            self._shown = max(self._shown - count, len(self._prompt))
