"""Collect everything a run needs of one router: its own answers in one go, and what the NOC sees of it by probes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from turnup.connect.probes import run_probe
from turnup.connect.session import Session
from turnup.errors import TurnupError
from turnup.model.transcript import Answer, Ask, Request, Transcript

Probe = Callable[[Request], Answer]


def _now() -> datetime:
    return datetime.now(UTC)


def collect(
    session: Session, requests: Sequence[Request], *, probe: Probe = run_probe, clock: Callable[[], datetime] = _now
) -> Transcript:
    """All answers, failures among them; what was collected before a session was lost is kept. Never raises TurnupError.

    Requests with a `probe` go to `probe`, the others to the session in one pipeline.
    """
    started = clock()
    mine = [request for request in requests if not request.probe]
    answers: dict[Ask, Answer] = dict(_asked(session, mine, clock))
    for request in requests:
        if request.probe and request.ask not in answers:
            answers[request.ask] = _probed(probe, request, clock)
    return Transcript(session.router, started, clock(), answers, username=session.username)


def _asked(session: Session, requests: Sequence[Request], clock: Callable[[], datetime]) -> Mapping[Ask, Answer]:
    try:
        return session.ask(requests) if requests else {}
    except TurnupError as error:
        return {r.ask: Answer(r.command, "", clock(), failure=str(error)) for r in requests}


def _probed(probe: Probe, request: Request, clock: Callable[[], datetime]) -> Answer:
    try:
        return probe(request)
    except TurnupError as error:
        return Answer(request.command, "", clock(), failure=str(error))


def unreachable(router: str, requests: Sequence[Request], error: TurnupError, at: datetime) -> Transcript:
    """The transcript of a router with which no session could be opened: every answer is a failure."""
    failure = f"{error} {error.advice}"
    answers = {r.ask: Answer(r.command, "", at, failure=failure) for r in requests}
    return Transcript(router, at, at, answers, failure=failure)
