"""The certificate: the twenty verdicts of one port with all that they rest on (PASA 1.4(a), Schedule 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from turnup.model.equipment import Assignment, Router, Site
from turnup.model.result import TestResult
from turnup.model.verdict import Verdict

SCHEMA = "turnup/certificate/1"


class Occasion(StrEnum):
    """Why the port was tested: PASA 1.4(a), "initial connection, repair or restoration"."""

    INITIAL = "INITIAL"
    REPAIR = "REPAIR"
    RESTORATION = "RESTORATION"


class Outcome(StrEnum):
    """What the twenty verdicts come to."""

    SATISFIED = "SATISFIED"
    NOT_SATISFIED = "NOT SATISFIED"
    INCONCLUSIVE = "INCONCLUSIVE"
    PENDING = "PENDING"


@dataclass(frozen=True)
class Subject:
    """The port that was tested and the order it belongs to; None = tested without an order."""

    router: str
    site: str
    site_name: str
    port: str | None = None
    speed: str | None = None
    order: str | None = None
    revision: int | None = None
    circuit: str | None = None
    customer: str | None = None
    customer_name: str | None = None
    timezone: str | None = None  # the site's, for local times in reports

    @classmethod
    def of(cls, router: Router, site: Site, assignment: Assignment | None = None) -> Subject:
        """The subject as order and inventory name it."""
        if assignment is None:
            return cls(router.name, site.site_id, site.name, timezone=site.timezone)
        order = assignment.order
        return cls(
            router=router.name,
            site=site.site_id,
            site_name=site.name,
            port=str(assignment.port.interface),
            speed=order.speed.value,
            order=order.order_id,
            revision=order.revision,
            circuit=order.cross_connect.circuit_id if order.cross_connect else None,
            customer=order.customer.code,
            customer_name=order.customer.name,
            timezone=site.timezone,
        )


@dataclass(frozen=True)
class Board:
    """A board as the router itself describes it."""

    slot: int
    card: str
    part: str | None = None
    serial: str | None = None


@dataclass(frozen=True)
class RouterIdentity:
    """The router as it described itself in this run, never as inventory has it. None = it did not say."""

    hostname: str | None = None
    chassis: str | None = None
    processor: str | None = None
    version: str | None = None
    image: str | None = None  # file the running image was started from
    serial: str | None = None
    board_id: str | None = None
    boards: tuple[Board, ...] = ()


@dataclass(frozen=True)
class EvidenceItem:
    """One command of the run and its redacted answer, by SHA-256; None when there was no answer, see `failure`."""

    fact: str
    command: str
    at: datetime
    seconds: float
    sha256: str | None
    bytes: int
    arguments: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""


@dataclass(frozen=True)
class Software:
    """What judged: versions, and SHA-256 digests of the templates and acceptance folders."""

    turnup: str
    python: str
    platform: str
    templates: str
    acceptance: str


class Side(StrEnum):
    """Whose side of the port a cause is on."""

    CARRIER = "carrier"
    CUSTOMER = "customer"
    CROSS_CONNECT = "cross-connect"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Folded:
    """A red finding that a cause explains."""

    test: int
    subject: str
    verdict: Verdict


@dataclass(frozen=True)
class Cause:
    """One cause of red tests: in words, whose side it is on, what to type next and where, and what it explains."""

    name: str
    side: Side
    layer: str
    router: str
    next: str
    folded: tuple[Folded, ...]


@dataclass(frozen=True)
class SensitivityOfTest:
    """How many changes of one test's evidence were tried, cost it its PASS, or were harmless."""

    number: int
    name: str
    tried: int
    caught: int
    harmless: int


@dataclass(frozen=True)
class Missed:
    """A change that left a PASS standing although nobody calls it harmless; `line` 0 = the whole answer."""

    test: int
    command: str
    line: int
    text: str
    change: str


@dataclass(frozen=True)
class Sensitivity:
    """Whether the PASSes depend on this very evidence: changes of it that were tried, and what came of them.

    `reasons` says why harmless ones are, with how many; `missed` is empty unless a test or a table has a defect.
    """

    tried: int
    caught: int
    harmless: int
    tests: tuple[SensitivityOfTest, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """One run of the twenty tests on one port. Times are UTC; `previous` is the digest of the port's last one.

    None in a field at the end = the document was written before that field existed.
    """

    subject: Subject
    identity: RouterIdentity
    occasion: Occasion
    attempt: int  # PASA 1.4(b): which opportunity this is, from 1
    started: datetime
    ended: datetime
    outcome: Outcome
    rows: tuple[TestResult, ...]
    evidence: tuple[EvidenceItem, ...]
    software: Software
    account: str = ""  # whose login collected the evidence
    previous: str | None = None
    schema: str = SCHEMA
    expected: str | None = None  # SHA-256 of what the tests had to see, kept with the evidence
    causes: tuple[Cause, ...] | None = None
    sensitivity: Sensitivity | None = None


# Fields that older documents do not have; left out of the document when they are None, so that its digest stays.
ADDED = ("expected", "causes", "sensitivity")

# As for findings: what is proved wrong is wrong, whatever else is unknown.
_DECIDING = (
    (Verdict.FAIL, Outcome.NOT_SATISFIED),
    (Verdict.INCONCLUSIVE, Outcome.INCONCLUSIVE),
    (Verdict.PENDING, Outcome.PENDING),
)


def outcome(rows: Iterable[TestResult], identity: RouterIdentity) -> Outcome:
    """SATISFIED only when all rows are PASS (one at least) or agreed NOT APPLICABLE, and the router said its name."""
    rows = tuple(rows)
    verdicts = {row.verdict for row in rows}
    for verdict, result in _DECIDING:
        if verdict in verdicts:
            return result
    agreed = all(is_agreed(row) for row in rows if row.verdict is Verdict.NOT_APPLICABLE)
    if Verdict.PASS in verdicts and agreed and identity.hostname:
        return Outcome.SATISFIED
    return Outcome.INCONCLUSIVE


def is_agreed(row: TestResult) -> bool:
    """Whether a NOT APPLICABLE row says why and who agreed, in each of its findings."""
    return bool(row.findings) and all(finding.observed and finding.source for finding in row.findings)
