"""The certificate: what it comes to, what makes it worthless, how it is written and read. Samples are written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from turnup.certificate import build_certificate, canonical, digest, from_json, schema, to_json
from turnup.errors import InputError, TurnupError
from turnup.model import certificate as model
from turnup.model.certificate import Certificate, Outcome, RouterIdentity, outcome
from turnup.model.result import SCHEDULE_2, TestResult
from turnup.model.verdict import Finding, Seen, Verdict

SAMPLES = Path(__file__).parent / "samples"
OUTCOMES = {
    "satisfied": Outcome.SATISFIED,
    "not_satisfied": Outcome.NOT_SATISFIED,
    "inconclusive": Outcome.INCONCLUSIVE,
    "pending": Outcome.PENDING,
    "unreached": Outcome.INCONCLUSIVE,
}


def text(name: str) -> str:
    return (SAMPLES / f"{name}.json").read_text(encoding="utf-8")


def sample(name: str = "satisfied") -> Certificate:
    return from_json(text(name), where=f"{name}.json")


def rebuilt(certificate: Certificate, **changes: Any) -> Certificate:
    parts = {field.name: getattr(certificate, field.name) for field in dataclasses.fields(Certificate)}
    del parts["outcome"], parts["schema"]
    return build_certificate(**{"results": parts.pop("rows"), **parts, **changes})


def row(certificate: Certificate, number: int, **changes: Any) -> tuple[TestResult, ...]:
    """The rows, with that one changed."""
    return tuple(
        dataclasses.replace(result, **changes) if result.number == number else result for result in certificate.rows
    )


def finding(verdict: Verdict, observed: str = "seen so", source: str = "agreed by the customer") -> Finding:
    return Finding("subject", verdict, "expected so", observed, source)


@pytest.mark.parametrize(("name", "expected"), OUTCOMES.items())
def test_samples_come_to_their_outcome(name: str, expected: Outcome) -> None:
    certificate = sample(name)
    assert certificate.outcome is expected
    assert rebuilt(certificate) == certificate


def result(verdict: Verdict, *findings: Finding) -> TestResult:
    return TestResult(1, SCHEDULE_2[0], "x", verdict, "reason", findings or (finding(verdict),))


NAMED = RouterIdentity(hostname="nyc-hud-gsr1")


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([Verdict.PASS], Outcome.SATISFIED),
        ([Verdict.PASS, Verdict.NOT_APPLICABLE], Outcome.SATISFIED),
        ([Verdict.NOT_APPLICABLE], Outcome.INCONCLUSIVE),
        ([], Outcome.INCONCLUSIVE),
        ([Verdict.PASS, Verdict.PENDING], Outcome.PENDING),
        ([Verdict.PASS, Verdict.PENDING, Verdict.INCONCLUSIVE], Outcome.INCONCLUSIVE),
        ([*Verdict], Outcome.NOT_SATISFIED),
        ([Verdict.PENDING, Verdict.NOT_APPLICABLE], Outcome.PENDING),
    ],
)
def test_the_outcome_of_verdicts(verdicts: list[Verdict], expected: Outcome) -> None:
    assert outcome([result(verdict) for verdict in verdicts], NAMED) is expected


def test_nothing_is_satisfied_on_a_router_that_did_not_say_its_name() -> None:
    assert outcome([result(Verdict.PASS)], RouterIdentity()) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("unagreed", [finding(Verdict.NOT_APPLICABLE, ""), finding(Verdict.NOT_APPLICABLE, source="")])
def test_not_applicable_needs_reason_and_agreement(unagreed: Finding) -> None:
    rows = [result(Verdict.PASS), result(Verdict.NOT_APPLICABLE, unagreed)]
    assert outcome(rows, NAMED) is Outcome.INCONCLUSIVE
    certificate = sample()
    with pytest.raises(TurnupError, match="test 2 is NOT APPLICABLE without saying why"):
        rebuilt(certificate, results=row(certificate, 2, findings=(unagreed,)))


def test_rows_come_in_the_order_of_schedule_2() -> None:
    certificate = sample()
    assert rebuilt(certificate, results=certificate.rows[::-1]) == certificate


BROKEN: dict[str, tuple[str, Callable[[Certificate], dict[str, Any]]]] = {
    "a test is missing": ("each once", lambda c: {"results": c.rows[1:]}),
    "a test stands twice": ("each once", lambda c: {"results": (*c.rows, c.rows[0])}),
    "no test": ("each once", lambda _: {"results": ()}),
    "another title": ("Schedule 2 says", lambda c: {"results": row(c, 7, title="Verify OSPF neighbors")}),
    "a pass without findings": ("come to INCONCLUSIVE", lambda c: {"results": row(c, 7, findings=())}),
    "a pass over a failure": (
        "says PASS, its findings come to FAIL",
        lambda c: {"results": row(c, 7, findings=(*c.rows[6].findings, finding(Verdict.FAIL)))},
    ),
    "a red without a reason": (
        "without a reason",
        lambda c: {"results": row(c, 7, verdict=Verdict.FAIL, findings=(finding(Verdict.FAIL),), reason="")},
    ),
    "a pass on what was not kept": ("not among the evidence", lambda c: {"evidence": c.evidence[1:]}),
    "evidence without digest or reason": (
        "neither an answer nor a reason",
        lambda c: {"evidence": [*c.evidence, dataclasses.replace(c.evidence[0], sha256=None)]},
    ),
    "a false digest": (
        "no SHA-256",
        lambda c: {"evidence": [*c.evidence, dataclasses.replace(c.evidence[0], sha256="ab")]},
    ),
    "a false previous": ("previous is", lambda _: {"previous": "ab"}),
    "a false folder digest": (
        "software.templates is",
        lambda c: {"software": dataclasses.replace(c.software, templates="")},
    ),
    "time without zone": ("not in UTC", lambda c: {"started": c.started.replace(tzinfo=None)}),
    "local time": ("not in UTC", lambda c: {"ended": c.ended.astimezone(timezone(timedelta(hours=1)))}),
    "ended first": ("before it started", lambda c: {"ended": c.started - timedelta(seconds=1)}),
    "attempt 0": ("attempt 0", lambda _: {"attempt": 0}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_worthless_certificate_is_neither_made_nor_read(case: str) -> None:
    message, change = BROKEN[case]
    certificate = sample()
    changes = change(certificate)
    with pytest.raises(TurnupError, match=message):
        rebuilt(certificate, **changes)
    if "results" in changes:
        changes["rows"] = tuple(changes.pop("results"))
    if "evidence" in changes:
        changes["evidence"] = tuple(changes["evidence"])
    if case in ("time without zone", "local time"):
        return  # a document's times are written in UTC whatever they were
    document = to_json(dataclasses.replace(certificate, **changes))
    with pytest.raises(InputError, match=message):
        from_json(document)


@pytest.mark.parametrize("claimed", [o for o in Outcome if o is not Outcome.NOT_SATISFIED])
def test_a_claimed_outcome_is_never_believed(claimed: Outcome) -> None:
    document = json.loads(text("not_satisfied"))
    document["outcome"] = claimed.value
    with pytest.raises(InputError, match="its rows come to NOT SATISFIED"):
        from_json(json.dumps(document))


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_document_comes_back_byte_by_byte(name: str) -> None:
    assert to_json(sample(name)) == text(name)
    assert from_json(to_json(sample(name))) == sample(name)


def test_text_of_any_kind_comes_back() -> None:
    odd = 'quote " back\\slash \x00\x1b[31m \u2028 \U0001f600 ümlaut \udcff </script>'
    certificate = sample()
    certificate = rebuilt(
        certificate,
        results=row(certificate, 7, findings=(finding(Verdict.PASS, odd),)),
        account=odd,
    )
    assert from_json(to_json(certificate)) == certificate
    assert to_json(certificate).isascii()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("outcome"), "'outcome' is missing"),
        (lambda d: d.update(verdict="SATISFIED"), "unknown field 'verdict'"),
        (lambda d: d["subject"].update(oder="x"), "did you mean 'order'"),
        (lambda d: d.update(attempt="1"), "'attempt' must be a whole number"),
        (lambda d: d.update(attempt=True), "'attempt' must be a whole number"),
        (lambda d: d.update(started="yesterday"), "must be a time"),
        (lambda d: d.update(started="2026-11-22T08:00:05"), "not in UTC"),
        (lambda d: d["evidence"][0].update(at="2026-11-22T09:00:05+01:00"), "not in UTC"),
        (lambda d: d["rows"][3].update(verdict="OK"), "cannot be 'OK'"),
        (lambda d: d.update(schema="turnup/certificate/2"), "not a certificate of schema"),
        (lambda d: d["evidence"][0].update(bytes=None), "must be a whole number"),
    ],
)
def test_a_document_is_read_strictly(change: Callable[[dict[str, Any]], object], message: str) -> None:
    document = json.loads(text("satisfied"))
    change(document)
    with pytest.raises(InputError, match=message) as caught:
        from_json(json.dumps(document), where="cert.json")
    assert str(caught.value).startswith("cert.json")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


@pytest.mark.parametrize(
    "document",
    ["", "{", "[]", "null", "1", '{"schema": 1, "schema": 2}', '{"schema": NaN}', "[" * 100000, '"turnup"'],
)
def test_what_is_no_certificate(document: str) -> None:
    with pytest.raises(InputError):
        from_json(document)


def test_a_field_that_stands_twice_is_refused() -> None:
    doubled = text("not_satisfied").replace('"attempt": 1,', '"attempt": 2,\n  "attempt": 1,')
    with pytest.raises(InputError, match="stands twice"):
        from_json(doubled)


def test_the_schema_is_sound_and_fits_the_samples() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for name in OUTCOMES:
        jsonschema.validate(json.loads(text(name)), schema(), format_checker=jsonschema.FormatChecker())


def test_the_schema_has_exactly_the_fields_of_the_model() -> None:
    definitions = schema()["$defs"]
    kinds = {
        "subject": model.Subject,
        "identity": RouterIdentity,
        "board": model.Board,
        "row": TestResult,
        "finding": Finding,
        "seen": Seen,
        "evidence": model.EvidenceItem,
        "software": model.Software,
    }
    for name, kind in kinds.items():
        assert set(definitions[name]["properties"]) == {field.name for field in dataclasses.fields(kind)}, name
        assert set(definitions[name]["required"]) == set(definitions[name]["properties"]), name
    assert set(schema()["properties"]) == {field.name for field in dataclasses.fields(Certificate)}
    titles = [entry["properties"]["title"]["const"] for entry in schema()["properties"]["rows"]["prefixItems"]]
    assert titles == list(SCHEDULE_2)
    assert schema()["$defs"]["verdict"]["enum"] == [verdict.value for verdict in Verdict]
    assert schema()["properties"]["outcome"]["enum"] == [o.value for o in Outcome]


def test_the_schema_refuses_what_is_missing_or_too_much() -> None:
    document = json.loads(text("satisfied"))
    for key in list(document):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({k: v for k, v in document.items() if k != key}, schema())
    document["rows"].append(document["rows"][0])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


def test_the_digest_is_that_of_the_content_alone() -> None:
    certificate = sample()
    shuffled = json.dumps(dict(reversed(json.loads(text("satisfied")).items())))
    assert digest(from_json(shuffled)) == digest(certificate)
    assert json.loads(canonical(certificate)) == json.loads(text("satisfied"))
    assert digest(dataclasses.replace(certificate, attempt=2)) != digest(certificate)


def test_a_chain_names_the_certificate_before() -> None:
    assert sample("pending").previous == digest(sample("not_satisfied"))


def test_times_are_written_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    certificate = dataclasses.replace(sample(), started=datetime(2026, 11, 22, 10, 0, 5, tzinfo=east))
    assert json.loads(to_json(certificate))["started"] == "2026-11-22T08:00:05Z"
    assert from_json(to_json(certificate)).started.tzinfo == UTC


def own_test(verdict: Verdict, number: int = 21) -> TestResult:
    """A test that a site added to the twenty."""
    reason = "" if verdict is Verdict.PASS else "so it is"
    return TestResult(number, "Verify uptime", "router_uptime", verdict, reason, (finding(verdict),))


def test_a_test_that_a_site_added_counts_too() -> None:
    certificate = sample()
    with_pass = rebuilt(certificate, results=(*certificate.rows, own_test(Verdict.PASS)))
    assert with_pass.outcome is Outcome.SATISFIED
    jsonschema.validate(json.loads(to_json(with_pass)), schema())
    assert from_json(to_json(with_pass)) == with_pass
    with_fail = rebuilt(certificate, results=(*certificate.rows, own_test(Verdict.FAIL)))
    assert with_fail.outcome is Outcome.NOT_SATISFIED


def test_a_test_that_a_site_added_replaces_none_of_the_twenty() -> None:
    certificate = sample()
    for rows in (
        (*certificate.rows[:-1], own_test(Verdict.PASS)),
        (*certificate.rows[1:], own_test(Verdict.PASS)),
        (*certificate.rows, own_test(Verdict.PASS), own_test(Verdict.PASS)),
    ):
        with pytest.raises(TurnupError, match="each once"):
            rebuilt(certificate, results=rows)


@pytest.mark.parametrize(
    ("observed", "source"),
    [
        ("it asked for a password", "attestation 0123456789abcdef"),
        (
            "PASS attested by A, witnessed by , on 2026-11-22, file sha256 " + "0" * 64 + ", valid until 2027",
            "attestation 0123456789abcdef",
        ),
        (
            "FAIL attested by A, witnessed by B, on 2026-11-22, file sha256 " + "0" * 64 + ", valid until 2027",
            "attestation 0123456789abcdef",
        ),
        (
            "PASS attested by A, witnessed by B, on 2026-11-22, file sha256 " + "0" * 64 + ", valid until 2027",
            "rule of test 12",
        ),
    ],
)
def test_what_only_a_person_decides_names_him_and_his_witness(observed: str, source: str) -> None:
    """PENDING edited into PASS is no certificate."""
    document = json.loads(text("pending"))
    for one in document["rows"]:
        for found in one["findings"]:
            if found["verdict"] == "PENDING":
                found.update(verdict="PASS", observed=observed, source=source)
                one["verdict"] = "PASS"
    document["outcome"] = "SATISFIED"
    with pytest.raises(InputError, match="witness"):
        from_json(json.dumps(document))
