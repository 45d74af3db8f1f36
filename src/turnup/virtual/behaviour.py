"""How faults make the command line misbehave: slow, silent, cut off, interrupted, refused, with a wrong prompt."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator

from turnup.virtual.device import Device
from turnup.virtual.exec_mode import Hangup
from turnup.virtual.faults import Behaviour
from turnup.virtual.terminal import Terminal

FOREVER = 10.0**8
REFUSAL = "Command authorization failed.\n"
Print = Callable[[str], Awaitable[None]]


class Misbehaviour:
    """The active behaviours of a device, applied to the commands of one session."""

    def __init__(self, device: Device, terminal: Terminal) -> None:
        self._device, self._terminal = device, terminal
        for one in self._all():
            if one.kind == "typeahead":
                terminal.type_ahead = int(one.value)

    async def before(self, command: str) -> str | None:
        """Delay or hang; the text to answer instead of carrying the command out, or None."""
        for one in self._due(command, ("delay", "hang", "error", "authorization")):
            if one.kind == "delay":
                await self._terminal.wait(float(one.value or 1))
            elif one.kind == "hang":
                await self._terminal.wait(FOREVER)
                raise Hangup
            else:
                return f"{one.value}\n" if one.value else REFUSAL
        return None

    async def answer(self, command: str, text: str, show: Print) -> str:
        """Print the answer, cut or interleaved when a fault says so; the prompt to show instead, or ""."""
        prompt = ""
        for one in self._due(command, ("drop", "dribble", "syslog", "splice", "prompt")):
            if one.kind == "drop":
                self._terminal.write(text[: int(one.value or 0)])
                self._terminal.break_off()
                raise Hangup
            if one.kind == "dribble":
                text = await self._dribbled(text, one.value)
            elif one.kind == "prompt":
                prompt = one.value
            else:
                text = (_interleaved if one.kind == "syslog" else _spliced)(text, one.value)
        await show(text)
        return prompt

    async def _dribbled(self, text: str, pace: str) -> str:
        """Send all but the last piece slowly; what is left."""
        size, _, gap = pace.partition("/")
        while len(text) > int(size):
            self._terminal.write(text[: int(size)])
            text = text[int(size) :]
            await self._terminal.wait(float(gap))
        return text

    def _due(self, command: str, kinds: tuple[str, ...]) -> Iterator[Behaviour]:
        for one in self._all():
            if one.kind in kinds and re.search(one.command, command):
                seen = self._device.misbehaved[one] = self._device.misbehaved.get(one, 0) + 1
                if seen > one.after and (not one.times or seen <= one.after + one.times):
                    yield one

    def _all(self) -> Iterator[Behaviour]:
        for fault in self._device.faults:
            if fault.applies(self._device.router.name):
                yield from fault.behaviour


def _interleaved(text: str, message: str) -> str:
    """The message in the middle of the answer, as `logging monitor` writes it: on a line of its own."""
    lines = text.split("\n")
    lines.insert(len(lines) // 2, message)
    return "\n".join(lines)


def _spliced(text: str, message: str) -> str:
    """The message inside a line in the middle of the answer, as when a line card shouts while a line is printed."""
    lines = text.split("\n")
    at = len(lines) // 2
    middle = len(lines[at]) // 2
    lines[at] = f"{lines[at][:middle]}{message}\n{lines[at][middle:]}"
    return "\n".join(lines)
