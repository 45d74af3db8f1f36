"""The chain of a port: each certificate names the digest of the one before it, so that none can be taken out unseen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from turnup.certificate.document import from_json
from turnup.errors import InputError
from turnup.load.json import canonical_json, read_json
from turnup.model.certificate import Certificate
from turnup.signing.envelope import SUFFIX, read_envelope
from turnup.signing.evidence import EvidenceFolder
from turnup.signing.faults import Fault
from turnup.signing.statement import digest_of, read_statement
from turnup.signing.verify import Trust, verify


@dataclass(frozen=True)
class Link:
    """One certificate of a chain: the file's name without suffix, its digest, and whether a signature is with it."""

    name: str
    digest: str
    certificate: Certificate
    signed: bool

    @property
    def place(self) -> str:
        """Router and port."""
        subject = self.certificate.subject
        return f"{subject.router} {subject.port or '(no port)'}"


@dataclass(frozen=True)
class Chain:
    """The certificates of one port, oldest first, and what is wrong between them."""

    place: str
    links: tuple[Link, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Chains:
    """All chains of a folder. `faults` are of files that belong to none, and of signatures."""

    chains: tuple[Chain, ...]
    faults: tuple[Fault, ...]

    @property
    def all_faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong."""
        return self.faults + tuple(fault for chain in self.chains for fault in chain.faults)


def walk(folder: Path, trust: Trust | None, now: datetime, evidence: EvidenceFolder | None = None) -> Chains:
    """The chains of the certificates (`.json`) and signed certificates (`.dsse`) of a folder.

    With `trust` each signed one is verified as well, with its evidence where a folder of it is given.
    """
    links: list[Link] = []
    faults: list[Fault] = []
    proved: set[str] = set()
    for name in sorted({path.stem for path in folder.iterdir() if path.suffix in (".json", SUFFIX)}):
        path, sealed = folder / f"{name}.json", folder / f"{name}{SUFFIX}"
        try:
            links.append(_link(path, sealed))
        except OSError as error:
            faults.append(Fault(name, f"cannot be read: {error.strerror}", altered=False))
            continue
        except InputError as error:
            faults.append(Fault(name, str(error)))
        if trust is not None and sealed.is_file():
            own = (path.name, path.read_bytes()) if path.is_file() else None
            found = verify(
                sealed.read_bytes(),
                trust,
                now,
                where=sealed.name,
                certificate=own,
                evidence=evidence,
                without_evidence=evidence is None,
            )
            faults += (Fault(f"{name}: {fault.where}", fault.told, fault.altered) for fault in found.faults)
            if found.authentic:
                proved.add(name)
    places: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        places[link.place].append(link)
    everywhere = {link.digest: link for link in links}
    if trust is not None:
        faults += _unproved(links, proved, everywhere)
    return Chains(tuple(_chain(place, links, everywhere) for place, links in sorted(places.items())), tuple(faults))


def _unproved(links: Sequence[Link], proved: set[str], everywhere: Mapping[str, Link]) -> Iterator[Fault]:
    """Certificates that nobody signed, and that no signed one follows: anyone could have put them there."""
    vouched: set[str] = set()
    for link in links:
        at: Link | None = link if link.name in proved else None
        while at is not None and at.digest not in vouched:
            vouched.add(at.digest)
            at = everywhere.get(at.certificate.previous or "")
    for link in links:
        if link.digest not in vouched and not link.signed:
            told = "nobody signed it, and no signed one follows it: whoever could write here could have made it"
            yield Fault(link.name, told, altered=False)


def _link(path: Path, sealed: Path) -> Link:
    """From the certificate's file; where only the signed one is here, from that."""
    if path.is_file():
        document = read_json(path.read_bytes(), where=path.name)
    else:
        document = read_statement(read_envelope(sealed.read_bytes(), where=sealed.name).payload).document
    certificate = from_json(canonical_json(document).decode("ascii"), where=path.name)
    return Link(path.stem, digest_of(document), certificate, sealed.is_file())


def _chain(place: str, links: Sequence[Link], everywhere: Mapping[str, Link]) -> Chain:
    ordered = tuple(sorted(links, key=lambda link: link.certificate.ended))
    return Chain(place, ordered, (*_gaps(ordered, everywhere), *_ends(ordered), *_forks(ordered)))


def _gaps(links: Sequence[Link], everywhere: Mapping[str, Link]) -> Iterator[Fault]:
    for link in links:
        previous = link.certificate.previous
        if previous is None:
            continue
        before = everywhere.get(previous)
        if before is None:
            told = f"follows certificate {previous}, which is not here: it was removed or altered"
            yield Fault(link.name, told, altered=False)
        elif before.place != link.place:
            yield Fault(link.name, f"follows {before.name}, which is a certificate of {before.place}")
        elif before.certificate.ended > link.certificate.ended:
            yield Fault(link.name, f"follows {before.name}, which is younger")


def _ends(links: Sequence[Link]) -> Iterator[Fault]:
    """A chain begins once."""
    first = [link.name for link in links if link.certificate.previous is None]
    if len(first) > 1:
        yield Fault(", ".join(first), "each says to be the first of its port: those between were removed or disowned")


def _forks(links: Sequence[Link]) -> Iterator[Fault]:
    followers: dict[str, list[str]] = defaultdict(list)
    for link in links:
        if link.certificate.previous:
            followers[link.certificate.previous].append(link.name)
    for previous, names in followers.items():
        if len(names) > 1:
            yield Fault(", ".join(names), f"both follow certificate {previous}: the chain has two ends", altered=False)
