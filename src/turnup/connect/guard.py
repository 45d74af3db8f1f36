"""The last look at a line before it is typed: no order text ever becomes a second line (reference: provisioning 5)."""

from __future__ import annotations

from turnup.errors import Refused

# IOS takes 254 characters on a line and loses the rest in silence.
LONGEST_LINE = 254


def fit_to_type(typed: str, named: str | None = None) -> str:
    """The line itself, when it may be typed. `named` stands for it in messages, where it holds a secret.

    Raises Refused for control characters, line ends, `?` (the router would answer with help at once), characters
    outside ASCII, an empty line, and one too long for the router's line editor.
    """
    shown = ascii(typed if named is None else named)
    for place, char in enumerate(typed, start=1):
        if char == "?" or not " " <= char <= "~":
            what = "'?'" if char == "?" else f"the character U+{ord(char):04X}"
            raise Refused(f"line {shown} holds {what} at place {place}; only printable ASCII without '?' is typed")
    if not typed.strip():
        raise Refused("an empty line is not typed")
    if len(typed) > LONGEST_LINE:
        raise Refused(f"line {shown} is {len(typed)} characters long; the router takes {LONGEST_LINE}")
    return typed
