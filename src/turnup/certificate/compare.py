"""A certificate beside the one its port was accepted with: "same as at acceptance except ..." (PASA 1.4(a), 5(c)).

Pure. Nothing is left out: what only measures anew (counters, times, free bytes) is told apart from what is different,
and kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from turnup.certificate.document import digest
from turnup.model.certificate import Board, Certificate
from turnup.model.result import TestResult
from turnup.model.verdict import Finding

ABSENT = "nothing"
_OF_THE_TIME = ("Examine Logs",)  # Schedule 2, 19: what was logged since is never what was logged then
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


class Kind(StrEnum):
    """What sort of difference it is, the gravest first."""

    VERDICT = "verdict"
    IDENTITY = "identity"
    FINDING = "finding"
    SUBJECT = "subject"
    JUDGE = "judge"  # other tests or templates than at acceptance: the rest is compared with that in mind
    MEASURED = "measured"  # the same sentence with other numbers, and the same verdict


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was. `before` and `now` are the certificates' own words; ABSENT where it was not."""

    kind: Kind
    what: str
    before: str
    now: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} -> {self.now}"


@dataclass(frozen=True)
class Comparison:
    """Everything that is different from the accepted certificate, whose digest is `accepted`."""

    accepted: str
    differences: tuple[Difference, ...] = ()
    measured: tuple[Difference, ...] = ()

    @property
    def same(self) -> bool:
        """Whether all is as it was, but for numbers that every measurement gives anew."""
        return not self.differences

    @property
    def sentence(self) -> str:
        """The comparison in one line."""
        if self.same:
            return "same as at acceptance"
        many = len(self.differences)
        return f"same as at acceptance except {many} thing{'s' if many > 1 else ''}"


def compare(accepted: Certificate, now: Certificate) -> Comparison:
    """What is different: verdicts, findings with their expected and observed values, identity, subject, judge."""
    found = [*_verdicts(accepted, now), *_identity(accepted, now), *_findings(accepted, now), *_frame(accepted, now)]
    differences = tuple(one for one in found if one.kind is not Kind.MEASURED)
    return Comparison(digest(accepted), differences, tuple(one for one in found if one.kind is Kind.MEASURED))


def _verdicts(accepted: Certificate, now: Certificate) -> Iterator[Difference]:
    before, after = ({row.number: row for row in one.rows} for one in (accepted, now))
    for number in sorted({*before, *after}):
        old, new = before.get(number), after.get(number)
        told = [str(row.verdict) if row else ABSENT for row in (old, new)]
        if told[0] != told[1]:
            yield Difference(Kind.VERDICT, _name(old or new), told[0], told[1])


def _name(row: TestResult | None) -> str:
    return f"{row.number} {row.title}" if row else ""


_OF_ROUTER = ("hostname", "chassis", "processor", "version", "image", "serial", "board_id")


def _identity(accepted: Certificate, now: Certificate) -> Iterator[Difference]:
    """The router's own words about itself: image and serial numbers, and the boards (PASA 5(c): a card replaced)."""
    for name in _OF_ROUTER:
        yield from _unequal(Kind.IDENTITY, name, getattr(accepted.identity, name), getattr(now.identity, name))
    before, after = ({board.slot: board for board in one.identity.boards} for one in (accepted, now))
    for slot in sorted({*before, *after}):
        yield from _unequal(Kind.IDENTITY, f"board in slot {slot}", _said(before.get(slot)), _said(after.get(slot)))


def _said(board: Board | None) -> str | None:
    return f"{board.card}, part {board.part or 'not told'}, serial {board.serial or 'not told'}" if board else None


def _frame(accepted: Certificate, now: Certificate) -> Iterator[Difference]:
    for name in ("router", "site", "port", "speed", "order", "revision", "circuit", "customer"):
        yield from _unequal(Kind.SUBJECT, name, getattr(accepted.subject, name), getattr(now.subject, name))
    for name in ("turnup", "platform", "templates", "acceptance"):
        before, after = getattr(accepted.software, name), getattr(now.software, name)
        yield from _unequal(Kind.JUDGE, f"judged by {name}", before[:16], after[:16])


def _unequal(kind: Kind, what: str, before: object, now: object) -> Iterator[Difference]:
    if before != now:
        yield Difference(kind, what, *(ABSENT if value is None else str(value) for value in (before, now)))


def _findings(accepted: Certificate, now: Certificate) -> Iterator[Difference]:
    before = {row.number: row for row in accepted.rows}
    for row in now.rows:
        old = before.get(row.number)
        if old is not None:
            anew = row.title in _OF_THE_TIME
            yield from _of_row(f"{row.number} {row.name}", _keyed(old.findings), _keyed(row.findings), anew)


_Key = tuple[str, int]


def _keyed(findings: Iterable[Finding]) -> dict[_Key, Finding]:
    """Findings by subject; the second of one subject is another one."""
    count: Counter[str] = Counter()
    found = {}
    for finding in findings:
        count[finding.subject] += 1
        found[finding.subject, count[finding.subject]] = finding
    return found


def _of_row(name: str, before: dict[_Key, Finding], after: dict[_Key, Finding], anew: bool) -> Iterator[Difference]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        what = f"{name}, {key[0]}"
        if old is None or new is None or (old.expected, old.verdict) != (new.expected, new.verdict):
            yield Difference(Kind.FINDING, what, _told(old), _told(new))
        elif old.observed != new.observed:
            alike = anew or _shape(old.observed) == _shape(new.observed)
            kind = Kind.MEASURED if alike else Kind.FINDING
            yield Difference(kind, what, old.observed, new.observed)


def _told(finding: Finding | None) -> str:
    if finding is None:
        return ABSENT
    return f"{finding.verdict}, expected {finding.expected}, observed {finding.observed}"


def _shape(text: str) -> str:
    """A sentence without its numbers; addresses and names with digits keep theirs."""
    return " ".join(
        "#" if _NUMBER.fullmatch(word.strip("(),;%")) and word.count(".") < 2 else word for word in text.split()
    )
