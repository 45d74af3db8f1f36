"""The last certificate issued again: only what waited, only as attested, only while it counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pop import ORDER, Command
from ruamel.yaml import YAML

from turnup.certificate import build_certificate, digest, from_json
from turnup.errors import Refused
from turnup.laboratory import Lab
from turnup.model.attestation import Attestation, fingerprint
from turnup.model.certificate import Certificate, Outcome
from turnup.model.verdict import BY_A_PERSON, Finding, Seen, Verdict
from turnup.reissue import with_attestations

SAMPLE = Path(__file__).parents[1] / "certificate" / "samples" / "satisfied.json"
SEEN = (Seen("show running-config", 7, "line con 0"),)
WAITS = Finding("console prompt", Verdict.PENDING, BY_A_PERSON, "look", "rule", SEEN)


def waits(*findings: Finding, other: Finding | None = None) -> Certificate:
    """Test 12 has these findings; `other` is put beside those of test 13."""
    found = from_json(SAMPLE.read_text())
    rows = list(found.rows)
    rows[11] = replace(rows[11], findings=findings, verdict=Verdict.PENDING, reason="look")
    if other:
        rows[12] = replace(rows[12], findings=(*rows[12].findings, other), verdict=other.verdict, reason="red")
    return build_certificate(
        subject=found.subject,
        identity=found.identity,
        results=[replace(row, verdict=_verdict(row.findings)) for row in rows],
        evidence=found.evidence,
        started=found.started,
        ended=found.ended,
        software=found.software,
        previous=found.previous,
    )


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    from turnup.model.verdict import conclude

    return conclude(findings)


def record(certificate: Certificate, **changes: object) -> Attestation:
    subject = certificate.subject
    made = Attestation(
        "console_login",
        subject.router,
        subject.port,
        subject.order,
        Verdict.PASS,
        "A. Operator",
        "B. Witness",
        certificate.ended + timedelta(hours=1),
        certificate.ended + timedelta(days=9),
        "5a" * 32,
        {"console prompt": fingerprint(SEEN)},
        digest="c0" * 32,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_what_waited_is_as_attested() -> None:
    before = waits(WAITS)
    assert before.outcome is Outcome.PENDING
    again = with_attestations(before, [record(before)])
    assert again.outcome is Outcome.SATISFIED
    assert again.previous == digest(before)
    assert again.ended == before.ended + timedelta(hours=1)
    (finding,) = again.rows[11].findings
    assert finding.verdict is Verdict.PASS
    assert "A. Operator" in finding.observed
    assert finding.source == f"attestation {'c0' * 8}"
    assert again.rows[11].reason == "1 of 1 findings as expected"
    assert again.rows[:11] + again.rows[12:] == before.rows[:11] + before.rows[12:]
    assert again.evidence == before.evidence


def test_what_waits_for_more_still_waits() -> None:
    before = waits(WAITS, replace(WAITS, subject="second"))
    again = with_attestations(before, [record(before)])
    assert again.outcome is Outcome.PENDING
    assert again.rows[11].reason.startswith("second")


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.INCONCLUSIVE])
def test_nothing_else_turns_green(verdict: Verdict) -> None:
    before = waits(WAITS, other=replace(WAITS, verdict=verdict, expected="something", observed="else"))
    again = with_attestations(before, [record(before)])
    assert again.outcome is before.outcome is not Outcome.SATISFIED
    assert again.rows[12] == before.rows[12]


@pytest.mark.parametrize(
    "changed",
    [
        lambda one: replace(one, void="expired"),
        lambda one: replace(one, test="password_of_last_resort"),
        lambda one: replace(one, covers={"other": fingerprint(SEEN)}),
        lambda one: replace(one, covers={"console prompt": "0" * 64}),
        lambda one: replace(one, verdict=Verdict.FAIL),
    ],
)
def test_what_does_not_count_changes_nothing(changed: Callable[[Attestation], Attestation]) -> None:
    before = waits(WAITS)
    with pytest.raises(Refused):
        with_attestations(before, [changed(record(before))])
    with pytest.raises(Refused, match="nothing that this certificate waits for"):
        with_attestations(before, [])


def test_what_was_attested_and_no_longer_counts_needs_a_test() -> None:
    before = waits(WAITS, replace(WAITS, subject="second"))
    attested = with_attestations(before, [record(before)])
    with pytest.raises(Refused, match="no longer counts: it expired"):
        with_attestations(attested, [replace(record(before), void="expired")])
    with pytest.raises(Refused, match="no longer counts: it is not in the book"):
        with_attestations(attested, [])


def test_from_the_command_line(turnup: Command, pop: Lab, tmp_path: Path) -> None:
    yaml, hosts = YAML(), pop.inventory / "hosts.yaml"
    document = yaml.load(hosts)
    del document["nyc-hud-gsr1"]["data"]["console_server"]
    yaml.dump(document, hosts)
    (tmp_path / "log").write_text("Username:")
    first = turnup("--lab", "run", ORDER, "--confirm", "--json")
    assert first.code == 8
    who = ("--by", "A. Operator", "--witness", "B. Witness", "--file", tmp_path / "log", "--days", 9)
    order = "PSO-2001-000051"
    assert turnup("--lab", "reissue", order).code == 6, "nothing was attested yet"
    assert turnup("--lab", "attest", order, "--test", 12, "--verdict", "pass", *who).code == 0
    again = turnup("--lab", "reissue", order, "--json")
    assert again.code == 0, again.err
    told = json.loads(again.out)
    assert told["certificate"]["outcome"] == "SATISFIED"
    assert Path(told["certificate_file"]).is_file()
    assert turnup("--lab", "reissue", json.loads(first.out)["certificate_file"]).code == 6, "not the last one"
    assert turnup("--lab", "verify", "--chain", Path(told["certificate_file"]).parent).code == 0
