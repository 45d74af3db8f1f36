"""What the console says out of band after Enter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConsolePrompt:
    """`kind` is `username`, `password`, `exec` (somebody is logged in: a fault) or `silent`; `shown` the last line."""

    server: str
    kind: str
    shown: str
    banner_hostname: str | None
