"""What the SSH, telnet and console servers share: a session from its login to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from turnup.virtual.access import close_session, open_session, privilege_of
from turnup.virtual.device import Device
from turnup.virtual.lab import Lab
from turnup.virtual.shell import Shell
from turnup.virtual.terminal import GONE, LINE, Terminal

TRIES = 3


@dataclass
class Connections:
    """Open connections of a lab, so that stopping leaves nothing behind. `cut` breaks one off."""

    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    cuts: dict[Callable[[], None], str] = field(default_factory=dict)

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Run a session until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def cut_off(self, router: str) -> int:
        """Break every connection to that router, as a lost management network does; how many."""
        mine = [cut for cut, name in self.cuts.items() if name == router]
        for cut in mine:
            cut()
        return len(mine)

    async def stop(self) -> None:
        """Break everything off and wait for the sessions to end."""
        for cut in list(self.cuts):
            cut()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def serve_session(
    lab: Lab, device: Device, terminal: Terminal, username: str, privilege: int, line: str, host: str
) -> None:
    """The shell of a user who has logged in."""
    session = open_session(device, username, privilege, line, host)
    if session is None:
        return
    if device.hearings.unreachable:
        close_session(device, session)
        terminal.cut()
        return
    try:
        await Shell(device, lab.provider, terminal, session).run()
    finally:
        close_session(device, session)


async def admitted(lab: Lab, device: Device, username: str, password: str, host: str) -> int | None:
    """Privilege level of that login; None when it is refused."""
    if device.backing is None:
        return privilege_of(device, lab.accounts, username, password)
    return await asyncio.to_thread(device.backing.log_in, username, password, "tty", host)


async def log_in(lab: Lab, device: Device, terminal: Terminal, host: str) -> tuple[str, int] | None:
    """`Username:` and `Password:`; (username, privilege), or None after three refusals or when the caller has gone."""
    banner = device.config.value("", ("banner", "motd")) or ""
    text = banner.removeprefix("banner motd ").strip("\n").removeprefix("^C").removesuffix("^C")
    terminal.write(f"{text}\nUser Access Verification\n\n")
    for _ in range(TRIES):
        kind, username = await terminal.read("Username: ")
        if kind != LINE:
            return None
        if not username.strip():
            continue
        kind, password = await terminal.read("Password: ", echo=False)
        if kind == GONE:
            return None
        privilege = await admitted(lab, device, username.strip(), password, host)
        if privilege is not None:
            return username.strip(), privilege
        terminal.write("% Authentication failed.\n\n")
    return None


async def serve_console(lab: Lab, device: Device, terminal: Terminal, host: str) -> None:
    """The console line as a terminal server gives it: silent until Return, then the login; again after every logout.

    `no exec` on `line con 0`, or the fault state `console.status` = "dead", leaves it silent; "open": somebody has
    left it logged in.
    """
    terminal.write(f"\n\n\n{device.hostname} con0 is now available\n\n\n\n\nPress RETURN to get started.\n\n")
    while True:
        kind, _ = await terminal.read(echo=False)
        if kind == GONE:
            return
        status = device.override("console.status")
        if device.config.value("line con 0", ("exec",)) == "no exec" or status == "dead":
            continue
        terminal.write("\n")
        user = ("", 1) if status == "open" else await log_in(lab, device, terminal, host)
        if user is not None:
            await serve_session(lab, device, terminal, *user, "con", host)
            terminal.write(f"\n\n\n{device.hostname} con0 is now available\n\n\n\n\nPress RETURN to get started.\n\n")


async def serve_vty(lab: Lab, device: Device, terminal: Terminal, host: str) -> None:
    """A telnet session: login, then the shell."""
    user = await log_in(lab, device, terminal, host)
    if user is not None:
        await serve_session(lab, device, terminal, *user, "vty", host)
