"""A certificate beside the accepted one: every difference is told, and numbers that are measured anew apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from turnup.certificate.compare import ABSENT, Kind, compare
from turnup.certificate.document import digest, from_json
from turnup.model.certificate import Board, Certificate
from turnup.model.verdict import Finding, Verdict

ACCEPTED = from_json((Path(__file__).parent / "samples" / "satisfied.json").read_text())


def with_finding(certificate: Certificate, **changes: object) -> Certificate:
    """The same with its first row's first finding changed."""
    row = certificate.rows[0]
    finding = replace(row.findings[0], **changes)  # type: ignore[arg-type]
    return replace(certificate, rows=(replace(row, findings=(finding, *row.findings[1:])), *certificate.rows[1:]))


def test_the_same_is_the_same() -> None:
    found = compare(ACCEPTED, ACCEPTED)
    assert (found.same, found.differences, found.measured) == (True, (), ())
    assert found.accepted == digest(ACCEPTED)
    assert found.sentence == "same as at acceptance"


@pytest.mark.parametrize("field", ["hostname", "chassis", "processor", "version", "image", "serial", "board_id"])
def test_another_identity_is_told(field: str) -> None:
    other = replace(ACCEPTED, identity=replace(ACCEPTED.identity, **{field: "another"}))  # type: ignore[arg-type]
    (one,) = compare(ACCEPTED, other).differences
    assert (one.kind, one.what, one.now) == (Kind.IDENTITY, field, "another")
    assert compare(ACCEPTED, other).sentence == "same as at acceptance except 1 thing"


def test_a_replaced_card_is_told_by_its_serial_number() -> None:
    """PASA 5(c)."""
    card = Board(5, "6DS3-SMB", "73-1", "CAB000001")
    before = replace(ACCEPTED, identity=replace(ACCEPTED.identity, boards=(card,)))
    now = replace(before, identity=replace(before.identity, boards=(replace(card, serial="CAB000002"),)))
    (one,) = compare(before, now).differences
    assert (one.kind, one.what) == (Kind.IDENTITY, "board in slot 5")
    assert one.before.endswith("serial CAB000001")
    assert one.now.endswith("serial CAB000002")
    (gone,) = compare(before, replace(now, identity=replace(now.identity, boards=()))).differences
    assert gone.now == ABSENT


def test_a_verdict_and_its_finding_are_told() -> None:
    worse = with_finding(ACCEPTED, verdict=Verdict.FAIL, observed="Idle")
    row = replace(worse.rows[0], verdict=Verdict.FAIL)
    found = compare(ACCEPTED, replace(worse, rows=(row, *worse.rows[1:]))).differences
    assert [one.kind for one in found] == [Kind.VERDICT, Kind.FINDING]
    assert (found[0].before, found[0].now) == ("PASS", "FAIL")
    assert "observed Idle" in found[1].now


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        ("20971520 bytes", "20971000 bytes", Kind.MEASURED),
        ("up for 00:00:16", "up for 3d02h", Kind.FINDING),
        ("up for 00:00:16", "up for 01:00:16", Kind.MEASURED),
        ("100 of 100", "99 of 100", Kind.MEASURED),
        ("10.1.1.1", "10.1.1.2", Kind.FINDING),
        ("Serial5/0", "Serial5/1", Kind.FINDING),
        ("Established", "Active", Kind.FINDING),
    ],
)
def test_numbers_alone_are_measured_anew_names_and_addresses_are_not(before: str, now: str, kind: Kind) -> None:
    found = compare(with_finding(ACCEPTED, observed=before), with_finding(ACCEPTED, observed=now))
    (one,) = (*found.differences, *found.measured)
    assert (one.kind, one.before, one.now) == (kind, before, now)
    assert found.same is (kind is Kind.MEASURED)


def test_what_was_logged_is_of_its_time_but_a_fault_is_told() -> None:
    row = next(row for row in ACCEPTED.rows if row.title == "Examine Logs")

    def logged(**changes: str | Verdict) -> Certificate:
        findings = (replace(row.findings[0], **changes), *row.findings[1:])  # type: ignore[arg-type]
        rows = tuple(replace(row, findings=findings) if one is row else one for one in ACCEPTED.rows)
        return replace(ACCEPTED, rows=rows)

    quiet = compare(logged(observed="5 messages, 2 x SYS-5-CONFIG_I"), logged(observed="0 messages, none"))
    assert (quiet.same, len(quiet.measured)) == (True, 1)
    assert not compare(ACCEPTED, logged(verdict=Verdict.FAIL, observed="%SYS-2-MALLOCFAIL")).same


def test_another_expectation_is_never_measured() -> None:
    found = compare(ACCEPTED, with_finding(ACCEPTED, expected="1 byte", observed="2 bytes"))
    assert [one.kind for one in found.differences] == [Kind.FINDING]


def test_a_finding_that_came_or_went_is_told() -> None:
    row = ACCEPTED.rows[0]
    more = Finding("a link that was not there", Verdict.PASS, "up", "up", "", row.findings[0].seen)
    now = replace(ACCEPTED, rows=(replace(row, findings=(*row.findings, more)), *ACCEPTED.rows[1:]))
    (came,) = compare(ACCEPTED, now).differences
    (went,) = compare(now, ACCEPTED).differences
    assert (came.before, went.now) == (ABSENT, ABSENT)


def test_another_port_and_other_tests_are_told() -> None:
    moved = replace(ACCEPTED, subject=replace(ACCEPTED.subject, port="Serial6/0"))
    assert [one.kind for one in compare(ACCEPTED, moved).differences] == [Kind.SUBJECT]
    judged = replace(ACCEPTED, software=replace(ACCEPTED.software, acceptance="0" * 64))
    assert [one.what for one in compare(ACCEPTED, judged).differences] == ["judged by acceptance"]
