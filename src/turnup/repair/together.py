"""Certify several ports of one router from one collection: what they share is asked once (DESIGN, rule 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from turnup.certificate.document import digest, from_json
from turnup.certify import Prepared, Run, certificate_of, judged, keep, prepared, secret_names
from turnup.errors import TurnupError
from turnup.model.certificate import Certificate
from turnup.model.equipment import Assignment
from turnup.model.transcript import Transcript
from turnup.noc import Host, Noc

Chain = Mapping[tuple[str, str | None], str]  # (router, port) -> digest of its last certificate


def certify_together(
    noc: Noc, host: Host, runs: Sequence[tuple[Assignment, Run]], chain: Chain
) -> tuple[Certificate | TurnupError, ...]:
    """One certificate a port, kept, in the order given; the error instead where order or policy of one are wrong.

    A router that is not reached gives certificates that say so. Never green for what was not proved.
    """
    names = {name for assignment, _ in runs for name in secret_names(noc, host.name, assignment)}
    ready = [_prepared(noc, host.name, assignment, run) for assignment, run in runs]
    good = [one for one in ready if isinstance(one, Prepared)]
    asks = dict.fromkeys(ask for one in good for ask in one.asks)
    if not good:
        return tuple(one for one in ready if isinstance(one, TurnupError))
    transcript = noc.knowing(sorted(names)).collect(host, asks)
    return tuple(_certified(one, transcript, chain) if isinstance(one, Prepared) else one for one in ready)


def _prepared(noc: Noc, router: str, assignment: Assignment, run: Run) -> Prepared | TurnupError:
    try:
        return prepared(noc, router, assignment, run)
    except TurnupError as error:
        return error


def _certified(ready: Prepared, transcript: Transcript, chain: Chain) -> Certificate | TurnupError:
    """The certificate of one port: what only its neighbours were asked for is no evidence of it."""
    own = {ask: transcript.answers[ask] for ask in ready.asks if ask in transcript.answers}
    port = str(ready.assignment.port.interface) if ready.assignment else None
    try:
        done = judged(ready, replace(transcript, answers=own))
        certificate = certificate_of(done, previous=chain.get((ready.router, port)))
        keep(ready.noc, certificate)
    except TurnupError as error:
        return error
    return certificate


def chain_of(noc: Noc) -> Chain:
    """The last certificate of every port, each file read once. Raises InputError for one that was tampered with."""
    last: dict[tuple[str, str | None], Certificate] = {}
    for path in sorted(noc.home.part("certificates").glob("*.json")):
        certificate = from_json(path.read_text(), where=str(path))
        key = (certificate.subject.router, certificate.subject.port)
        if key not in last or last[key].ended <= certificate.ended:
            last[key] = certificate
    return {key: digest(certificate) for key, certificate in last.items()}
