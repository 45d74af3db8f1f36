"""The folder in which messages arrive: taken by a rename, kept by their hash, or put aside with the reason.

A file is claimed by renaming it into `.work` under its moment of arrival, which a crash then cannot change, and which
makes the file ours: a sender who uses the same name again writes another file.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from turnup.durable import sync_folder, write_whole
from turnup.load.xml import LIMIT

_UNFINISHED = (".tmp", ".part")
_CLAIMED = re.compile(r"(?P<ns>\d+)\.(?P<inode>\d+)\.(?P<name>.*)")


@dataclass(frozen=True)
class Arrival:
    """A file that is ours now. `at` is when it appeared; `stamp` tells it from every other file."""

    path: Path
    name: str
    at: datetime
    stamp: str
    data: bytes
    fault: str = ""

    @property
    def sha256(self) -> str:
        """Of what arrived."""
        return hashlib.sha256(self.data).hexdigest()


def appeared(seen: os.stat_result) -> int:
    """When a file got the name it has, nanoseconds: the last change of its entry, which its sender cannot set."""
    return seen.st_ctime_ns


@dataclass(frozen=True)
class DropBox:
    """The folder. `settle` is how long (seconds) a file must stay as it is before it counts as whole."""

    folder: Path
    settle: float = 0.5
    arrived: Callable[[os.stat_result], int] = appeared

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One at a time: two that take the same file in would both put it away."""
        import fcntl

        for name in ("", ".work", "archive", "quarantine"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def arrivals(self) -> Iterator[Arrival]:
        """Every whole file, in the order in which they appeared; first those a crash has left. Only when locked."""
        for path in self._whole():
            self._claim(path)
        claimed = [(found, path) for path in self._work.iterdir() if (found := _CLAIMED.fullmatch(path.name))]
        for found, path in sorted(claimed, key=lambda one: (int(one[0]["ns"]), one[1].name)):
            at = datetime.fromtimestamp(int(found["ns"]) / 1e9, UTC)
            data, fault = _content(path)
            yield Arrival(path, found["name"], at, f"{found['ns']}.{found['inode']}", data, fault)

    def archive(self, arrival: Arrival) -> Path:
        """Keep it by its hash."""
        return self._put_away(arrival, self.folder / "archive" / f"{arrival.sha256}{_suffix(arrival.name)}")

    def quarantine(self, arrival: Arrival, reason: str, instead: bytes | None = None) -> Path:
        """Put it aside, with the reason beside it; `instead` is kept in its place when it may not stay as it is."""
        target = self.folder / "quarantine" / f"{arrival.stamp}.{arrival.name}"
        write_whole(target.with_name(f"{target.name}.reason"), f"{reason}\n".encode(errors="replace"))
        if instead is None:
            return self._put_away(arrival, target)
        write_whole(target, instead)
        arrival.path.unlink(missing_ok=True)
        sync_folder(self._work)
        return target

    @property
    def _work(self) -> Path:
        return self.folder / ".work"

    def _whole(self) -> list[Path]:
        before = self._sizes()
        if before and self.settle:
            time.sleep(self.settle)
        after = self._sizes() if self.settle else before
        return sorted(path for path, seen in before.items() if after.get(path) == seen)

    def _sizes(self) -> dict[Path, tuple[int, int, int]]:
        found = {}
        for path in self.folder.iterdir():
            if path.name.startswith(".") or path.suffix.lower() in _UNFINISHED:
                continue
            try:
                seen = path.lstat()
            except FileNotFoundError:
                continue
            if not stat.S_ISDIR(seen.st_mode):
                found[path] = (seen.st_ino, seen.st_size, seen.st_mtime_ns)
        return found

    def _claim(self, path: Path) -> None:
        try:
            seen = path.lstat()
            clean = re.sub(r"[^A-Za-z0-9._-]", "_", path.name)[-80:]
            path.replace(self._work / f"{self.arrived(seen)}.{seen.st_ino}.{clean}")
        except FileNotFoundError:
            return  # its sender took it back
        sync_folder(self._work)
        sync_folder(self.folder)

    def _put_away(self, arrival: Arrival, target: Path) -> Path:
        arrival.path.replace(target)
        sync_folder(target.parent)
        sync_folder(self._work)
        return target


def _content(path: Path) -> tuple[bytes, str]:
    """What it holds; a link, a pipe, a device are never opened."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return b"", f"cannot be read: {error.strerror}"
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return b"", "is not a file"
        return file.read(LIMIT + 1), ""


def _suffix(name: str) -> str:
    found = Path(name).suffix.lower()
    return found if found in (".xml", ".json") else ".bin"
