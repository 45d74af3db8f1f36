"""Record from a live router: one session, read only, redacted by the session, scrubbed, written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from turnup.certify import Prepared, Run, judged, prepared, secret_names
from turnup.errors import CouldNotRun, Unreachable
from turnup.facts.version import Version
from turnup.job import window_start
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.model.equipment import Assignment
from turnup.model.order import PortServiceOrder
from turnup.model.transcript import Ask, Transcript
from turnup.noc import Noc
from turnup.platforms import platform
from turnup.record.facts import asks_named, fact_recording
from turnup.record.port import port_recording
from turnup.record.scrub import Scrub, addresses_out, names_out, one_after_another, same_names
from turnup.record.written import written

_NO_WORD = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True)
class Wanted:
    """Where to, and what is left in. `salt` None = addresses stay; `name` "" = after software and day."""

    to: Path
    name: str = ""
    keep_names: bool = False
    scrub_customer: bool = False
    salt: str | None = None


def record_facts(
    noc: Noc, router: str, words: Iterable[str], wanted: Wanted
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Cases `<to>/<platform>/facts/<fact>/<case>/`; and why a fact gave none. Raises Unreachable, UsageError."""
    dialect = noc.platform_of(router)
    noc = noc.knowing(secret_names(noc, router, None))
    asks = asks_named(words, dialect)
    transcript = noc.collect(noc.nornir.inventory.hosts[router], dict.fromkeys((*asks, Ask("version"))))
    if transcript.failure:
        raise Unreachable(transcript.failure)
    software = _software(noc, router, transcript)
    scrub, forbidden = _scrub(noc, wanted, None)
    about = f"{dialect.settings.title or dialect.name} {software}, recorded {transcript.ended:%Y-%m-%d}"
    paths, left = [], []
    for number, ask in enumerate(asks):
        try:
            files = fact_recording(dialect, ask, transcript.answers[ask], about, scrub)
        except CouldNotRun as error:
            left.append(str(error))
            continue
        same = sum(other.fact == ask.fact for other in asks[:number])  # a fact asked with other arguments
        case = _case_name(wanted, software, transcript) + (f"-{same + 1}" if same else "")
        folder = wanted.to / dialect.name / "facts" / ask.fact / case
        paths.append(written(folder, files, noc.redact, forbidden=forbidden))
    return tuple(paths), tuple(left)


def record_port(noc: Noc, assignment: Assignment, wanted: Wanted) -> Path:
    """A recording `<to>/<platform>/ports/<case>/` of the order's port. Raises Unreachable, CouldNotRun, UsageError."""
    router = assignment.port.router
    ready: Prepared = prepared(noc, router, assignment, Run(since=window_start(noc, assignment)))
    host = noc.nornir.inventory.hosts[router]
    done = judged(ready, ready.noc.collect(host, ready.asks))
    software = _software(noc, router, done.transcript)
    scrub, forbidden = _scrub(noc, wanted, assignment.order)
    files = port_recording(done, software, scrub)
    folder = wanted.to / noc.platform_of(router).name / "ports" / _case_name(wanted, software, done.transcript)
    return written(folder, files, ready.noc.redact, forbidden=forbidden)


def _scrub(noc: Noc, wanted: Wanted, order: PortServiceOrder | None) -> tuple[Scrub, tuple[str, ...]]:
    """What takes names and addresses out, and the names that may not be left."""
    scrubs, forbidden = [], []
    if not wanted.keep_names:
        names = _names(noc)
        scrubs.append(names_out(same_names(names)))
        forbidden += names
    if wanted.scrub_customer and order is not None:
        words = [order.customer.code, order.customer.name, order.customer.cage, order.order_id]
        if order.cross_connect is not None:
            words += [order.cross_connect.circuit_id, order.cross_connect.letter_of_authority]
        if order.bgp is not None:
            words.append(order.bgp.md5_key_ref)
        told = [word for word in words if word]
        scrubs.append(names_out(same_names(told, "C")))
        forbidden += told
    if wanted.salt is not None:
        scrubs.append(addresses_out(wanted.salt))
    return one_after_another(*scrubs), tuple(forbidden)


def _names(noc: Noc) -> list[str]:
    """Every piece of equipment that inventory names."""
    names: set[str] = set()
    for router in noc.equipment.routers.values():
        names |= {router.name, *(link.far_router for link in router.links), *(peer.name for peer in router.ibgp_peers)}
        if router.console_server is not None and not router.console_server.host.replace(".", "").isdigit():
            names.add(router.console_server.host.partition(".")[0])
    return sorted(names)


def _software(noc: Noc, router: str, transcript: Transcript) -> str:
    with suppress(CouldNotRun):
        return TranscriptFacts(noc.platform_of(router), platform("noc"), transcript).one(Version).version
    return ""


def _case_name(wanted: Wanted, software: str, transcript: Transcript) -> str:
    return wanted.name or _NO_WORD.sub("-", f"{software} {transcript.ended:%Y-%m-%d}").strip("-").lower()
