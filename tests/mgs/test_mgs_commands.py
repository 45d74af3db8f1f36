"""`turnup mgs` as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pop import Command

WHOLE = """order_id: MGS-1
agreement: II
dated: 2001-08-01
requested_installation: 2001-11-15
location: 1 Wilshire, Los Angeles
circuits: 672
equipment: [Cisco AS5800]
traffic: [data]
"""


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "mgs.yaml"
    path.write_text(WHOLE)
    return path


def test_an_order_from_receipt_to_installation(turnup: Command, order: Path) -> None:
    lacking = order.with_name("lacking.yaml")
    lacking.write_text(WHOLE.replace("circuits: 672\n", ""))
    checked = turnup("mgs", "order", "check", lacking)
    assert (checked.code, "circuits: is missing" in checked.out) == (2, True)
    assert turnup("mgs", "order", "check", order).code == 0
    told = turnup("mgs", "order", "receive", lacking, "--by", "Q", "--at", "2001-08-01T16:00+00:00")
    assert told.code == 0, told.err
    assert "LATE: tell the customer by 2001-08-04 04:00 UTC" in told.out
    for words in (
        ("record", "MGS-1", "insufficient", "--by", "J", "--at", "2001-08-02T16:00+00:00"),
        ("receive", str(order), "--by", "Q", "--at", "2001-08-03T16:00+00:00"),
        ("record", "MGS-1", "accept", "--by", "J", "--at", "2001-08-04T16:00+00:00"),
        ("record", "MGS-1", "trunks-ordered", "--by", "J", "--at", "2001-08-05T16:00+00:00"),
        ("record", "MGS-1", "installed", "--by", "J", "--at", "2001-08-20T16:00+00:00"),
    ):
        assert turnup("mgs", "order", *words).code == 0
    (one,) = json.loads(turnup("mgs", "order", "show", "--json").out)
    assert (one["state"], one["deemed_installed"], one["deemed_exact"]) == ("installed", None, False)
    assert "not configured" in turnup("mgs", "order", "show", "MGS-1").out
    assert turnup("db", "check").code == 0


def test_an_order_that_is_entered_twice_is_received_once(turnup: Command, order: Path) -> None:
    """MGS 6: two business days from its receipt, however often somebody enters it."""
    order.write_text(WHOLE.replace("circuits: 672\n", ""))
    for day in ("01", "20"):
        ran = turnup("mgs", "order", "receive", order, "--by", "Q", "--at", f"2001-08-{day}T16:00+00:00")
        assert ran.code == 0, ran.err
        assert "LATE: tell the customer by 2001-08-04 04:00 UTC" in ran.out
    order.write_text(WHOLE)
    assert "insufficient" not in turnup("mgs", "order", "receive", order, "--by", "Q").out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("record", "MGS-9", "accept", "--by", "J"), 6, "nothing is known"),
        (("record", "MGS-1", "accepted", "--by", "J"), 2, "is no happening"),
        (("record", "MGS-1", "receive", "--by", "J"), 2, "is no happening"),
        (("record", "MGS-1", "installed", "--by", "J"), 6, "cannot take `installed`"),
        (("record", "MGS-1", "accept", "--by", " "), 2, "--by wants a name"),
        (("record", "MGS-1", "accept", "--by", "J", "--at", "2999-01-01T00:00+00:00"), 6, "is to come"),
        (("show", "MGS-9"), 2, "was received"),
    ],
)
def test_what_is_refused(turnup: Command, order: Path, words: tuple[str, ...], code: int, told: str) -> None:
    assert turnup("mgs", "order", "receive", order, "--by", "Q").code == 0
    ran = turnup("mgs", "order", *words)
    assert ran.code == code
    assert told in ran.err


def test_the_report(turnup: Command, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(
        "kind,agreement,measured_until,circuit,since,month,offered,blocked\n"
        "file,II,2001-09-01T04:00:00+00:00,,,,,\n"
        "circuit,,,LA-1,2001-07-01T00:00:00+00:00,,,\n"
        "busy,,,LA-1,,2001-08,1000,11\n"
    )
    ran = turnup("mgs", "report", "2001-08", "--measurements", path)
    assert ran.code == 0, ran.err
    assert "1.1000" in ran.out
    (row,) = json.loads(turnup("mgs", "report", "2001-08", "--measurements", path, "--format", "json").out)["tables"][
        0
    ]["rows"]
    assert (row["grade of service"], row["uptime"], row["time to repair"]) == ("missed", "met", "met")
    assert turnup("mgs", "report", "2001-08", "--measurements", tmp_path / "none.csv").code == 2
