"""Answers from files instead of from a router, for tests; and the recorder that writes such files.

A folder holds one text file an answer: named after the command (`show_ip_bgp_summary.txt`) or, for a fact without
arguments, after the fact (`bgp_summary.txt`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from turnup.connect.session import Said, Session
from turnup.errors import AnswerIncomplete, Refused
from turnup.model.transcript import Answer, Ask, Request
from turnup.platforms import Platform

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.-]+")


def file_name(command: str) -> str:
    """Name of the file that holds the answer to a command."""
    return _NOT_IN_NAMES.sub("_", command).strip("_.") + ".txt"


class ReplaySession:
    """A `Session` that reads a folder; it takes no configuration. `at` is the time all answers bear."""

    def __init__(
        self,
        folder: Path,
        platform: Platform,
        *,
        router: str = "",
        username: str = "replay",
        hostname: str = "",
        at: datetime = datetime(2001, 3, 1, tzinfo=UTC),
    ) -> None:
        self.folder = folder
        self.platform = platform
        self.router = router or folder.name
        self.hostname = hostname or self.router
        self.username = username
        self._at = at

    def ask(self, requests: Sequence[Request]) -> Mapping[Ask, Answer]:
        """Answers of the folder; a request without a file has `failure`."""
        return {request.ask: self._answer(request) for request in requests}

    def command(self, text: str, timeout: float | None = None) -> Answer:  # noqa: ARG002  a file is there at once
        """The answer in the command's file. Raises AnswerIncomplete when there is none."""
        answer = self._answer(Request(Ask(""), text))
        if answer.failure:
            raise AnswerIncomplete(answer.failure)
        return answer

    def _answer(self, request: Request) -> Answer:
        names = [file_name(request.command)]
        if request.ask.fact and not request.ask.args:
            names.append(f"{request.ask.fact}.txt")
        for name in names:
            if (path := self.folder / name).is_file():
                return Answer(request.command, path.read_text(encoding="utf-8").removesuffix("\n"), self._at)
        return Answer(
            request.command, "", self._at, failure=f"no recording: {' or '.join(names)} in {self.folder.name}"
        )

    def enter_config(self) -> None:
        """Raises Refused."""
        raise Refused("a replay takes no configuration")

    def config_line(self, line: str, mode: str | None) -> str:
        """Raises Refused."""
        del line, mode
        raise Refused("a replay takes no configuration")

    def config_lines(self, lines: Sequence[str], mode: str | None) -> tuple[Said, ...]:
        """Raises Refused."""
        del lines, mode
        raise Refused("a replay takes no configuration")

    def leave_config(self) -> None:
        """Raises Refused."""
        raise Refused("a replay takes no configuration")

    def save(self) -> Answer:
        """Raises Refused."""
        raise Refused("a replay takes no configuration")

    def close(self) -> None:
        """Nothing to end."""


class Recorder:
    """Asks through a session and keeps every answer as a file that `ReplaySession` reads. Text is redacted already."""

    def __init__(self, session: Session, folder: Path) -> None:
        self._session = session
        self._folder = folder

    def ask(self, requests: Sequence[Request]) -> Mapping[Ask, Answer]:
        """The session's answers; those without a failure are written."""
        answers = self._session.ask(requests)
        self._folder.mkdir(parents=True, exist_ok=True)
        for answer in answers.values():
            if not answer.failure:
                (self._folder / file_name(answer.command)).write_text(answer.text + "\n", encoding="utf-8")
        return answers
