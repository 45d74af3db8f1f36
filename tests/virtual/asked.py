"""nyc-hud-gsr1 asked in words, with the sample order on it or without."""

from __future__ import annotations

from dataclasses import replace

from pushed_order import lab, push, session

from turnup.virtual.device import Device
from turnup.virtual.shows import SimulatedState

PORT, PEER = "Serial5/0", "10.10.3.2"


class Router:
    """nyc-hud-gsr1 with one provider, asked in words."""

    def __init__(self, *, pushed: bool = True) -> None:
        self.device: Device = lab("GRP-B").devices["nyc-hud-gsr1"]
        self.provider = SimulatedState()
        if pushed:
            push(self.device)

    def show(self, command: str) -> str:
        text = self.provider.show(self.device, tuple(command.split()), session(self.device))
        assert text is not None, command
        return text

    def line(self, command: str, start: str) -> str:
        found = [line for line in self.show(command).split("\n") if line.startswith(start)]
        assert len(found) == 1, f"{start!r} in {self.show(command)}"
        return found[0]

    def add(self, section: str, *lines: str) -> None:
        for line in lines:
            self.device.config.put_in(section, line)

    def remove(self, section: str, *patterns: str) -> None:
        for pattern in patterns:
            assert self.device.config.take_out(section, pattern), pattern

    def peer(self) -> str:
        return self.line("show ip bgp summary", PEER).split(maxsplit=9)[-1].strip()

    def far(self, **changes: object) -> None:
        ends = [replace(one, **changes) if one.name == "level3-ce" else one for one in self.device.far_ends]  # type: ignore[arg-type]
        self.device.far_ends = tuple(ends)
