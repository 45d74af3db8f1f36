"""What a router hears, command by command, and the mishaps that befall it there: the doing of `mishaps`."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.exec_mode import Hangup
from turnup.virtual.mishaps import Heard, Mishap
from turnup.virtual.terminal import Terminal

FOREVER = 10.0**8


class Ear:
    """One session's part of it."""

    def __init__(self, device: Device, terminal: Terminal, session: SessionInfo) -> None:
        self._device, self._terminal, self._session = device, terminal, session
        device.hearings.logins += 1
        self._login = device.hearings.logins
        self._after: list[Mishap] = []

    async def before(self, section: str, text: str) -> str | None:
        """Note a command and let happen what is due; the text to answer instead of carrying it out, or None."""
        hearings = self._device.hearings
        if not hearings.listening:
            return None
        hearings.heard.append(Heard(self._session.tty, self._login, section, text))
        due = [one for one in hearings.mishaps if one.at == len(hearings.heard)]
        self._after = [one for one in due if one.kind in ("drop-after", "kill-after")]
        answer = None
        for one in due:
            instead = await self._happens(one)
            answer = instead if instead is not None else answer
        if answer is not None:
            self.said(answer)
        return answer

    def said(self, answer: str) -> None:
        """What IOS answers to the configuration line just heard."""
        if self._device.hearings.listening and self._device.hearings.heard:
            self._device.hearings.heard[-1].answer = answer

    def after(self) -> None:
        """Let happen what is due when the command has been carried out."""
        for one in self._after:
            if one.kind == "kill-after":
                _kill(one.pid)
            else:
                self._break(one)
        self._after = []

    async def _happens(self, one: Mishap) -> str | None:
        if one.kind == "kill-before":
            _kill(one.pid)
            self._break(one)
        elif one.kind == "drop-before":
            self._break(one)
        elif one.kind == "hang":
            self._device.hearings.unreachable |= one.stays
            await self._terminal.wait(FOREVER)
            raise Hangup
        elif one.kind == "reject":
            return "".join(f"{line}\n" for line in one.lines)
        elif one.kind == "ask":
            self._terminal.write("".join(one.lines))
            await self._terminal.key()
            return "\n"
        elif one.kind == "burst":
            self._terminal.write("".join(f"{line}\n" for line in one.lines))
        elif one.kind == "save":
            self._device.startup = self._device.config.text()
        elif one.kind == "edit":
            edit(self._device, one.lines)
        return None

    def _break(self, one: Mishap) -> None:
        self._device.hearings.unreachable |= one.stays
        self._terminal.cut()
        raise Hangup


def edit(device: Device, lines: tuple[str, ...]) -> list[str]:
    """Somebody else configures the router; what IOS answers to each line."""
    mode = ConfigMode(device)
    answers = [mode.line(line) for line in lines]
    device.say("%SYS-5-CONFIG_I: Configured from console by customer on vty4 (192.0.2.77)")
    return answers


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
