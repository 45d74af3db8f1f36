"""What a person or a program sees: text for a terminal, one JSON document, errors, progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from turnup.errors import Clarification, TurnupError

if TYPE_CHECKING:
    from rich.console import Console

    from turnup.evidence.redact import Redactor


def console(*, stderr: bool = False) -> Console:
    """A terminal; no colour off a terminal or with NO_COLOR."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=not sys.stdout.isatty())


_GATES: list[Callable[[str], str]] = []


def keep_out(redact: Redactor | None) -> None:
    """From here on no secret that this redactor knows is shown; None = what the environment names is all we know."""
    _GATES[:] = [lambda text: redact(text) if redact.survivors(text) else text] if redact else []


def clean(text: str) -> str:
    """The text as it may be shown: a secret may stand in a mistyped field, hence in a message about it."""
    from turnup.secrets import out_of_environment

    for gate in _GATES:
        text = gate(text)
    return out_of_environment(text)


def as_json(document: Any) -> None:
    """One JSON document on stdout."""
    text = clean(json.dumps(document, indent=2, default=str, ensure_ascii=False))
    print(text.encode("utf-8", "backslashreplace").decode("utf-8"))  # half a pair of a forged file is no UTF-8


def say(text: str = "") -> None:
    """A line for a person, on stdout. No text of a file moves his cursor: control characters are spelled."""
    print(_still(clean(text)))


def tell(text: str) -> None:
    """Words for a person, on stdout: on a terminal they are kept within its width."""
    print(_fitting(_still(clean(text)), sys.stdout))


def _fitting(text: str, stream: TextIO) -> str:
    """Its first line and its advice in lines of the terminal's width; texts of routers and orders are never broken.

    For a file or a pipe nothing is broken: a line is a message.
    """
    from shutil import get_terminal_size
    from textwrap import wrap

    if not stream.isatty():
        return text
    width = max(40, min(get_terminal_size().columns, 120))
    told = []
    for line in text.split("\n"):
        words = line.startswith(("turnup: ", "  what to do: ", "  note: ", "  - "))
        told += (
            wrap(line, width, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
            if words
            else [line]
        )
    return "\n".join(told)


def show_document(text: str) -> None:
    """A document on stdout, coloured or for a file: it has spelled what it was given itself."""
    print(clean(text))


def _still(text: str) -> str:
    from turnup.model.text import lines

    return lines(text)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Progress of something long, on stderr: a spinner on a terminal, one line otherwise."""
    terminal = console(stderr=True)
    if terminal.is_terminal:
        with terminal.status(text):
            yield
    else:
        print(f"... {_still(clean(text))}", file=sys.stderr, flush=True)
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
        print(clean(json.dumps(document, indent=2)))
        return int(error.exit_code)
    if isinstance(error, Clarification):
        told = f"turnup: {error.where}: this order cannot be carried out as written:".replace(": :", ":")
        told += "".join(f"\n  - {field}: {reason}" for field, reason in error.points)
    else:
        told = f"turnup: {error}"
    print(_fitting(_still(clean(f"{told}\n  what to do: {error.advice}")), sys.stderr), file=sys.stderr)
    return int(error.exit_code)
