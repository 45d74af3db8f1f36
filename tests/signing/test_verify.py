"""A signed certificate is found authentic as it was signed, and every change is found and named."""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_samples import HOME, NOW, Signed, digest_at, judged, make_key, signed_in, write_certificate

from turnup.certificate import digest, from_json
from turnup.certificate.expectation import expectation
from turnup.errors import ExitCode, InputError, Refused, UsageError
from turnup.evidence.manifest import manifest
from turnup.evidence.store import EvidenceStore
from turnup.judge.cases import cases
from turnup.load.json import canonical_json
from turnup.rejudge import unproved
from turnup.signing.envelope import read_envelope, seal, written
from turnup.signing.evidence import EvidenceFolder, hand_over
from turnup.signing.keys import new_key, read_public_key, read_signer
from turnup.signing.sign import countersign, give_to_customer, sign, verify_file
from turnup.signing.statement import PREDICATE, STATEMENT, differences, digest_of, read_statement, statement_of
from turnup.signing.verify import Trust, verify


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    return signed_in(tmp_path / "home")


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    """For tests that change nothing."""
    return signed_in(tmp_path_factory.mktemp("still") / "home")


def told(signed: Signed, **how: Any) -> str:
    """Everything that is wrong; there must be something."""
    found = signed.look(**how)
    assert not found.authentic
    assert found.exit_code is not ExitCode.SATISFIED
    assert found.outcome == ""
    return "\n".join(map(str, found.faults))


def test_as_it_was_signed(still: Signed) -> None:
    found = still.look()
    assert not found.faults
    assert found.authentic
    assert found.exit_code is ExitCode.SATISFIED
    assert found.outcome == "SATISFIED"
    assert found.signers == (f"carrier: Carrier NOC (key {still.key.keyid[:16]})",)
    assert found.statement is not None
    assert found.statement.digest == digest_at(still.certificate)


def test_the_digest_is_the_certificate_s_own(still: Signed) -> None:
    text = still.certificate.read_text()
    assert digest_of(json.loads(text)) == digest(from_json(text))


def test_the_statement_is_an_in_toto_test_result(still: Signed) -> None:
    found = json.loads(read_envelope(still.sealed.read_bytes()).payload)
    assert (found["_type"], found["predicateType"]) == (STATEMENT, PREDICATE)
    assert found["subject"] == [{"name": still.certificate.stem, "digest": {"sha256": digest_at(still.certificate)}}]
    predicate = found["predicate"]
    assert predicate["result"] == "WARNED"  # passed, and RPMS agreed away
    assert [entry["name"] for entry in predicate["configuration"]] == ["acceptance", "templates"]
    assert all(entry["digest"]["sha256"] for entry in predicate["configuration"])
    assert len(predicate["passedTests"]) + len(predicate["warnedTests"]) == 20
    assert predicate["failedTests"] == []
    assert predicate["turnupPrevious"] is None


@pytest.mark.parametrize("outcome", ["not_satisfied", "inconclusive", "pending", "unreached"])
def test_what_is_not_satisfied_is_never_passed(outcome: str) -> None:
    """WARNED would mean passed with warnings to whoever knows only in-toto."""
    sample = Path(__file__).parents[1] / "certificate" / "samples" / f"{outcome}.json"
    predicate = json.loads(statement_of("x", sample.read_bytes(), NOW))["predicate"]
    assert predicate["result"] == "FAILED"
    red = [row for row in json.loads(sample.read_text())["rows"] if row["verdict"] not in ("PASS", "NOT APPLICABLE")]
    assert predicate["failedTests"] == [f"{row['number']} {row['title']}" for row in red] != []


@pytest.mark.parametrize(
    ("outcome", "code"), [("not_satisfied", 4), ("inconclusive", 3), ("pending", 8), ("unreached", 3)]
)
def test_an_authentic_red_certificate_is_still_red(tmp_path: Path, outcome: str, code: int) -> None:
    sample = Path(__file__).parents[1] / "certificate" / "samples" / f"{outcome}.json"
    make_key(tmp_path)
    data = seal(statement_of("x", sample.read_bytes(), NOW), read_signer(str(tmp_path / "keys" / "signing.key")))
    found = verify(data, Trust((read_public_key(tmp_path / "keys" / "signing.pub"),)), NOW, without_evidence=True)
    assert found.authentic, found.faults
    assert found.exit_code == code


