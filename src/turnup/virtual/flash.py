"""A disk that files can be copied to over SCP, as images from 12.0(21)S on have it: for tools that put a file there.

Off unless the control port switches it on: a router of 2001 has neither. `copy FILE running-config` merges line by line
and goes on behind a line it refuses, as IOS does.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Callable

from turnup.virtual import events
from turnup.virtual.config_mode import ConfigMode
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.hearing import Ear
from turnup.virtual.terminal import Terminal

DISK = "slot0:"
_SIZE, _FREE = 20578304, 15728640
_HEADER = re.compile(r"C[0-7]{4} (\d+) [^\n]+\n")


class Disk:
    """What one session does with the files of its router."""

    def __init__(self, device: Device, terminal: Terminal, session: SessionInfo, ear: Ear) -> None:
        self._device, self._terminal, self._session, self._ear = device, terminal, session, ear

    async def carry_out(self, words: tuple[str, ...]) -> str | None:
        """What the command prints; None when it is none of these, or the router has no such disk."""
        if self._device.disk is None:
            return None
        if words[0] == "dir" and words[-1].startswith(DISK):
            return self._dir(words[-1])
        if words[:2] == ("verify", "/md5") and (text := self._file(words[2])) is not None:
            return f".Done!\nverify /md5 ({words[2]}) = {hashlib.md5(text.encode('latin-1')).hexdigest()}\n"  # noqa: S324 - IOS's own
        if words[0] == "copy" and words[1].startswith(DISK) and words[2] == "running-config":
            return await self._merge(words[1])
        if words[0] == "copy" and words[1] == "running-config" and words[2].startswith(DISK):
            return await self._keep(words[2])
        return None

    def _file(self, path: str) -> str | None:
        return (self._device.disk or {}).get(_name(path))

    def _dir(self, path: str) -> str:
        total = f"\n{_SIZE} bytes total ({_FREE} bytes free)\n"
        if not _name(path):
            return f"Directory of {DISK}/\n{total}"
        if (text := self._file(path)) is None:
            return f"%Error opening {path} (No such file or directory)\n"
        return f"Directory of {path}\n\n  1  -rw-  {len(text):11}  Jul 10 2001 09:30:00 +00:00  {_name(path)}\n{total}"

    async def _asked(self, name: str) -> None:
        if self._device.config.value("", ("file", "prompt")) != "file prompt quiet":
            await self._terminal.read(f"Destination filename [{name}]? ")

    async def _keep(self, path: str) -> str:
        await self._asked(_name(path))
        text = self._device.config.text()
        assert self._device.disk is not None  # noqa: S101 - looked at before
        self._device.disk[_name(path)] = text
        return f"{len(text)} bytes copied in 1.272 secs\n"

    async def _merge(self, path: str) -> str:
        text = self._file(path)
        if text is None:
            return f"%Error opening {path} (No such file or directory)\n"
        await self._asked("running-config")
        mode, said = ConfigMode(self._device), ""
        for line in text.splitlines():
            instead = await self._ear.before(mode.section, line.strip())
            answer = mode.line(line) if instead is None else instead
            self._ear.said(answer)
            self._ear.after()
            said += f"{line}\n{answer}" if answer else ""
        events.configured(self._device, self._session)
        return f"{said}{len(text)} bytes copied in 0.872 secs\n"


def _name(path: str) -> str:
    return path.removeprefix(DISK).lstrip("/")


class Sink:
    """The receiving half of `scp -t PATH`: one file at a time. `send` takes what goes back."""

    def __init__(self, device: Device, command: str, send: Callable[[str], None]) -> None:
        self._device, self._send = device, send
        self._path = shlex.split(command)[-1]
        self._heard, self._left = "", -1

    def begin(self) -> None:
        """Ready for the first header."""
        self._send("\0")

    def feed(self, text: str) -> None:
        """What has arrived: a header, then as many characters and a NUL."""
        self._heard += text
        if self._left < 0 and (header := _HEADER.match(self._heard)):
            self._left, self._heard = int(header[1]), self._heard[header.end() :]
            self._send("\0")
        if self._left >= 0 and len(self._heard) > self._left:
            if self._device.disk is not None:
                self._device.disk[_name(self._path)] = self._heard[: self._left]
            self._heard, self._left = self._heard[self._left + 1 :], -1
            self._send("\0")
