"""Test ports again and hold each beside the certificate it was accepted with (PASA 1.4(a), 5(c))."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from turnup.certificate.compare import Comparison, compare
from turnup.certificate.document import digest
from turnup.certify import Run
from turnup.desk.entering import Desk
from turnup.desk.sources import DataFolder, certificates
from turnup.errors import CouldNotRun, Refused, TurnupError
from turnup.model.certificate import Certificate, Occasion, Outcome
from turnup.model.equipment import Assignment
from turnup.noc import Noc
from turnup.order.life import Life, next_attempt
from turnup.order.life import Occasion as Round
from turnup.order.states import State
from turnup.repair.batch import Batch, Row, done, finish
from turnup.repair.opening import is_serving
from turnup.repair.together import chain_of
from turnup.runner import run_on, task_named, value_of


@dataclass(frozen=True)
class Skipped:
    """A port that was not tested, and why."""

    order: str
    router: str
    port: str
    why: str


@dataclass(frozen=True)
class Retested:
    """One port after its retest. `comparison` None = it was never accepted, or that certificate is gone (`why`)."""

    row: Row
    certificate: Certificate | None = None
    comparison: Comparison | None = None
    why: str = ""
    state: State | None = None
    error: TurnupError | None = None

    @property
    def word(self) -> str:
        """What came of it in a word or two."""
        return self.certificate.outcome.value if self.certificate else "NOT TESTED"


def chosen(
    desk: Desk, assignments: Iterable[Assignment], occasion: Occasion | None = None, since: datetime | None = None
) -> tuple[tuple[Row, ...], tuple[Skipped, ...]]:
    """What to test of these ports: those that went into service once. The first test of a port is no retest."""
    folder = DataFolder(desk.noc)
    rows: list[Row] = []
    skipped: list[Skipped] = []
    for one in assignments:
        order, router, port = one.order.order_id, one.port.router, str(one.port.interface)
        life = desk.catch_up(order, folder)
        if life is None or not is_serving(life):
            state = life.state.value if life else "without a history"
            why = f"is {state}: never accepted, `turnup test {order}` is its first test"
            skipped.append(Skipped(order, router, port, why))
            continue
        found = occasion or (Occasion.REPAIR if under_repair(life) else Occasion.RESTORATION)
        sent = sent_to(desk.noc, life)
        start = since or window_of(desk.noc, life, sent)
        text = start.isoformat() if start else ""
        own = sent is not None and (start is None or sent >= start)
        rows.append(Row(order, router, port, found, next_attempt(life), text, own))
    return tuple(rows), tuple(skipped)


def must_serve(rows: Sequence[Row], skipped: Sequence[Skipped]) -> None:
    """Raise Refused when the one port that was named is none that can be retested."""
    if not rows and skipped:
        one = skipped[0]
        raise Refused(f"{one.order} {one.why}", advice=f"turnup test {one.order}")


def under_repair(life: Life) -> bool:
    """Whether a repair of the port has not come to its acceptance yet."""
    return life.occasion is Round.REPAIRED and life.state is not State.IN_SERVICE


def sent_to(noc: Noc, life: Life) -> datetime | None:
    """When a change of the order went out last."""
    journals = (one.record for one in noc.journals.of(life.router) if one.record.change.order_id == life.order_id)
    return max((one.sent_at for one in journals if one.sent_at is not None), default=None)


def window_of(noc: Noc, life: Life, sent: datetime | None) -> datetime | None:
    """From when on log messages count: the call of the repair, else the last proof that all was well.

    A change of the order that was sent since is the later start: its own messages are the repair's.
    """
    good = [one.ended for one in certificates(noc, life.order_id) if one.outcome is Outcome.SATISFIED]
    start = life.repair_since if under_repair(life) else max(good, default=None)
    return max([at for at in (start, sent) if at is not None], default=None)


Progress = Callable[[str, int, int, Sequence[Certificate | TurnupError]], None]


def retest(desk: Desk, batch: Batch, progress: Progress) -> tuple[Retested, ...]:
    """Test what the batch still lacks, each router asked once and all at the same time; then enter the histories.

    `progress` hears (router, how many are done, of how many, its certificates), from the threads of the routers.
    """
    noc = desk.noc
    made: dict[Row, Certificate | TurnupError] = dict(done(noc, batch))
    left = _by_router(noc, [row for row in batch.rows if row not in made])
    made.update(left.lost)
    if left.work:
        finished: list[str] = []

        def told(router: str, results: Sequence[Certificate | TurnupError]) -> None:
            finished.append(router)
            progress(router, len(finished), len(left.work), results)

        work = {router: [pair for _, pair in pairs] for router, pairs in left.work.items()}
        outcomes = run_on(
            noc.nornir, list(work), task_named("retest"), noc=noc, work=work, chain=chain_of(noc), told=told
        )
        for router, pairs in left.work.items():
            made.update(_results(outcomes[router], [row for row, _ in pairs]))
    finish(noc, batch)
    return _compared(desk, batch.rows, made)


def _results(outcome: object, rows: Sequence[Row]) -> dict[Row, Certificate | TurnupError]:
    """What the task gave for each port; one error for all where the task itself was stopped."""
    try:
        return dict(zip(rows, value_of(outcome), strict=True))  # type: ignore[arg-type]
    except TurnupError as error:
        return dict.fromkeys(rows, error)
    except Exception as error:  # noqa: BLE001 - whatever stopped one router must not lose the others' results
        lost = CouldNotRun(f"the task was stopped: {type(error).__name__}: {error}")
        return dict.fromkeys(rows, lost)


@dataclass(frozen=True)
class _Left:
    work: Mapping[str, Sequence[tuple[Row, tuple[Assignment, Run]]]]
    lost: Mapping[Row, TurnupError]


def _by_router(noc: Noc, rows: Iterable[Row]) -> _Left:
    """The rows by router with their orders as they are now; those whose order has left the port since."""
    held = {one.order.order_id: one for one in noc.ledger.assignments()}
    work: dict[str, list[tuple[Row, tuple[Assignment, Run]]]] = {}
    lost: dict[Row, TurnupError] = {}
    for row in rows:
        one = held.get(row.order)
        if one is None or (one.port.router, str(one.port.interface)) != (row.router, row.port):
            lost[row] = CouldNotRun(f"{row.order} is not on {row.router} {row.port} any more")
            continue
        run = Run(row.occasion, row.attempt, row.since, row.own_change)
        work.setdefault(row.router, []).append((row, (one, run)))
    return _Left(work, lost)


def _compared(desk: Desk, rows: Iterable[Row], made: Mapping[Row, Certificate | TurnupError]) -> tuple[Retested, ...]:
    folder = DataFolder(desk.noc)
    found = []
    for row in rows:
        life = desk.catch_up(row.order, folder)
        state, result = life.state if life else None, made[row]
        if isinstance(result, TurnupError):
            found.append(Retested(row, state=state, error=result, why=str(result)))
            continue
        accepted = accepted_of(desk.noc, life)
        if accepted is None:
            why = "the certificate it was accepted with is not in the data folder"
            found.append(Retested(row, result, None, why, state))
        else:
            found.append(Retested(row, result, compare(accepted, result), "", state))
    return tuple(found)


def accepted_of(noc: Noc, life: Life | None) -> Certificate | None:
    """The document of the certificate that the port went into service with."""
    if life is None or not life.accepted_certificate:
        return None
    kept = certificates(noc, life.order_id)
    return next((one for one in kept if digest(one) == life.accepted_certificate), None)