# --- every byte ------------------------------------------------------------------------------------------------


def flipped(data: bytes, place: int, bits: int) -> bytes:
    return data[:place] + bytes([data[place] ^ bits]) + data[place + 1 :]


@pytest.mark.parametrize("step", [23, pytest.param(1, marks=pytest.mark.proof)])
def test_every_byte_of_a_small_envelope(tmp_path: Path, step: int) -> None:
    """The smallest certificate: each byte of its envelope, one bit of it."""
    sample = Path(__file__).parents[1] / "certificate" / "samples" / "unreached.json"
    document = json.loads(sample.read_text())
    for row in document["rows"]:
        row.update(rule="", commands=[])
    small = canonical_json(document)
    key = make_key(tmp_path)
    data = seal(statement_of("x", small, NOW), read_signer(str(tmp_path / "keys" / "signing.key")))
    trust = Trust((key,))
    assert verify(data, trust, NOW, without_evidence=True).authentic
    for place in range(0, len(data), step):
        bits = 1 << (place % 8)
        found = verify(flipped(data, place, bits), trust, NOW, without_evidence=True)
        assert not found.authentic, (place, bits)
        assert found.faults


@given(place=st.integers(min_value=0), bits=st.integers(1, 255))
@settings(max_examples=150)
def test_any_byte_of_an_envelope(still: Signed, place: int, bits: int) -> None:
    data = still.sealed.read_bytes()
    changed = flipped(data, place % len(data), bits)
    assert not verify(changed, still.trust, NOW, without_evidence=True).authentic


@given(length=st.integers(min_value=0))
@settings(max_examples=40)
def test_any_envelope_that_was_cut_off(still: Signed, length: int) -> None:
    data = still.sealed.read_bytes()
    found = verify(data[: length % len(data)], still.trust, NOW, without_evidence=True)
    assert not found.authentic
    assert found.exit_code is ExitCode.REFUSED


