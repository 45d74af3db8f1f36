"""Logins, exec authorization and accounting of one router, as its `aaa` lines say, by a real TACACS+ client."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from turnup.errors import CouldNotRun
from turnup.virtual.access import local_privilege
from turnup.virtual.device import Device, SessionInfo
from turnup.virtual.live.node import Node
from turnup.virtual.live.tacacs import START_RECORD, STOP_RECORD, Client, NoServer
from turnup.virtual.passwords import decode7
from turnup.virtual.shows.sources import AaaServer

_SECONDS = 5.0  # what IOS waits unless `tacacs-server timeout` says otherwise
_DEFAULT_LOGIN = ("local",)
Record = tuple[int, str, str, str, tuple[str, ...]]


@dataclass
class Aaa:
    """The client of one router. Its counters last as long as the server stands in the configuration."""

    node: Node
    device: Device
    _clients: dict[str, Client] = field(default_factory=dict)
    _records: queue.Queue[Record] = field(default_factory=queue.Queue)
    _task: int = 0
    _writer: threading.Thread | None = None

    def servers(self) -> tuple[AaaServer, ...]:
        """What `show tacacs` tells."""
        return tuple(AaaServer(one.address, **vars(one.counts)) for one in self._configured())

    def log_in(self, username: str, password: str, line: str, caller: str) -> int | None:
        """Privilege level; None when refused. A method is left for the next only when no server answers."""
        for method in self._methods("authentication login", _DEFAULT_LOGIN):
            if method == "local":
                return local_privilege(self.device, username, password)
            if method == "none":
                return 1
            if method == "tacacs+" and (good := self._asked(username, password, line, caller)) is not None:
                return self._authorized(username, line, caller) if good else None
        return None

    def opened(self, session: SessionInfo) -> None:
        """A session has begun: accounted where `aaa accounting exec` says so."""
        self._record("accounting exec", START_RECORD, session, "service=shell")

    def closed(self, session: SessionInfo) -> None:
        """It has ended."""
        self._record("accounting exec", STOP_RECORD, session, "service=shell")

    def commanded(self, session: SessionInfo, command: str) -> None:
        """A command was typed: accounted where `aaa accounting commands 15` says so."""
        level = f"accounting commands {session.privilege}"
        self._record(level, STOP_RECORD, session, "service=shell", f"priv-lvl={session.privilege}", f"cmd={command}")

    @property
    def unsent(self) -> int:
        """Accounting records that wait or are on their way: each still adds to a server's counters."""
        return self._records.unfinished_tasks

    # --- behind it

    def _configured(self) -> Iterator[Client]:
        """Clients of the servers that stand in the configuration now, in order, with the key it gives now."""
        lines = [line.text.split() for line in self.device.config.lines("")]
        words = next((one for one in lines if one[:2] == ["tacacs-server", "key"]), [])
        key = (decode7(words[-1]) or "") if words[2:3] == ["7"] and len(words) > 3 else (words[-1] if words else "")
        wait = next((float(one[2]) for one in lines if one[:2] == ["tacacs-server", "timeout"]), _SECONDS)
        source = self._source()
        for one in lines:
            if one[:2] == ["tacacs-server", "host"]:
                client = self._clients.setdefault(one[2], Client(one[2], b"", self.node.socket))
                client.key, client.seconds, client.source = key.encode("latin-1"), wait, source
                yield client

    def _source(self) -> str:
        words = (self.device.config.value("", ("ip", "tacacs", "source-interface")) or "").split()
        address = self.device.config.address(words[-1]) if words else None
        return str(address.ip) if address else ""

    def _methods(self, what: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """`aaa authentication login default tacacs+ local` -> tacacs+, local."""
        head = f"aaa {what} default "
        line = next((one.text for one in self.device.config.lines("") if one.text.startswith(head)), "")
        return tuple(word for word in line[len(head) :].split() if word != "group") or default

    def _asked(self, username: str, password: str, line: str, caller: str) -> bool | None:
        for client in self._configured():
            try:
                return client.login(username, password, line, caller)
            except (NoServer, CouldNotRun):
                continue
        return None

    def _authorized(self, username: str, line: str, caller: str) -> int | None:
        if "tacacs+" not in self._methods("authorization exec", ()):
            return 1
        for client in self._configured():
            try:
                return client.privilege(username, line, caller)
            except (NoServer, CouldNotRun):
                continue
        return None

    def _record(self, what: str, kind: int, session: SessionInfo, *told: str) -> None:
        if not session.username or "tacacs+" not in self._methods(what, ()):
            return
        self._task += 1
        line = f"tty{session.tty}"
        self._records.put((kind, session.username, line, session.host, (f"task_id={self._task}", *told)))
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, daemon=True)
            self._writer.start()

    def _write(self) -> None:
        """Accounting waits for nobody: records go one after the other, to the first server that takes them."""
        while True:
            record = self._records.get()
            try:
                self._account(record)
            finally:
                self._records.task_done()

    def _account(self, record: Record) -> None:
        kind, username, line, caller, told = record
        for client in self._configured():
            try:
                if client.account(kind, username, line, caller, *told):
                    return
            except (NoServer, CouldNotRun):
                continue
