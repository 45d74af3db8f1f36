"""Ways to change a router's answer so that it no longer proves what it proved: one mutation a function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

REFUSED = "  ^\n% Invalid input detected at '^' marker.\n"
# Words of state, each with the ones that say something else.
WORDS = (
    (r"administratively down|admin down", "up"),
    (r"(?<![\w-])up(?![\w-])", "down"),
    (r"(?<![\w-])UP(?![\w-])", "INIT"),
    (r"(?<![\w-])Up(?![\w-])", "Init"),
    (r"\bEstablished\b", "Active"),
    (r"\bnot set\b", "set"),
    (r"(?<=Active Alarms: ) *None", " SLOF"),
    (r"\bNo alarms detected\.", "Receiver has loss of signal."),
    (r"\bpermit\b", "deny"),
    (r"\bdeny\b", "permit"),
    (r"\bL2\b", "L1"),
    (r"\bIOS RUN|IOS  RUN", "IOS STRT"),
    (r"\bIOS Running\b", "Card Powered"),
    (r"\busername\b", "exec"),
    (r"\btacacs\+", "radius"),
    (r"\blocal\b", "none"),
    (r"\benabled\b", "disabled"),
    (r"(?<=[a-z0-9>]) in$", " out"),
    (r"\bconnected\b", "static"),
    (r"\blevel-2\b", "level-1"),
    (r"\bYES\b", "NO"),
    (r"\bNOERROR\b", "NXDOMAIN"),
    (r"!", "."),
    (r"\bLoopback0\b", "Loopback1"),
    (r"\bnyc-hud-gsr1\b", "nyc-hud-gsr2"),
    (r"\bnyc-hud-gsr2\b", "lax-wil-gsr1"),
    (r"line protocol is up", "line protocol is up (looped)"),
)
_NUMBER = re.compile(r"(?<![\w.:])\d+(?![\w:])|(?<=[/.])\d+(?![\w:])|(?<=[A-Za-z-])\d+(?=[/.\s]|$)")


@dataclass(frozen=True)
class Mutation:
    """What was done, in words, and the answer's text after it."""

    what: str
    text: str


def of_line(text: str, number: int) -> Iterator[Mutation]:
    """Line `number` (from 1) dropped, each number in it one more, each word of state another."""
    lines = text.split("\n")
    line = lines[number - 1]

    def put(changed: str) -> str:
        return "\n".join([*lines[: number - 1], changed, *lines[number:]])

    yield Mutation("dropped", "\n".join(lines[: number - 1] + lines[number:]))
    for match in _NUMBER.finditer(line):
        more = str(int(match[0]) + 1)
        yield Mutation(
            f"{match[0]}->{more} at {match.start()}", put(line[: match.start()] + more + line[match.end() :])
        )
    for pattern, word in WORDS:
        for match in re.finditer(pattern, line):
            changed = line[: match.start()] + word + line[match.end() :]
            yield Mutation(f"{match[0]}->{word} at {match.start()}", put(changed))
            if pattern == "!":
                break


def of_answer(text: str) -> Iterator[Mutation]:
    """The whole answer refused, empty, cut after each line, or given twice with the second one changed."""
    lines = text.rstrip("\n").split("\n")
    yield Mutation("refused", REFUSED)
    yield Mutation("empty", "")
    for count in range(1, len(lines)):
        yield Mutation(f"cut after line {count}: {lines[count - 1].strip()[:50]}", "\n".join(lines[:count]) + "\n")
        half = lines[count][: len(lines[count]) // 2]
        if half.strip() and half != lines[count].rstrip():
            yield Mutation(f"cut within line {count + 1}: {half.strip()[:50]}", "\n".join([*lines[:count], half]))


def contradicted(text: str, first: int, count: int) -> Iterator[Mutation]:
    """Lines first .. first+count-1 once more behind themselves, changed in one word of state or number."""
    lines = text.split("\n")
    block = lines[first - 1 : first - 1 + count]
    seen = set()
    for index in range(len(block)):
        for found in of_line("\n".join(block), index + 1):
            if found.what == "dropped" or found.text in seen:
                continue
            seen.add(found.text)
            copy = found.text.split("\n")
            yield Mutation(
                f"copied with line {index + 1} {found.what}",
                "\n".join([*lines[: first - 1 + count], *copy, *lines[first - 1 + count :]]),
            )
