"""Follows FRR's log and the kernel's link events of one node and writes them into the router's log as they come."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path

from turnup.model.interface_name import InterfaceName
from turnup.virtual.device import Device
from turnup.virtual.live.journal import LinkState, link_messages, read
from turnup.virtual.live.node import Node

LOG = "/var/log/frr/frr.log"
_EVENT = re.compile(r"\d+: (?P<name>[^:@]+)(?:@\S+)?: <(?P<flags>[^>]*)>")
_PAUSE = 0.1


@dataclass
class Watcher:
    """Two threads, one a source. `stop` ends both."""

    node: Node
    device: Device
    ports: Mapping[str, InterfaceName]
    _zone: tzinfo = UTC
    _stopped: threading.Event = field(default_factory=threading.Event)
    _links: dict[str, LinkState] = field(default_factory=dict)
    _monitor: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin, with what happens from now on."""
        self._zone = zone_of(self.node.run("date", "+%z").out)
        path = self.node.file(LOG)
        begin = path.stat().st_size if path.exists() else 0
        threading.Thread(target=self._log, args=(path, begin), daemon=True).start()
        enter = ("nsenter", "-t", str(self.node.pid), "-n", "--")
        for one in self.node.json("ip", "-j", "link"):
            self._links[one["ifname"]] = ("UP" in one["flags"], "LOWER_UP" in one["flags"])
        self._monitor = subprocess.Popen(
            [*enter, "ip", "-o", "monitor", "link"], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
        )
        threading.Thread(target=self._kernel, daemon=True).start()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        if self._monitor is not None:
            self._monitor.kill()
            self._monitor.wait()

    def _log(self, path: Path, begin: int) -> None:
        for line in self._lines(path, begin):
            if (found := read(line, self.ports, self._zone)) is not None:
                at, text = found
                self.device.say(text, at)

    def _lines(self, path: Path, begin: int) -> Iterator[str]:
        rest = ""
        while not self._stopped.is_set():
            with suppress(OSError), path.open(errors="replace") as file:
                file.seek(begin)
                rest += file.read()
                begin = file.tell()
            *lines, rest = rest.split("\n")
            yield from lines
            time.sleep(_PAUSE)

    def _kernel(self) -> None:
        assert self._monitor is not None  # noqa: S101 - started before this thread
        assert self._monitor.stdout is not None  # noqa: S101 - we asked for the pipe
        for line in self._monitor.stdout:
            match = _EVENT.match(line)
            if match is None or (name := self.ports.get(match["name"])) is None:
                continue
            flags = match["flags"].split(",")
            now = ("UP" in flags, "LOWER_UP" in flags)
            was, self._links[match["name"]] = self._links.get(match["name"], (False, False)), now
            for text in link_messages(name, was, now):
                self.device.say(text)


def zone_of(text: str) -> tzinfo:
    """What `date +%z` says: `-0500`; UTC for anything else."""
    match = re.fullmatch(r"([+-])(\d\d)(\d\d)", text.strip())
    if match is None:
        return UTC
    length = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-length if match[1] == "-" else length)
