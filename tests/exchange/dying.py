"""A process that gets SIGKILL right before or right after one of its lasting steps."""

from __future__ import annotations

import os
import signal
import smtplib
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpcore._backends.sync import SyncStream

from turnup.exchange.channels.file import FileChannel
from turnup.exchange.parcel import Parcel
from turnup.store import Store
from turnup.store.sendings import Sending


@dataclass
class Death:
    """Counts lasting steps and dies at one of them; 0 = never."""

    at: int
    after: bool
    seen: int = 0
    where: str = ""

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        self.seen += 1
        mine = self.seen == self.at
        if mine:
            self._say(name)
            if not self.after:
                os.kill(os.getpid(), signal.SIGKILL)
        try:
            return do()  # which may hold steps of its own
        finally:  # a step that fails is a step: without its death the table would take it for the end
            if mine:
                os.kill(os.getpid(), signal.SIGKILL)

    def _say(self, name: str) -> None:
        if self.where:
            Path(self.where).write_text(name)


def armed(death: Death) -> None:
    """Make every lasting step of this process one that it may die at."""
    writing, send = Store.writing, FileChannel.send

    @contextmanager
    def written(self: Store) -> Iterator[Any]:
        # The commit is at the end of the block: die before it, with everything said, and after it.
        entered = writing(self)
        connection = entered.__enter__()
        try:
            yield connection
        except BaseException:  # as `with` does: the block is left, whatever ended it
            entered.__exit__(*sys.exc_info())
            raise
        death.step(f"commit in {_caller()}", lambda: entered.__exit__(None, None, None))

    Store.writing = written  # type: ignore[method-assign]

    def handed_over(self: FileChannel, sending: Sending, parcel: Parcel) -> str:
        return str(death.step(f"send {sending.kind}", lambda: send(self, sending, parcel)))

    FileChannel.send = handed_over  # type: ignore[method-assign]
    # Before and after every word to and from a server.
    for line, name in ((smtplib.SMTP, "connect"), (smtplib.SMTP, "send"), (smtplib.SMTP, "getreply")):
        _wrap(death, line, name)
    for name in ("write", "read"):
        _wrap(death, SyncStream, name)
    for module, name in ((os, "fsync"), (os, "unlink"), (Path, "replace"), (Path, "unlink")):
        _wrap(death, module, name)


def _wrap(death: Death, module: Any, name: str) -> None:
    original = getattr(module, name)

    def stepped(*args: Any, **more: Any) -> Any:
        return death.step(f"{name} in {_caller()}", lambda: original(*args, **more))

    setattr(module, name, stepped)


def _caller() -> str:
    for frame in reversed(traceback.extract_stack()):
        if "/turnup/" in frame.filename and "opening.py" not in frame.filename:
            return f"{Path(frame.filename).stem}.{frame.name}"
    return "?"
