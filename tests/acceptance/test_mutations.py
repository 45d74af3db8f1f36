"""Every PASS leaves PASS when the evidence it cites changes: thousands of changed answers of the written cases.

What may change without leaving PASS is listed in templates/harmless/, each with its reason. Whatever is not listed is a
false green; whatever is listed and does not occur any more is taken out of the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from turnup.checks import Check, Expected, Facts, all_checks, holds
from turnup.facts.version import Version
from turnup.judge import TranscriptFacts, asks_of, judge
from turnup.judge.cases import Case, CaseFile, cases
from turnup.model.verdict import Finding, Verdict
from turnup.platforms import all_platforms, platform
from turnup.sensitivity import Harmless, Survivor, Trials, all_harmless, summary, tried
from turnup.sensitivity.changes import of_another_router, of_answer, of_line
from turnup.sensitivity.neighbor import names_of_another
from turnup.sensitivity.trial import SAYS_THE_SAME

RECORDED = Path(__file__).parents[1] / "recorded"
# Platforms whose passing cases there are; each line that their templates take nothing from stands in a table.
SPOKEN = [name for name in all_platforms() if (RECORDED / name / "checks" / "healthy").is_dir()]
CHECKS = {check.name: check for check in all_checks()}
_EACH = [(name, check) for name in SPOKEN for check in CHECKS if check != "rpms"]  # rpms never passes, see test_cases


def passing(name: str, check: str) -> tuple[Case, ...]:
    """The healthy router, and every case of that test that passes."""
    home = RECORDED / name / "checks"
    healthy = Case(check, "healthy", CaseFile("healthy", "written", "PASS"), home / check / "healthy")
    return (healthy, *(c for c in cases(home) if c.check == check and c.told.verdict == "PASS"))


def evidence(name: str, case: Case, check: Check) -> tuple[Expected, TranscriptFacts]:
    speakers = (platform(name), platform("noc"))
    expected = case.expected_on(platform(name))
    return expected, TranscriptFacts(*speakers, case.transcript(speakers, asks_of((check,), expected)))


@cache
def trials(name: str, check: str) -> Trials:
    counted = 0
    survivors: list[Survivor] = []
    for case in passing(name, check):
        missing = platform(name).settings.not_applicable
        found = tried(*evidence(name, case, CHECKS[check]), (CHECKS[check],), not_on_platform=missing)
        counted += found.tried.get(check, 0)
        survivors += found.survivors
    return Trials({check: counted}, tuple(survivors))


def agreed_away(name: str, check: str) -> bool:
    """Whether the test never passes on that platform: it does not apply, and no case says otherwise."""
    healthy, *others = passing(name, check)
    missing = platform(name).settings.not_applicable
    (result,) = judge(*evidence(name, healthy, CHECKS[check]), (CHECKS[check],), not_on_platform=missing)
    return result.verdict is Verdict.NOT_APPLICABLE and not others


def shown(survivors: Iterator[Survivor] | list[Survivor]) -> str:
    return "\n".join(
        f"{s.command}, fields {', '.join(s.touched)}: {s.change.before!r}: {s.change.what}" for s in survivors
    )


@pytest.mark.parametrize(
    ("name", "check"), [e if e[0] == "ios" else pytest.param(*e, marks=pytest.mark.proof) for e in _EACH]
)
def test_changed_evidence_leaves_pass(name: str, check: str) -> None:
    found = trials(name, check)
    if not found.tried[check]:
        assert agreed_away(name, check), "none of its passing cases passes"
        return
    missed = [survivor for survivor in found.survivors if not survivor.why]
    assert not missed, shown(missed)
    assert found.tried[check] > 20, "a test that rests on nothing"
    (figures,) = summary(found).tests
    assert figures.tried == figures.caught + figures.harmless
    assert figures.caught > figures.tried / 4, figures


@pytest.mark.parametrize(("name", "check"), [e for e in _EACH if e[0] == "ios"], ids=lambda value: str(value))
def test_lines_that_say_nothing_are_listed(name: str, check: str) -> None:
    """A line that a test cites and a template takes nothing from was looked at by somebody."""
    unlisted = [s for s in trials(name, check).survivors if s.why == SAYS_THE_SAME and s.change.line]
    assert not unlisted, shown(unlisted)


@pytest.mark.proof
def test_every_reason_still_occurs() -> None:
    used = {one for name, check in _EACH for survivor in trials(name, check).survivors for one in survivor.listed}
    known = {one for name in SPOKEN for entries in all_harmless(name).values() for one in entries}
    # What only the virtual routers say is tried with them, see tests/main_job/test_proof.py.
    unused = sorted(f"{one.fact}: {one.why} {one.fields} {one.line!r}" for one in known - used - ONLY_IN_THE_LAB)
    assert not unused, "\n".join(unused)


ONLY_IN_THE_LAB: frozenset[Harmless] = frozenset()


def test_every_kind_of_change_is_tried() -> None:
    case = passing("ios", "ios_version")[0]
    expected, facts = evidence("ios", case, CHECKS["ios_version"])
    names = names_of_another(expected)
    text = next(a.text for ask, a in facts.transcript.answers.items() if ask.fact == "version")
    whole = {change.what.split(" after ")[0].split(" within ")[0] for change in of_answer(text, names, "something")}
    assert whole == {"refused", "empty", "cut", "another router's", "the answer to the next command"}
    line = [change.what for change in of_line("Interface is up, 10.255.1.1/32", 1, names)]
    assert any(what.startswith("dropped") for what in line)
    assert any(what.startswith("up->down") for what in line)
    assert any(what.startswith("32->33") for what in line)
    assert any(what.startswith("10.255.1.1->10.255.5.1") for what in line)
    assert any(what.startswith("copied as: Interface is down") for what in line)


def test_a_fingerprint_is_no_number() -> None:
    told = [change.what for change in of_line("enable secret 5 <secret:#75638749>", 1, {})]
    assert told == ["dropped", "5->6 at 14"]


def test_another_router_says_its_own_names() -> None:
    names = names_of_another(passing("ios", "ios_version")[0].expected)
    told = of_another_router("nyc-hud-gsr1 10.255.1.1 10.255.1.10 xnyc-hud-gsr1", names)
    assert told == "nyc-hud-gsr2 10.255.5.1 10.255.1.10 xnyc-hud-gsr1"


def content_with_a_hostname(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """A test that looks at the name and forgets the version."""
    row = facts.one(Version)
    yield holds("hostname", row.hostname == expected.router.name, expected="", observed="", seen=facts.seen(row))


def test_a_test_that_looks_away_is_found() -> None:
    careless = replace(CHECKS["ios_version"], run=content_with_a_hostname)
    expected, facts = evidence("ios", passing("ios", "ios_version")[0], careless)
    found = tried(expected, facts, (careless,))
    figures = summary(found)
    assert any("Version 12.0" in one.text for one in figures.missed)
    assert figures.tried > figures.caught + figures.harmless


def always_content(expected: Expected, facts: Facts) -> Iterator[Finding]:
    """A test that cannot fail."""
    yield Finding("all", Verdict.PASS, "", "", seen=facts.whole(Version))


def test_a_test_that_cannot_fail_is_found() -> None:
    idle = replace(CHECKS["ios_version"], run=always_content)
    expected, facts = evidence("ios", passing("ios", "ios_version")[0], idle)
    assert summary(tried(expected, facts, (idle,))).missed


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        (Harmless("why", fields=("mtu",)), True),
        (Harmless("why", fields=("crc",)), False),
        (Harmless("why", fields=("mtu", "crc"), line="^MTU", change="->"), True),
        (Harmless("why", line="^CRC"), False),
        (Harmless("why", change="^dropped"), False),
        (Harmless("why", checks=("other",)), False),
        (Harmless("why", subject="^MTU$"), True),
        (Harmless("why", subject="^CRC$"), False),
    ],
    ids=str,
)
def test_what_an_entry_covers(entry: Harmless, covered: bool) -> None:
    assert entry.covers("interfaces", {"mtu"}, "MTU 1500 bytes", "1500->1501", ("MTU",)) is covered


def test_a_line_that_proves_two_things_needs_both_excused() -> None:
    entry = Harmless("why", subject="^neighbor .* filtered$")
    assert not entry.covers("b", {"rows"}, "line", "dropped", ("neighbor 10.0.0.1 filtered", "customer's AS"))
    assert not entry.covers("b", {"rows"}, "line", "dropped", ())
