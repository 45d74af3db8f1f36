"""A certificate of recorded answers with its evidence in a data folder, and keys to sign it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from turnup.certificate import build_certificate, digest, to_json
from turnup.certificate.identity import identity_of
from turnup.certificate.software import software_versions
from turnup.checks import all_checks
from turnup.evidence.manifest import manifest
from turnup.evidence.store import EvidenceStore
from turnup.facts.version import Version
from turnup.judge.cases import cases
from turnup.judge.run import asks_of, judge
from turnup.judge.transcript_facts import TranscriptFacts
from turnup.model.certificate import Certificate, Subject
from turnup.model.transcript import Transcript
from turnup.platforms import platform
from turnup.signing.keys import PublicKey, new_key, read_public_key
from turnup.signing.sign import sign, verify_file
from turnup.signing.verify import Trust, Verification

HOME = Path(__file__).parents[1] / "recorded" / "ios" / "checks"
ENDED = datetime(2026, 11, 22, 9, 10, tzinfo=UTC)
NOW = ENDED + timedelta(hours=1)


@cache
def judged() -> tuple[Certificate, Transcript]:
    """The certificate of the healthy answers, and the answers."""
    case = next(one for one in cases(HOME) if one.name == "healthy")
    ios, noc = platform("ios"), platform("noc")
    expected = case.expected
    transcript = case.transcript((ios, noc), asks_of(all_checks(), expected))
    facts = TranscriptFacts(ios, noc, transcript)
    assert expected.assignment is not None
    certificate = build_certificate(
        subject=Subject.of(expected.router, expected.site, expected.assignment),
        identity=identity_of(facts.one(Version)),
        results=judge(expected, facts),
        evidence=manifest(transcript),
        started=ENDED - timedelta(seconds=9),
        ended=ENDED,
        software=software_versions("ios"),
        account="noc",
    )
    return certificate, transcript


@dataclass(frozen=True)
class Signed:
    """A data folder with one signed certificate."""

    home: Path
    certificate: Path
    key: PublicKey

    @property
    def sealed(self) -> Path:
        return self.certificate.with_suffix(".dsse")

    @property
    def evidence(self) -> Path:
        return self.home / "evidence"

    @property
    def trust(self) -> Trust:
        return Trust((self.key,))

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.certificate.read_text())  # type: ignore[no-any-return]

    def look(self, **how: Any) -> Verification:
        trust = how.pop("trust", self.trust)
        now = how.pop("now", NOW)
        return verify_file(self.sealed, trust, now, **how)


def write_certificate(home: Path, name: str = "PSO-2001-000051", **changes: Any) -> Path:
    """The certificate's file and its evidence in a data folder; `changes` go into the certificate."""
    certificate, transcript = judged()
    manifest(transcript, EvidenceStore(home / "evidence", lambda text: text))
    path = home / "certificates" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(replace(certificate, **changes)))
    return path


def make_key(home: Path, name: str = "signing", owner: str = "Carrier NOC", **limits: Any) -> PublicKey:
    new_key(home / "keys", name, owner, limits.get("now", ENDED), limits.get("valid"))
    return read_public_key(home / "keys" / f"{name}.pub")


def signed_in(home: Path) -> Signed:
    """A data folder with keys, evidence, certificate and its signature."""
    key, certificate = make_key(home), write_certificate(home)
    certificate.with_suffix(".dsse").write_bytes(sign(certificate, str(home / "keys" / "signing.key"), NOW))
    return Signed(home, certificate, key)


def digest_at(path: Path) -> str:
    from turnup.certificate import from_json

    return digest(from_json(path.read_text()))
