"""From a port to its certificate: ask once, judge, put together, keep."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from turnup.attestation.attest import standing
from turnup.attestation.book import Book
from turnup.certificate.build import build_certificate
from turnup.certificate.document import digest, from_json, to_json
from turnup.certificate.expectation import expectation
from turnup.certificate.identity import identity_of
from turnup.certificate.software import software_versions
from turnup.checks import Check, Expected, Facts, all_checks
from turnup.equipment.expected import assigned_interfaces, expected_for, other_links
from turnup.errors import CouldNotRun
from turnup.evidence.manifest import manifest
from turnup.evidence.store import EvidenceStore
from turnup.facts.diagnosis import Diagnosis
from turnup.facts.version import Version
from turnup.judge.run import asks_of, check_settings, judge
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.model.attestation import Attestation
from turnup.model.certificate import Certificate, Occasion, RouterIdentity, Subject
from turnup.model.equipment import Assignment
from turnup.model.result import TestResult
from turnup.model.transcript import Ask, Transcript
from turnup.noc import Host, Noc
from turnup.platforms import platform
from turnup.sensitivity import summary, tried
from turnup.why import Port, causes

IDENTITY = (Ask("version"), Ask("diagnosis"))  # asked of every router: the certificate says what answered


@dataclass(frozen=True)
class Run:
    """Why and how often the port is tested (PASA 1.4(a), (b)); `since` starts the log window, ISO 8601 UTC.

    `own_change`: a change of ours falls into that window. After a repair none needs to.
    """

    occasion: Occasion = Occasion.INITIAL
    attempt: int = 1
    since: str = ""
    own_change: bool = True


@dataclass(frozen=True)
class Prepared:
    """A run before its router is asked; everything that order, inventory and policy can be wrong in was read."""

    noc: Noc  # recognises the secrets that this router's text may hold
    router: str
    assignment: Assignment | None
    run: Run
    expected: Expected
    checks: tuple[Check, ...]

    @property
    def asks(self) -> tuple[Ask, ...]:
        """Everything the router is asked, each once."""
        return tuple(dict.fromkeys((*asks_of(self.checks, self.expected), *IDENTITY)))


@dataclass(frozen=True)
class Judged:
    """A run after its tests: what the router said and what was concluded of it."""

    prepared: Prepared
    transcript: Transcript
    facts: TranscriptFacts
    results: tuple[TestResult, ...]


def certify(noc: Noc, host: Host, assignment: Assignment | None, run: Run) -> Certificate:
    """Certificate of the twenty tests on that router and port. Never green for what was not proved.

    A router that is not reached gives twenty INCONCLUSIVE. Raises InputError when order, inventory or policy are wrong.
    """
    ready = prepared(noc, host.name, assignment, run)
    done = judged(ready, ready.noc.collect(host, ready.asks))
    certificate = certificate_of(done, previous=previous_digest(ready.noc, host.name, assignment))
    keep(ready.noc, certificate)
    return certificate


def prepared(noc: Noc, router: str, assignment: Assignment | None, run: Run) -> Prepared:
    """All of a run that needs no router. Raises InputError when order, inventory or policy are wrong."""
    names = secret_names(noc, router, assignment)
    noc = noc.knowing(names)
    expected = replace(what_is_expected(noc, router, assignment, run.since, names), own_change=run.own_change)
    check_settings(expected)
    return Prepared(noc, router, assignment, run, expected, all_checks())


def judged(ready: Prepared, transcript: Transcript) -> Judged:
    """The tests over what the router said."""
    dialect = ready.noc.platform_of(ready.router)
    facts = TranscriptFacts(dialect, platform("noc"), transcript)
    results = judge(ready.expected, facts, ready.checks, not_on_platform=dialect.settings.not_applicable)
    return Judged(ready, transcript, facts, results)


def certificate_of(done: Judged, *, previous: str | None) -> Certificate:
    """The certificate of a run, its evidence kept in the data folder; the certificate itself is not yet."""
    ready, transcript = done.prepared, done.transcript
    missing = ready.noc.platform_of(ready.router).settings.not_applicable
    store = EvidenceStore(ready.noc.home.part("evidence"), ready.noc.redact)
    changed = None
    if ready.expected.policy.sensitivity:
        changed = tried(ready.expected, done.facts, ready.checks, not_on_platform=missing)
    return build_certificate(
        subject=Subject.of(ready.expected.router, ready.expected.site, ready.assignment),
        identity=identity(done.facts, ready.assignment),
        results=done.results,
        evidence=manifest(transcript, store),
        started=transcript.started,
        ended=transcript.ended,
        software=software_versions(ready.noc.platform_of(ready.router).name),
        occasion=ready.run.occasion,
        attempt=ready.run.attempt,
        account=transcript.username,
        previous=previous,
        expected=store.put(expectation(ready.expected)).sha256,
        causes=causes(done.results, port_of(ready.expected)),
        sensitivity=summary(changed, ready.checks) if changed is not None else None,
    )


def port_of(expected: Expected) -> Port:
    """What was tested, as the causes of a red test speak of it."""
    router, layer3 = expected.router, expected.assignment.order.layer3 if expected.assignment else None
    return Port(
        router=router.name,
        platform=router.platform,
        interface=str(expected.assignment.port.interface) if expected.assignment else "",
        neighbor=str(layer3.customer_address) if layer3 else "",
        links=tuple(str(link.interface) for link in router.links),
        peers={peer.name: str(peer.address) for peer in router.ibgp_peers},
    )


def what_is_expected(
    noc: Noc, router: str, assignment: Assignment | None, since: str = "", names: Iterable[str] = ()
) -> Expected:
    """What each test must see on that router for that port."""
    intent = noc.intent(assignment) if assignment else None
    expected = expected_for(
        noc.equipment,
        noc.equipment.router(router),
        assignment,
        lines=noc.platform_of(router).in_test_words(intent.lines) if intent else (),
        description=intent.description if intent else None,
        since=since,
        username=noc.username,
        customer_ports=assigned_interfaces(noc.ledger.assignments(), router),
    )
    return replace(
        expected,
        customer_links=other_links(noc.ledger.assignments(), assignment) if assignment else (),
        known_secrets=noc.known_secrets(names),
        attestations=attested(noc, router, assignment),
    )


def attested(noc: Noc, router: str, assignment: Assignment | None) -> tuple[Attestation, ...]:
    """What persons have attested of that port, one a test; those that no longer count say why."""
    return standing(
        Book(noc.home.part("attestations")).read(),
        router=router,
        port=str(assignment.port.interface) if assignment else None,
        order=assignment.order.order_id if assignment else None,
        now=noc.clock(),
    )


def secret_names(noc: Noc, router: str, assignment: Assignment | None, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of the secrets that this router's text may hold by right."""
    named = [noc.equipment.router(router).last_resort_secret, *more]
    if assignment and assignment.order.bgp:
        named.append(assignment.order.bgp.md5_key_ref)
    return tuple(name for name in named if name)