@given(place=st.integers(min_value=0), bits=st.integers(1, 255))
@settings(max_examples=150)
def test_any_byte_of_the_certificate_s_file(still: Signed, place: int, bits: int) -> None:
    data = still.certificate.read_bytes()
    changed = ("c.json", flipped(data, place % len(data), bits))
    found = verify(still.sealed.read_bytes(), still.trust, NOW, certificate=changed, without_evidence=True)
    assert not found.authentic
    assert found.faults[0].where == "c.json"


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.proof)])
def test_any_byte_of_the_evidence_that_was_handed_over(tmp_path: Path, step: int) -> None:
    signed = signed_in(tmp_path / "home")
    give_to_customer(signed.certificate, signed.sealed.read_bytes(), tmp_path / "customer")
    sealed = tmp_path / "customer" / signed.sealed.name
    assert verify_file(sealed, signed.trust, NOW).authentic
    chance = random.Random(4)  # noqa: S311 - which bytes are tried
    for path in sorted((tmp_path / "customer" / "evidence").iterdir())[::step]:
        data = path.read_bytes()
        for place in {0, len(data) - 1, chance.randrange(len(data))} if data else ():
            path.write_bytes(flipped(data, place, chance.randrange(1, 256)))
            found = verify_file(sealed, signed.trust, NOW)
            assert [path.stem in fault.told for fault in found.faults] == [True]
            assert "was altered" in found.faults[0].told
        path.write_bytes(data + b"\n")
        assert not verify_file(sealed, signed.trust, NOW).authentic
        path.write_bytes(data)
    assert verify_file(sealed, signed.trust, NOW).authentic


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.proof)])
def test_any_byte_of_the_evidence_in_the_data_folder(signed: Signed, step: int) -> None:
    """A packed file: a bit that its content does not depend on changes nothing that was signed."""
    chance = random.Random(5)  # noqa: S311 - which bytes are tried
    caught = 0
    for path in sorted(signed.evidence.rglob("*.zst"))[::step]:
        data = path.read_bytes()
        for place in {2, len(data) // 2, len(data) - 1, chance.randrange(len(data))}:
            path.write_bytes(flipped(data, place, 0xFF))
            caught += "was altered" in told(signed)
        path.write_bytes(data + b"x")
        assert "was altered" in told(signed)
        path.write_bytes(data)
    assert caught
    assert signed.look().authentic


# --- named -----------------------------------------------------------------------------------------------------


def resigned(signed: Signed, change: Callable[[dict[str, Any]], None]) -> None:
    """The payload changed, the signature left as it was."""
    envelope = json.loads(signed.sealed.read_text())
    payload = json.loads(base64.b64decode(envelope["payload"]))
    change(payload)
    envelope["payload"] = base64.b64encode(canonical_json(payload)).decode()
    signed.sealed.write_text(json.dumps(envelope, indent=2) + "\n")


def edited(signed: Signed, change: Callable[[dict[str, Any]], None]) -> None:
    """The certificate's file changed."""
    document = signed.document
    change(document)
    signed.certificate.write_text(json.dumps(document, indent=2) + "\n")


def test_an_edited_finding_is_named(signed: Signed) -> None:
    edited(signed, lambda document: document["rows"][12]["findings"][0].update(observed="nothing"))
    assert told(signed).startswith(
        "PSO-2001-000051.json: rows[test 13 Verify password of last resort].findings[0].observed: signed 'yes'"
    ) or "rows[test 13 Verify password of last resort].findings[0].observed" in told(signed)


def test_an_edited_verdict_a_lost_row_and_a_new_field_are_named(signed: Signed) -> None:
    original = signed.certificate.read_bytes()
    edited(signed, lambda document: document["rows"][0].update(verdict="FAIL"))
    assert "rows[test 1 Test IntraPOP Links].verdict: signed 'PASS', here 'FAIL'" in told(signed)
    signed.certificate.write_bytes(original)
    edited(signed, lambda document: document["rows"].pop())
    assert "rows: 20 entries were signed, 19 are here" in told(signed)
    signed.certificate.write_bytes(original)
    edited(signed, lambda document: document.update(remark="x"))
    assert "remark: is here, was not signed" in told(signed)
    signed.certificate.write_bytes(original)
    edited(signed, lambda document: document.pop("account"))
    assert "account: was signed, is missing here" in told(signed)
    signed.certificate.write_bytes(original + b"\n")
    assert "blanks, line ends or order" in told(signed)
    signed.certificate.write_bytes(original.replace(b'"account"', b'"attempt": 1,\n  "account"'))
    assert "field 'attempt' stands twice" in told(signed)


def test_a_changed_digest_of_evidence_is_named(signed: Signed) -> None:
    edited(signed, lambda document: document["evidence"][0].update(sha256="0" * 64))
    assert "evidence[`" in told(signed)


def test_a_changed_payload_fails_the_signature_and_names_what_does_not_follow(signed: Signed) -> None:
    resigned(signed, lambda payload: payload["predicate"]["turnupCertificate"]["rows"][0].update(verdict="FAIL"))
    text = told(signed)
    assert "signature 1: is not that of key" in text
    assert "does not follow from the certificate in it" in text
    assert "predicate.passedTests" in text


def test_a_statement_that_says_more_than_its_certificate(signed: Signed) -> None:
    """Even a signer cannot state PASSED over a certificate that is not."""
    signer = read_signer(str(signed.home / "keys" / "signing.key"))
    payload = json.loads(read_envelope(signed.sealed.read_bytes()).payload)
    changes: list[dict[str, Any]] = [{"result": "PASSED"}, {"passedTests": []}, {"turnupEvidence": []}, {"more": 1}]
    for change in changes:
        forged = {**payload, "predicate": {**payload["predicate"], **change}}
        signed.sealed.write_bytes(seal(canonical_json(forged), signer))
        assert "does not follow from the certificate" in told(signed)
    forged = {**payload, "predicateType": "https://example.com/other"}
    signed.sealed.write_bytes(seal(canonical_json(forged), signer))
    assert "expected https://in-toto.io" in told(signed)


def test_a_certificate_that_contradicts_itself_though_signed(signed: Signed) -> None:
    document = signed.document
    document["rows"][0]["findings"][0]["verdict"] = "FAIL"
    text = (json.dumps(document, indent=2) + "\n").encode()
    signed.certificate.write_bytes(text)
    signer = read_signer(str(signed.home / "keys" / "signing.key"))
    signed.sealed.write_bytes(seal(statement_of("x", text, NOW), signer))
    assert "contradicts itself" in told(signed)


def test_missing_evidence_is_named_with_the_tests_that_rest_on_it(signed: Signed) -> None:
    item = next(item for item in signed.document["evidence"] if item["fact"] == "version")
    (signed.evidence / item["sha256"][:2] / f"{item['sha256']}.zst").unlink()
    found = signed.look()
    assert [fault.where for fault in found.faults] == ["evidence `show version`"]
    assert "is missing" in found.faults[0].told
    assert "16" in found.faults[0].told
    assert found.exit_code is ExitCode.COULD_NOT_RUN
    shutil.rmtree(signed.evidence)
    found = signed.look()
    assert "no folder with it is here" in str(found.faults[0])
    assert found.exit_code is ExitCode.COULD_NOT_RUN
    left_out = signed.look(without_evidence=True)
    assert left_out.authentic
    assert left_out.notes == ("the evidence was not looked at",)


def test_what_the_tests_had_to_see_is_evidence_too(signed: Signed, tmp_path: Path) -> None:
    """A certificate that names its expected values is proved with them only."""
    kept = EvidenceStore(signed.evidence, lambda text: text).put("expected values")
    document = {**signed.document, "expected": kept.sha256}
    folder = EvidenceFolder(signed.evidence)
    assert not list(folder.faults(document))
    hand_over(document, signed.evidence, tmp_path / "evidence")
    assert (tmp_path / "evidence" / f"{kept.sha256}.txt").read_text() == "expected values"
    assert not list(EvidenceFolder(tmp_path / "evidence").faults(document))
    (tmp_path / "evidence" / f"{kept.sha256}.txt").write_text("Expected values")
    (fault,) = EvidenceFolder(tmp_path / "evidence").faults(document)
    assert fault.altered
    (signed.evidence / kept.sha256[:2] / f"{kept.sha256}.zst").unlink()
    (fault,) = folder.faults(document)
    assert "is missing" in fault.told
    assert not fault.altered


def test_a_length_that_is_not_that_of_the_evidence(signed: Signed) -> None:
    document = signed.document
    document["evidence"][0]["bytes"] += 1
    (fault,) = EvidenceFolder(signed.evidence).faults(document)
    assert "bytes" in fault.told


def test_a_file_that_would_fill_the_memory(signed: Signed) -> None:
    from turnup.evidence.packing import pack

    path = next(signed.evidence.rglob("*.zst"))
    path.write_bytes(pack(b"\0" * 50_000_000))
    assert "was altered" in told(signed)


# --- keys and signatures ---------------------------------------------------------------------------------------


def test_another_key_is_not_the_carrier_s(signed: Signed, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    text = told(signed, trust=Trust((other,)))
    assert f"key {signed.key.keyid[:16]} is none of the keys given" in text
    assert "none of the carrier's keys given has signed this" in text


def test_another_key_s_signature_under_the_known_id(signed: Signed, tmp_path: Path) -> None:
    make_key(tmp_path / "other")
    statement = read_envelope(signed.sealed.read_bytes()).payload
    envelope = json.loads(seal(statement, read_signer(str(tmp_path / "other" / "keys" / "signing.key"))))
    envelope["signatures"][0]["keyid"] = signed.key.keyid
    signed.sealed.write_text(json.dumps(envelope, indent=2) + "\n")
    assert "signature 1: is not that of key" in told(signed)
    assert signed.look().exit_code is ExitCode.REFUSED


def customer_signed(signed: Signed, tmp_path: Path) -> Any:
    key = make_key(tmp_path / "customer", owner="Level 3")
    private = str(tmp_path / "customer" / "keys" / "signing.key")
    signed.sealed.write_bytes(countersign(signed.sealed, private, signed.trust, NOW))
    return key


def test_the_customer_s_signature(signed: Signed, tmp_path: Path) -> None:
    before = read_envelope(signed.sealed.read_bytes()).payload
    customer = customer_signed(signed, tmp_path)
    sealed = read_envelope(signed.sealed.read_bytes())
    assert sealed.payload == before
    assert len(sealed.keyids) == 2
    found = signed.look(trust=Trust((signed.key,), (customer,)))
    assert found.authentic, found.faults
    assert found.signers[1].startswith("customer: Level 3")
    assert "signature 2" in told(signed), "a signature that nobody can judge is not passed over"
    alone = signed.look(trust=Trust((signed.key,), carrier_only=True))
    assert alone.authentic
    assert "not looked at" in alone.notes[0]
    private = str(tmp_path / "customer" / "keys" / "signing.key")
    with pytest.raises(Refused, match="has signed this already"):
        countersign(signed.sealed, private, Trust((signed.key, customer)), NOW)


def test_one_bad_signature_among_two_is_named(signed: Signed, tmp_path: Path) -> None:
    customer = customer_signed(signed, tmp_path)
    envelope = json.loads(signed.sealed.read_text())
    signature = bytearray(base64.b64decode(envelope["signatures"][1]["sig"]))
    signature[0] ^= 1
    envelope["signatures"][1]["sig"] = base64.b64encode(signature).decode()
    signed.sealed.write_text(json.dumps(envelope, indent=2) + "\n")
    found = signed.look(trust=Trust((signed.key,), (customer,)))
    assert [fault.where for fault in found.faults] == ["signature 2", "signatures"]
    assert found.signers == (f"carrier: Carrier NOC (key {signed.key.keyid[:16]})",)


def test_a_customer_who_did_not_sign(signed: Signed, tmp_path: Path) -> None:
    customer = make_key(tmp_path / "customer", owner="Level 3")
    assert "none of the customer's keys" in told(signed, trust=Trust((signed.key,), (customer,)))


def test_nobody_countersigns_what_was_altered(signed: Signed, tmp_path: Path) -> None:
    make_key(tmp_path / "customer")
    edited(signed, lambda document: document.update(attempt=2))
    with pytest.raises(Refused, match="attempt"):
        countersign(signed.sealed, str(tmp_path / "customer" / "keys" / "signing.key"), signed.trust, NOW)


def test_one_key_is_not_two_signers(signed: Signed) -> None:
    with pytest.raises(UsageError, match="one signature, not two"):
        Trust((signed.key,), (signed.key,))
    with pytest.raises(UsageError, match="no public key"):
        Trust(())


def test_the_same_key_twice(signed: Signed) -> None:
    envelope = json.loads(signed.sealed.read_text())
    envelope["signatures"].append(envelope["signatures"][0])
    signed.sealed.write_text(json.dumps(envelope, indent=2) + "\n")
    assert "two signatures of key" in told(signed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('"payload":', '"payload": "",\n  "payload":', 1), "stands twice"),
        (lambda text: text.replace('"signatures": [', '"signatures": [], "more": [', 1), "expected the fields"),
        (lambda text: text.replace("vnd.in-toto", "vnd.other"), "payloadType is"),
        (lambda text: text.replace('"keyid"', '"key"'), "must have keyid and sig"),
        (lambda text: text.replace("\n", "\r\n"), "blanks or line ends"),
        (lambda text: json.dumps(json.loads(text)), "blanks or line ends"),
        (lambda text: json.dumps({**json.loads(text), "signatures": []}, indent=2), "nobody signed"),
        (lambda text: json.dumps({**json.loads(text), "payload": 1}, indent=2), "payload is no base64"),
        (lambda text: json.dumps({**json.loads(text), "payload": "é"}, indent=2), "payload is no base64"),
        (lambda text: "[]", "expected the fields"),
        (lambda text: "[" * 100_000, ""),
        (lambda text: "", "not a whole JSON document"),
    ],
)
def test_what_is_no_envelope(signed: Signed, change: Callable[[str], str], words: str) -> None:
    signed.sealed.write_text(change(signed.sealed.read_text()))
    assert words in told(signed)
    assert signed.look().exit_code is ExitCode.REFUSED


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'"x"', b"1e999", b'{"a":1,"a":2}', b"\xff"])
def test_what_is_no_statement(signed: Signed, payload: bytes) -> None:
    signer = read_signer(str(signed.home / "keys" / "signing.key"))
    signed.sealed.write_bytes(seal(payload, signer))
    assert "statement" in told(signed)


