"""Which order has which port: one file an order in the user's data folder, so that nothing is promised twice.

Only accepted orders are entered. The same message, or the same order and revision, gets the first answer again; the
same order and revision with other content is a point to clarify. A crash leaves either the old file or the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from turnup.equipment.capacity import ports
from turnup.equipment.estate import Cards, Equipment
from turnup.errors import InputError, Refused
from turnup.load.order import order_of
from turnup.model.acknowledgement import Acknowledgement
from turnup.model.equipment import Assignment, Port
from turnup.model.order import Action, OrderMessage, PortServiceOrder
from turnup.order.answers import (
    Links,
    Taken,
    against,
    digest_of,
    entry_of,
    links_of,
    overtaken,
    refusal,
    subject_of,
    taken_by,
)
from turnup.order.changes import PREFIXES, changed, with_prefixes
from turnup.order.debts import bared, owed, scrapped
from turnup.order.entries import Entry, Left, OrderFile, read_entries, read_entry, write_entries

Decide = Callable[[Taken, Links], Acknowledgement]


@dataclass(frozen=True)
class Ledger:
    """The assignments below one folder. `equipment` and `cards` tell what a stored port's name means."""

    folder: Path
    equipment: Equipment
    cards: Cards

    def settle(self, message: OrderMessage, decide: Decide, now: datetime, *, enter: bool = True) -> Acknowledgement:
        """The first answer to this order if there was one; otherwise what `decide` says, entered when it accepts.

        `decide` gets the ports and link networks of other orders, and is called under the lock: two orders at once
        never get one port. It must be quick: read routers before. `enter=False` gives the same answer
        without promising it. Raises InputError when a file of the ledger cannot be read.
        """
        with self._locked():
            files = self._files()
            if (own := self._own_answer(message, files, now)) is not None:
                return own
            order_id = message.order.order_id
            answer = decide(taken_by(files, but=order_id), links_of(files, but=order_id))
            if not (answer.accepted and enter):
                return answer
            return self._enter(message, answer, subject_of(message.order, files), files)

    def answered(self, message: OrderMessage, now: datetime) -> Acknowledgement | None:
        """The answer that the ledger alone can give: the first answer again, or what it has against the order."""
        with self._locked():
            return self._own_answer(message, self._files(), now)

    def _own_answer(self, message: OrderMessage, files: dict[str, OrderFile], now: datetime) -> Acknowledgement | None:
        if (known := self._known(message, files, now)) is not None:
            return known
        points = against(message.order, subject_of(message.order, files), files.get(message.order.order_id))
        return refusal(message, points, now) if points else None

    def assignment(self, order_id: str) -> Assignment | None:
        """The port an accepted order has; None when there is no such order, or its port was given back."""
        file = read_entry(self.folder, order_id)
        return self._assignment(file) if file else None

    def _assignment(self, file: OrderFile) -> Assignment | None:
        entry = file.holding
        if entry is None or (port := self._port(entry)) is None:
            return None
        return Assignment(self._in_force(file, entry, file.changes), port)

    def _in_force(self, file: OrderFile, entry: Entry, changes: tuple[str, ...]) -> PortServiceOrder:
        """The order with the changes that were carried out since."""
        order = order_of(entry.order, f"{self.folder / file.order_id}.json")
        for change in changes:
            by, _, only = change.partition(" ")
            order = with_prefixes(order, self.order(by)) if only else changed(order, self.order(by))
        return order

    def order(self, order_id: str) -> PortServiceOrder:
        """The order as it was accepted last, whatever it asks for. Raises InputError when none was."""
        entry = self._file(order_id).entries[-1]
        return order_of(entry.order, f"{self.folder / order_id}.json")

    def knows(self, order_id: str) -> bool:
        """Whether an order of that id was accepted."""
        return read_entry(self.folder, order_id) is not None

    def holder(self, router: str, port: str, but: str = "") -> Assignment | None:
        """The order whose work has begun on that port and that has it still; None when nobody has, but one order."""
        for file in self._files().values():
            if file.order_id == but or not file.started or (held := file.holding) is None:
                continue
            if (held.router, held.port) == (router, port):
                return self.assignment(file.order_id)
        return None

    def assignments(self) -> tuple[Assignment, ...]:
        """Every assignment, by order."""
        files = self._files()
        found = (self._assignment(files[order_id]) for order_id in sorted(files))
        return tuple(assignment for assignment in found if assignment is not None)

    def taken(self) -> Taken:
        """(router, interface) of every port that an order has."""
        return taken_by(self._files())

    def links(self) -> Links:
        """Link networks of accepted orders, by what they belong to."""
        return links_of(self._files())

    def start(self, assignment: Assignment) -> None:
        """Note that work on the port has begun: from now on the order cannot be cancelled nor revised.

        Raises Refused when it was cancelled or revised since `assignment` was read.
        """
        order, port = assignment.order, assignment.port
        with self._locked():
            file = self._file(order.order_id)
            held = file.holding or file.entries[-1]
            if file.released or (held.revision, held.router, held.port) != (
                order.revision,
                port.router,
                str(port.interface),
            ):
                raise Refused(f"{order.order_id} revision {order.revision} was cancelled or revised meanwhile")
            if not file.started:
                write_entries(self.folder, replace(file, started=True))

    def begun(self, order_id: str) -> bool:
        """Whether work on the order's port has begun."""
        return (file := read_entry(self.folder, order_id)) is not None and file.started

    def back_out(self, order_id: str) -> None:
        """Note that the work was taken back completely: the order may be revised or cancelled again."""
        with self._locked():
            write_entries(self.folder, replace(self._file(order_id), started=False))

    def release(self, order_id: str) -> None:
        """Note that the port was given back (PASA 1.3(c))."""
        with self._locked():
            write_entries(self.folder, replace(self._file(order_id), released=True))

    def change(self, order_id: str, by: str) -> None:
        """Note that the CHANGE order `by` was carried out on the order's port; twice is once."""
        with self._locked():
            file = self._file(order_id)
            if by not in file.changes:
                write_entries(self.folder, replace(file, changes=(*file.changes, by)))

    def share(self, order_id: str, by: str) -> None:
        """Note that a list which the order has together with another was changed by the CHANGE order `by`."""
        self.change(order_id, f"{by} {PREFIXES}")

    def succeed(self, old: str, new: str) -> None:
        """Note that the port of one order is another's now (PASA 1.3(c), REDESIGNATE); twice is once."""
        with self._locked():
            write_entries(self.folder, replace(self._file(new), follows=old))
            write_entries(self.folder, replace(self._file(old), released=True))

    def followed(self, order_id: str) -> str:
        """The order whose port this one took over; "" for none."""
        return self._file(order_id).follows

    def move(self, order_id: str, port: Port, at: datetime) -> None:
        """Note that the order has another port since then (PASA 1.4(b)(ii)).

        On another router its old port has its lines still: that is noted in the same moment; see `left_on`.
        """
        with self._locked():
            file = self._file(order_id)
            if (held := file.holding) is None:
                raise InputError(f"{order_id} has no port to move from")
            left = file.left
            if held.router and held.port and held.router != port.router:
                left = (*left, Left(held.router, held.port, held.revision, len(file.changes), at))
            moved = replace(held, site=port.site, router=port.router, port=str(port.interface))
            entries = tuple(moved if entry is held else entry for entry in file.entries)
            write_entries(self.folder, replace(file, entries=entries, left=left))

    def left_on(self, router: str) -> tuple[Assignment, ...]:
        """What orders that were moved to other routers have left on this one: each with the port, as it stood there.

        Raises InputError when the inventory lacks one of these ports; those of other routers do not matter.
        """
        files = self._files()
        return tuple(self._left(files[order_id], one) for order_id, one in self.owed() if one.router == router)

    def _left(self, file: OrderFile, left: Left) -> Assignment:
        entry = next((one for one in reversed(file.entries) if one.revision == left.revision), None)
        port = self._port(replace(entry, router=left.router, port=left.port)) if entry else None
        if entry is None or port is None:
            raise InputError(f"has no revision {left.revision}", where=f"{self.folder / file.order_id}.json")
        return Assignment(self._in_force(file, entry, file.changes[: left.changes]), port)

    def owed(self) -> tuple[tuple[str, Left], ...]:
        """Every port that an order has left for another router's and that has its lines still, with the order."""
        return tuple(owed(self._files().values(), self.equipment.routers))

    def scrap(self, router: str, word: str, at: datetime) -> tuple[tuple[str, Left], ...]:
        """Take a person's word, `WHO: WHY`, that this router will not come back: nothing is owed on it any more.

        Gives what that ended. A router that comes back into the inventory owes again: nobody has looked at it.
        Raises Refused for one that is in the inventory, UsageError when it owes nothing.
        """
        with self._locked():
            ended = scrapped(self._files().values(), router, word, at, self.equipment.routers)
            for file in ended:
                write_entries(self.folder, file)
        return tuple((file.order_id, one) for file in ended for one in file.left if one.scrapped_at == at)

    def bare(self, order_id: str, router: str, port: str) -> None:
        """Note that nothing of the order is left on that port, in the startup configuration neither; twice is once."""
        with self._locked():
            write_entries(self.folder, bared(self._file(order_id), router, port))

    def _file(self, order_id: str) -> OrderFile:
        if (file := read_entry(self.folder, order_id)) is None:
            raise InputError(f"no order {order_id} was accepted")
        return file

    def _known(self, message: OrderMessage, files: dict[str, OrderFile], now: datetime) -> Acknowledgement | None:
        """The first answer to this message or this revision; a clarification when it now says something else."""
        order, digest = message.order, digest_of(message.order)
        sent = message.header.message_id if message.header else None
        for file in files.values():
            for entry in file.entries:
                same_message = sent is not None and entry.message_id == sent
                same_revision = (file.order_id, entry.revision) == (order.order_id, order.revision)
                if not (same_message or same_revision):
                    continue
                if entry.digest == digest and (gone := overtaken(file, entry)):
                    return refusal(message, [("revision", gone)], now)
                if entry.digest == digest:
                    return self._answer(file.order_id, entry)
                field = "revision" if same_revision else "header.message_id"
                reason = f"{file.order_id} revision {entry.revision} was accepted under this number with other content"
                return refusal(message, [(field, reason)], now)
        return None

    def _enter(
        self, message: OrderMessage, answer: Acknowledgement, subject: OrderFile | None, files: dict[str, OrderFile]
    ) -> Acknowledgement:
        order = message.order
        entry = entry_of(message, answer)
        if entry.port is None and subject and subject.holding:
            entry = replace(entry, site=subject.holding.site, router=subject.holding.router, port=subject.holding.port)
        file = files.get(order.order_id) or OrderFile(order.order_id)
        file = replace(file, entries=(*file.entries, entry))
        if order.action is Action.NEW:
            file = replace(file, started=False, released=False)
        elif order.action is Action.CANCEL and subject and subject.order_id == file.order_id:
            file = replace(file, released=True)
        elif order.action is Action.CANCEL and subject:
            write_entries(self.folder, replace(subject, released=True))
        write_entries(self.folder, file)
        return self._answer(order.order_id, entry)

    def _answer(self, order_id: str, entry: Entry) -> Acknowledgement:
        return Acknowledgement(
            order_id,
            entry.revision,
            entry.received_at,
            accepted_at=entry.accepted_at,
            port=self._port(entry),
            committed_by=entry.committed_by,
            in_reply_to=entry.message_id,
        )

    def _port(self, entry: Entry) -> Port | None:
        if entry.router is None or entry.port is None:
            return None
        for port in ports(self.equipment, self.cards):
            if (port.router, str(port.interface)) == (entry.router, entry.port):
                return port
        raise InputError(
            f"the inventory no longer has {entry.port} of {entry.router}, which an order was given",
            where=str(self.folder),
            advice="Put the router or its line card back into the inventory, or release the order.",
        )

    def _files(self) -> dict[str, OrderFile]:
        return {file.order_id: file for file in read_entries(self.folder)}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
