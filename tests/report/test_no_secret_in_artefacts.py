"""Secrets planted in everything a router says are in no artefact: evidence, certificate, any report."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from turnup.certificate import build_certificate, from_json
from turnup.evidence.manifest import manifest
from turnup.evidence.packing import unpack
from turnup.evidence.redact import Redactor
from turnup.evidence.store import EvidenceStore
from turnup.model.certificate import Certificate
from turnup.model.transcript import Answer, Ask, Transcript
from turnup.model.verdict import Finding, Seen, Verdict
from turnup.report import formats, render
from turnup.secrets.hashes import encode_type7, md5crypt

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parents[1] / "certificate" / "samples" / "satisfied.json"
BGP, VAULT, UNKNOWN = 'k3y&of<Lvl>"3\\4', "Vault-77", "n0b0dy-knows"
PLANTED = [
    value for secret in (BGP, VAULT, UNKNOWN) for value in (secret, encode_type7(secret, 5), md5crypt(secret, "s"))
]
CONFIGURATION = f"""\
enable secret 5 {md5crypt(VAULT, "s")}
username lastresort privilege 15 password 7 {encode_type7(VAULT, 5)}
username other password 0 {UNKNOWN}
 neighbor 10.10.3.2 password 7 {encode_type7(BGP, 5)}
 neighbor 10.10.3.6 password {BGP}
tacacs-server host 192.0.2.20 key {UNKNOWN}
snmp-server community {UNKNOWN} RO 10
 key-string 7 {encode_type7(UNKNOWN, 5)}
 isis password {UNKNOWN} level-2
 description {VAULT} and {BGP}
 secret 5 {md5crypt(UNKNOWN, "s")}
 secret 5 {md5crypt(BGP, "s")}
*Nov 22 07:59:00: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command:neighbor 10.10.3.2 password {UNKNOWN}
"""


@pytest.fixture
def redact() -> Redactor:
    return Redactor({"LVL3-MD5": BGP, "last-resort": VAULT}, b"k" * 32)


@pytest.fixture
def store(tmp_path: Path, redact: Redactor) -> EvidenceStore:
    return EvidenceStore(tmp_path, redact)


def certificate_of(text: str, store: EvidenceStore) -> Certificate:
    """A certificate whose every row shows that whole answer."""
    base = from_json(SAMPLE.read_text(encoding="utf-8"))
    transcript = Transcript("nyc-hud-gsr1", NOW, NOW, {Ask("running_config"): Answer("show run", text, NOW)})
    seen = (Seen("show run", 1, text),)
    findings = (Finding("x", Verdict.FAIL, text, text, text, seen), Finding("y", Verdict.PASS, text, text, text, seen))
    rows = [dataclasses.replace(r, verdict=Verdict.FAIL, reason=text, findings=findings) for r in base.rows]
    return build_certificate(
        subject=base.subject,
        identity=base.identity,
        results=rows,
        evidence=manifest(transcript, store),
        started=NOW,
        ended=NOW,
        software=base.software,
    )


def planted_in(text: str) -> list[str]:
    import html

    return [value for value in PLANTED if value in text or value in html.unescape(text)]


def test_the_planted_secrets_would_be_found() -> None:
    assert planted_in(CONFIGURATION) == PLANTED


def test_no_artefact_holds_one(store: EvidenceStore, redact: Redactor) -> None:
    certificate = certificate_of(redact(CONFIGURATION), store)
    for fmt in formats():
        report = render(fmt, certificate, width=1000)
        assert planted_in(report) == [], fmt
        assert "<secret:LVL3-MD5>" in report or "&lt;secret:LVL3-MD5&gt;" in report, fmt
        assert redact.assured(report, fmt) == report
    kept = [unpack(path.read_bytes()).decode() for path in store.folder.rglob("*.zst")]
    assert kept == [redact(CONFIGURATION)]
    assert planted_in(kept[0]) == []


def test_the_store_and_the_last_gate_stop_what_was_forgotten(store: EvidenceStore, redact: Redactor) -> None:
    certificate = certificate_of(CONFIGURATION, store)  # the caller forgot to redact
    assert [planted_in(unpack(path.read_bytes()).decode()) for path in store.folder.rglob("*.zst")] == [[]]
    for fmt in formats():
        with pytest.raises(Exception, match="was not written"):
            redact.assured(render(fmt, certificate, width=1000), fmt)
        assert redact.survivors(render(fmt, certificate, width=1000)) == ("LVL3-MD5", "last-resort")
