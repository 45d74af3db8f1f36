"""Run a piece of work in a forked child: as cheap as a call, and it may be killed like by a power cut.

The parent keeps no thread and no session, so what it has loaded is loaded in every child.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECONDS = 90  # a child that is not done by then is a divergence, not a wait for ever


@dataclass
class Child:
    """A forked child that waits for `go`. `end` is its result: (exit code or -signal, what the work returned)."""

    work: Callable[[], Any]
    said: Path
    pid: int = 0
    _go: int = field(default=-1, repr=False)
    _result: int = field(default=-1, repr=False)

    def __post_init__(self) -> None:
        wait, self._go = os.pipe()
        self._result, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._go)
            os.close(self._result)
            self._run(wait, tell)
        os.close(wait)
        os.close(tell)

    def _run(self, wait: int, tell: int) -> None:
        code = 99
        try:
            os.read(wait, 1)
            signal.alarm(SECONDS)
            said = os.open(self.said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(said, 1)
            os.dup2(said, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
            with os.fdopen(tell, "wb") as out:
                pickle.dump(self.work(), out)
            code = 0
        except SystemExit as end:
            code = int(end.code) if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001 - a forked child must end here and nowhere else
            traceback.print_exc()
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def go(self) -> None:
        """Let it begin."""
        os.write(self._go, b"g")
        os.close(self._go)

    def end(self) -> tuple[int, Any]:
        """Wait for it."""
        with os.fdopen(self._result, "rb") as out:
            data = out.read()
        _, status = os.waitpid(self.pid, 0)
        value = None
        with suppress(EOFError, pickle.UnpicklingError):
            value = pickle.loads(data) if data else None  # noqa: S301 - our own child
        return os.waitstatus_to_exitcode(status), value


def in_child(work: Callable[[], Any], said: Path) -> tuple[int, Any]:
    """The work's exit code and result."""
    child = Child(work, said)
    child.go()
    return child.end()
