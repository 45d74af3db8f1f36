"""The ways in which evidence is changed: a line dropped, a word or a number, a cut, another router's text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

REFUSED = "  ^\n% Invalid input detected at '^' marker.\n"
# Words of state, each with one that says something else. Of IOS, IOS-XR and FRR (JSON) alike.
WORDS = (
    (r"administratively down|admin down|admin-down", "up"),
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
    (r"\bIOS RUN|IOS  RUN|IOS XR RUN", "IOS STRT"),
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
    (r"\btrue\b", "false"),
    (r"!", "."),
    (r"\bLoopback0\b", "Loopback1"),
    (r"line protocol is up", "line protocol is up (looped)"),
)
_WORDS = tuple((re.compile(pattern), word) for pattern, word in WORDS)
# A fingerprint of a secret is no number, though one in forty has no letter.
_NUMBER = re.compile(r"(?<!<secret:#)(?<![\w.:])\d+(?![\w:])|(?<=[/.])\d+(?![\w:])|(?<=[A-Za-z-])\d+(?=[/.\s]|$)")
_CUTS = 16  # places at which a long answer is cut


@dataclass(frozen=True)
class Change:
    """One changed answer. `what` was done in words, to `line` (from 1; 0 = the whole answer), which said `before`."""

    what: str
    text: str
    line: int = 0
    before: str = ""


def of_line(text: str, number: int, names: Mapping[str, str]) -> Iterator[Change]:
    """Line `number` dropped, each number in it one more, each word and name another, the line said twice."""
    lines = text.split("\n")
    line = lines[number - 1]
    before = line.strip()

    def change(what: str, *instead: str) -> Change:
        return Change(what, "\n".join([*lines[: number - 1], *instead, *lines[number:]]), number, before)

    yield change("dropped")
    for start, end, word in _replacements(line, names):
        told = f"{line[start:end].strip()}->{word.strip()} at {start}"
        yield change(told, line[:start] + word + line[end:])
    for pattern, word in _WORDS:
        changed = pattern.sub(word, line, count=1)
        if changed != line:
            yield change(f"copied as: {changed.strip()}", line, changed)


def _replacements(line: str, names: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    for match in _NUMBER.finditer(line):
        yield match.start(), match.end(), str(int(match[0]) + 1)
    for pattern, word in _WORDS:
        for match in pattern.finditer(line):
            yield match.start(), match.end(), word
            if pattern.pattern == "!":
                break
    for name, other in names.items():
        for match in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", line):
            yield match.start(), match.end(), other


def of_answer(text: str, names: Mapping[str, str], next_answer: str | None) -> Iterator[Change]:
    """The whole answer refused, empty, cut at several places, another router's, or that to the next command."""
    yield Change("refused", REFUSED)
    yield Change("empty", "")
    lines = text.rstrip("\n").split("\n")
    step = max(1, len(lines) // _CUTS)
    for count in range(1, len(lines), step):
        yield Change(f"cut after line {count}", "\n".join(lines[:count]) + "\n", before=lines[count - 1].strip())
        half = lines[count][: len(lines[count]) // 2]
        if half.strip() and half != lines[count].rstrip():
            yield Change(f"cut within line {count + 1}", "\n".join([*lines[:count], half]), before=half.strip())
    swapped = of_another_router(text, names)
    if swapped != text:
        yield Change("another router's", swapped)
    if next_answer is not None and next_answer.strip() != text.strip():
        yield Change("the answer to the next command", next_answer)


def of_another_router(text: str, names: Mapping[str, str]) -> str:
    """The text as a neighbor would say it: its own name and addresses in place of this router's."""
    if not names:
        return text
    known = re.compile(rf"(?<![\w.-])(?:{'|'.join(re.escape(name) for name in names)})(?![\w-]|\.\d)")
    return known.sub(lambda match: names[match[0]], text)
