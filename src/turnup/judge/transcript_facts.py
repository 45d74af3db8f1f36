"""The facts of one transcript, parsed when first needed, each row traceable to the lines it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar, cast

from turnup.checks import NotOnPlatform
from turnup.configuration import ConfigLine, Configuration
from turnup.errors import AnswerIncomplete, CommandRefused, CouldNotRun, TurnupError
from turnup.facts.running_config import RunningConfig
from turnup.model.transcript import Answer, Ask, Transcript
from turnup.model.verdict import Seen
from turnup.parse import Parsed, fact_name, parse
from turnup.parse.again import Trace, parse_again, trace
from turnup.platforms import Platform

T = TypeVar("T")
_PAGED = re.compile(r"^ ?(?:<)?--+ ?[Mm]ore ?--+|[\x08\x1b]", re.MULTILINE)
_OF_CONFIG = ("_configuration", "_by_text")  # what is kept of a configuration once it was read


class TranscriptFacts:
    """What one router said in one run; implements `turnup.checks.Facts`.

    A fact that the router's platform cannot tell is looked up at `noc`, the platform of the NOC's own probes.
    """

    def __init__(self, platform: Platform, noc: Platform | None, transcript: Transcript) -> None:
        self.platform = platform
        self.noc = noc
        self.transcript = transcript
        self.used: set[Ask] = set()  # every ask that somebody wanted to know something of
        self.cited: set[tuple[Ask, int]] = set()  # (ask, first line) of every row that somebody named as evidence
        self._asked: dict[int, Ask] = {}  # id of a row given out -> whose answer it is from
        self._traces: dict[Ask, Trace | None] = {}  # of the first answers, by which changed ones are parsed quicker
        self._before: TranscriptFacts | None = None
        self._parsed: dict[Ask, Parsed | CouldNotRun] = {}
        self._places: dict[int, Seen] = {}  # id of a row given out -> where it stands; the rows live in _parsed

    def with_answers(self, answers: Mapping[Ask, Answer]) -> TranscriptFacts:
        """The same facts with other answers to these asks; what the rest said is not parsed again."""
        other = TranscriptFacts(
            self.platform, self.noc, replace(self.transcript, answers={**self.transcript.answers, **answers})
        )
        other._traces = self._traces
        other._before = self._before or self
        other._parsed = {ask: parsed for ask, parsed in self._parsed.items() if ask not in answers}
        other._places = dict(self._places)
        other._asked = dict(self._asked)
        if Ask(fact_name(RunningConfig)) not in answers:
            other.__dict__.update({name: self.__dict__[name] for name in _OF_CONFIG if name in self.__dict__})
        return other

    def outcome(self, ask: Ask) -> tuple[object, ...] | CouldNotRun:
        """What an answer says: its rows (of the running configuration its lines), or why it says nothing."""
        try:
            if ask.fact == fact_name(RunningConfig):
                return self.configuration().pairs()
            return self._rows(ask).rows
        except CouldNotRun as error:
            return error

    def rows(self, fact: type[T], /, **args: str) -> tuple[T, ...]:
        """All rows of that fact. Raises CouldNotRun with the reason when they are not known."""
        return cast("tuple[T, ...]", self._rows(Ask.of(fact_name(fact), **args)).rows)

    def one(self, fact: type[T], /, **args: str) -> T:
        """The only row. Raises CouldNotRun when there is none or more than one."""
        found = self.rows(fact, **args)
        if len(found) != 1:
            command = self._answer(Ask.of(fact_name(fact), **args)).command
            raise CouldNotRun(f"`{command}` gave {len(found)} rows of {fact_name(fact)}, one was expected")
        return found[0]

    def answered(self, fact: type[object], /, **args: str) -> bool:
        """Whether the router accepted the command; False also when it was never asked."""
        ask = Ask.of(fact_name(fact), **args)
        try:
            self._rows(ask)
        except CommandRefused:
            return False
        except CouldNotRun:
            answer = self.transcript.answers.get(ask)
            return answer is not None and not answer.failure
        return True

    def text(self, fact: type[object], /, **args: str) -> str:
        """The redacted answer. Raises CouldNotRun when there is none."""
        return self._answer(Ask.of(fact_name(fact), **args)).text

    def seen(self, *rows: object) -> tuple[Seen, ...]:
        """Where these rows stand. Raises TurnupError for a row that this object did not give out."""
        try:
            found = tuple(self._places[id(row)] for row in rows)
        except KeyError as missing:
            raise TurnupError("evidence was asked for a row that no answer holds") from missing
        self.cited.update((self._asked[id(row)], seen.line) for row, seen in zip(rows, found, strict=True))
        return found

    def whole(self, fact: type[object], /, **args: str) -> tuple[Seen, ...]:
        """Reference to the whole answer; its text is the first line that says something."""
        answer = self._answer(Ask.of(fact_name(fact), **args))
        first = next((line for line in answer.text.splitlines() if line.strip()), "")
        return (Seen(answer.command, 0, first.strip()),)

    def asked_at(self, fact: type[object], /, **args: str) -> datetime:
        """When the NOC got that answer, by its own clock."""
        return self._answer(Ask.of(fact_name(fact), **args)).at

    def configuration(self) -> Configuration:
        """The running configuration. Raises CommandRefused, AnswerIncomplete, CouldNotRun for another router's."""
        self.used.add(Ask(fact_name(RunningConfig)))
        return self._configuration

    def config_seen(self, *texts: str, section: str | None = None) -> tuple[Seen, ...]:
        """Where these lines stand in the running configuration, each as the router shows it."""
        command = self._answer(Ask(fact_name(RunningConfig))).command
        wanted = dict.fromkeys(text.strip() for text in texts)  # in this order, so that a certificate has one text
        return tuple(
            Seen(command, line.number, line.shown or line.text)
            for text in wanted
            for line in self._by_text.get(text, ())
            if section is None or line.section == section
        )

    def lacks(self, what: str) -> str:
        """Why the platform has no such fact or feature; "" when it has, or when its table is silent."""
        return self.platform.settings.not_applicable.get(what, "")

    def commands(self, *asks: Ask) -> tuple[str, ...]:
        """What was typed for these asks."""
        answers = (self.transcript.answers.get(ask) for ask in asks)
        return tuple(dict.fromkeys(answer.command for answer in answers if answer))

    @cached_property
    def _configuration(self) -> Configuration:
        answer = self._answer(Ask(fact_name(RunningConfig)))
        first = next((line.strip() for line in answer.text.splitlines() if line.strip(" ^\r")), "")
        if any(re.match(pattern, first) for pattern in self.platform.settings.refusals):
            raise CommandRefused(f"`{answer.command}` was refused: {first}")
        if paged := _PAGED.search(answer.text):
            raise AnswerIncomplete(f"`{answer.command}` was shown in pages: {paged[0].strip()!r} stands in it")
        config = Configuration.read(answer.text, self.platform.reading)
        if config.headers("end") != ("end",) or len(config.headers("version")) > 1:
            raise AnswerIncomplete(f"`{answer.command}` holds more than one configuration")
        names = {text.split()[1] for text in config.headers("hostname") if len(text.split()) > 1}
        if names and names != {self.transcript.router}:
            told = f"the configuration is that of {', '.join(sorted(names))}, not of {self.transcript.router}"
            raise CouldNotRun(told)
        return config

    @cached_property
    def _by_text(self) -> dict[str, list[ConfigLine]]:
        found: dict[str, list[ConfigLine]] = {}
        for line in self._configuration.lines:
            found.setdefault(line.text.strip(), []).append(line)
        return found

    def _answer(self, ask: Ask) -> Answer:
        self.used.add(ask)
        if self.transcript.failure:
            raise CouldNotRun(f"{self.transcript.router} was not reached: {self.transcript.failure}")
        answer = self.transcript.answers.get(ask)
        if answer is None:
            raise CouldNotRun(f"{_said(ask)} was not asked")
        if answer.failure:
            raise AnswerIncomplete(f"`{answer.command}` was not answered: {answer.failure}")
        return answer

    def _rows(self, ask: Ask) -> Parsed:
        self.used.add(ask)
        if ask not in self._parsed:
            self._parsed[ask] = self._read(ask)
        found = self._parsed[ask]
        if isinstance(found, CouldNotRun):
            raise found
        return found

    def _read(self, ask: Ask) -> Parsed | CouldNotRun:
        try:
            speaker = self._speaker(ask)
            answer = self._answer(ask)
            parsed = self._parse(speaker, ask, answer)
        except CouldNotRun as error:
            return error
        lines = answer.text.splitlines()
        for row, (first, last) in zip(parsed.rows, parsed.places, strict=True):
            self._asked[id(row)] = ask
            self._places[id(row)] = Seen(answer.command, first, "\n".join(lines[first - 1 : last]))
        return parsed

    def _parse(self, speaker: Platform, ask: Ask, answer: Answer) -> Parsed:
        if self._before is None:
            return parse(speaker, ask, answer)
        if ask not in self._traces:
            first = self._before.transcript.answers.get(ask)
            known = first is not None and isinstance(self._before.outcome(ask), tuple)
            self._traces[ask] = trace(speaker, ask, first) if known and first else None
        before = self._traces[ask]
        return parse(speaker, ask, answer) if before is None else parse_again(speaker, ask, answer, before)

    def _speaker(self, ask: Ask) -> Platform:
        for platform in (self.platform, self.noc):
            if platform is not None and platform.parser(ask.fact) is not None:
                return platform
        if reason := self.lacks(ask.fact):
            raise NotOnPlatform(reason, f"platform {self.platform.name}")
        raise CouldNotRun(f"platform {self.platform.name} cannot tell {_said(ask)}")


def _said(ask: Ask) -> str:
    args = ", ".join(f"{name}={value}" for name, value in ask.args)
    return f"{ask.fact} ({args})" if args else ask.fact
