"""Who may log in: accounts of the lab's TACACS+ server, and the router's own when no server answers."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.passwords import decode7, matches5

CONSOLE_TTY, FIRST_VTY, VTYS = 0, 2, 16


@dataclass(frozen=True)
class Account:
    """An account of the TACACS+ server; `privilege` is what exec authorization gives."""

    password: str
    privilege: int = 15


def privilege_of(device: Device, accounts: Mapping[str, Account], username: str, password: str) -> int | None:
    """Privilege level after login; None when the login is refused.

    Fault state `tacacs.<address>.dead` on every configured server: none answers, so only the `username` lines count.
    """
    if not _all_dead(device):
        account = accounts.get(username)
        good = account is not None and hmac.compare_digest(account.password.encode(), password.encode())
        return account.privilege if account is not None and good else None
    return local_privilege(device, username, password)


def local_privilege(device: Device, username: str, password: str) -> int | None:
    """Privilege level that the `username` lines give; None when they do not know that login."""
    return _local(device.config.value("", ("username", username)), password)


def _all_dead(device: Device) -> bool:
    servers = [line.text.split()[2] for line in device.config.lines("") if line.key[:2] == ("tacacs-server", "host")]
    return all(str(device.override(f"tacacs.{one}.dead")).lower() in ("true", "1", "yes") for one in servers)


def _local(line: str | None, password: str) -> int | None:
    words = (line or "").split()
    if len(words) < 4:
        return None
    kind, stored = words[-2], words[-1]
    plain = decode7(stored) if kind == "7" else stored
    good = matches5(password, stored) if kind == "5" else plain == password
    level = int(words[words.index("privilege") + 1]) if "privilege" in words else 1
    return level if good else None


def open_session(device: Device, username: str, privilege: int, line: str, host: str) -> SessionInfo | None:
    """Take a line of the router; None when all are in use."""
    ttys = [CONSOLE_TTY] if line == "con" else range(FIRST_VTY, FIRST_VTY + VTYS)
    tty = next((tty for tty in ttys if tty not in device.sessions), CONSOLE_TTY if line == "con" else None)
    if tty is None:
        return None
    now = device.clock()
    session = SessionInfo(username, line, tty - (0 if line == "con" else FIRST_VTY), tty, host, now, now, privilege)
    device.sessions[tty] = session
    if device.backing is not None:
        device.backing.opened(session)
    return session


def close_session(device: Device, session: SessionInfo) -> None:
    """Give the line back."""
    if device.sessions.get(session.tty) is session:
        del device.sessions[session.tty]
        if device.backing is not None:
            device.backing.closed(session)
