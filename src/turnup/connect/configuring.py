"""Write to a router: line by line, silence is success, the prompt's mode is proved after every line.

No configuration line is ever sent twice. What a line held of secrets never comes back out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from turnup.connect.conversation import Conversation
from turnup.connect.guard import fit_to_type
from turnup.connect.pipeline import Pipeline
from turnup.connect.session import ConfigurationUnknown, Said, WrongMode
from turnup.connect.splitter import Cut
from turnup.errors import AnswerIncomplete, CommandRefused, Unreachable
from turnup.platforms import Settings


class Writer:
    """The configuring half of a session. `reveal` replaces `<secret:NAME>` just before the wire."""

    def __init__(
        self,
        conversation: Conversation,
        settings: Settings,
        redact: Callable[[str], str],
        reveal: Callable[[str], str],
        logs: list[str],
    ) -> None:
        self._conversation = conversation
        self._settings = settings
        self._redact = redact
        self._reveal = reveal
        self._logs = logs
        self._to_enter = False
        self._in_shell = False  # inside the program that configures, where that is another one than the session
        # Whether the image can keep others out of the configuration; None before that was tried.
        self._locks: bool | None = None if settings.lock_config else False

    def enter(self) -> None:
        """Go to configuration mode with the next line."""
        self._to_enter = True

    def leave(self) -> None:
        """Back to exec mode."""
        if self._to_enter:  # never left it
            self._to_enter = False
            return
        cut = self._sent([self._settings.leave_config], window=1)[0]
        if cut.prompt.mode:
            raise WrongMode(f"{self._settings.leave_config!r} left the router in mode {cut.prompt.mode!r}")
        if self._in_shell:
            self._alone(self._settings.leave_shell)
            self._in_shell = False

    def _shell(self) -> None:
        """Start the program that configures. Raises CommandRefused when it does not start."""
        cut = self._alone(self._settings.enter_shell)
        if any(re.match(refusal, line) for line in cut.text.splitlines() for refusal in self._settings.refusals):
            said = self._redact(cut.text).strip()
            raise CommandRefused(f"{self._settings.enter_shell!r} does not start; it said {said!r}")
        self._in_shell = True

    def _alone(self, command: str) -> Cut:
        """A command behind which another program reads: nothing is typed before that one shows its prompt."""
        try:
            cut = self._conversation.alone(command, self._settings.config_timeout)
        except (AnswerIncomplete, Unreachable) as error:
            raise self._unknown([command], 0, isinstance(error, Unreachable)) from None
        if cut.problem:
            raise self._unknown([command], 0, lost=False)
        return cut

    def lines(self, lines: Sequence[str], mode: str | None, window: int) -> tuple[Said, ...]:
        """What was said to each line that was sent. All lines are looked at before the first is sent."""
        typed = [fit_to_type(self._reveal(line), named=line) for line in lines]
        if self._to_enter:
            self._to_enter = False
            if self._settings.enter_shell and not self._in_shell:
                self._shell()
            if not self._locked_now():
                if len(lines) == 1 and self._opens(lines[0]):
                    return (self._entered_with(typed[0], lines[0], mode),)
                self._entered(self._sent([self._how], window=1)[0])
        said: list[Said] = []

        def keep(cut: Cut, pipeline: Pipeline) -> None:
            self._logs.extend(map(self._redact, cut.logs))
            text = self._text(cut)
            said.append(Said(lines[len(said)], text))
            if text or cut.problem or not _right(cut, mode):
                pipeline.stop()

        cuts = self._sent(typed, window, keep, lines)
        self._check_modes(cuts, lines, mode)
        return tuple(said)

    def _opens(self, line: str) -> bool:
        """Whether the line only opens a section, and the router never lost input that was typed ahead."""
        ahead = self._conversation.window != 1 and self._settings.type_ahead
        return ahead and line.split(None, 1)[0] in self._settings.modes

    def _locked_now(self) -> bool:
        """Go in and keep others out, where that was never tried in this session; whether it worked."""
        if self._locks is not None:
            return False
        self._locks = bool(self._sent([self._settings.lock_config], window=1)[0].prompt.mode)
        return self._locks

    @property
    def _how(self) -> str:
        return self._settings.lock_config if self._locks else self._settings.enter_config

    def _entered_with(self, typed: str, line: str, mode: str | None) -> Said:
        """Go to configuration mode and open a section in one round trip: without children neither does harm alone."""
        both = [self._how, line]
        entered, opened = self._sent([both[0], typed], window=0, named=both)
        self._entered(entered)
        self._logs.extend(map(self._redact, (*entered.logs, *opened.logs)))
        self._check_modes([opened], [line], mode)
        return Said(line, self._text(opened))

    def _entered(self, cut: Cut) -> None:
        if not cut.prompt.mode:
            said = self._redact(cut.text).strip() or "nothing"
            raise CommandRefused(f"the router does not go to configuration mode; it said {said!r}")

    def _text(self, cut: Cut) -> str:
        text = "\n".join((cut.text, *cut.doubtful)) if cut.doubtful and not cut.text else cut.text
        return self._redact(text) if text.strip() else ""

    def _check_modes(self, cuts: Sequence[Cut], lines: Sequence[str], mode: str | None) -> None:
        for cut, line in zip(cuts, lines, strict=False):
            if not cut.text.strip() and not _right(cut, mode):
                seen = cut.prompt.mode or "exec"
                raise WrongMode(f"after {line!r} the prompt shows mode {seen!r}, not {mode!r}")

    def _sent(
        self,
        typed: Sequence[str],
        window: int,
        seen: Callable[[Cut, Pipeline], None] | None = None,
        named: Sequence[str] | None = None,
    ) -> list[Cut]:
        """Raises ConfigurationUnknown; messages name lines as they were given, never as they were typed."""
        names = typed if named is None else named
        answered: list[Cut] = []

        def count(cut: Cut, pipeline: Pipeline) -> None:
            answered.append(cut)
            if seen:
                seen(cut, pipeline)

        try:
            seconds = self._settings.config_timeout
            self._conversation.run(typed, lambda _: seconds, window=window, seen=count, lossy=False)
        except (AnswerIncomplete, Unreachable) as error:
            lost = isinstance(error, Unreachable)
            raise self._unknown(names, len(answered), lost) from None  # the cause may quote what was typed
        for number, cut in enumerate(answered):
            if cut.problem:
                raise self._unknown(names, number, lost=False)
        return answered

    def _unknown(self, names: Sequence[str], answered: int, lost: bool) -> ConfigurationUnknown:
        line = names[min(answered, len(names) - 1)]
        why = "the connection was lost" if lost else "no whole answer came"
        return ConfigurationUnknown(
            f"after {answered} answered lines, at {line!r}: {why}", sent=names[: self._conversation.sent], lost=lost
        )


def _right(cut: Cut, mode: str | None) -> bool:
    return mode is None or cut.prompt.mode == mode
