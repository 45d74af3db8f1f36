"""What the tests had to see is written and read back whole; what differs is named by its field."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from turnup.certificate.expectation import differences, expectation, read_expectation
from turnup.checks import Expected
from turnup.errors import InputError
from turnup.judge.cases import Case, CaseFile
from turnup.load.plain import plain
from turnup.model.attestation import Attestation
from turnup.model.period import Period
from turnup.model.policy import Clocks, Fee, Fees, MgsPeriods, Per
from turnup.model.verdict import Verdict

HOME = Path(__file__).parents[1] / "recorded" / "ios" / "checks"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def expected() -> Expected:
    base = Case("any", "healthy", CaseFile("x", "written", "PASS"), HOME / "any" / "healthy").expected
    seen = Attestation(
        *("console_login", "gsr1", None, None, Verdict.PASS, "A", "B", NOW, NOW, "0" * 64, {"console": "1" * 64})
    )
    router = replace(base.router, slots={5: "6DS3-SMB"})
    assert base.assignment is not None
    order = replace(base.assignment.order, requested_due=NOW)
    return replace(base, router=router, attestations=(seen,), assignment=replace(base.assignment, order=order))


def test_it_is_read_as_it_was_written() -> None:
    was = expected()
    again = read_expectation(expectation(was))
    assert again == replace(was, policy=replace(was.policy, secrets={}, clocks=Clocks()))
    assert expectation(again) == expectation(was)


def test_it_says_where_no_secret_is() -> None:
    was = expected()
    with_reference = replace(was, policy=replace(was.policy, secrets={"LVL3-MD5": "vault:network/lvl3#md5"}))
    assert "vault:" not in expectation(with_reference)
    assert "LVL3-MD5" in expectation(with_reference), "the name of a secret is none"


def test_periods_and_amounts_of_the_contract_are_no_evidence() -> None:
    """A policy with any setting of the contract can be written, and tells none of them."""
    clocks = Clocks(completion=Period.parse("17bd"), closed_days=("2026-12-24",), availability_percent=99.123)
    fees = Fees("USD", interruption=Fee(Decimal("10.77"), Per.BEGUN_HOUR))
    mgs = MgsPeriods(repair=Period.parse("19h"), uptime_percent=Decimal("99.77"))
    was = expected()
    dates = {"NYC-60HUDSON": "2001-10-01"}
    policy = replace(was.policy, clocks=clocks, fees=fees, mgs=mgs, schedule3_dates=dates)
    text = expectation(replace(was, policy=policy))
    assert text == expectation(was)
    assert differences(was, replace(was, policy=policy)) == ()


def test_what_differs_is_named() -> None:
    was = expected()
    now = replace(was, policy=replace(was.policy, config_register="0x2142"), since="2026-11-22T09:00:00+00:00")
    assert differences(was, now) == (
        ("policy.config_register", "0x2102", "0x2142"),
        ("since", "2026-11-22T08:00:00+00:00", "2026-11-22T09:00:00+00:00"),
    )
    assert differences(was, was) == ()


def test_another_file_with_the_same_values_is_no_difference() -> None:
    was = expected()
    assert differences(was, replace(was, router=replace(was.router, origin="elsewhere.yaml"))) == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"router": 1})])
def test_what_is_no_expectation_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_expectation(text, where="store")


def test_a_field_nobody_knows_is_refused() -> None:
    data = json.loads(expectation(expected()))
    data["router"]["lopback"] = "10.0.0.1"
    with pytest.raises(InputError, match="did you mean 'loopback'"):
        read_expectation(json.dumps(data))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (timedelta(hours=48), "2d"),
        (timedelta(minutes=90), "90m"),
        (timedelta(seconds=61), "61s"),
        (NOW, "2026-11-22T10:00:00Z"),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({5: None}, {"5": None}),
        (Verdict.PASS, "PASS"),
    ],
)
def test_plain_values(value: object, told: object) -> None:
    assert plain(value) == told


def test_what_no_file_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be written"):
        plain(object())