# --- time ------------------------------------------------------------------------------------------------------


def test_a_key_that_had_expired_when_it_signed(tmp_path: Path) -> None:
    signed = signed_in(tmp_path / "home")
    path = tmp_path / "home" / "keys" / "signing.pub"
    path.write_text(path.read_text().replace("-----BEGIN", "Not-After: 2026-11-22T09:30:00Z\n-----BEGIN"))
    late = read_public_key(path)
    assert "expired on 2026-11-22T09:30:00Z" in told(signed, trust=Trust((late,)))
    with pytest.raises(Refused, match="expired on"):
        sign(signed.certificate, str(path.with_suffix(".key")), NOW)
    path.write_text(path.read_text().replace("Not-After: 2026-11-22T09:30", "Not-After: 2026-11-22T11:30"))
    assert signed.look(trust=Trust((read_public_key(path),)), now=NOW + timedelta(days=400)).authentic, (
        "what was signed in time stays signed"
    )


def test_a_key_that_was_not_valid_yet(signed: Signed) -> None:
    path = signed.home / "keys" / "signing.pub"
    path.write_text(path.read_text().replace("Not-Before: 2026", "Not-Before: 2027"))
    assert "valid only from 2027" in told(signed, trust=Trust((read_public_key(path),)))


def test_when_the_customer_signed_is_not_known_but_bounded(signed: Signed, tmp_path: Path) -> None:
    """His key may be younger than the carrier's signature, not older than its own end."""
    customer_signed(signed, tmp_path)
    path = tmp_path / "customer" / "keys" / "signing.pub"
    plain = path.read_text()
    for change, now, words in (
        ("Not-Before: 2026-11-22T12:00:00Z", NOW + timedelta(days=1), ""),
        ("Not-Before: 2026-11-24T12:00:00Z", NOW + timedelta(days=1), "valid only from"),
        ("Not-After: 2026-11-22T12:00:00Z", NOW + timedelta(days=1), ""),
        ("Not-After: 2026-11-22T09:30:00Z", NOW, "expired on"),
    ):
        path.write_text(re.sub(r"Not-Before: .*", change, plain))
        found = signed.look(trust=Trust((signed.key,), (read_public_key(path),)), now=now)
        assert found.authentic is not bool(words)
        assert words in "\n".join(map(str, found.faults))


