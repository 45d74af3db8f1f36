"""What the data folder proves to have happened to an order: the ledger, the journals, the certificates, the records.

Each is on disk before its step counts as done. So the history can always be completed from them, after a crash too,
and entering them twice changes nothing: every happening names its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from turnup.certificate.document import digest, from_json
from turnup.change.journal import Journal, State
from turnup.change.undertaking import Kind
from turnup.model.certificate import Certificate, Outcome
from turnup.model.order import Action
from turnup.model.verdict import Verdict
from turnup.noc import Noc
from turnup.order.entries import Entry, OrderFile, read_entries
from turnup.order.life import Happening
from turnup.order.records import CrossConnectEvent, Fibre
from turnup.order.states import Actor, Event
from turnup.store.runs import Run

# Only what has ended so is history: a change that is read back and being tested may still be taken back.
_STANDS = (State.SAVED, State.UNSAVED)
_ON_THE_ROUTER = (State.VERIFIED, *_STANDS)
_ENDING = (Action.DISCONNECT, Action.REDESIGNATE)  # what takes the port from the order that has it
_DONE: dict[str, Event] = {
    Kind.MOVE: Event.MOVE,
    Kind.CHANGE: Event.CARRY_OUT,
    Kind.DISCONNECT: Event.CARRY_OUT,
}
_EVENTS = {
    Outcome.SATISFIED: Event.TEST_PASS,
    Outcome.NOT_SATISFIED: Event.TEST_FAIL,
    Outcome.INCONCLUSIVE: Event.TEST_INCOMPLETE,
    Outcome.PENDING: Event.TEST_INCOMPLETE,
}


@dataclass(frozen=True)
class Kept:
    """A certificate as it is kept, and its digest."""

    digest: str
    certificate: Certificate

    @property
    def run(self) -> Run:
        """What the store keeps of it."""
        subject = self.certificate.subject
        good = (Verdict.PASS, Verdict.NOT_APPLICABLE)
        return Run(
            self.digest,
            subject.order or "",
            subject.router,
            subject.port or "",
            self.certificate.ended,
            self.certificate.outcome.value,
            tuple(row.number for row in self.certificate.rows if row.verdict not in good),
            tuple(dict.fromkeys(item.sha256 for item in self.certificate.evidence if item.sha256)),
        )


@dataclass(frozen=True)
class DataFolder:
    """The data folder as it is read now: each part once, however many orders are looked at. Raises InputError."""

    noc: Noc

    @cached_property
    def orders(self) -> Mapping[str, OrderFile]:
        """The ledger, by order."""
        return {file.order_id: file for file in ledger_files(self.noc)}

    @cached_property
    def about(self) -> Mapping[str, tuple[tuple[OrderFile, Entry], ...]]:
        """By order: accepted orders that end or cancel it, and stand under another number."""
        found: dict[str, list[tuple[OrderFile, Entry]]] = {}
        for file in self.orders.values():
            for entry in file.entries:
                subject = entry.order.get("supersedes")
                if entry.action in (*_ENDING, Action.CANCEL) and isinstance(subject, str) and subject != file.order_id:
                    found.setdefault(subject, []).append((file, entry))
        return {order_id: tuple(some) for order_id, some in found.items()}

    @cached_property
    def connected(self) -> Mapping[str, tuple[CrossConnectEvent, ...]]:
        """The logbook's cross-connects, by order."""
        found: dict[str, list[CrossConnectEvent]] = {}
        for row in self.noc.records.rows(CrossConnectEvent):
            found.setdefault(row.order_id, []).append(row)
        return {order_id: tuple(rows) for order_id, rows in found.items()}

    def journals(self, router: str) -> tuple[Journal, ...]:
        """Journals of that router, oldest first."""
        if router not in self._journals:
            self._journals[router] = tuple(self.noc.journals.of(router))
        return self._journals[router]

    def certificates(self, order_id: str) -> tuple[Certificate, ...]:
        """All certificates of an order, oldest first."""
        return tuple(one.certificate for one in self.kept(order_id))

    def kept(self, order_id: str) -> tuple[Kept, ...]:
        """The same with their digests. One that was made meanwhile is seen: silence must not win."""
        place = self.noc.home.part("certificates")
        changed = place.stat().st_mtime_ns
        if self._known.get("") != changed:
            self._known.clear()
            self._known[""] = changed
            self._paths.clear()
            self._paths.update(_by_order(place))
        kept = self._known.get(order_id)
        if not isinstance(kept, tuple):
            found = (from_json(path.read_text(), where=str(path)) for path in self._paths.get(order_id, ()))
            own = sorted((one for one in found if one.subject.order == order_id), key=lambda one: one.ended)
            kept = tuple(Kept(digest(one), one) for one in own)
            self._known[order_id] = kept
        return kept

    @cached_property
    def _journals(self) -> dict[str, tuple[Journal, ...]]:
        return {}

    @cached_property
    def _paths(self) -> dict[str, list[Path]]:
        return {}

    @cached_property
    def _known(self) -> dict[str, tuple[Kept, ...] | int]:
        """By order; "" is when the folder was changed last, nanoseconds."""
        return {}


def _by_order(place: Path) -> dict[str, list[Path]]:
    """Files of certificates by the order that their names begin with (which may hold the sign that ends it)."""
    found: dict[str, list[Path]] = {}
    for path in sorted(place.glob("*--*.json")):
        words = path.name.split("--")
        for end in range(1, len(words)):
            found.setdefault("--".join(words[:end]), []).append(path)
    return found


