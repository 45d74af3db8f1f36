"""Every error turnup raises on purpose, with its exit code and what to do now.

TurnupError                    1  internal error
├── UsageError                 2  the command line asks for something that is not there
│   └── InputError             2  an order, inventory, policy or template file is wrong
│       └── Clarification      2  an order is well formed but cannot be carried out as written
├── CouldNotRun                3  a test or step could not be run
│   ├── ParseError             3  a router said a line that no template knows
│   ├── CommandRefused         3  a router refused a show command
│   └── AnswerIncomplete       3  an answer was truncated or interleaved
├── Unreachable                5  nothing was reached, so nothing was tested
│   ├── LoginRefused           5  the router refused our account
│   └── HostKeyChanged         5  the router's host key is not the one we know
├── Refused                    6  a guard stopped a change before it was sent
├── BackedOut                  7  a change was taken back completely
└── NeedsHuman                 8  a person has to decide
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What `turnup` returns to the shell. One table, for every command."""

    SATISFIED = 0
    INTERNAL = 1
    INPUT = 2
    COULD_NOT_RUN = 3
    FAILED = 4
    NOTHING_TESTED = 5
    REFUSED = 6
    BACKED_OUT = 7
    WAITS = 8


class TurnupError(Exception):
    """Root of the tree. `str()` gives the message; `advice` says what to do now."""

    exit_code: ExitCode = ExitCode.INTERNAL
    advice: str = "This is a defect of turnup: please report it with the command you ran."

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        if advice is not None:
            self.advice = advice


class UsageError(TurnupError):
    """The command line asks for something that is not there."""

    exit_code = ExitCode.INPUT
    advice = "Run the command with --help."


class InputError(UsageError):
    """A file of ours or of the customer's is wrong. `where` is `file:line` when known."""

    advice = "Correct the file and run the command again; nothing was sent."

    def __init__(self, message: str, *, where: str = "", advice: str | None = None) -> None:
        super().__init__(f"{where}: {message}" if where else message, advice=advice)
        self.where = where


class Clarification(InputError):
    """An order cannot be carried out as written. `points` are (field, reason), PASA 1.3(b)."""

    advice = "Answer the customer with these points; nothing was sent to a router."

    def __init__(self, points: Sequence[tuple[str, str]], *, where: str = "") -> None:
        self.points = tuple(points)
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in self.points), where=where)


class CouldNotRun(TurnupError):
    """A test or a step could not be run; what it should have shown is not known."""

    exit_code = ExitCode.COULD_NOT_RUN
    advice = "Read the evidence shown; run the test again when the cause is gone."


class ParseError(CouldNotRun):
    """A router's output holds a line that no template knows. `line` is that line, `number` counts from 1."""

    advice = "Check the line by eye. If it is normal for this image, add it to the template and record a case."

    def __init__(self, message: str, *, line: str = "", number: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.number = number


class CommandRefused(CouldNotRun):
    """A router refused a show command (unknown in this image, or not authorised)."""

    advice = "Check the account's privilege and command authorisation, and whether the image has the command."


class AnswerIncomplete(CouldNotRun):
    """An answer was cut off, interleaved, or never ended."""

    advice = "Run again; if it stays so, set `window = 1` for this platform and raise the read timeout."


class Unreachable(TurnupError):
    """No session could be opened, or it was lost."""

    exit_code = ExitCode.NOTHING_TESTED
    advice = "Check the management path and the console server; nothing was changed by this command."


class LoginRefused(Unreachable):
    """The router refused our account."""

    advice = "Check TURNUP_USERNAME and TURNUP_PASSWORD, and whether TACACS+ answers."


class HostKeyChanged(Unreachable):
    """The router's host key is unknown or not the one we know."""

    advice = (
        "Compare the key with the router's console. Unknown router: run once with --accept-new-host-key. "
        "Changed key: remove the old line from the known_hosts file only after you know why."
    )


class Refused(TurnupError):
    """A guard stopped a change before anything was sent."""

    exit_code = ExitCode.REFUSED
    advice = "Nothing was sent. Read the reason, plan again, and have the new plan approved."


class BackedOut(TurnupError):
    """A change failed and was taken back; the router is as it was before."""

    exit_code = ExitCode.BACKED_OUT
    advice = "The router is as before. Read the reason in the journal, correct the order or the router, plan again."


class NeedsHuman(TurnupError):
    """The router is in a state that turnup will not touch again by itself."""

    exit_code = ExitCode.WAITS
    advice = "Compare the two texts in the journal on the router's console and put the port right by hand."
