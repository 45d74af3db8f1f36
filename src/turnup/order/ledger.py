"""Which order has which port: one file an order in the user's data folder, so that nothing is promised twice.

Only accepted orders are entered. The same message, or the same order and revision, gets the first answer again; the
same order and revision with other content is a point to clarify. A crash leaves either the old file or the new one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from turnup.equipment.capacity import ports
from turnup.equipment.estate import Cards, Equipment
from turnup.errors import InputError, Refused
from turnup.load.order import order_of
from turnup.load.order_write import order_fields
from turnup.model.acknowledgement import Acknowledgement
from turnup.model.equipment import Assignment, Port
from turnup.model.order import Action, OrderMessage, PortServiceOrder
from turnup.order.entries import Entry, OrderFile, read_entries, write_entries

Taken = tuple[tuple[str, str], ...]
Links = dict[IPv4Network, str]
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
            answer = decide(_taken(files, but=order_id), _links(files, but=order_id))
            if not (answer.accepted and enter):
                return answer
            return self._enter(message, answer, _subject(message.order, files), files)

    def answered(self, message: OrderMessage, now: datetime) -> Acknowledgement | None:
        """The answer that the ledger alone can give: the first answer again, or what it has against the order."""
        with self._locked():
            return self._own_answer(message, self._files(), now)

    def _own_answer(self, message: OrderMessage, files: dict[str, OrderFile], now: datetime) -> Acknowledgement | None:
        if (known := self._known(message, files, now)) is not None:
            return known
        points = _against(message.order, _subject(message.order, files), files.get(message.order.order_id))
        return _refusal(message, points, now) if points else None

    def assignment(self, order_id: str) -> Assignment | None:
        """The port an accepted order has; None when there is no such order, or its port was given back."""
        file = self._files().get(order_id)
        entry = file.holding if file else None
        if entry is None or (port := self._port(entry)) is None:
            return None
        return Assignment(order_of(entry.order, f"{self.folder / order_id}.json"), port)

    def assignments(self) -> tuple[Assignment, ...]:
        """Every assignment, by order."""
        found = (self.assignment(order_id) for order_id in sorted(self._files()))
        return tuple(assignment for assignment in found if assignment is not None)

    def taken(self) -> Taken:
        """(router, interface) of every port that an order has."""
        return _taken(self._files())

    def links(self) -> Links:
        """Link networks of accepted orders, by what they belong to."""
        return _links(self._files())

    def start(self, assignment: Assignment) -> None:
        """Note that work on the port has begun: from now on the order cannot be cancelled nor revised.

        Raises Refused when it was cancelled or revised since `assignment` was read.
        """
        order, port = assignment.order, assignment.port
        with self._locked():
            file = self._file(order.order_id)
            held = file.holding
            if held is None or (held.revision, held.router, held.port) != (
                order.revision,
                port.router,
                str(port.interface),
            ):
                raise Refused(f"{order.order_id} revision {order.revision} was cancelled or revised meanwhile")
            if not file.started:
                write_entries(self.folder, replace(file, started=True))

    def begun(self, order_id: str) -> bool:
        """Whether work on the order's port has begun."""
        return (file := self._files().get(order_id)) is not None and file.started

    def back_out(self, order_id: str) -> None:
        """Note that the work was taken back completely: the order may be revised or cancelled again."""
        with self._locked():
            write_entries(self.folder, replace(self._file(order_id), started=False))

    def release(self, order_id: str) -> None:
        """Note that the port was given back (PASA 1.3(c))."""
        with self._locked():
            write_entries(self.folder, replace(self._file(order_id), released=True))

    def _file(self, order_id: str) -> OrderFile:
        if (file := self._files().get(order_id)) is None:
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
                if entry.digest == digest and (gone := _overtaken(file, entry)):
                    return _refusal(message, [("revision", gone)], now)
                if entry.digest == digest:
                    return self._answer(file.order_id, entry)
                field = "revision" if same_revision else "header.message_id"
                reason = f"{file.order_id} revision {entry.revision} was accepted under this number with other content"
                return _refusal(message, [(field, reason)], now)
        return None

    def _enter(
        self, message: OrderMessage, answer: Acknowledgement, subject: OrderFile | None, files: dict[str, OrderFile]
    ) -> Acknowledgement:
        order = message.order
        entry = _entry(message, answer)
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


def digest_of(order: PortServiceOrder) -> str:
    """What an order says, in one number; the file it came from aside."""
    text = json.dumps(order_fields(order), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _subject(order: PortServiceOrder, files: dict[str, OrderFile]) -> OrderFile | None:
    return files.get(order.supersedes or order.order_id)


def _against(order: PortServiceOrder, subject: OrderFile | None, own: OrderFile | None) -> list[tuple[str, str]]:
    """What the ledger itself has against an order."""
    if own and order.revision < own.entries[-1].revision:
        return [("revision", f"revision {own.entries[-1].revision} of {order.order_id} was accepted already")]
    if order.action is Action.NEW:
        began = own is not None and own.started
        return [("action", "work on this order has begun; send a CHANGE or a DISCONNECT")] if began else []
    if not order.supersedes and order.action is not Action.CANCEL:
        return []
    named = order.supersedes or order.order_id
    field = "supersedes" if order.supersedes else "order_id"
    if subject is None or subject.holding is None:
        return [(field, f"no port is assigned to an order {named}")]
    if order.action is Action.CANCEL and subject.started:
        return [("action", f"work on {named} has begun; send a DISCONNECT")]
    return []


def _overtaken(file: OrderFile, entry: Entry) -> str:
    """Why the first answer no longer holds; "" while it does."""
    if entry is not file.entries[-1]:
        return f"revision {file.entries[-1].revision} of {file.order_id} was accepted since"
    if file.released and entry.action is Action.NEW:
        return f"the port of {file.order_id} was given back; send a later revision"
    return ""


def _entry(message: OrderMessage, answer: Acknowledgement) -> Entry:
    port = answer.port
    fields: dict[str, Any] = order_fields(message.order)
    return Entry(
        revision=message.order.revision,
        action=message.order.action,
        digest=digest_of(message.order),
        order=fields,
        received_at=answer.received_at,
        accepted_at=answer.accepted_at or answer.received_at,
        committed_by=answer.committed_by,
        message_id=answer.in_reply_to,
        site=port.site if port else None,
        router=port.router if port else None,
        port=str(port.interface) if port else None,
    )


def _taken(files: dict[str, OrderFile], but: str = "") -> Taken:
    held = (file.holding for file in files.values() if file.order_id != but)
    return tuple((entry.router, entry.port) for entry in held if entry and entry.router and entry.port)


def _links(files: dict[str, OrderFile], but: str = "") -> Links:
    found: Links = {}
    for file in files.values():
        if file.order_id != but and (entry := file.holding) and (prefix := entry.link_prefix):
            found[prefix] = f"order {file.order_id}"
    return found


def _refusal(message: OrderMessage, points: list[tuple[str, str]], now: datetime) -> Acknowledgement:
    order, header = message.order, message.header
    sent = header.message_id if header else None
    return Acknowledgement(order.order_id, order.revision, now, tuple(points), in_reply_to=sent)
