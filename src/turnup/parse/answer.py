"""What stands before a template sees an answer: refusals told from output, and lines that belong to no command."""

from __future__ import annotations

import re
from collections.abc import Sequence

from turnup.errors import CommandRefused

# Only texts that refuse the command itself. "% BGP not active" or "% Network not in table" are answers.
REFUSALS = (
    r"% ?Invalid input detected\b",
    r"% ?(Incomplete|Ambiguous|Unknown|Unrecognized) command\b",
    r"% ?Unknown command or computer name\b",
    r"% ?Bad IP address or host name",
    r"% ?(Unrecognized|Bad) host or address",
    r"% ?(Command )?[Aa]uthorization failed",
    r"Command authorization failed",
    r"% ?(Access|Permission) denied",
    r"% ?This command is not (authorized|supported)\b",
    r"% ?Line has invalid autocommand\b",
)

_CARET = re.compile(r"\s*\^\s*")
_MESSAGE = re.compile(r"%[A-Z0-9_]+(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+:")  # a log line, never a refusal
# `terminal exec prompt timestamp` writes these before every answer; IOS-XR writes the third one by default.
_STAMP = re.compile(
    r"Load for five secs: \d+%.*|(?:Time source is [^,]*|No time source), .*\d\d:\d\d:\d\d.*"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d(?:\.\d+)? [A-Za-z0-9_+:-]+"
)


def lines_of(text: str) -> list[str]:
    """The answer's lines. A line that only tells when it was given is blanked, so that numbers stay true."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for index, line in enumerate(lines):
        if _STAMP.fullmatch(line.strip()):
            lines[index] = ""
        elif line.strip():
            break
    return lines


def refuse(lines: Sequence[str], refusals: Sequence[str] = ()) -> None:
    """Raise CommandRefused when the router refused the command: in its first line, or in the one below a caret.

    `refusals` are patterns of the platform; without any, those of this module count.
    """
    said = (line.strip() for line in lines if line.strip())
    first = next(said, "")
    if _CARET.fullmatch(first):
        first = next(said, "")
    if not _MESSAGE.match(first) and any(re.match(pattern, first) for pattern in refusals or REFUSALS):
        raise CommandRefused(f"the router refused the command: {first}")
