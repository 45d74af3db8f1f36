"""One session with a virtual router, without sockets: type, and read what comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from virtual_estate import device

from turnup.virtual.access import close_session, open_session
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.shell import Shell
from turnup.virtual.terminal import Terminal


@dataclass
class Recorder:
    """A state provider that remembers what it was asked."""

    blocks = False

    answers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def show(self, device: Device, words: tuple[str, ...], session: SessionInfo) -> str | None:
        self.asked.append(words)
        return self.answers.get(" ".join(words), "shown\n" if words[0] in ("show", "ping") else None)


@dataclass
class Typed:
    """What a session printed, and the state it left behind."""

    screen: str
    device: Device
    asked: list[tuple[str, ...]]
    broken: bool


def type_in(
    text: str,
    router: Device | None = None,
    *,
    privilege: int = 15,
    answers: dict[str, str] | None = None,
    length: int = 0,
    pieces: int = 0,
    width: int = 0,
) -> Typed:
    """Type everything at once (type-ahead), or in pieces of that many characters; then hang up."""
    return asyncio.run(_type(text, router or device(), privilege, answers or {}, (length, width), pieces))


async def _type(
    text: str, router: Device, privilege: int, answers: dict[str, str], size: tuple[int, int], pieces: int
) -> Typed:
    printed: list[str] = []
    broken: list[bool] = []
    terminal = Terminal(printed.append, lambda: broken.append(True))
    terminal.length, terminal.width = size
    provider = Recorder(answers)
    session = open_session(router, "noc", privilege, "vty", "127.0.0.1")
    assert session is not None
    task = asyncio.create_task(Shell(router, provider, terminal, session).run())
    for at in range(0, len(text), pieces or len(text) or 1):
        terminal.feed(text[at : at + (pieces or len(text))])
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    terminal.close()
    await asyncio.wait_for(task, 5)
    close_session(router, session)
    return Typed("".join(printed).replace("\r\n", "\n"), router, provider.asked, bool(broken))