def happenings(folder: DataFolder, order_id: str) -> tuple[Happening, ...]:
    """Everything the data folder proves about an order, by time. Raises InputError for a file that was altered."""
    found = [*_ordered(folder, order_id), *_connected(folder, order_id), *_journalled(folder, order_id)]
    found += [_tested(folder, order_id, one) for one in folder.kept(order_id)]
    return tuple(sorted(found, key=lambda one: (one.at, _RANK.get(one.event, 0))))


# Of the same moment: first the order, then its answer, then what was done.
_RANK = {Event.RECEIVE: -2, Event.ACKNOWLEDGE: -1, Event.CARRY_OUT: 1}


def ledger_files(noc: Noc) -> tuple[OrderFile, ...]:
    """The ledger as it is."""
    return tuple(read_entries(noc.home.part("orders")))


def certificates(noc: Noc, order_id: str) -> tuple[Certificate, ...]:
    """All certificates of an order, oldest first."""
    return DataFolder(noc).certificates(order_id)


def _ordered(folder: DataFolder, order_id: str) -> Iterator[Happening]:
    if own := folder.orders.get(order_id):
        for number, entry in enumerate(own.entries):
            yield from _entry(own, entry, first=number == 0)
    for file, entry in folder.about.get(order_id, ()):
        event = Event.CANCEL if entry.action is Action.CANCEL else Event.DISCONNECT
        yield _of_customer(order_id, event, entry, f"ledger {file.order_id}")


def _entry(file: OrderFile, entry: Entry, *, first: bool) -> Iterator[Happening]:
    source = f"ledger {file.order_id} {entry.revision}"
    if entry.action is Action.CANCEL and not first:
        yield _of_customer(file.order_id, Event.CANCEL, entry, source)
        return
    event = Event.RECEIVE if first else Event.SUPPLEMENT
    yield _of_customer(file.order_id, event, entry, source)
    detail = {"source": f"{source} answer", "router": entry.router or "", "port": entry.port or ""}
    yield Happening(file.order_id, Event.ACKNOWLEDGE, Actor.CARRIER, entry.accepted_at, "turnup", detail)
    if entry.action is Action.CANCEL:  # of another order: entering it was all there was to do
        detail = {"source": f"{source} done"}
        yield Happening(file.order_id, Event.CARRY_OUT, Actor.CARRIER, entry.accepted_at, "turnup", detail)


def _of_customer(order_id: str, event: Event, entry: Entry, source: str) -> Happening:
    customer = entry.order.get("customer")
    detail = {
        "source": source,
        "revision": str(entry.revision),
        "site": entry.site or "",
        "action": entry.action.value,
        "customer": str(customer.get("code", "")) if isinstance(customer, dict) else "",
        "message": entry.message_id or "",
        "order_sha256": entry.digest,
    }
    by = str(entry.order.get("requested_by") or entry.message_id or "customer")
    return Happening(order_id, event, Actor.CUSTOMER, entry.received_at, by, detail)


def _connected(folder: DataFolder, order_id: str) -> Iterator[Happening]:
    for row in folder.connected.get(order_id, ()):
        if row.what is Fibre.MADE:
            source = f"cross-connect {row.at.astimezone(UTC).isoformat()}"
            yield Happening(order_id, Event.CROSS_CONNECT, Actor.CARRIER, row.at, row.by, {"source": source})


def _journalled(folder: DataFolder, order_id: str) -> Iterator[Happening]:
    own = folder.orders.get(order_id)
    routers = {entry.router for entry in own.entries if entry.router} if own else set()
    routers |= {one.router for one in own.left} if own else set()
    ending = {file.order_id for file, entry in folder.about.get(order_id, ()) if entry.action in _ENDING}
    for router in sorted(routers):
        for journal in folder.journals(router):
            change = journal.record.change
            if change.action == Kind.VACATE or (at := _stood(journal)) is None:
                continue
            detail = {"source": f"journal {Path(journal.path).name}", "router": router, "port": change.port}
            if change.order_id == order_id:
                event = _DONE.get(change.action, Event.PROVISION)
                yield Happening(order_id, event, Actor.CARRIER, at, "turnup", detail)
            elif change.order_id in ending and change.action in _ENDING:
                yield Happening(order_id, Event.DISCONNECTED, Actor.CARRIER, at, "turnup", detail)


def _stood(journal: Journal) -> datetime | None:
    """When the change was verified on the router, if its push has ended and it stands."""
    if journal.record.state not in _STANDS:
        return None
    return next((event.at for event in journal.record.history if event.state in _ON_THE_ROUTER), None)


def _trial(folder: DataFolder, order_id: str, certificate: Certificate) -> str:
    """The journal of a change that was tested by this certificate and taken back; "" when there is none."""
    for journal in folder.journals(certificate.subject.router):
        record = journal.record
        if (record.change.order_id, record.change.port) != (order_id, certificate.subject.port):
            continue
        if record.open or record.state in _STANDS:
            continue
        verified = next((event.at for event in record.history if event.state is State.VERIFIED), None)
        if verified is not None and verified <= certificate.ended <= record.history[-1].at:
            return Path(journal.path).name
    return ""


def _tested(folder: DataFolder, order_id: str, kept: Kept) -> Happening:
    certificate = kept.certificate
    detail = {
        "source": f"certificate {kept.digest}",
        "certificate": kept.digest,
        "outcome": certificate.outcome.value,
        "occasion": certificate.occasion.value,
        "router": certificate.subject.router,
        "port": certificate.subject.port or "",
    }
    event = _EVENTS[certificate.outcome]
    if event is Event.TEST_FAIL and (trial := _trial(folder, order_id, certificate)):
        detail["trial"] = trial
    return Happening(order_id, event, Actor.CARRIER, certificate.ended, certificate.account or "turnup", detail)
