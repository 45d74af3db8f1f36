"""One writer per router, across processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from turnup.change.lock import router_lock
from turnup.errors import Refused

HOLD = """
import sys
from pathlib import Path
from turnup.change.lock import router_lock
with router_lock(Path(sys.argv[1]), "gsr1", "PSO-1"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()


def test_the_second_process_is_told_who_holds_it(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        with (
            pytest.raises(Refused, match=f"process {process.pid} for order PSO-1"),
            router_lock(tmp_path, "gsr1", "PSO-2"),
        ):
            pass
        with router_lock(tmp_path, "gsr2", "PSO-2"):
            pass
    finally:
        ended(process)


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    ended(holder(tmp_path))
    with router_lock(tmp_path, "gsr1", "PSO-2"):
        pass


def test_the_second_writer_waits(tmp_path: Path) -> None:
    order: list[str] = []

    def first() -> None:
        with router_lock(tmp_path, "gsr1", "PSO-1"):
            order.append("first in")
            started.set()
            time.sleep(0.3)
            order.append("first out")

    started = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    started.wait()
    with router_lock(tmp_path, "gsr1", "PSO-2", wait=10):
        order.append("second in")
    thread.join()
    assert order == ["first in", "first out", "second in"]


def test_it_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), router_lock(tmp_path, "gsr1", "PSO-1"):
        raise ValueError("x")
    with router_lock(tmp_path, "gsr1", "PSO-2"):
        pass
