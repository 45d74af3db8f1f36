"""A retest beside its acceptance, for people: HTML and Markdown say what is not as it was, and nothing else moves."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from pop import Command

from turnup.certificate.compare import compare
from turnup.certificate.document import digest, from_json, to_json
from turnup.errors import UsageError
from turnup.model.certificate import Certificate, Occasion, Outcome
from turnup.model.verdict import Verdict
from turnup.report import BESIDE, formats, render_beside

ACCEPTED = from_json((Path(__file__).parents[1] / "certificate" / "samples" / "satisfied.json").read_text())


def retested(observed: str = "Active", verdict: Verdict = Verdict.FAIL) -> Certificate:
    row = ACCEPTED.rows[7]
    finding = replace(row.findings[0], observed=observed, verdict=verdict)
    changed = replace(row, verdict=verdict, findings=(finding, *row.findings[1:]))
    rows = (*ACCEPTED.rows[:7], changed, *ACCEPTED.rows[8:])
    outcome = Outcome.SATISFIED if verdict is Verdict.PASS else Outcome.NOT_SATISFIED
    return replace(ACCEPTED, rows=rows, outcome=outcome, occasion=Occasion.REPAIR)


@pytest.mark.parametrize("fmt", BESIDE)
def test_what_is_not_as_at_acceptance_is_told_with_both_words(fmt: str) -> None:
    now = retested()
    text = render_beside(fmt, ACCEPTED, now)
    comparison = compare(ACCEPTED, now)
    assert comparison.differences
    assert "same as at acceptance except" in text
    for words in ("REPAIR", digest(ACCEPTED), digest(now), "NOT SATISFIED", "Level 3"):
        assert words in text, words
    told = unescape(re.sub(r"<[^>]*>", " ", text)) if fmt == "html" else text.replace("\\", "")
    for one in comparison.differences:
        for words in (one.kind.value, one.what.split(",")[0]):
            assert words in told, words
    assert "Active" in told
    assert "Established" in told


@pytest.mark.parametrize("fmt", BESIDE)
def test_what_is_the_same_is_said_to_be(fmt: str) -> None:
    text = render_beside(fmt, ACCEPTED, replace(ACCEPTED, occasion=Occasion.REPAIR))
    assert "same as at acceptance except" not in text
    assert "all is as at acceptance" in text.lower()


HOSTILE = "<script>alert(1)</script> | ` [x](http://192.0.2.1) \x1b[2J"


def test_words_of_a_router_are_words() -> None:
    html = render_beside("html", ACCEPTED, retested(HOSTILE))
    assert "<script" not in html
    assert "\x1b" not in html
    assert "alert(1)" in html
    markdown = render_beside("md", ACCEPTED, retested(HOSTILE))
    assert "\x1b" not in markdown
    (line,) = [line for line in markdown.splitlines() if "alert(1)" in line and "| finding |" in line]
    assert line.replace("\\|", "").count("|") == 5, "a bar in its words makes no column"


def test_a_comparison_is_no_report_of_one_certificate() -> None:
    assert not [name for name in formats() if "retest" in name]
    with pytest.raises(UsageError, match="md or html"):
        render_beside("csv", ACCEPTED, ACCEPTED)


def test_the_command(turnup: Command, tmp_path: Path) -> None:
    accepted, now = tmp_path / "accepted.json", tmp_path / "now.json"
    accepted.write_text(to_json(ACCEPTED))
    now.write_text(to_json(retested()))
    out = tmp_path / "out.html"
    assert turnup("report", now, "--beside", accepted, "-f", "html", "-o", out).code == 0
    assert "except" in out.read_text()
    assert "same as at acceptance except" in turnup("report", now, "--beside", accepted, "-f", "md").out
    for wrong in ((), ("-f", "csv"), ("-f", "md", "--sign")):
        assert turnup("report", now, "--beside", accepted, *wrong).code == 2, wrong
    assert json.loads(now.read_text())
