"""Try every change of the evidence behind every PASS, and see which verdicts stay."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from turnup.checks import Check, Expected, all_checks
from turnup.errors import CouldNotRun
from turnup.judge.run import judge, still_passes
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.model.certificate import Missed, Sensitivity, SensitivityOfTest
from turnup.model.transcript import Ask
from turnup.model.verdict import Verdict
from turnup.sensitivity.changes import Change, of_answer, of_line
from turnup.sensitivity.harmless import ROWS, SILENT, UNREADABLE, Harmless, all_harmless
from turnup.sensitivity.neighbor import names_of_another

# Why a change that no table lists is none: strict templates know every line, and take no value from this one.
SAYS_THE_SAME = "the answer says the same as before: no value that any test reads stands there"


@dataclass(frozen=True)
class Survivor:
    """A change that left a PASS standing; `why` it is harmless, "" when nobody said so."""

    check: str
    command: str
    facts: tuple[str, ...]
    touched: tuple[str, ...]
    change: Change
    why: str
    listed: tuple[Harmless, ...] = ()


@dataclass(frozen=True)
class Trials:
    """What came of it: changes tried by test, and those that left its PASS standing."""

    tried: Mapping[str, int]
    survivors: tuple[Survivor, ...]


@dataclass(frozen=True)
class _Said:
    """One answer of the router: the asks it answers (`show logging` answers two), and what rests on it."""

    asks: tuple[Ask, ...]
    command: str
    text: str
    readers: tuple[_Proof, ...]
    cited: Mapping[int, Mapping[str, tuple[str, ...]]]  # line -> test -> what it proves with that line


def tried(
    expected: Expected,
    facts: TranscriptFacts,
    checks: Sequence[Check] | None = None,
    *,
    not_on_platform: Mapping[str, str] | None = None,
) -> Trials:
    """Change the evidence of every test that is PASS over these facts."""
    reasons = not_on_platform or {}
    wanted = [check for check in (all_checks() if checks is None else checks) if check.name not in reasons]
    said = _said(wanted, expected, facts)
    names = names_of_another(expected)
    counted: Counter[str] = Counter()
    survivors: list[Survivor] = []
    for number, answer in enumerate(said):
        # The next one that was asked something else: two readings of one command say the same.
        behind = next((other.text for other in said[number:] + said if other.command != answer.command), None)
        for change in _changes(answer, names, behind):
            if change.text == answer.text:
                continue
            told = _Told.of(facts, answer, change)
            readers = [proof for proof in _concerned(answer, change) if told.concerns(proof)]
            counted.update(proof.check.name for proof in readers)
            survivors += _left_standing(expected, facts, answer, change, readers, told)
    return Trials(dict(counted), tuple(survivors))


@dataclass(frozen=True)
class _Proof:
    """What one test read and cited in order to pass: (command, line) -> what it proves with that line."""

    check: Check
    used: frozenset[Ask]
    rows: frozenset[tuple[Ask, int]]  # rows cited, by the answer they are from and their first line
    spans: tuple[tuple[str, int, str, str], ...]  # (command, first line, text, subject)

    def lines(self, command: str, asks: Sequence[Ask], text: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """(line, subject) of everything cited in that answer to these asks; `texts` are all that command said."""
        rows = {line for ask, line in self.rows if ask in asks}
        elsewhere = {line for ask, line in self.rows if ask not in asks}
        for said, first, cited, subject in self.spans:
            # Two readings of one command have rows at the same lines: only the one that was cited is meant.
            if said != command or (first not in rows and first in elsewhere):
                continue
            if _stands(cited, first, text) or not any(_stands(cited, first, other) for other in texts):
                yield from ((line, subject) for line in range(first, first + cited.count("\n") + 1))


def _stands(cited: str, first: int, text: str) -> bool:
    wanted = cited.split("\n")
    return text.split("\n")[first - 1 : first - 1 + len(wanted)] == wanted


def _said(checks: Sequence[Check], expected: Expected, facts: TranscriptFacts) -> list[_Said]:
    proofs = []
    for check in checks:
        facts.used.clear()
        facts.cited.clear()
        (result,) = judge(expected, facts, (check,))
        if result.verdict is Verdict.PASS:
            spans = tuple(
                (seen.command, seen.line, seen.text, finding.subject)
                for finding in result.findings
                for seen in finding.seen
                if seen.line
            )
            proofs.append(_Proof(check, frozenset(facts.used), frozenset(facts.cited), spans))
    return list(_answers(proofs, facts))


def _answers(proofs: Sequence[_Proof], facts: TranscriptFacts) -> Iterator[_Said]:
    groups: dict[tuple[str, tuple[str, ...], str], list[Ask]] = {}
    for ask, answer in facts.transcript.answers.items():
        if not answer.failure:
            groups.setdefault((answer.command, ask.reading, answer.text), []).append(ask)
    texts: dict[str, list[str]] = {}
    for command, _, text in groups:
        texts.setdefault(command, []).append(text)
    for (command, _, text), asks in groups.items():
        readers = [proof for proof in proofs if proof.used & set(asks)]
        cited: dict[int, dict[str, tuple[str, ...]]] = {}
        for proof in readers:
            for line, subject in proof.lines(command, asks, text, texts[command]):
                tests = cited.setdefault(line, {})
                tests[proof.check.name] = (*tests.get(proof.check.name, ()), subject)
        if readers:
            yield _Said(tuple(asks), command, text, tuple(readers), cited)


def _changes(answer: _Said, names: Mapping[str, str], behind: str | None) -> Iterator[Change]:
    for line in sorted(answer.cited):
        yield from of_line(answer.text, line, names)
    yield from of_answer(answer.text, names, behind)


@dataclass(frozen=True)
class _Told:
    """What the facts say once that change is in the answer: `touched` are the fields that say something else."""

    changed: TranscriptFacts
    touched: Mapping[str, set[str]]

    @classmethod
    def of(cls, facts: TranscriptFacts, answer: _Said, change: Change) -> _Told:
        old = facts.transcript.answers
        changed = facts.with_answers({ask: replace(old[ask], text=change.text) for ask in answer.asks})
        return cls(changed, {ask.fact: _touched(facts, changed, ask) for ask in answer.asks})

    @property
    def same(self) -> bool:
        return all(fields == {SILENT} for fields in self.touched.values())

    def concerns(self, proof: _Proof) -> bool:
        """One answer may tell two facts: a change of the one is no affair of a test that reads the other."""
        read = {ask.fact for ask in proof.used}
        return self.same or any(fields != {SILENT} for fact, fields in self.touched.items() if fact in read)


def _concerned(answer: _Said, change: Change) -> tuple[_Proof, ...]:
    """A changed line concerns the tests that cite it, a changed answer all that read it."""
    if not change.line:
        return answer.readers
    return tuple(proof for proof in answer.readers if proof.check.name in answer.cited[change.line])


def _left_standing(
    expected: Expected,
    facts: TranscriptFacts,
    answer: _Said,
    change: Change,
    readers: Sequence[_Proof],
    told: _Told,
) -> Iterator[Survivor]:
    for proof in readers:
        if told.same or still_passes(proof.check, expected, told.changed):
            read = {ask.fact for ask in proof.used}
            touched = {fact: fields for fact, fields in told.touched.items() if fact in read}
            yield _survivor(facts, answer, change, proof.check, touched)


def _touched(facts: TranscriptFacts, changed: TranscriptFacts, ask: Ask) -> set[str]:
    """Names of the fields that say something else now."""
    before, after = facts.outcome(ask), changed.outcome(ask)
    if isinstance(after, CouldNotRun):
        return {UNREADABLE} if not isinstance(before, CouldNotRun) else {SILENT}
    if isinstance(before, CouldNotRun) or len(before) != len(after):
        return {ROWS}
    found: set[str] = set()
    for one, other in zip(before, after, strict=True):
        if one == other:
            continue
        if not dataclasses.is_dataclass(one):
            return {ROWS}
        names = (field.name for field in dataclasses.fields(one))
        found.update(name for name in names if getattr(one, name) != getattr(other, name))
    return found or {SILENT}


def _survivor(
    facts: TranscriptFacts, answer: _Said, change: Change, check: Check, touched: Mapping[str, set[str]]
) -> Survivor:
    table = all_harmless(facts.platform.name)
    subjects = answer.cited.get(change.line, {}).get(check.name, ()) if change.line else ()
    second = any(ask.reading for ask in answer.asks)
    meant = {fact: fields for fact, fields in touched.items() if fields != {SILENT}} or touched
    listed = []
    for fact, fields in meant.items():
        told = (check.name, fields, change.before, change.what, subjects)
        listed.append(next((one for one in table.get(fact, ()) if one.covers(*told, second=second)), None))
    known = tuple(one for one in listed if one is not None)
    silent = all(fields == {SILENT} for fields in touched.values())
    why = SAYS_THE_SAME if silent else ""
    if known and (silent or len(known) == len(listed)):
        why = known[0].why
    fields_told = tuple(sorted(f"{fact}.{name}" for fact, names in touched.items() for name in names))
    return Survivor(check.name, answer.command, tuple(meant), fields_told, change, why, known)


def summary(trials: Trials, checks: Sequence[Check] | None = None) -> Sensitivity:
    """The figures for a certificate; every change that nobody excused is named (the first fifty)."""
    known = {check.name: check for check in (all_checks() if checks is None else checks)}
    missed = [one for one in trials.survivors if not one.why]
    harmless = Counter(one.check for one in trials.survivors if one.why)
    open_ = Counter(one.check for one in missed)
    rows = tuple(
        SensitivityOfTest(known[name].number, name, count, count - harmless[name] - open_[name], harmless[name])
        for name, count in sorted(trials.tried.items(), key=lambda pair: known[pair[0]].number)
    )
    reasons = Counter(one.why for one in trials.survivors if one.why)
    return Sensitivity(
        tried=sum(row.tried for row in rows),
        caught=sum(row.caught for row in rows),
        harmless=sum(row.harmless for row in rows),
        tests=rows,
        reasons=dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        missed=tuple(_missed(known[one.check].number, one) for one in missed[:50]),
    )


def _missed(number: int, one: Survivor) -> Missed:
    return Missed(number, one.command, one.change.line, one.change.before, one.change.what)
