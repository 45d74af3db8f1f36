"""The lines of a nested configuration, each written on one line below its section's header. Pure text.

`router bgp 64500` / ` neighbor 10.0.0.1` / `  remote-as 64501` gives the line `neighbor 10.0.0.1 remote-as 64501` of
the section `router bgp 64500` (IOS-XR calls that the formal form): no line can be taken for the same words of another
depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from turnup.configuration import BANNER, ConfigLine

_TAB = 8


@dataclass(frozen=True)
class Block:
    """Lines that belong to the line `opens` until a line `closes`, whatever their indentation (whole-line patterns)."""

    opens: str
    closes: str


@dataclass
class _Place:
    """Where the walk is: the headers around the next line with their depths, and what would end an open block."""

    headers: list[tuple[int, str]] = field(default_factory=list)
    closes: str = ""
    delimiter: str = ""

    def line(self, depth: int, body: str, number: int) -> ConfigLine:
        """That line below the headers around it; it becomes a header for what follows deeper."""
        self.leave(depth)
        section = self.headers[0][1] if self.headers else ""
        text = " ".join([*(header for _, header in self.headers[1:]), body])
        self.headers.append((depth, body))
        return ConfigLine(section, text, number, depth, body)

    def leave(self, depth: int) -> None:
        """A `!` or a closing word at that depth: what is deeper, or as deep, is over."""
        while self.headers and self.headers[-1][0] >= depth:
            self.headers.pop()


def nested_lines(
    text: str,
    whole: re.Pattern[str],
    says: str,
    passing: re.Pattern[str],
    closers: re.Pattern[str],
    blocks: Sequence[Block],
) -> Iterator[ConfigLine]:
    """Every line but blank ones, comments, `passing` ones and `closers`; `whole` becomes the `version` line `says`.

    A `!` and a closer end what is as deep or deeper; an indented line below nothing is given as a global one with its
    depth. Inside a banner and a block every line counts. `shown` of each is the line as it stands, without indentation.
    """
    place = _Place()
    for number, raw in enumerate(text.replace("\r", "").split("\n"), start=1):
        body = raw.strip()
        if place.delimiter:
            yield ConfigLine(place.headers[0][1], raw, number, 1, body)
            if place.delimiter in raw:
                place = _Place()
        elif place.closes:
            if re.fullmatch(place.closes, body):
                place = _Place()
            elif body:
                yield ConfigLine(place.headers[0][1], body, number, 1, body)
        elif match := whole.fullmatch(body):
            place = _Place()
            yield ConfigLine("", says.format(**match.groupdict()), number, 0, body)
        elif body == "!" or closers.fullmatch(body):
            place.leave(_depth(raw))
        elif body and not body.startswith("!") and not passing.fullmatch(body):
            yield place.line(_depth(raw), raw.lstrip("\t "), number)
            _open(place, body, blocks)


def _depth(raw: str) -> int:
    wide = raw.expandtabs(_TAB)
    return len(wide) - len(wide.lstrip(" "))


def _open(place: _Place, body: str, blocks: Sequence[Block]) -> None:
    if len(place.headers) > 1:
        return
    if (banner := BANNER.fullmatch(body)) and banner["delimiter"] not in banner["rest"]:
        place.delimiter = banner["delimiter"]
    place.closes = next((block.closes for block in blocks if re.fullmatch(block.opens, body)), "")
