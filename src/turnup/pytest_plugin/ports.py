"""The ports that a pytest run tests: read strictly before any router is asked; asked once, judged once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from turnup.certify import Judged, Prepared, Run, certificate_of, judged, keep, prepared, previous_digest
from turnup.equipment.capacity import ports
from turnup.errors import InputError, UsageError
from turnup.home import Home
from turnup.job import accepted, attempt_of, read_message, window_start
from turnup.judge.recording import RecordingFile, read_recording, replayed
from turnup.load.strict import suggestion
from turnup.model.certificate import Occasion
from turnup.model.equipment import Assignment
from turnup.model.order import Action
from turnup.noc import Noc, open_noc
from turnup.platforms import platform

if TYPE_CHECKING:
    from turnup.model.certificate import Certificate
    from turnup.model.order import OrderMessage
    from turnup.model.result import TestResult
    from turnup.model.transcript import Transcript


@dataclass(frozen=True)
class Asked:
    """What the command line said. Paths may be None."""

    orders: tuple[str, ...]
    inventory: Path | None = None
    config: Path | None = None
    home: Path | None = None
    lab: bool = False
    replay: Path | None = None
    occasion: str = "INITIAL"
    certificate: Path | None = None


@dataclass
class PortUnderTest:
    """One order's port. `collect` is called when the first of its tests runs, and never again."""

    order: str
    ready: Prepared
    collect: Callable[[], Transcript]
    source: str
    recorded: bool
    ran: set[int] = field(default_factory=set)  # numbers of the tests that gave a verdict in this run
    _done: Judged | None = None

    @property
    def place(self) -> str:
        """Router and interface."""
        assignment = self.ready.assignment
        return f"{self.ready.router} {assignment.port.interface}" if assignment else self.ready.router

    def judged(self) -> Judged:
        """Ask the router at the first call; the same answer ever after."""
        if self._done is None:
            self._done = judged(self.ready, self.collect())
        return self._done

    def result(self, number: int) -> TestResult:
        """What that test concluded."""
        return next(result for result in self.judged().results if result.number == number)

    @property
    def whole(self) -> bool:
        """Whether every test ran: a certificate of a part of Schedule 2 does not exist."""
        return self.ran == {check.number for check in self.ready.checks}

    def certificate(self) -> Certificate:
        """The certificate of this run; a router's is kept in the data folder, a recording's is no attempt and is not.

        Raises TurnupError.
        """
        noc, router, assignment = self.ready.noc, self.ready.router, self.ready.assignment
        previous = None if self.recorded else previous_digest(noc, router, assignment)
        certificate = certificate_of(self.judged(), previous=previous)
        if not self.recorded:
            keep(noc, certificate)
        return certificate


def ports_under_test(asked: Asked) -> tuple[PortUnderTest, ...]:
    """One for each order. Contacts no device. Raises UsageError, InputError, OSError for whatever is missing."""
    noc, occasion = _noc(asked), _occasion(asked.occasion)
    recording = read_recording(asked.replay) if asked.replay is not None else None
    found: dict[str, PortUnderTest] = {}
    for target in asked.orders:
        message = read_message(target, noc)
        if message.order.order_id in found:
            raise UsageError(f"order {message.order.order_id} is given twice")
        if recording is not None and asked.replay is not None:
            one = _from_recording(noc, message, asked.replay, recording, occasion)
        else:
            one = _from_router(noc, message, occasion)
        found[one.order] = one
    if recording is not None and len(found) > 1:
        raise UsageError("a recording holds one port; name one order with --turnup-replay")
    return tuple(found.values())


def _noc(asked: Asked) -> Noc:
    home, inventory, environment = Home.of(asked.home), asked.inventory, None
    if asked.lab and asked.replay is not None:
        raise UsageError("--turnup-lab and --turnup-replay exclude each other")
    if asked.lab:
        from turnup.laboratory import lab_of

        lab = lab_of(home)
        home, inventory, environment = lab.home, lab.inventory, lab.environment
    return open_noc(inventory=inventory, config_file=asked.config, home=home, environment=environment)


def _occasion(word: str) -> Occasion:
    try:
        return Occasion(word.upper())
    except ValueError:
        raise UsageError(f"no occasion {word!r}{suggestion(word.upper(), [o.value for o in Occasion])}") from None


def _from_router(noc: Noc, message: OrderMessage, occasion: Occasion) -> PortUnderTest:
    assignment = accepted(noc, message)
    router = assignment.port.router
    host = noc.nornir.inventory.hosts[router]
    settings = host.get_connection_parameters("turnup")
    noc.account(settings.username, settings.password)  # a missing account is told now, not twenty times
    run = Run(occasion, attempt_of(noc, router, assignment), window_start(noc, assignment))
    ready = prepared(noc, router, assignment, run)
    order = assignment.order.order_id
    return PortUnderTest(order, ready, lambda: ready.noc.collect(host, ready.asks), f"router {router}", recorded=False)


def _from_recording(
    noc: Noc, message: OrderMessage, folder: Path, told: RecordingFile, occasion: Occasion
) -> PortUnderTest:
    assignment = _recorded_port(noc, message, folder, told)
    record = noc.equipment.router(told.router)
    if told.platform != record.platform:
        raise InputError(
            f"{told.router} is recorded as {told.platform}, inventory says {record.platform}", where=str(folder)
        )
    if assignment.order.action is not Action.NEW:
        raise UsageError(f"{assignment.order.order_id} asks for {assignment.order.action}; only NEW gets a port tested")
    ready = prepared(noc, told.router, assignment, Run(occasion, 1, told.since))
    # Who logged in, and which secrets were recognised, is a matter of the day it was recorded.
    then = replace(ready.expected, username=told.username, known_secrets=frozenset(told.known_secrets))
    ready = replace(ready, expected=then)
    speakers = (platform(told.platform), platform("noc"))
    source = f"recording {folder} of {told.recorded:%Y-%m-%d %H:%M} UTC"
    return PortUnderTest(
        message.order.order_id,
        ready,
        lambda: _as_replay(replayed(folder, ready.asks, speakers), ready.noc),
        source,
        True,
    )


def _as_replay(transcript: Transcript, noc: Noc) -> Transcript:
    """The same, so that no certificate of it can be taken for one of a router; redacted, whoever made the files."""
    answers = {ask: replace(answer, text=noc.redact(answer.text)) for ask, answer in transcript.answers.items()}
    return replace(transcript, answers=answers, username=f"replay of a recording made by {transcript.username}")


def _recorded_port(noc: Noc, message: OrderMessage, folder: Path, told: RecordingFile) -> Assignment:
    """The order with the port that was recorded. Raises InputError when that is not the order's."""
    entered = noc.ledger.assignment(message.order.order_id)
    here = [p for p in ports(noc.equipment, noc.cards) if (p.router, str(p.interface)) == (told.router, told.port)]
    if not here:
        raise InputError(
            f"the recorded port {told.router} {told.port or '(none)'} is not in inventory", where=str(folder)
        )
    if entered is not None and (entered.port.router, entered.port.interface) != (here[0].router, here[0].interface):
        raise InputError(
            f"{message.order.order_id} has {entered.port.router} {entered.port.interface}, "
            f"the recording is of {told.router} {told.port}",
            where=str(folder),
        )
    return accepted(noc, message) if entered is not None else Assignment(message.order, here[0])
