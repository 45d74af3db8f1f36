"""What a person or a program sees: text for a terminal, one JSON document, errors, progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from turnup.errors import Clarification, TurnupError

if TYPE_CHECKING:
    from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """A terminal; no colour off a terminal or with NO_COLOR."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=not sys.stdout.isatty())


def as_json(document: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(document, indent=2, default=str, ensure_ascii=False))


def say(text: str = "") -> None:
    """A line for a person, on stdout."""
    print(text)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Progress of something long, on stderr: a spinner on a terminal, one line otherwise."""
    terminal = console(stderr=True)
    if terminal.is_terminal:
        with terminal.status(text):
            yield
    else:
        print(f"... {text}", file=sys.stderr, flush=True)
        yield


def error_exit(error: TurnupError, *, as_json: bool = False) -> int:
    """Show an error with what to do now; its exit code."""
    if as_json:
        document: dict[str, Any] = {
            "error": type(error).__name__,
            "message": str(error),
            "advice": error.advice,
            "exit_code": int(error.exit_code),
        }
        if isinstance(error, Clarification):
            document["clarify"] = [{"field": field, "reason": reason} for field, reason in error.points]
        print(json.dumps(document, indent=2))
        return int(error.exit_code)
    if isinstance(error, Clarification):
        print(
            f"turnup: {error.where}: this order cannot be carried out as written:".replace(": :", ":"), file=sys.stderr
        )
        for field, reason in error.points:
            print(f"  - {field}: {reason}", file=sys.stderr)
    else:
        print(f"turnup: {error}", file=sys.stderr)
    print(f"  what to do: {error.advice}", file=sys.stderr)
    return int(error.exit_code)