def test_a_signature_of_the_future_and_one_before_the_tests(signed: Signed) -> None:
    assert "in the future" in told(signed, now=NOW - timedelta(hours=1))
    with pytest.raises(Refused, match="yet to come"):
        sign(signed.certificate, str(signed.home / "keys" / "signing.key"), NOW - timedelta(hours=2))
    signer = read_signer(str(signed.home / "keys" / "signing.key"))
    early = statement_of(signed.certificate.stem, signed.certificate.read_bytes(), NOW - timedelta(hours=2))
    signed.sealed.write_bytes(seal(early, signer))
    assert "before the tests had ended" in told(signed)


# --- signing ---------------------------------------------------------------------------------------------------


def test_nothing_is_signed_without_its_evidence(tmp_path: Path) -> None:
    make_key(tmp_path)
    certificate = write_certificate(tmp_path)
    key = str(tmp_path / "keys" / "signing.key")
    path = next((tmp_path / "evidence").rglob("*.zst"))
    path.unlink()
    with pytest.raises(Refused, match="is missing"):
        sign(certificate, key, NOW)
    shutil.rmtree(tmp_path / "evidence")
    with pytest.raises(Refused, match="no evidence"):
        sign(certificate, key, NOW)
    certificate.write_text("{}")
    with pytest.raises(InputError):
        sign(certificate, key, NOW)


