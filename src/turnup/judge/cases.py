"""Recorded cases of acceptance tests: a folder is a case.

`tests/recorded/<platform>/checks/<test>/<case>/case.toml` says what the test must conclude. Its answers are those of
`healthy/` beside the tests' folders, changed as case.toml says, or replaced by files of the same name in the case.
An answer's file is named after its fact and what tells two asks of it apart: `ping@10.254.1.2.txt`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from turnup.checks import Check, Expected
from turnup.errors import InputError
from turnup.judge.recording import RecordingFile, is_recording, read_recording
from turnup.judge.recording import answer_names as answer_names  # also named from here by tests
from turnup.judge.run import asks_of, judge
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.load.strict import build
from turnup.model.result import TestResult
from turnup.model.transcript import Answer, Ask, Transcript
from turnup.platforms import Platform

_WRITTEN = RecordingFile("written", "nyc-hud-gsr1", "ios", datetime(2026, 11, 22, 9, 10, tzinfo=UTC), "noc")
_REFUSED = "  ^\n% Invalid input detected at '^' marker.\n"


@dataclass(frozen=True)
class Edit:
    """`find` (exact text, once or more) is replaced by `put` in one answer."""

    answer: str
    find: str
    put: str = ""


@dataclass(frozen=True)
class CaseFile:
    """case.toml. `reason` are words of the verdict's reason; `findings` gives verdicts by subject.

    `origin`: `recorded` from the product's own lab, or `written` in the published format.
    `refused`, `empty`, `silent` name answers; `expected` overrides fields of expected.toml, `missing` empties some.
    """

    title: str
    origin: str
    verdict: str
    reason: tuple[str, ...] = ()
    findings: Mapping[str, str] = field(default_factory=dict)
    edit: tuple[Edit, ...] = ()
    refused: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    expected: Mapping[str, object] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One case, ready to be judged."""

    check: str
    name: str
    told: CaseFile
    home: Path

    @property
    def expected(self) -> Expected:
        """What the test must see in this case. Raises InputError on an unknown field."""
        base = tomllib.loads((self.home.parents[1] / "expected.toml").read_text())
        data = _merged(base, self.told.expected)
        for path in self.told.missing:
            _drop(data, path.split("."))
        return build(Expected, data, where="expected.toml")

    def expected_on(self, platform: Platform) -> Expected:
        """The same; its lines, which expected.toml has as the platform shows them, in the tests' words."""
        expected = self.expected
        return replace(expected, lines=platform.in_test_words(expected.lines))

    def transcript(self, platforms: Iterable[Platform], asks: Iterable[Ask]) -> Transcript:
        """What the router answered to these asks."""
        speakers, run = tuple(platforms), self._run
        told = (ask for ask in asks if any(speaker.request(ask) for speaker in speakers))  # others are not asked
        answers = {ask: self._answer(ask, speakers, run) for ask in told}
        return Transcript(run.router, run.recorded, run.recorded, answers, username=run.username)

    @property
    def _refused(self) -> str:
        """What the router says to a command that it refuses: healthy/refused.txt where that is not what IOS says."""
        file = self.home.parents[1] / "healthy" / "refused.txt"
        return file.read_text() if file.is_file() else _REFUSED

    @property
    def _run(self) -> RecordingFile:
        """Whose answers they are and when they were given: a recorded run says so, the written ones share one."""
        folder = self.home.parents[1]
        if is_recording(folder):
            return read_recording(folder)
        router = tomllib.loads((folder / "expected.toml").read_text())["router"]
        return replace(_WRITTEN, router=router["name"], platform=router["platform"])

    def _answer(self, ask: Ask, platforms: tuple[Platform, ...], run: RecordingFile) -> Answer:
        command = next((r.command for p in platforms if (r := p.request(ask))), ask.fact)
        names = answer_names(ask)
        at = next((run.at[name] for name in names if name in run.at), run.recorded)
        if set(names) & set(self.told.silent):
            return Answer(command, "", at, failure="no answer within 30 s")
        if set(names) & set(self.told.refused):
            return Answer(command, self._refused, at)
        if set(names) & set(self.told.empty):
            return Answer(command, "", at)
        return Answer(command, self._edited(names), at)

    def _edited(self, names: tuple[str, ...]) -> str:
        folders = (self.home, self.home.parents[1] / "healthy")
        for name in names:
            for folder in folders:
                if (file := folder / f"{name}.txt").is_file():
                    return self._apply(name, names, file.read_text())
        raise InputError(f"no answer file {names[0]}.txt for this case", where=f"{self.check}/{self.name}")

    def _apply(self, name: str, names: tuple[str, ...], text: str) -> str:
        for edit in self.told.edit:
            if edit.answer not in names or (edit.answer != name and name == names[0]):
                continue
            if edit.find not in text:
                raise InputError(f"{edit.find!r} is not in {name}.txt", where=f"{self.check}/{self.name}")
            text = text.replace(edit.find, edit.put)
        return text


def cases(home: Path) -> tuple[Case, ...]:
    """All cases below a `checks` folder. Raises InputError on a case.toml with an unknown field."""
    return tuple(
        Case(
            file.parents[1].name,
            file.parent.name,
            build(CaseFile, tomllib.loads(file.read_text()), where=str(file.relative_to(home))),
            file.parent,
        )
        for file in sorted(home.glob("*/*/case.toml"))
    )


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(base)
    for key, value in over.items():
        inner = found.get(key)
        found[key] = _merged(inner, value) if isinstance(value, Mapping) and isinstance(inner, Mapping) else value
    return found


def _drop(data: dict[str, Any], path: list[str]) -> None:
    for word in path[:-1]:
        data[word] = dict(data[word])
        data = data[word]
    del data[path[-1]]


def judge_case(case: Case, platform: Platform, noc: Platform, check: Check) -> TestResult:
    """What the test concludes from that case."""
    expected = case.expected_on(platform)
    asks = asks_of((check,), expected)
    facts = TranscriptFacts(platform, noc, case.transcript((platform, noc), asks))
    return judge(expected, facts, (check,), not_on_platform=platform.settings.not_applicable)[0]
