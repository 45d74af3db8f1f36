"""The page of real faults says what was seen: a test that should have been red is never shown as green."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fault_matrix import Outcome, document, noted, read


def outcome(expected: set[int], seen: dict[int, str]) -> Outcome:
    return Outcome("ios", "cut", "cable cut", frozenset(expected), seen)


@pytest.mark.parametrize(
    ("expected", "seen", "cell"),
    [
        ({7}, {7: "FAIL"}, "x"),
        ({7}, {7: "INCONCLUSIVE"}, "i"),
        ({7}, {7: "PENDING"}, "?"),
        ({7}, {}, "missed"),
        (set(), {7: "FAIL"}, "WRONG"),
        (set(), {}, ""),
    ],
)
def test_a_cell(expected: set[int], seen: dict[int, str], cell: str) -> None:
    assert outcome(expected, seen).cell(7) == cell


def test_from_a_run_to_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(outcome({1}, {1: "FAIL"}))  # no file named: nothing is written
    monkeypatch.setenv("TURNUP_FAULT_MATRIX", str(tmp_path / "run"))
    noted(outcome({1, 7}, {1: "FAIL"}))
    noted(outcome({1, 7}, {1: "FAIL", 7: "FAIL", 20: "FAIL"}))  # the later run counts
    lines = (tmp_path / "run").read_text().splitlines()
    assert [json.loads(line)["expected"] for line in lines] == [[1, 7], [1, 7]]
    page = list(document(read(lines)))
    assert page[-1] == "| cable cut | x |  |  |  |  |  | x |  |  |  |  |  |  |  |  |  |  |  |  | **WRONG** |"