def test_a_name_of_evidence_never_leaves_its_folder(signed: Signed) -> None:
    document = signed.document
    document["evidence"][0]["sha256"] = "../../../../etc/passwd"
    text = (json.dumps(document, indent=2) + "\n").encode()
    signer = read_signer(str(signed.home / "keys" / "signing.key"))
    signed.sealed.write_bytes(seal(statement_of("x", text, NOW), signer))
    signed.certificate.unlink()
    assert "is no digest" in told(signed)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
)
def test_differences_are_told_exactly_when_there_are_any(one: Any, other: Any) -> None:
    assert bool(differences(one, other)) == (canonical_json(one) != canonical_json(other))


def test_what_is_read_is_what_is_written(still: Signed) -> None:
    data = still.sealed.read_bytes()
    assert written(read_envelope(data).envelope) == data
    assert read_statement(read_envelope(data).payload).document == still.document


def test_a_public_part_that_is_another_key_s(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path)
    make_key(tmp_path)
    make_key(tmp_path, "other")
    keys = tmp_path / "keys"
    (keys / "signing.pub").write_text((keys / "other.pub").read_text())
    with pytest.raises(InputError, match="not the public part"):
        sign(certificate, str(keys / "signing.key"), NOW)


def test_a_key_kept_elsewhere_has_its_limits_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path)
    make_key(tmp_path, valid=timedelta(minutes=1))
    keys = tmp_path / "keys"
    der = ["openssl", "pkey", "-in", str(keys / "signing.key"), "-outform", "DER"]
    key = subprocess.run(der, capture_output=True, check=True).stdout
    monkeypatch.setenv("NOC_KEY", base64.b64encode(key).decode())
    assert sign(certificate, "env:NOC_KEY", NOW)
    with pytest.raises(Refused, match="expired on"):
        sign(certificate, "env:NOC_KEY", NOW, keys=keys)


