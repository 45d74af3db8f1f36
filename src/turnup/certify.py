"""From a port to its certificate: ask once, judge, put together, keep."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from turnup.certificate.build import build_certificate
from turnup.certificate.document import digest, from_json, to_json
from turnup.certificate.identity import identity_of
from turnup.certificate.software import software_versions
from turnup.checks import Expected, Facts, all_checks
from turnup.equipment.expected import assigned_interfaces, expected_for
from turnup.errors import CouldNotRun
from turnup.evidence.manifest import manifest
from turnup.evidence.store import EvidenceStore
from turnup.facts.diagnosis import Diagnosis
from turnup.facts.version import Version
from turnup.judge.run import asks_of, check_settings, judge
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.model.certificate import Certificate, Occasion, RouterIdentity, Subject
from turnup.model.equipment import Assignment
from turnup.model.transcript import Ask
from turnup.noc import Host, Noc
from turnup.platforms import platform

IDENTITY = (Ask("version"), Ask("diagnosis"))  # asked of every router: the certificate says what answered


@dataclass(frozen=True)
class Run:
    """Why and how often the port is tested (PASA 1.4(a), (b)); `since` starts the log window, ISO 8601 UTC."""

    occasion: Occasion = Occasion.INITIAL
    attempt: int = 1
    since: str = ""


def certify(noc: Noc, host: Host, assignment: Assignment | None, run: Run) -> Certificate:
    """Certificate of the twenty tests on that router and port. Never green for what was not proved.

    A router that is not reached gives twenty INCONCLUSIVE. Raises InputError when order, inventory or policy are wrong.
    """
    names = secret_names(noc, host.name, assignment)
    noc = noc.knowing(names)
    expected = what_is_expected(noc, host.name, assignment, run.since, names)
    checks = all_checks()
    check_settings(expected)  # before a router is asked
    transcript = noc.collect(host, dict.fromkeys((*asks_of(checks, expected), *IDENTITY)))
    dialect = noc.platform_of(host.name)
    facts = TranscriptFacts(dialect, platform("noc"), transcript)
    results = judge(expected, facts, checks, not_on_platform=dialect.settings.not_applicable)
    certificate = build_certificate(
        subject=Subject.of(expected.router, expected.site, assignment),
        identity=identity(facts, assignment),
        results=results,
        evidence=manifest(transcript, EvidenceStore(noc.home.part("evidence"), noc.redact)),
        started=transcript.started,
        ended=transcript.ended,
        software=software_versions(dialect.name),
        occasion=run.occasion,
        attempt=run.attempt,
        account=transcript.username,
        previous=previous_digest(noc, host.name, assignment),
    )
    keep(noc, certificate)
    return certificate


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
    return replace(expected, known_secrets=noc.known_secrets(names))


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
