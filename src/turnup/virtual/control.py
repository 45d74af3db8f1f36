"""The control port of a lab: one JSON object a line in, one out. For tests and demos; it listens on 127.0.0.1 only.

    {"do": "status"}                                          routers, faults that are on, sessions
    {"do": "fault", "name": "flash-full", "on": true}         a fault of lab/faults/, now or (false) no more
    {"do": "log", "router": "...", "text": "%SYS-..."}        one message into the log buffer
    {"do": "configure", "router": "...", "lines": [...]}      somebody else changes the configuration ("by": name)
    {"do": "running", "router": "..."}                        running and startup configuration
    {"do": "cut", "router": "..."}                            every connection to it is lost
    {"do": "reload", "router": "..."}                         it starts again from its startup configuration
    {"do": "listen", "router": "...", "mishaps": [...]}       note every command from now on; what happens at which
    {"do": "heard", "router": "..."}                          what was noted
    {"do": "restore", "router": "...", "running": "...", "startup": "..."}   put it into that state, nobody logged in
    {"do": "disk", "router": "..."}                           from now on it takes files over SCP, into slot0:
    {"do": "stop"}                                            the lab ends

Answers hold "ok"; when it is false, "error" says why.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import cast

from turnup.errors import TurnupError, UsageError
from turnup.load.strict import build
from turnup.virtual.faults import fault_named
from turnup.virtual.lab import Lab
from turnup.virtual.mishaps import Mishap
from turnup.virtual.serving import Connections

Message = dict[str, object]


class Control:
    """Carries out control commands."""

    def __init__(self, lab: Lab, connections: Connections, stop: Callable[[], None]) -> None:
        self._lab, self.connections, self._stop = lab, connections, stop
        self._commands: dict[str, Callable[[Message], Message]] = {
            "status": self._status,
            "fault": self._fault,
            "log": self._log,
            "configure": self._configure,
            "running": self._running,
            "cut": self._cut,
            "reload": self._reload,
            "listen": self._listen,
            "heard": self._heard,
            "restore": self._restore,
            "disk": self._disk,
            "stop": self._end,
        }

    def carry_out(self, line: str) -> Message:
        """The answer to one line."""
        try:
            message = json.loads(line)
            command = self._commands.get(str(message.get("do"))) if isinstance(message, dict) else None
            if command is None:
                raise UsageError(f"no such command; known: {', '.join(self._commands)}")
            return {"ok": True, **command(message)}
        except (TurnupError, ValueError) as error:
            return {"ok": False, "error": str(error)}

    def _status(self, message: Message) -> Message:
        del message
        routers: dict[str, object] = {
            name: {
                "sessions": [one.username for one in device.sessions.values()],
                "commands": device.counters,
                **({"live": device.backing.told()} if device.backing is not None else {}),
            }
            for name, device in self._lab.devices.items()
        }
        return {"routers": routers, "faults": list(self._lab.active)}

    def _fault(self, message: Message) -> Message:
        name = _text(message, "name")
        if message.get("on", True):
            self._lab.fault_on(fault_named(name))
        else:
            self._lab.fault_off(name)
        return {"faults": list(self._lab.active)}

    def _log(self, message: Message) -> Message:
        self._lab.device(_text(message, "router")).say(_text(message, "text"))
        return {}

    def _configure(self, message: Message) -> Message:
        lines = message.get("lines")
        if not isinstance(lines, list):
            raise UsageError("`lines` must be a list")
        by = str(message.get("by", "customer"))
        answers = self._lab.configure(_text(message, "router"), [str(line) for line in lines], by)
        return {"answers": answers}

    def _running(self, message: Message) -> Message:
        device = self._lab.device(_text(message, "router"))
        return {"running": device.config.text(), "startup": device.startup}

    def _cut(self, message: Message) -> Message:
        return {"cut": self.connections.cut_off(self._lab.device(_text(message, "router")).router.name)}

    def _reload(self, message: Message) -> Message:
        device = self._lab.device(_text(message, "router"))
        self.connections.cut_off(device.router.name)
        device.reload()
        return {}

    def _listen(self, message: Message) -> Message:
        asked = message.get("mishaps", [])
        mishaps = tuple(build(Mishap, one, where="mishaps") for one in asked) if isinstance(asked, list) else ()
        self._lab.device(_text(message, "router")).hearings.arm(mishaps)
        return {}

    def _heard(self, message: Message) -> Message:
        return {"heard": self._lab.device(_text(message, "router")).hearings.told()}

    def _restore(self, message: Message) -> Message:
        device = self._lab.device(_text(message, "router"))
        self.connections.cut_off(device.router.name)
        device.restore(_text(message, "running"), _text(message, "startup"))
        return {}

    def _disk(self, message: Message) -> Message:
        device = self._lab.device(_text(message, "router"))
        device.disk = {}
        return {"answers": self._lab.configure(device.router.name, ["ip scp server enable"], "operator")}

    def _end(self, message: Message) -> Message:
        del message
        self._stop()
        return {}


def _text(message: Message, field: str) -> str:
    value = message.get(field)
    if not isinstance(value, str):
        raise UsageError(f"`{field}` is missing")
    return value


class _Line(asyncio.Protocol):
    """One connection to the control port."""

    def __init__(self, control: Control) -> None:
        self._control, self._rest = control, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody wants to control the lab."""
        self._transport = cast(asyncio.Transport, transport)
        self._cut = self._transport.abort
        self._control.connections.cuts[self._cut] = ""

    def connection_lost(self, exc: Exception | None) -> None:
        """He has gone, or the lab ends."""
        del exc
        self._control.connections.cuts.pop(self._cut, None)

    def data_received(self, data: bytes) -> None:
        """Carry out every whole line."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            answer = self._control.carry_out(line.decode("utf-8", "replace"))
            self._transport.write(json.dumps(answer).encode() + b"\n")


async def listen(control: Control, host: str) -> asyncio.Server:
    """The control port, on a free port."""
    return await asyncio.get_running_loop().create_server(lambda: _Line(control), host, 0)