def test_a_second_key_never_replaces_the_first(tmp_path: Path) -> None:
    make_key(tmp_path)
    before = (tmp_path / "keys" / "signing.key").read_bytes()
    with pytest.raises(Refused, match="is there already"):
        new_key(tmp_path / "keys", "signing", "x", NOW)
    assert (tmp_path / "keys" / "signing.key").read_bytes() == before


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("bytes", 10**4000, "cannot have that many bytes"),
        ("bytes", 10**17, "cannot have that many bytes"),
        ("bytes", -5000, "cannot have that many bytes"),
        ("seconds", 10**400, "too large a number"),
    ],
)
def test_numbers_that_no_machine_holds(signed: Signed, field: str, value: int, words: str) -> None:
    """Evidence is looked at whoever signed: a forged file must end as altered, not fill the memory nor as a defect."""
    document = signed.document
    document["evidence"][0][field] = value
    file = (json.dumps(document) + "\n").encode()
    payload = statement_of("x", file, NOW)
    data = seal(payload, read_signer(str(signed.home / "keys" / "signing.key")))
    found = verify(data, signed.trust, NOW, evidence=EvidenceFolder(signed.evidence))
    assert found.exit_code is ExitCode.REFUSED
    assert words in "\n".join(map(str, found.faults))


@pytest.mark.parametrize("depth", [70, 300, 900, 990, 100_000])
def test_what_is_nested_too_deeply(signed: Signed, depth: int) -> None:
    """The reader has room that those who go through the document afterwards have not."""
    statement = json.loads(read_envelope(signed.sealed.read_bytes()).payload)
    statement["predicate"]["turnupCertificate"]["deep"] = "HERE"
    payload = canonical_json(statement).replace(b'"HERE"', b"[" * depth + b"1" + b"]" * depth)
    data = seal(payload, read_signer(str(signed.home / "keys" / "signing.key")))
    found = verify(data, signed.trust, NOW, without_evidence=True)
    assert "nested too deeply" in "\n".join(map(str, found.faults))
    own = verify(
        signed.sealed.read_bytes(),
        signed.trust,
        NOW,
        without_evidence=True,
        certificate=("c", b"[" * depth + b"]" * depth),
    )
    assert own.exit_code is ExitCode.REFUSED


@pytest.mark.parametrize("name", ["\x1b[2J\nx.dsse: AUTHENTIC", "\r", "\x9b2J", "\u2028", "\u202e", "\ud800"])
def test_a_forged_name_writes_no_line_of_its_own(signed: Signed, name: str) -> None:
    """The words of a fault quote the file: none may clear the screen or say that it is authentic."""
    signed.certificate.write_text(json.dumps({**signed.document, name: 1}))
    for line in told(signed).splitlines():
        assert line.isprintable()
        assert line.startswith(signed.certificate.name)


def test_a_pass_that_the_evidence_does_not_show(tmp_path: Path) -> None:
    """Whoever edits FAIL into PASS before it is signed: the file agrees with itself, its evidence does not."""
    case = next(one for one in cases(HOME) if one.name == "healthy")
    store = EvidenceStore(tmp_path, str)
    kept = store.put(expectation(case.expected)).sha256
    certificate, transcript = judged()
    manifest(transcript, store)
    honest = replace(certificate, expected=kept)
    assert unproved(honest, store) == ()
    assert unproved(certificate, store) == (), "an older one does not say what it had to see"
    answers = dict(transcript.answers)
    ask, answer = next((ask, one) for ask, one in answers.items() if "\nip tftp source-interface" in one.text)
    answers[ask] = replace(answer, text=re.sub(r"\nip tftp source-interface .*", "", answer.text))
    assert answers[ask].text != answer.text
    forged = replace(honest, evidence=manifest(replace(transcript, answers=answers), store))
    assert [one.partition(":")[0] for one in unproved(forged, store)] == ["test 11 says PASS, its evidence says FAIL"]
