"""One writer per router, whoever and wherever: a lease with a fencing token behind a Protocol.

A lease is taken before a router is read for a change and looked at before every send: a holder that lost it cannot
write another line. The file store serves one machine (the kernel frees it when its holder dies); a shared store
implements the same Protocol with a row of router, token, holder and end of validity.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from turnup.change.lock import router_lock
from turnup.durable import write_whole
from turnup.errors import NeedsHuman


class LeaseLost(NeedsHuman):
    """Another writer has the router. Nothing more was sent, and nothing was taken back: the journal is open."""

    advice = (
        "Nothing more was sent. Whoever has the router now finishes or takes back what is open; look at it with"
        " `turnup recover` when he is done."
    )


class Lease(Protocol):
    """The right to write to one router, while it lasts."""

    @property
    def token(self) -> int:
        """Grows with every lease of the router: a store may refuse what comes with a lower one."""

    def must_hold(self) -> None:
        """Make sure that it still lasts, renewing it where it runs out. Raises LeaseLost."""


class Leases(Protocol):
    """Where leases are had."""

    def held(self, router: str, holder: str, wait: float = 0.0) -> AbstractContextManager[Lease]:
        """The lease of that router while the block runs. Waits up to `wait` seconds; then raises Refused."""


@contextmanager
def kept(lease: Lease | None, every: float = 20.0) -> Iterator[None]:
    """Keep the lease while the block runs and nothing is sent: acceptance tests take longer than a lease lasts.

    Looks at it every so many seconds, and when the block has ended. Raises LeaseLost then, whatever the block found.
    """
    if lease is None:
        yield
        return
    over, lost = Event(), list[Exception]()

    def look() -> None:
        while not over.wait(every):
            try:
                lease.must_hold()
            except Exception as error:  # noqa: BLE001 - a thread has nobody to raise to; raised below
                lost.append(error)
                return

    thread = Thread(target=look, name=f"lease {lease.token}", daemon=True)
    lease.must_hold()
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        if lost:
            raise lost[0]
        lease.must_hold()


@dataclass(frozen=True)
class FileLease:
    """A lease of the file store."""

    router: str
    token: int
    path: Path

    def must_hold(self) -> None:
        """Raises LeaseLost when another token stands in the file, or none."""
        last = _last_token(self.path)
        if last != self.token:
            raise LeaseLost(
                f"{self.router}: another writer took it over (lease {last}, ours was {self.token});"
                " the change stands where it is"
            )


@dataclass(frozen=True)
class FileLeases:
    """Leases of one machine: the file lock keeps others out, the token proves that it did."""

    folder: Path

    @contextmanager
    def held(self, router: str, holder: str, wait: float = 0.0) -> Iterator[FileLease]:
        """The lease of that router while the block runs. Raises Refused, naming the holder."""
        with router_lock(self.folder, router, holder, wait):
            path = self.folder / f"{router}.lease"
            # Never one that was given before, even when the file was lost or damaged meanwhile.
            lease = FileLease(router, max(_last_token(path) + 1, time.time_ns() // 1000), path)
            _write(path, lease.token, holder)
            yield lease


def _last_token(path: Path) -> int:
    try:
        return int(json.loads(path.read_bytes())["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0  # none yet; a damaged file loses every holder its lease, which stops him


def _write(path: Path, token: int, holder: str) -> None:
    write_whole(path, json.dumps({"token": token, "holder": holder, "pid": os.getpid()}), private=True)
