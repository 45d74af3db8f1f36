"""Whether everything a history rests on is still what it was: the store, the certificates, the evidence."""

from __future__ import annotations

from collections.abc import Iterator

from turnup.desk.entering import Desk
from turnup.desk.sources import DataFolder
from turnup.errors import InputError
from turnup.evidence.store import EvidenceStore
from turnup.store.checking import faults
from turnup.store.events import standings
from turnup.store.runs import runs_of


def all_faults(desk: Desk) -> Iterator[str]:
    """Every fault in words; none when all is well."""
    evidence = EvidenceStore(desk.noc.home.part("evidence"), desk.noc.redact)
    with desk.store.reading() as connection:
        found = list(faults(connection))
        yield from found
        orders = [] if found else [life.order_id for life in standings(connection)]
        runs = {order: runs_of(connection, order) for order in orders}
    checked: set[str] = set()
    folder = DataFolder(desk.noc)
    for order_id, kept in runs.items():
        try:
            there = {one.digest: one.run for one in folder.kept(order_id)}
        except InputError as error:
            yield f"{order_id}: {error}"
            continue
        for run in kept:
            if run.certificate not in there:
                yield f"{order_id}: the certificate {run.certificate[:16]} is not in the data folder"
            elif run != there[run.certificate]:
                yield f"{order_id}: the run kept of certificate {run.certificate[:16]} is not what it says"
            for address in run.evidence:
                if address not in checked:
                    checked.add(address)
                    yield from _evidence(evidence, order_id, address)


def _evidence(evidence: EvidenceStore, order_id: str, address: str) -> Iterator[str]:
    try:
        evidence.get(address)
    except InputError as error:
        yield f"{order_id}: {error}"
