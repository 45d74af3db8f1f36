"""Read a router's configuration and type lines into it. Silence is success: any answer stops (provisioning 3.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from typing import Protocol

from turnup.change.lease import Lease, kept
from turnup.configuration import Configuration
from turnup.connect.session import ConfigurationUnknown
from turnup.errors import AnswerIncomplete, CouldNotRun, NeedsHuman, Refused, TurnupError, Unreachable
from turnup.model.transcript import Answer, Ask, Request
from turnup.platforms import Platform
from turnup.render.fold import Sections
from turnup.render.grammar import Grammar, grammar_of
from turnup.render.intent import ConfigItem


class Said(Protocol):
    """A line that was sent and what the router said to it; "" = accepted."""

    @property
    def line(self) -> str:
        """What was sent."""

    @property
    def text(self) -> str:
        """What came back besides echo, prompt and log messages."""


class Writable(Protocol):
    """What a change needs of a session; turnup.connect.Session is one."""

    @property
    def platform(self) -> Platform:
        """The CLI dialect."""

    def command(self, text: str, timeout: float | None = None) -> Answer:
        """Answer to one exec command."""

    def ask(self, requests: Sequence[Request]) -> Mapping[Ask, Answer]:
        """Answers to exec commands that ask back; a failure stands in the answer."""

    def enter_config(self) -> None:
        """Go to configuration mode."""

    def config_line(self, line: str, mode: str | None) -> str:
        """What the router said; the prompt must show that mode afterwards."""

    def config_lines(self, lines: Sequence[str], mode: str | None) -> Sequence[Said]:
        """The same for children of one section; stops at the first that is not silently accepted."""

    def leave_config(self) -> None:
        """Back to exec mode."""

    def save(self) -> Answer:
        """Save the running configuration."""

    def close(self) -> None:
        """End the session; never raises."""


class Stopped(CouldNotRun):
    """The router said something to a configuration line. `sent` counts the lines of this push that were sent."""

    advice = "Read what the router said; correct the order, the template or the router, and plan again."


# Children of a section typed between two looks at the lease: about what is in flight at once anyway.
_TOGETHER = 8


class Wire:
    """One router during one change. Opens a second session, once a loss, when the caller gave a way to.

    `lease` is looked at before everything that is sent; None in tests of the wire alone.
    """

    def __init__(
        self, session: Writable, reopen: Callable[[], Writable] | None = None, lease: Lease | None = None
    ) -> None:
        """Nothing is sent."""
        self.session = session
        self.sent = 0
        self._lease = lease
        self._reopen = reopen
        self._lost = False
        self._typing = False  # in configuration mode, as far as we know
        self._ours: list[Writable] = []  # sessions that we opened

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        for session in self._ours:
            session.close()

    @property
    def grammar(self) -> Grammar:
        """The grammar of the router's platform."""
        return grammar_of(self.session.platform)

    def running(self) -> Sections:
        """The running configuration. Raises CouldNotRun or Unreachable."""
        return self._read(self.session.platform.settings.running_config)

    def startup(self) -> Sections:
        """The startup configuration. Raises CouldNotRun (none there, or not complete) or Unreachable."""
        return self._read(self.session.platform.settings.startup_config)

    def _read(self, command: str) -> Sections:
        try:
            answer = self.session.command(command, self.session.platform.settings.config_timeout)
        except (Unreachable, OSError):
            self._lost = True
            raise
        except AnswerIncomplete:  # a session that is silent once is silent for ever: the next look takes another
            self._lost = self._reopen is not None
            raise
        if answer.failure:
            raise CouldNotRun(f"{command}: {answer.failure}")
        reading = self.session.platform.reading
        return Configuration.read(answer.text, reading.plain if reading else None).sections

    def settle(self) -> None:
        """Bring the session back to exec mode, or open a new one. Raises NeedsHuman when there is no way."""
        if self._typing and not self._lost:  # `end` in exec mode is looked up in the DNS
            try:
                self.session.leave_config()
                self._typing = False
            except (TurnupError, OSError):
                self._lost = True
        if self._lost:
            self._again()

    def _again(self) -> None:
        if self._reopen is None:
            raise NeedsHuman("the session was lost in the middle of a change", advice=LOST)
        # What waits on the old line must not be typed after we have gone back.
        self.session.close()
        try:
            self.session = self._reopen()
        except (TurnupError, OSError) as error:
            raise NeedsHuman(f"the session was lost in the middle of a change: {error}", advice=LOST) from error
        self._ours.append(self.session)
        self._lost = self._typing = False

    def send(self, items: Iterable[ConfigItem]) -> None:
        """Type the lines, section by section. Raises Stopped at the first answer; what the session raises goes on.

        The session is left in configuration mode when anything is raised: `settle` comes next.
        """
        if self.commits:
            raise Refused(f"{self.session.platform.settings.title} takes lines at a commit: they are not typed alone")
        grammar, lines = self.grammar, tuple(items)
        for item in lines:
            grammar.check(item.section, item.text)  # once more, right before the wire
        self._hold()
        try:
            self._typing = True
            self.session.enter_config()
            for header, group in groupby(lines, key=lambda item: item.section):
                self._section(header, [item.text for item in group if item.text], grammar)
            self.session.leave_config()
            self._typing = False
        except ConfigurationUnknown:
            # A router that does not answer one line would not answer `end` either: minutes with the port half way.
            self._lost = self._reopen is not None
            raise
        except (Unreachable, OSError):
            self._lost = True
            raise

    def save(self) -> None:
        """Save the running configuration. Raises LeaseLost, and what the session raises."""
        self._hold()
        if not self.commits:  # what is committed is saved
            self.session.save()

    @property
    def commits(self) -> bool:
        """Whether lines take effect at a commit, not when they are typed."""
        return self.session.platform.settings.changes != "at once"

    def give_up_session(self) -> None:
        """What is open in this session is not known: the next step opens another."""
        self._lost = True

    def aside(self, line: str) -> str:
        """Type one line into the candidate, in whatever mode; what the router said. Raises LeaseLost and the session's.

        After a failure the session counts as lost: what stands in its candidate goes with it.
        """
        self._hold()
        try:
            said = self.session.config_line(line, None)
        except BaseException:  # whatever it was: what stands in the candidate must go with the session
            self._lost = True
            raise
        self.sent += 1
        return said

    def waiting(self) -> AbstractContextManager[None]:
        """Around what takes its time and sends nothing here: the lease is kept. Raises LeaseLost at its end."""
        return kept(self._lease)

    def _hold(self) -> None:
        if self._lease is not None:
            self._lease.must_hold()

    def _section(self, header: str, texts: Sequence[str], grammar: Grammar) -> None:
        rule = grammar.section(header) if header else None
        if rule is None:
            for text in texts:
                self._one(text, "config", grammar)
            return
        self._one(header, rule.mode, grammar)
        plain: list[str] = []
        openers: list[str] = []
        for text in texts:
            known = grammar.known(header, text)
            (openers if known and known.rule.opens and known.positive else plain).append(text)
        for at in range(0, len(plain), _TOGETHER):
            self._children(header, plain[at : at + _TOGETHER], rule.mode, grammar)
        for text in openers:
            self._one(text, None, grammar)

    def _children(self, header: str, texts: Sequence[str], mode: str, grammar: Grammar) -> None:
        self._hold()
        said = self.session.config_lines(texts, mode)
        self.sent += len(said)
        for answer in said:
            self._silent(answer.line, answer.text, grammar)
        if len(said) < len(texts):
            raise Stopped(f"only {len(said)} of {len(texts)} lines below {header!r} were sent")

    def _one(self, text: str, mode: str | None, grammar: Grammar) -> None:
        self._hold()
        said = self.session.config_line(text, mode)
        self.sent += 1
        self._silent(text, said, grammar)

    def _silent(self, line: str, said: str, grammar: Grammar) -> None:
        strange = [
            text.strip()
            for text in said.splitlines()
            if text.strip() and not any(re.fullmatch(pattern, text.strip()) for pattern in grammar.accepted)
        ]
        if strange:
            raise Stopped(f"line {self.sent} {line!r}: the router said {' / '.join(strange)!r}")


LOST = (
    "The port may stand HALF WAY. Run `turnup recover` with this router's name as soon as it answers; the next push "
    "to it does so first."
)
