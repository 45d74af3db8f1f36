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


# What a session takes away and a capture still holds: the frame that a test tool or a script draws, the command as it
# was typed, and behind the answer the next prompt. A command with a filter is none of them: what the filter left out
# would be missed by nobody.
_PROMPT = r"(?:RP/\d+/\w+/CPU\d+:)?[A-Za-z0-9][\w.-]*(?:\([\w-]+\))?[#>]"
_TYPED = re.compile(rf"(?:{_PROMPT} *)?(?P<command>(?:[Ss]ho?w?|dir|ping)\b[^|]*)")
_FRAME = re.compile(r"(?:\[[^\]]*\] )?\+\+\+ \S+: executing command '[^|']*' \+\+\+|={5,}")
_NEXT_PROMPT = re.compile(_PROMPT)


def lines_of(text: str, command: str = "") -> list[str]:
    """The answer's lines. What belongs to no answer is blanked, so that numbers stay true.

    That is a line that only tells when the answer was given, and what stands around the answer in a capture: the
    command (it must be `command` where that is known, abbreviated or not), the next prompt, and an indentation of all.
    """
    lines = _unindented(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for index, line in enumerate(lines):
        said = line.strip()
        echo = _TYPED.fullmatch(said)
        if (echo and _same(echo["command"], command)) or _STAMP.fullmatch(said) or _FRAME.fullmatch(said):
            lines[index] = ""
        elif said:
            break
    last = next((index for index in range(len(lines) - 1, -1, -1) if lines[index].strip()), None)
    if last is not None and _NEXT_PROMPT.fullmatch(lines[last].strip()):
        lines[last] = ""
    return lines


def _same(typed: str, command: str) -> bool:
    """Whether that is the command, word for word or each word abbreviated."""
    words, wanted = typed.lower().split(), command.lower().split()
    return not wanted or (
        len(words) == len(wanted) and all(whole.startswith(word) for whole, word in zip(wanted, words, strict=True))
    )


def _unindented(lines: list[str]) -> list[str]:
    """Lines without the blanks that all of them begin with."""
    said = [line for line in lines if line.strip()]
    margin = min((len(line) - len(line.lstrip(" ")) for line in said), default=0)
    return [line[margin:] for line in lines] if margin else lines


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
