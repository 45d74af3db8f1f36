"""Exec mode: the commands that the front carries out itself. All others go to the state provider."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import Enum

from turnup.virtual.device import Device, SessionInfo, StateProvider
from turnup.virtual.dialogues import confirm, extended_ping
from turnup.virtual.passwords import matches5
from turnup.virtual.terminal import Terminal


class Running(Enum):
    """What follows a command that prints nothing but changes the mode."""

    CONFIGURE = "configure"
    LOGOUT = "logout"


class Hangup(Exception):
    """The session ends here, without another prompt."""


Answer = str | Running | None


class ExecMode:
    """Carries out the expanded words of one command for one session."""

    def __init__(self, device: Device, provider: StateProvider, terminal: Terminal, session: SessionInfo) -> None:
        self.device, self.provider, self.terminal, self.session = device, provider, terminal, session
        self._own: dict[tuple[str, ...], Callable[[tuple[str, ...]], Awaitable[Answer]]] = {
            ("enable",): self._enable,
            ("disable",): self._disable,
            ("exit",): self._logout,
            ("quit",): self._logout,
            ("logout",): self._logout,
            ("terminal",): self._terminal,
            ("configure",): self._configure,
            ("write",): self._write,
            ("copy",): self._copy,
            ("show", "running-config"): self._running,
            ("show", "startup-config"): self._startup,
            ("show", "configuration"): self._startup,
            ("show", "reload"): self._show_reload,
            ("ping",): self._ping,
            ("reload",): self._reload,
            ("clear",): self._clear,
            ("debug",): self._silent,
            ("undebug",): self._undebug,
        }

    async def carry_out(self, words: tuple[str, ...]) -> Answer:
        """What the command prints; a Running when it changes the mode; None when this image has no such command."""
        own = self._own.get(words[:2]) or self._own.get(words[:1])
        if own is not None:
            return await own(words)
        answer = await self._shown(words)
        if answer is None and words == ("show", "privilege"):
            return f"Current privilege level is {self.session.privilege}\n"
        return answer

    async def _shown(self, words: tuple[str, ...]) -> str | None:
        """What the provider shows; one that takes its time does so beside the other sessions."""
        if not self.provider.blocks:
            return self.provider.show(self.device, words, self.session)
        self.terminal.flush()
        return await asyncio.to_thread(self.provider.show, self.device, words, self.session)

    async def _silent(self, words: tuple[str, ...]) -> Answer:
        del words
        return ""

    async def _logout(self, words: tuple[str, ...]) -> Answer:
        del words
        return Running.LOGOUT

    async def _enable(self, words: tuple[str, ...]) -> Answer:
        level = int(words[1]) if len(words) > 1 else 15
        if self.session.privilege < level:
            _, password = await self.terminal.read("Password: ", echo=False)
            line = self.device.config.value("", ("enable", "secret")) or ""
            if not matches5(password, line.split()[-1] if line else ""):
                return "% Access denied\n\n"
        self.session.privilege = level
        return ""

    async def _disable(self, words: tuple[str, ...]) -> Answer:
        del words
        self.session.privilege = 1
        return ""

    async def _terminal(self, words: tuple[str, ...]) -> Answer:
        if words[1] == "length":
            self.terminal.length = int(words[2])
        elif words[1] == "width":
            self.terminal.width = int(words[2])
        return ""

    async def _configure(self, words: tuple[str, ...]) -> Answer:
        if len(words) == 1:
            _, typed = await self.terminal.read("Configuring from terminal, memory, or network [terminal]? ")
            words = ("configure", typed.strip() or "terminal")
        holder = self.device.config_lock
        if holder is not None and holder is not self.session:
            return _LOCKED.format(user=holder.username, tty=holder.tty)
        if words[2:] == ("lock",):
            if not self.device.can_lock:
                return None
            self.device.config_lock = self.session
        return Running.CONFIGURE if "terminal".startswith(words[1]) else "%Error opening network configuration\n"

    async def _write(self, words: tuple[str, ...]) -> Answer:
        if words[1:] == ("terminal",):
            return await self._running(("show", "running-config"))
        if words[1:] == ("erase",):
            return "% Not on this router\n"
        return self._save()

    def _save(self) -> str:
        self.device.startup = self.device.config.text()
        self.device.last_save = (self.device.clock(), self.session.username)
        return "Building configuration...\n[OK]\n"

    async def _copy(self, words: tuple[str, ...]) -> Answer:
        source, target = words[1:]
        if not ("running-config".startswith(source.lower()) and "startup-config".startswith(target.lower())):
            return f"%Error opening {source} (No such file or directory)\n"
        _, name = await self.terminal.read("Destination filename [startup-config]? ")
        return self._save() if name.strip() in ("", "startup-config") else f"%Error opening nvram:{name.strip()}\n"

    async def _running(self, words: tuple[str, ...]) -> Answer:
        config = self.device.config
        if len(words) > 2:
            header = config.header_of(words[3])
            if not config.has_section(header):
                return None
            body = "".join(f" {line.text}\n" for line in config.lines(header))
            return f"Building configuration...\n\nCurrent configuration:\n!\n{header}\n{body}end\n\n"
        return f"Building configuration...\n\nCurrent configuration:\n{self._stamps()}{config.text()}\n"

    async def _startup(self, words: tuple[str, ...]) -> Answer:
        del words
        text = self.device.startup
        return f"Using {len(text)} out of 520184 bytes\n{self._stamps()}{text}\n"

    def _stamps(self) -> str:
        out = ""
        if self.device.last_change:
            out += f"!\n! Last configuration change at {_stamp(*self.device.last_change)}\n"
        if self.device.last_save:
            out += f"! NVRAM config last updated at {_stamp(*self.device.last_save)}\n"
        return out

    async def _ping(self, words: tuple[str, ...]) -> Answer:
        if len(words) == 1 or words[-1] == "ip":
            asked = await extended_ping(self.terminal)
            return asked if isinstance(asked, str) else await self._shown(asked)
        asked = ("ping", words[-1], "size", "100", "repeat", "5")
        return await self._shown(asked)

    async def _show_reload(self, words: tuple[str, ...]) -> Answer:
        del words
        pending = self.device.reload_in
        return f"Reload scheduled in {pending} minutes\n" if pending else "No reload is scheduled.\n"

    async def _reload(self, words: tuple[str, ...]) -> Answer:
        """Only scheduled and cancelled: a virtual router is reloaded through the control port."""
        if words[1:] == ("cancel",):
            pending, self.device.reload_in = self.device.reload_in, ""
            return "\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n\n" if pending else "%No reload is scheduled.\n"
        if len(words) == 1 or words[1] != "in":
            return "% Not on this router\n"
        self.terminal.write(f"Reload scheduled in {words[2]} minutes\n")
        if await confirm(self.terminal, "Proceed with reload? [confirm]"):
            self.device.reload_in = words[2]
        return ""

    async def _clear(self, words: tuple[str, ...]) -> Answer:
        if words[1] == "logging" and await confirm(self.terminal, "Clear logging buffer [confirm]"):
            self.device.log.clear()
        elif words[1] == "counters":
            if await confirm(self.terminal, 'Clear "show interface" counters on all interfaces [confirm]'):
                self.device.counters.clear()
                self.device.say(f"%CLEAR-5-COUNTERS: Clear counter on all interfaces by {self.session.username}")
        else:
            await self._shown(words)
        return ""

    async def _undebug(self, words: tuple[str, ...]) -> Answer:
        return "All possible debugging has been turned off\n" if words[-1] == "all" else ""


_LOCKED = (
    "Configuration mode locked exclusively by user '{user}' process '3' from terminal '{tty}'. Please try later.\n"
)


def _stamp(at: datetime, by: str) -> str:
    return f"{at:%H:%M:%S} UTC {at:%a %b} {at.day} {at.year} by {by}"
