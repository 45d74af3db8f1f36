"""Strict host keys: a known_hosts file of our own, in OpenSSH's format; nothing is trusted that is not in it."""

from __future__ import annotations

import base64
import fcntl
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from turnup.connect.session import Address
from turnup.durable import write_whole
from turnup.errors import HostKeyChanged, InputError


@dataclass(frozen=True)
class HostKey:
    """A public key: its type and its base64 body."""

    kind: str
    body: str

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        try:
            digest = hashlib.sha256(base64.b64decode(self.body, validate=True)).digest()
        except ValueError:
            return f"{self.kind} (unreadable)"
        return f"{self.kind} SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


@dataclass(frozen=True)
class KnownHosts:
    """The file; a missing file knows nobody."""

    path: Path

    def keys(self, address: Address) -> tuple[HostKey, ...]:
        """Keys known for that host and port. Raises InputError when the file cannot be read."""
        try:
            state = self.path.stat()
            known = _read(self.path, (state.st_ino, state.st_mtime_ns, state.st_size))
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"the known_hosts file cannot be read: {error}", where=str(self.path)) from error
        return known.get(_name(address), ())

    def verify(self, address: Address, seen: HostKey, accept_new: bool) -> None:
        """Let the key pass, or raise HostKeyChanged. With `accept_new` an unknown host is entered in the file."""
        known = self.keys(address)
        if seen in known:
            return
        if known:
            wanted = ", ".join(key.fingerprint for key in known)
            raise HostKeyChanged(
                f"{address}: the host key changed: expected {wanted}, seen {seen.fingerprint} ({self.path})"
            )
        if not accept_new:
            raise HostKeyChanged(f"{address}: the host key is unknown: seen {seen.fingerprint}, none in {self.path}")
        self.add(address, seen)

    def add(self, address: Address, key: HostKey) -> None:
        """Enter a key; the file is replaced as a whole, so that another process never reads half of it.

        Raises HostKeyChanged when another process entered a different key for that host meanwhile.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(self.path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.keys(address):
                return self.verify(address, key, accept_new=False)
            before = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
            ending = "" if not before or before.endswith("\n") else "\n"
            write_whole(self.path, f"{before}{ending}{_name(address)} {key.kind} {key.body}\n", private=True)


def _name(address: Address) -> str:
    return address.host if address.port == 22 else f"[{address.host}]:{address.port}"


@lru_cache(maxsize=4)
def _read(path: Path, _state: tuple[int, int, int]) -> Mapping[str, tuple[HostKey, ...]]:
    """Keys by host; read again only when the file is another one, for hundreds of routers ask at once."""
    known: dict[str, tuple[HostKey, ...]] = {}
    for names, key in _entries(path.read_text(encoding="utf-8"), str(path)):
        for name in names:
            known[name] = (*known.get(name, ()), key)
    return known


def _entries(text: str, where: str) -> Iterable[tuple[frozenset[str], HostKey]]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 3 or words[0].startswith(("|", "@")):
            raise InputError(
                "a line of known_hosts is `host type key`; hashed names and @ marks are not used here",
                where=f"{where}:{number}",
            )
        yield frozenset(words[0].split(",")), HostKey(words[1], words[2])
