"""The command line of one session: prompts, modes, paging, filters; the modes themselves lie next door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from turnup.virtual import events
from turnup.virtual.behaviour import Misbehaviour
from turnup.virtual.config_mode import ConfigMode, explain, invalid
from turnup.virtual.config_tree import grammar_of
from turnup.virtual.device import Device, SessionInfo, StateProvider
from turnup.virtual.exec_mode import Answer, ExecMode, Hangup, Running
from turnup.virtual.flash import Disk
from turnup.virtual.hearing import Ear
from turnup.virtual.syntax import Grammar, Misread, grammar
from turnup.virtual.terminal import END, GONE, INTERRUPT, LINE, Terminal

MORE = " --More-- "
_FILTER = re.compile(r"\s\|\s*")
_KINDS = ("begin", "include", "exclude")


class Shell:
    """Serves one session on one terminal until it ends."""

    def __init__(self, device: Device, provider: StateProvider, terminal: Terminal, session: SessionInfo) -> None:
        self.device, self.terminal, self.session = device, terminal, session
        self.exec = ExecMode(device, provider, terminal, session)
        self.config: ConfigMode | None = None
        self._misbehaviour = Misbehaviour(device, terminal)
        self._ear = Ear(device, terminal, session)
        self._disk = Disk(device, terminal, session, self._ear)
        self._prompt = ""

    @property
    def prompt(self) -> str:
        """Prompt of the present mode, or the one a fault puts in its place."""
        if self._prompt:
            return self._prompt
        if self.config is not None:
            return self.config.prompt
        return f"{self.device.hostname}{'#' if self.session.privilege == 15 else '>'}"

    async def run(self) -> None:
        """Read and carry out lines until the session ends."""
        self.terminal.write("\n")
        with suppress(Hangup):
            while True:
                kind, text = await self.terminal.read(self.prompt, help_for=self._help)
                self._prompt = ""
                if kind == GONE:
                    break
                self.session.last_input = self.device.clock()
                if not await self._typed(kind, text):
                    break
        if self.config is not None:
            self._leave_config()
        self.terminal.flush()

    async def _typed(self, kind: str, text: str) -> bool:
        if kind != LINE or not text.strip() or text.lstrip().startswith("!"):
            return await self._carried_out(kind, text)
        instead = await self._ear.before("exec" if self.config is None else self.config.section, text.strip())
        if instead is not None:
            self.terminal.write(instead)
            return True
        goes_on = await self._carried_out(kind, text)
        self._ear.after()
        return goes_on

    async def _carried_out(self, kind: str, text: str) -> bool:
        if kind == INTERRUPT:
            if self.config is not None:
                self._leave_config()
            return True
        if self.config is None:
            return await self._exec(text) if kind == LINE else True
        if kind == END or _is_word(text, "end", 3):
            if kind == END and text.strip():
                await self._configure(text)
            if self.config is not None:
                self._leave_config()
        elif _is_word(text, "exit", 2) and not self.config.busy:
            if not self.config.leave():
                self._leave_config()
        else:
            await self._configure(text)
        return True

    async def _configure(self, text: str) -> None:
        assert self.config is not None  # noqa: S101 - the caller has looked
        if not text.strip() or (text.lstrip().startswith("!") and not self.config.busy):
            return
        command = self.config.canonical(text)
        replaced = await self._misbehaviour.before(command)
        answer = replaced if replaced is not None else self.config.line(text)
        self._witnessed(command)
        self._ear.said(answer)
        self._prompt = await self._misbehaviour.answer(command, answer, self._print)

    async def _exec(self, text: str) -> bool:
        line = text.strip()
        if not line or line.startswith("!"):
            return True
        line, chosen = self._filter(text)
        if chosen is None:
            return True
        found = self._grammar().read(line)
        if isinstance(found, Misread):
            self.terminal.write(self._explain(found, line))
            return True
        command = " ".join(found.words)
        replaced = await self._misbehaviour.before(command)
        answer: Answer = replaced if replaced is not None else await self._disk.carry_out(found.words)
        if answer is None:
            answer = await self.exec.carry_out(found.words)
        self._witnessed(command)
        if isinstance(answer, Running):
            return self._switch(answer)
        if answer is None:
            answer = invalid(len(self.prompt) + _last_word(line))
        self._prompt = await self._misbehaviour.answer(command, _filtered(answer, *chosen), self._page)
        return True

    def _witnessed(self, command: str) -> None:
        if self.device.backing is not None:
            self.device.backing.commanded(self.session, command)

    def _switch(self, to: Running) -> bool:
        """Into configuration mode, or out of the session."""
        if to is Running.CONFIGURE:
            self.terminal.write("Enter configuration commands, one per line.  End with CNTL/Z.\n")
            self.config, self.session.configuring = ConfigMode(self.device), True
        return to is not Running.LOGOUT

    def _leave_config(self) -> None:
        self.config, self.session.configuring = None, False
        if self.device.config_lock is self.session:
            self.device.config_lock = None
        events.configured(self.device, self.session)

    def _grammar(self) -> Grammar:
        return grammar("exec", "privileged" if self.session.privilege == 15 else "user")

    def _explain(self, misread: Misread, line: str) -> str:
        if misread.kind == "invalid" and misread.depth == 0 and len(line.split()) == 1:
            # A single unknown word is taken for a host to telnet to, unless lookup is off.
            if self.device.config.value("", ("ip", "domain-lookup")) is None:
                server = next(
                    (h.split()[-1] for h in self.device.configuration.headers("ip name-server")), "255.255.255.255"
                )
                translating = f'Translating "{line.strip()}"...domain server ({server})\n'
            else:
                translating = f'Translating "{line.strip()}"\n\n'
            return f"{translating}% Unknown command or computer name, or unable to find computer address\n"
        return explain(misread, self.prompt, line)

    def _filter(self, text: str) -> tuple[str, tuple[str, str] | None]:
        """Command and (kind, pattern) behind the pipe; None when the filter is refused (and the refusal printed)."""
        bar = _FILTER.search(text)
        if bar is None or not text.lstrip().lower().startswith(("sh", "m", "d")):
            return text, ("", "")
        word, _, pattern = text[bar.end() :].partition(" ")
        near = [kind for kind in _KINDS if word and kind.startswith(word.lower())]
        if not near:
            self.terminal.write("% Incomplete command.\n\n" if not word else invalid(len(self.prompt) + bar.end()))
            return text, None
        if not pattern.strip():
            self.terminal.write("% Incomplete command.\n\n")
            return text, None
        return text[: bar.start()], (near[0], pattern.rstrip())

    def _help(self, text: str) -> str:
        rules = grammar_of(self.config.section) if self.config is not None else self._grammar()
        words = rules.next_words(text.lstrip())
        return "".join(f"  {word}\n" for word in words) or "% Unrecognized command\n"

    async def _print(self, text: str) -> None:
        self.terminal.write(text)

    async def _page(self, text: str) -> None:
        """Print with ` --More-- ` after every screen, unless the length is 0."""
        length = self.terminal.length
        if not length or text.count("\n") < length:
            self.terminal.write(text)
            return
        room = length - 1
        for line in text.removesuffix("\n").split("\n"):
            if room == 0:
                self.terminal.write(MORE)
                key = await self.terminal.key()
                self.terminal.write("\b" * len(MORE) + " " * len(MORE) + "\b" * len(MORE))
                if key == "" or key not in " \r\n":
                    return
                room = length - 1 if key == " " else 1
            self.terminal.write(f"{line}\n")
            room -= 1


def _is_word(text: str, word: str, least: int) -> bool:
    typed = text.strip().lower()
    return len(typed) >= least and word.startswith(typed)


def _last_word(line: str) -> int:
    return len(line.rstrip()) - len(line.split()[-1])


def _filtered(text: str, kind: str, pattern: str) -> str:
    if not kind:
        return text
    try:
        wanted = re.compile(pattern)
    except re.error:
        return "% Failed to compile regular expression.\n"
    return "".join(f"{line}\n" for line in _chosen(text.removesuffix("\n").split("\n"), kind, wanted))


def _chosen(lines: list[str], kind: str, wanted: re.Pattern[str]) -> Iterator[str]:
    begun = False
    for line in lines:
        hit = bool(wanted.search(line))
        begun = begun or hit
        if (kind == "begin" and begun) or (kind == "include" and hit) or (kind == "exclude" and not hit):
            yield line
