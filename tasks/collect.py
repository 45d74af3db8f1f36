"""Ask a router everything at once."""

from __future__ import annotations

from collections.abc import Sequence

from nornir.core.task import Result, Task

from turnup.model.transcript import Ask
from turnup.noc import Noc


def collect(task: Task, noc: Noc, asks: Sequence[Ask]) -> Result:
    """Send the commands behind these asks in one pipeline; the result is a `Transcript`, redacted.

    An unreachable router gives a transcript that says so in `failure`, and a failed result.
    """
    transcript = noc.collect(task.host, asks)
    return Result(task.host, result=transcript, failed=bool(transcript.failure))
