"""What the data folder proves to have happened to an order: the ledger, the journals, the certificates, the records.

Each is on disk before its step counts as done. So the history can always be completed from them, after a crash too,
and entering them twice changes nothing: every happening names its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
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

_STANDS = (State.VERIFIED, State.SAVED, State.UNSAVED)
_EVENTS = {
    Outcome.SATISFIED: Event.TEST_PASS,
    Outcome.NOT_SATISFIED: Event.TEST_FAIL,
    Outcome.INCONCLUSIVE: Event.TEST_INCOMPLETE,
    Outcome.PENDING: Event.TEST_INCOMPLETE,
}


def happenings(noc: Noc, order_id: str, files: Iterable[OrderFile] | None = None) -> tuple[Happening, ...]:
    """Everything the data folder proves about an order, by time. Raises InputError for a file that was tampered with.

    `files` are the ledger's, where the caller has read them.
    """
    known = tuple(files) if files is not None else ledger_files(noc)
    found = [*_ordered(known, order_id), *_connected(noc, order_id), *_journalled(noc, known, order_id)]
    found += [_tested(order_id, certificate) for certificate in certificates(noc, order_id)]
    return tuple(sorted(found, key=lambda one: (one.at, _RANK.get(one.event, 0))))


_RANK = {Event.RECEIVE: -2, Event.ACKNOWLEDGE: -1}  # of the same moment: first the order, then its answer


def ledger_files(noc: Noc) -> tuple[OrderFile, ...]:
    """The ledger as it is."""
    return tuple(read_entries(noc.home.part("orders")))


def certificates(noc: Noc, order_id: str) -> tuple[Certificate, ...]:
    """All certificates of an order, oldest first."""
    paths = sorted(noc.home.part("certificates").glob(f"{order_id}--*.json"))
    found = (from_json(path.read_text(), where=str(path)) for path in paths)
    return tuple(sorted((one for one in found if one.subject.order == order_id), key=lambda one: one.ended))


def run_of(certificate: Certificate) -> Run:
    """What the store keeps of a certificate."""
    subject = certificate.subject
    good = (Verdict.PASS, Verdict.NOT_APPLICABLE)
    return Run(
        digest(certificate),
        subject.order or "",
        subject.router,
        subject.port or "",
        certificate.ended,
        certificate.outcome.value,
        tuple(row.number for row in certificate.rows if row.verdict not in good),
        tuple(dict.fromkeys(item.sha256 for item in certificate.evidence if item.sha256)),
    )


def _ordered(files: tuple[OrderFile, ...], order_id: str) -> Iterator[Happening]:
    for file in files:
        if file.order_id == order_id:
            for number, entry in enumerate(file.entries):
                yield from _entry(file, entry, first=number == 0)
        else:
            ends = (one for one in file.entries if one.action in (Action.DISCONNECT, Action.CANCEL))
            for entry in ends:
                if entry.order.get("supersedes") == order_id:
                    event = Event.DISCONNECT if entry.action is Action.DISCONNECT else Event.CANCEL
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


def _of_customer(order_id: str, event: Event, entry: Entry, source: str) -> Happening:
    customer = entry.order.get("customer")
    detail = {
        "source": source,
        "revision": str(entry.revision),
        "site": entry.site or "",
        "customer": str(customer.get("code", "")) if isinstance(customer, dict) else "",
        "message": entry.message_id or "",
    }
    by = str(entry.order.get("requested_by") or entry.message_id or "customer")
    return Happening(order_id, event, Actor.CUSTOMER, entry.received_at, by, detail)


def _connected(noc: Noc, order_id: str) -> Iterator[Happening]:
    for row in noc.records.rows(CrossConnectEvent):
        if (row.order_id, row.what) == (order_id, Fibre.MADE):
            source = f"cross-connect {row.at.astimezone(UTC).isoformat()}"
            yield Happening(order_id, Event.CROSS_CONNECT, Actor.CARRIER, row.at, row.by, {"source": source})


def _journalled(noc: Noc, files: tuple[OrderFile, ...], order_id: str) -> Iterator[Happening]:
    routers = {entry.router for file in files for entry in file.entries if file.order_id == order_id and entry.router}
    ending = {
        file.order_id
        for file in files
        for entry in file.entries
        if entry.action is Action.DISCONNECT and entry.order.get("supersedes") == order_id
    }
    for router in sorted(routers):
        for journal in noc.journals.of(router):
            change = journal.record.change
            if (at := _stood(journal)) is None:
                continue
            detail = {"source": f"journal {Path(journal.path).name}", "router": router, "port": change.port}
            if change.order_id == order_id and change.action != Action.DISCONNECT:
                event = Event.MOVE if change.action == Kind.MOVE else Event.PROVISION
                yield Happening(order_id, event, Actor.CARRIER, at, "turnup", detail)
            elif change.order_id in ending and change.action == Action.DISCONNECT:
                yield Happening(order_id, Event.DISCONNECTED, Actor.CARRIER, at, "turnup", detail)


def _stood(journal: Journal) -> datetime | None:
    """When the change was verified on the router, if it is still so."""
    if journal.record.state not in _STANDS:
        return None
    return next((event.at for event in journal.record.history if event.state in _STANDS), None)


def _tested(order_id: str, certificate: Certificate) -> Happening:
    detail = {
        "source": f"certificate {digest(certificate)}",
        "certificate": digest(certificate),
        "outcome": certificate.outcome.value,
        "occasion": certificate.occasion.value,
        "router": certificate.subject.router,
        "port": certificate.subject.port or "",
    }
    event = _EVENTS[certificate.outcome]
    return Happening(order_id, event, Actor.CARRIER, certificate.ended, certificate.account or "turnup", detail)