def identity(facts: Facts, assignment: Assignment | None) -> RouterIdentity:
    """Who answered, in the router's own words; empty where it did not say."""
    version: Version | None = None
    boards: tuple[Diagnosis, ...] = ()
    # What is not read stays empty; the tests that need it are inconclusive by themselves.
    with suppress(CouldNotRun):
        version = facts.one(Version)
    with suppress(CouldNotRun):
        boards = facts.rows(Diagnosis)
    return identity_of(version, boards, slot=assignment.port.slot if assignment else None)


def certificate_name(certificate: Certificate) -> str:
    """File name without suffix: order or router, port, time."""
    subject = certificate.subject
    port = (subject.port or "router").replace("/", "-").replace(".", "-")
    stamp = certificate.ended.strftime("%Y%m%dT%H%M%SZ")
    return f"{subject.order or subject.router}--{port}--{stamp}--{digest(certificate)[:8]}"


def keep(noc: Noc, certificate: Certificate) -> Path:
    """Write the document into the data folder; it must not hold a known secret."""
    path = noc.home.part("certificates") / f"{certificate_name(certificate)}.json"
    path.write_text(noc.redact.assured(to_json(certificate), str(path)))
    return path


def certificates_of(noc: Noc, router: str, port: str | None) -> tuple[tuple[Path, Certificate], ...]:
    """All kept certificates of that port, oldest first. Raises InputError for one that was tampered with."""
    found = []
    for path in sorted(noc.home.part("certificates").glob("*.json")):
        certificate = from_json(path.read_text(), where=str(path))
        if (certificate.subject.router, certificate.subject.port) == (router, port):
            found.append((path, certificate))
    return tuple(sorted(found, key=lambda pair: pair[1].ended))


def previous_digest(noc: Noc, router: str, assignment: Assignment | None) -> str | None:
    """Digest of the port's last certificate, the chain of one port; None for its first. Raises InputError as above."""
    kept = certificates_of(noc, router, str(assignment.port.interface) if assignment else None)
    return digest(kept[-1][1]) if kept else None
