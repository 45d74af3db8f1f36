"""What a push has done so far, on disk before it is done. One JSON file a push; never a secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from turnup.change.footprint import Lines
from turnup.change.plan import Change
from turnup.durable import write_whole
from turnup.errors import InputError, Refused
from turnup.load.strict import build

VERSION = 1

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


class State(StrEnum):
    """How far a push has come."""

    PLANNED = "planned"  # nothing sent
    PUSHING = "pushing"  # phase 1 on its way
    PHASE1 = "phase1"  # phase 1 read back; phase 2 on its way
    PHASE2 = "phase2"  # phase 2 sent, not read back
    VERIFIED = "verified"  # read back as expected; not saved
    ACCEPTED = "accepted"  # the acceptance tests that were promised have passed, or a person keeps it; not saved
    BACKING_OUT = "backing-out"
    SAVED = "saved"
    UNSAVED = "unsaved"  # verified, and left unsaved on purpose
    BACKED_OUT = "backed-out"
    ABORTED = "aborted"  # ended before anything took effect
    REFUSED = "refused"
    NEEDS_HUMAN = "needs-human"
    RESOLVED = "resolved"  # a person has put it right


OPEN = frozenset(
    {
        State.PLANNED, State.PUSHING, State.PHASE1, State.PHASE2, State.VERIFIED, State.ACCEPTED, State.BACKING_OUT,
        State.NEEDS_HUMAN,
    }
)  # fmt: skip


# Ends that leave nothing of the order on the router.
NOTHING_LEFT = frozenset({State.BACKED_OUT, State.ABORTED, State.REFUSED})


@dataclass(frozen=True)
class Event:
    """A state that was reached, when (UTC), and why."""

    state: State
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class Record:
    """One journal: the change, what happened, and the owned lines as last read from the router.

    `startup` are the owned lines of the startup configuration before anything was sent; None when it was not read.
    `promised`: acceptance tests must pass before it is saved, and what happens when they do not (`always`: it is taken
    back, `ask`: a person decides); "" when none were asked for.
    """

    change: Change
    history: tuple[Event, ...]
    running: Lines = ()
    startup: Lines | None = None
    promised: str = ""
    version: int = VERSION

    @property
    def owes_tests(self) -> bool:
        """Whether acceptance tests were promised and have not passed."""
        return bool(self.promised) and all(event.state is not State.ACCEPTED for event in self.history)

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.history[-1].state

    @property
    def sent_at(self) -> datetime | None:
        """When the first line went out (UTC); None when none ever did."""
        return next((event.at for event in self.history if event.state is State.PUSHING), None)

    @property
    def open(self) -> bool:
        """Whether the router may be somewhere between before and after."""
        return self.state in OPEN


class Journal:
    """The record of one push and its file. Every entry is on disk (fsync) before `note` returns."""

    def __init__(self, path: Path, record: Record) -> None:
        self.path = path
        self.record = record

    @cached_property
    def _change(self) -> Any:
        return _plain(asdict(self.record.change))  # never changes; most of the file

    def note(self, state: State, at: datetime, note: str = "", running: Lines | None = None) -> None:
        """Enter a state, and the owned lines read with it."""
        history = (*self.record.history, Event(state, at, note))
        kept = self.record.running if running is None else running
        self.record = replace(self.record, history=history, running=kept)
        self.write()

    def saved_before(self, startup: Lines | None) -> None:
        """Keep the owned lines of the startup configuration; on disk with the next entry."""
        self.record = replace(self.record, startup=startup)

    def _document(self) -> dict[str, Any]:
        record = self.record
        return {
            "version": record.version,
            "change": self._change,
            "history": [_plain(asdict(event)) for event in record.history],
            "running": _plain(record.running),
            "startup": _plain(record.startup),
            "promised": record.promised,
        }

    def write(self) -> None:
        """Put the record on disk: written beside, synced, renamed, folder synced."""
        write_whole(self.path, json.dumps(self._document(), indent=1), private=True)


@dataclass(frozen=True)
class Journals:
    """The folder of journals."""

    folder: Path

    def begin(self, change: Change, at: datetime, promised: str = "") -> Journal:
        """A new journal in state `planned`, on disk."""
        stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        path = self.folder / f"{change.router}--{change.order_id}-r{change.revision}--{stamp}.json"
        journal = Journal(path, Record(change, (Event(State.PLANNED, at),), promised=promised))
        journal.write()
        return journal

    def of(self, router: str) -> Iterator[Journal]:
        """Journals of that router, oldest first. Raises InputError for one that cannot be read."""
        for path in self._paths(router):
            journal = read_journal(path)
            if journal.record.change.router == router:
                yield journal

    def _paths(self, router: str) -> Iterator[Path]:
        for path in sorted(self.folder.glob("*.json")):
            # A damaged journal of one router is no obstacle to work on another.
            if "--" not in path.name or path.name.startswith(f"{router}--"):
                yield path

    def owed_tests(self, change: Change) -> str:
        """What was promised of tests when that order was brought there, and left unsaved without them; "" for none."""
        mine = [
            journal.record for journal in self.of(change.router) if journal.record.change.order_id == change.order_id
        ]
        stood = [record for record in mine if record.state in (State.SAVED, State.UNSAVED)]
        return stood[-1].promised if stood and stood[-1].state is State.UNSAVED and stood[-1].owes_tests else ""

    def open(self, router: str) -> tuple[Journal, ...]:
        """Those that may have left the router half way. Raises InputError for one that cannot be read."""
        return tuple(
            journal
            for path in self._paths(router)
            if not _is_over(path) and (journal := read_journal(path)).record.change.router == router
            if journal.record.open
        )

    def must_be_clear(self, router: str) -> None:
        """Raise Refused while an earlier change of the router waits for a person."""
        for journal in self.open(router):
            record = journal.record
            if record.state is State.NEEDS_HUMAN:
                raise Refused(
                    f"{router}: order {record.change.order_id} on {record.change.port} waits for a person;"
                    f" until then turnup writes nothing to {router}",
                    advice=by_hand(router, journal.path),
                )

    def resolve(self, router: str, who: str, note: str, at: datetime) -> tuple[Journal, ...]:
        """A person has put right what needed him: lift the block. Gives the journals that were closed."""
        waiting = [journal for journal in self.open(router) if journal.record.state is State.NEEDS_HUMAN]
        for journal in waiting:
            journal.note(State.RESOLVED, at, f"{who}: {note}")
        return tuple(waiting)


def by_hand(router: str, journal: Path) -> str:
    """What a person has to do for a change that turnup cannot finish."""
    return (
        f"Nothing was sent now. What the port had and has stands in {journal} (`change.before`, `running`). "
        f"Put it right on the console of {router}, then: turnup recover {router} --resolved 'WHO: WHAT'"
    )


def _is_over(path: Path) -> bool:
    """Whether the journal says plainly that its push has ended: most have, and none of them is read whole for that.

    One that says nothing plainly is not over: reading it whole tells what is wrong with it.
    """
    try:
        data = json.loads(path.read_text())
        return bool(data["version"] == VERSION and State(data["history"][-1]["state"]) not in OPEN)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return False


def read_journal(path: Path) -> Journal:
    """A journal from its file. Raises InputError for one that is damaged or of another version."""
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InputError(f"is not a journal: {error}", where=str(path), advice=_DAMAGED) from error
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise InputError(f"is not a journal of version {VERSION}", where=str(path), advice=_DAMAGED)
    for event in data.get("history", []):
        event["at"] = datetime.fromisoformat(event["at"])
    return Journal(path, build(Record, data, where=str(path)))


_DAMAGED = "Compare the router with its startup configuration by hand, then move the file away."


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, IPv4Network) else value
