"""One writer per router on this machine: a file lock with its holder's name in it.

Several machines need a shared lock (a lease in a store); this one does not give that.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from turnup.errors import Refused

_POLL = 0.1  # seconds


@contextmanager
def router_lock(folder: Path, router: str, order_id: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the router while the block runs. Waits up to `wait` seconds; then Refused, naming the holder.

    The kernel frees the lock when its holder dies, however it dies.
    """
    path = folder / f"{router}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, path, router, wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "order": order_id}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, router: str, wait: float) -> None:
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise Refused(
                    f"{router} is being changed by {_holder(path)}",
                    advice="Nothing was sent. Wait until that change is done, then plan again.",
                ) from None
            time.sleep(_POLL)
        else:
            return


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text())
        return f"process {holder['pid']} for order {holder['order']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
