"""Running tests over facts: what is asked, what becomes of errors, which settings are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from turnup.checks import Check, Expected, Facts, all_checks, compare, inconclusive, not_applicable, part
from turnup.errors import CommandRefused, CouldNotRun, InputError, TurnupError
from turnup.facts.bgp_summary import BgpSummary
from turnup.facts.interface import Interface
from turnup.facts.running_config import RunningConfig
from turnup.facts.user import User
from turnup.judge import TranscriptFacts, asks_of, explain, judge
from turnup.judge.cases import Case, CaseFile
from turnup.model.result import SCHEDULE_2
from turnup.model.transcript import Answer, Ask, Transcript
from turnup.model.verdict import Finding, Seen, Verdict
from turnup.platforms import platform

HOME = Path(__file__).parents[1] / "recorded" / "ios" / "checks"
AT = datetime(2026, 11, 22, tzinfo=UTC)
USERS = """\
    Line       User       Host(s)              Idle       Location
*  2 vty 0     noc        idle                 00:00:00   192.0.2.100
"""


@pytest.fixture
def healthy() -> Case:
    return Case("any", "healthy", CaseFile("healthy", "written", "PASS"), HOME / "any" / "healthy")


@pytest.fixture
def expected(healthy: Case) -> Expected:
    return healthy.expected


def _facts(answers: dict[Ask, str], failure: str = "") -> TranscriptFacts:
    given = {ask: Answer(f"show {ask.fact}", text, AT) for ask, text in answers.items()}
    return TranscriptFacts(platform("ios"), platform("noc"), Transcript("r", AT, AT, given, failure))


def _check(run: object, name: str = "made_up") -> Check:
    return Check(1, "Made up", name, (), None, run, "Rule.")  # type: ignore[arg-type]


# --- all twenty ------------------------------------------------------------------------------------------------


def test_the_twenty_tests_are_those_of_schedule_2() -> None:
    assert tuple(check.title for check in all_checks()) == SCHEDULE_2
    assert [check.number for check in all_checks()] == list(range(1, 21))


def test_healthy_router_is_judged_in_order(healthy: Case) -> None:
    speakers = (platform("ios"), platform("noc"))
    transcript = healthy.transcript(speakers, asks_of(all_checks(), healthy.expected))
    results = judge(healthy.expected, TranscriptFacts(*speakers, transcript))
    assert [result.number for result in results] == list(range(1, 21))
    assert {result.verdict for result in results} == {Verdict.PASS, Verdict.NOT_APPLICABLE}
    assert all(result.commands and result.reason and result.rule for result in results)


def test_every_asked_fact_can_be_asked_of_the_platform(expected: Expected) -> None:
    for ask in asks_of(all_checks(), expected):
        speakers = [p for p in (platform("ios"), platform("noc")) if p.request(ask)]
        assert len(speakers) == 1, ask


def test_second_samples_are_asked_last_and_nothing_twice(expected: Expected) -> None:
    asks = asks_of(all_checks(), expected)
    assert len(set(asks)) == len(asks)
    second = [("sample", "2") in ask.args for ask in asks]
    assert second == sorted(second)
    assert any(second)


def test_counters_that_grow_between_the_samples_fail(healthy: Case, expected: Expected) -> None:
    speakers = (platform("ios"), platform("noc"))
    checks = [check for check in all_checks() if check.name in ("interfaces", "intrapop_links", "tacacs")]
    transcript = healthy.transcript(speakers, asks_of(checks, expected))
    growth = {
        "interface": ("0 input errors, 0 CRC", "7 input errors, 7 CRC"),
        "controller_pos": ("BIP(B1) = 23", "BIP(B1) = 24"),
        "controller_serial": ("0 C-bit Coding", "9 C-bit Coding"),
        "tacacs_server": ("closes=60 aborts=0 errors=0", "closes=60 aborts=0 errors=1"),
    }
    for fact, (before, after) in growth.items():
        ask = Ask.of(fact, sample="2")
        text = transcript.answers[ask].text
        assert before in text
        changed = {**transcript.answers, ask: replace(transcript.answers[ask], text=text.replace(before, after))}
        results = judge(expected, TranscriptFacts(*speakers, replace(transcript, answers=changed)), checks)
        failed = {
            finding.subject for result in results for finding in result.findings if finding.verdict is Verdict.FAIL
        }
        assert failed, fact


def test_counters_cleared_between_the_samples_prove_nothing(healthy: Case, expected: Expected) -> None:
    speakers = (platform("ios"), platform("noc"))
    checks = [check for check in all_checks() if check.name == "interfaces"]
    transcript = healthy.transcript(speakers, asks_of(checks, expected))
    first = Ask("interface")
    text = transcript.answers[first].text.replace("0 input errors, 0 CRC", "7 input errors, 7 CRC")
    changed = {**transcript.answers, first: replace(transcript.answers[first], text=text)}
    result = judge(expected, TranscriptFacts(*speakers, replace(transcript, answers=changed)), checks)[0]
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "cleared" in result.reason


# --- errors in a test ------------------------------------------------------------------------------------------


def test_defect_of_a_test_is_inconclusive_and_hides_no_other(expected: Expected) -> None:
    def broken(expected: Expected, facts: Facts) -> Iterator[Finding]:
        yield compare("before", 1, 1)
        raise ZeroDivisionError("oops")

    def good(expected: Expected, facts: Facts) -> Iterator[Finding]:
        yield compare("fine", 1, 1)

    results = judge(expected, _facts({}), [_check(broken), _check(good)])
    assert [result.verdict for result in results] == [Verdict.INCONCLUSIVE, Verdict.PASS]
    assert "defect in the test: ZeroDivisionError: oops" in results[0].reason


def test_test_that_finds_nothing_is_inconclusive(expected: Expected) -> None:
    def idle(expected: Expected, facts: Facts) -> Iterator[Finding]:
        yield from ()

    result = judge(expected, _facts({}), [_check(idle)])[0]
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason == "the test found nothing to look at"


def test_failure_found_before_an_error_stays_a_failure(expected: Expected) -> None:
    def half(expected: Expected, facts: Facts) -> Iterator[Finding]:
        yield compare("wrong", 1, 2)
        raise CouldNotRun("the rest is not known")

    result = judge(expected, _facts({}), [_check(half)])[0]
    assert result.verdict is Verdict.FAIL
    assert len(result.findings) == 2


def test_part_that_cannot_run_leaves_the_others() -> None:
    def refused() -> Iterator[Finding]:
        yield compare("first", 1, 1)
        raise CommandRefused("no such command")

    found = list(part("subject", refused()))
    assert [finding.verdict for finding in found] == [Verdict.PASS, Verdict.INCONCLUSIVE]


def test_platform_without_the_thing_is_not_applicable(expected: Expected) -> None:
    def never(expected: Expected, facts: Facts) -> Iterator[Finding]:
        raise AssertionError("must not run")
        yield

    result = judge(expected, _facts({}), [_check(never)], not_on_platform={"made_up": "no flash"})[0]
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert "no flash" in result.reason


def test_not_applicable_needs_reason_and_name() -> None:
    assert not_applicable("x", "reason", source="s", agreed_by="customer").verdict is Verdict.NOT_APPLICABLE
    assert not_applicable("x", " ", source="s", agreed_by="customer").verdict is Verdict.INCONCLUSIVE
    assert not_applicable("x", "reason", source="s", agreed_by="").verdict is Verdict.INCONCLUSIVE


# --- settings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tacac": {}}, "did you mean 'tacacs'"),
        ({"tacacs": {"unused_server_ok": True}}, "did you mean 'unused_servers_ok'"),
        ({"flash": {"anything": 1}}, "flash has no settings"),
        ({"intrapop_links": {"errors_allowed": "many"}}, "whole number"),
    ],
)
def test_mistyped_setting_is_an_error_with_a_suggestion(
    expected: Expected, settings: dict[str, object], words: str
) -> None:
    policy = replace(expected.policy, checks=settings)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=words):
        judge(replace(expected, policy=policy), _facts({}), [])


# --- facts of a transcript -------------------------------------------------------------------------------------


def test_rows_are_parsed_once_and_traced_to_their_line() -> None:
    facts = _facts({Ask("user"): USERS})
    (row,) = facts.rows(User)
    assert facts.rows(User)[0] is row
    (seen,) = facts.seen(row)
    assert (seen.command, seen.line) == ("show user", 2)
    assert "noc" in seen.text


def test_equal_rows_keep_their_own_places() -> None:
    twice = USERS + USERS.splitlines()[1] + "\n"
    facts = _facts({Ask("user"): twice})
    first, second = facts.rows(User)
    assert first == second
    assert [seen.line for seen in facts.seen(first, second)] == [2, 3]


def test_row_of_somebody_else_has_no_place() -> None:
    facts = _facts({Ask("user"): USERS})
    foreign = User(True, "vty 0", "noc", None, "0", None)
    with pytest.raises(TurnupError):
        facts.seen(foreign)


def test_one_wants_exactly_one() -> None:
    assert _facts({Ask("user"): USERS}).one(User).user == "noc"
    with pytest.raises(CouldNotRun, match="gave 2 rows"):
        _facts({Ask("user"): USERS + USERS.splitlines()[1] + "\n"}).one(User)


def test_refusal_is_told_from_an_unreadable_answer() -> None:
    refused = _facts({Ask("user"): "  ^\n% Invalid input detected at '^' marker.\n"})
    assert not refused.answered(User)
    with pytest.raises(CommandRefused):
        refused.rows(User)
    odd = _facts({Ask("user"): "something odd\n"})
    assert odd.answered(User)
    with pytest.raises(CouldNotRun):
        odd.rows(User)
    assert not _facts({}).answered(User)


def test_unanswered_and_unasked_are_told_apart() -> None:
    late = TranscriptFacts(
        platform("ios"),
        None,
        Transcript("r", AT, AT, {Ask("user"): Answer("show users", "", AT, failure="no answer within 30 s")}),
    )
    with pytest.raises(CouldNotRun, match="was not answered: no answer within 30 s"):
        late.rows(User)
    with pytest.raises(CouldNotRun, match="was not asked"):
        late.rows(Interface)


def test_positively_empty_table_has_no_rows() -> None:
    assert _facts({Ask("bgp_summary"): "% BGP not active\n"}).rows(BgpSummary) == ()


def test_fact_that_no_platform_tells_could_not_run() -> None:
    facts = TranscriptFacts(platform("noc"), None, Transcript("r", AT, AT, {Ask("user"): Answer("x", USERS, AT)}))
    with pytest.raises(CouldNotRun, match="cannot tell user"):
        facts.rows(User)


def test_config_lines_are_found_by_section() -> None:
    text = "version 12.0\ninterface POS1/0\n no ip address\ninterface POS1/1\n no ip address\nend\n"
    facts = _facts({Ask("running_config"): text})
    assert len(facts.config_seen("no ip address")) == 2
    assert facts.config_seen("no ip address", section="interface POS1/1") == (
        Seen("show running_config", 5, "no ip address"),
    )
    assert facts.config_seen("absent") == ()
    assert facts.whole(RunningConfig)[0].line == 0


def test_refused_configuration_says_so() -> None:
    facts = _facts({Ask("running_config"): "      ^\n% Invalid input detected at '^' marker.\n"})
    with pytest.raises(CommandRefused):
        facts.configuration()


# --- explanation -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_explanation_has_contract_commands_rule_and_samples(check: Check, expected: Expected) -> None:
    text = explain(check, [platform("ios"), platform("noc")])
    assert text.startswith(f"{check.number}. {check.title}\n")
    assert "Schedule 2" in text
    assert "Rule\n" in text
    assert "FAIL" in text
    assert "Bad sample (written): " in text
    assert "show " in text or "ping " in text


def test_explanation_without_a_port_still_names_commands() -> None:
    check = next(check for check in all_checks() if check.name == "vty_access_list")
    assert "  show access-lists\n" in explain(check, [platform("ios")])


def test_inconclusive_says_why() -> None:
    assert str(inconclusive("x", "nobody knows", expected="proof")) == "x: expected proof, observed nobody knows"


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_explanation_fits_a_terminal_and_names_samples(check: Check) -> None:
    text = explain(check, [platform("ios"), platform("noc")])
    assert max(map(len, text.splitlines())) <= 80
    assert "Bad sample (" in text


def test_explanation_without_samples_says_so() -> None:
    assert "none is kept" in explain(all_checks()[0], [platform("ios")], {})
